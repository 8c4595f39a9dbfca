// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "semblance/data/constraint.hpp"
#include "semblance/generator.hpp"

namespace semblance {

/// Every knob of Constrained.
struct ConstrainedConfig {
  std::string model = "auto";      ///< The generator within, by its registered name.
  std::string config = "{}";       ///< Its configuration, as JSON.
  std::string constraints = "[]";  ///< As JSON: see parse_constraints().
  std::int64_t tries = 1000;       ///< Draws of a row before `sample` gives up, >= 1.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// Any generator, with rows that keep constraints: all of them, always.
///
/// By construction, through a reversible change of the table that the generator within learns:
/// columns of a fixed combination and one-hot groups become one category; the higher column of an
/// inequality becomes its distance from the highest lower one; a total is left out and added up
/// again. Ranges, uniqueness, predicates and what such columns must still keep (their own range)
/// are met by drawing a row again, at most `tries` times: row i then still depends on the model,
/// the seed and i alone. With Unique, rows before i count as well, so a window costs as much as all
/// rows up to its end.
///
/// Conditions on columns that a change has absorbed into a category are exact; those on distances
/// and totals are met by drawing again. Does not impute.
class Constrained final : public Generator {
 public:
  /// \throws InvalidArgument if the configuration is not valid.
  explicit Constrained(ConstrainedConfig config = {});
  /// The same with constraints of any kind, predicates among them.
  Constrained(std::string model, Constraints constraints, std::string config = "{}",
              std::int64_t tries = 1000);
  ~Constrained() override;

  /// One more constraint, met by drawing again; kept in files if it has a text. It may be added
  /// after `fit`. \throws InvalidArgument if it does not fit the schema, or needs the training rows
  /// (FixedCombinations).
  void add(Constraint constraint);

  /// All of them, those that were added last.
  [[nodiscard]] const Constraints& constraints() const noexcept { return constraints_; }
  /// The generator within, fitted. \throws NotFitted.
  [[nodiscard]] const Generator& inner() const;

 private:
  void do_fit(const Dataset& train, Seed seed, const RunOptions& run) override;
  void do_refit(const Dataset& rows, Seed seed, const RunOptions& run) override;
  Dataset do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                    const RunOptions& run) const override;
  void do_save(Archive& archive) const override;
  void do_load(const Archive& archive, const Schema& schema) override;
  Capabilities do_capabilities() const override;
  std::string do_name() const override { return "constrained"; }
  std::string do_config_json() const override;

  struct State;
  ConstrainedConfig config_;
  Constraints constraints_;
  std::size_t built_in_;  // of the constraints: those that `fit` saw; the rest was added
  std::unique_ptr<const State> state_;
};

}  // namespace semblance
