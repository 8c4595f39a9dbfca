// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "semblance/generator.hpp"

namespace semblance {

/// Every knob of Auto.
struct AutoConfig {
  double time_budget = 0;         ///< Seconds for `fit`, >= 0; 0: RunOptions.budget alone, if any.
  std::int64_t race_rows = 2000;  ///< Tables of at most that many rows are raced on, >= 0.
  std::int64_t rounds = 4;        ///< Inner splits of a race, >= 1.
  /// Registered generators to race; empty: those that the table's shape suggests.
  std::vector<std::string> models = {};

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// Picks a generator and its size for a table, and then behaves as that generator.
///
/// Large tables get what their shape asks for: the any-order model, narrower where there are many
/// columns; the copula where there are more columns than a network learns well, or less time. Small
/// ones get a race: candidates learn three quarters of the training rows, draw as many, and are
/// judged by the rest (shapes, pairs, usefulness of the target); those that fall behind drop out,
/// and none that is nearer to the rows it learned than to the others may win. The winner learns all
/// rows.
///
/// The pick depends on the table, the seed and the configuration. With a time budget it may depend
/// on the clock as well: a race ends with half of the budget, and training with the rest.
class Auto final : public Generator {
 public:
  /// \throws InvalidArgument if the configuration is not valid.
  explicit Auto(AutoConfig config = {});
  ~Auto() override;

  [[nodiscard]] const AutoConfig& config() const noexcept { return config_; }
  /// The generator that was picked, fitted. \throws NotFitted.
  [[nodiscard]] const Generator& picked() const;
  /// Why, in a sentence or two. \throws NotFitted.
  [[nodiscard]] const std::string& reason() const;

 private:
  void do_fit(const Dataset& train, Seed seed, const RunOptions& run) override;
  void do_fit_rows(const RowSource& train, const RowDigest& digest, Seed seed,
                   const RunOptions& run) override;
  void do_refit(const Dataset& rows, Seed seed, const RunOptions& run) override;
  Dataset do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                    const RunOptions& run) const override;
  Dataset do_impute(const Dataset& rows, Seed seed, const RunOptions& run) const override;
  std::vector<double> do_log_likelihood(const Dataset& rows, const RunOptions& run) const override;
  void do_save(Archive& archive) const override;
  void do_load(const Archive& archive, const Schema& schema) override;
  Capabilities do_capabilities() const override;
  std::string do_name() const override { return "auto"; }
  std::string do_config_json() const override;

  /// Picks by `train`; `learn` fits what was picked.
  void fit_picked(const Dataset& train, Seed seed, const RunOptions& run,
                  const std::function<void(Generator&, const RunOptions&)>& learn);

  AutoConfig config_;
  std::unique_ptr<Generator> picked_;
  std::string reason_;
};

}  // namespace semblance
