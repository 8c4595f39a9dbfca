// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "semblance/generator.hpp"

namespace semblance {

/// The training rows, drawn with replacement [1]: a control, not a generator.
///
/// **Every drawn row is a real one.** It has the best fidelity that a sample can have and no
/// privacy at all: what a privacy measure says of it is what that measure says of plain copies, and
/// one that passes it measures nothing. The model file holds the training rows.
///
/// A condition draws among the rows that meet it, which is exact; one that no training row meets is
/// an error.
///
/// [1] Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics, 1979.
class Bootstrap final : public Generator {
 public:
  Bootstrap() = default;

 private:
  void do_fit(const Dataset& train, Seed seed, const RunOptions& run) override;
  Dataset do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                    const RunOptions& run) const override;
  void do_save(Archive& archive) const override;
  void do_load(const Archive& archive, const Schema& schema) override;
  Capabilities do_capabilities() const override;
  std::string do_name() const override { return "bootstrap"; }
  std::string do_config_json() const override { return "{}"; }

  Dataset rows_;
};

}  // namespace semblance
