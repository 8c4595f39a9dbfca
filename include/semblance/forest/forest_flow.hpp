// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "semblance/generator.hpp"

namespace semblance {

class ForestFlowModel;

/// Every knob of ForestFlow. The defaults suit tables of 10^2 to 10^4 rows.
struct ForestFlowConfig {
  std::int64_t levels = 20;          ///< Noise levels, each with trees of its own, >= 1.
  std::int64_t trees = 40;           ///< Boosting rounds of a level, >= 1; a tree a value in each.
  std::int64_t depth = 7;            ///< Most splits from root to leaf, 1 to 16.
  double learning_rate = 0.3;        ///< Shrinkage of each tree, in (0, 1].
  std::int64_t copies = 50;          ///< Noisy copies of each row that a level is trained on, >= 1.
  std::int64_t most_rows = 50'000;   ///< Noisy rows of a level, >= 1: bounds copies, and on large
                                     ///< tables the rows that a level sees.
  bool condition_on_target = true;   ///< Learn p(row | target) and the target's frequencies, where
                                     ///< the target is categorical.
  std::int64_t max_categories = 64;  ///< Slots of a categorical column, >= 2.
  std::int64_t rare_count = 5;       ///< Categories with fewer rows share a slot, >= 1.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
  friend bool operator==(const ForestFlowConfig&, const ForestFlowConfig&) = default;
};

/// Flow matching with boosted trees in place of a network [1]: strong on small tables.
///
/// A row is a vector y: normal scores of numbers, one-hot spans of categories and gaps in -1 and 1.
/// On the straight path x_t = t y + (1 - t) e from noise e, trees learn y - e from x_t (and the
/// target) at each of `levels` values of t, on noisy copies of the rows; sampling follows them by
/// Euler's method from t = 0 to 1. In the end each span becomes its largest slot.
///
/// With a categorical target, sampling draws it by its training frequencies, or from a condition on
/// it, which is exact. Needs a build with XGBoost to fit, not to sample. Time and memory grow with
/// most_rows x trees x (values in a row) x levels, however large the table is.
///
/// [1] Jolicoeur-Martineau, Fatras, Kachman, "Generating and imputing tabular data via diffusion
///     and flow-based gradient-boosted trees", AISTATS 2024.
class ForestFlow final : public Generator {
 public:
  /// \throws InvalidArgument as ForestFlowConfig::validate.
  explicit ForestFlow(ForestFlowConfig config = {});
  ~ForestFlow() override;

  [[nodiscard]] const ForestFlowConfig& config() const noexcept { return config_; }

 private:
  void do_fit(const Dataset& train, Seed seed, const RunOptions& run) override;
  Dataset do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                    const RunOptions& run) const override;
  void do_save(Archive& archive) const override;
  void do_load(const Archive& archive, const Schema& schema) override;
  Capabilities do_capabilities() const override;
  std::string do_name() const override { return "forest-flow"; }
  std::string do_config_json() const override;

  ForestFlowConfig config_;
  std::unique_ptr<const ForestFlowModel> model_;
};

}  // namespace semblance
