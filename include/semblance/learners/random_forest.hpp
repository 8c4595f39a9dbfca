// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "semblance/learners/learner.hpp"

namespace semblance {

/// Every knob of RandomForest.
struct RandomForestConfig {
  std::int64_t trees = 100;  ///< 1 to 100000.
  std::int64_t depth = 0;    ///< Most splits from root to leaf, 0 to 64; 0: no limit.
  std::int64_t min_leaf =
      1;  ///< Fewest rows of a leaf, >= 1; with weights, as many of the least one.
  double row_share = 0.632;  ///< Rows a tree sees, drawn without replacement, in (0, 1]; 0.632 is
                             ///< the share of distinct rows in a bootstrap sample.
  double column_share = 0;   ///< Columns a split chooses from, in [0, 1]; 0: the square root of
                             ///< their number.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// A random forest [1] through XGBoost's C API; available where boosted_trees_available().
///
/// The prediction is the mean over the trees of the leaf's mean: the share of the class among its
/// rows, or the mean number. For several classes there is one forest a class, and the shares are
/// divided by their sum. Columns are cut into 256 bins, categories split as sets, missing values go
/// to the better side. Single-threaded, so the trees depend on the seed only.
///
/// [1] Breiman, "Random forests", Machine Learning 45, 2001.
class RandomForest final : public Learner {
 public:
  /// \throws InvalidArgument for a bad field, or in a build without XGBoost, naming the switch.
  explicit RandomForest(RandomForestConfig config = {});
  ~RandomForest() override;

  [[nodiscard]] const RandomForestConfig& config() const noexcept { return config_; }
  [[nodiscard]] std::string name() const override;

 private:
  void do_fit(const FeatureMatrix& x, const Labels& labels, Seed seed) override;
  [[nodiscard]] std::vector<double> do_predict(const FeatureMatrix& x) const override;
  [[nodiscard]] std::vector<double> do_importance() const override;

  struct Impl;
  RandomForestConfig config_;
  std::unique_ptr<Impl> impl_;
};

namespace presets {

/// One decision tree: every row, every column, grown until its leaves are pure or equal.
[[nodiscard]] RandomForestConfig decision_tree();

}  // namespace presets

}  // namespace semblance
