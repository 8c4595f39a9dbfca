// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "semblance/learners/learner.hpp"

namespace semblance {

/// Every knob of BoostedTrees. The defaults are those of the usual judge of synthetic tables.
struct BoostedTreesConfig {
  std::int64_t trees = 200;    ///< Boosting rounds, >= 1.
  std::int64_t depth = 6;      ///< Most splits from root to leaf, 1 to 16.
  double learning_rate = 0.1;  ///< Shrinkage of each tree, in (0, 1].
  double row_share = 0.8;      ///< Rows a tree sees, in (0, 1].
  double column_share = 0.8;   ///< Columns a tree sees, in (0, 1].

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// Whether this build has XGBoost (CMake option SEMBLANCE_XGBOOST).
[[nodiscard]] bool boosted_trees_available() noexcept;

/// Gradient-boosted trees through XGBoost's C API: histogram splits, categories split as sets,
/// missing values sent to the better side. Single-threaded, so the trees depend on the seed only;
/// fit several learners in parallel instead.
///
/// [1] Chen, Guestrin, "XGBoost: a scalable tree boosting system", KDD 2016.
class BoostedTrees final : public Learner {
 public:
  /// \throws InvalidArgument for a bad field, or in a build without XGBoost, naming the switch.
  explicit BoostedTrees(BoostedTreesConfig config = {});
  ~BoostedTrees() override;

  [[nodiscard]] const BoostedTreesConfig& config() const noexcept { return config_; }
  [[nodiscard]] std::string name() const override;

 private:
  void do_fit(const FeatureMatrix& x, const Labels& labels, Seed seed) override;
  [[nodiscard]] std::vector<double> do_predict(const FeatureMatrix& x) const override;
  [[nodiscard]] std::vector<double> do_importance() const override;

  struct Impl;
  BoostedTreesConfig config_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace semblance
