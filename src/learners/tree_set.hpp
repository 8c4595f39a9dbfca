// SPDX-License-Identifier: Apache-2.0
// Boosted regression trees for many targets at once, kept as plain arrays: a model file with trees
// needs no XGBoost to be read, and no byte of it can lead a walk astray.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "semblance/core/seed.hpp"
#include "semblance/learners/features.hpp"

namespace semblance {

/// How a TreeSet grows.
struct TreeSetConfig {
  std::int64_t trees = 100;    ///< Boosting rounds, >= 1; a tree for each target in each.
  std::int64_t depth = 7;      ///< Most splits from root to leaf, 1 to 16.
  double learning_rate = 0.3;  ///< Shrinkage of each tree, in (0, 1].
};

/// An additive model of trees for each of some targets.
class TreeSet {
 public:
  /// Boosts trees by squared error through XGBoost [1], without a penalty on leaves.
  ///
  /// \param x        Numbers only, no NaN.
  /// \param targets  [rows, outputs], row-major.
  /// \throws InvalidArgument in a build without XGBoost, naming the switch.
  ///
  /// [1] Chen, Guestrin, "XGBoost: a scalable tree boosting system", KDD 2016.
  [[nodiscard]] static TreeSet fit(const FeatureMatrix& x, std::span<const float> targets,
                                   std::int64_t outputs, const TreeSetConfig& config, Seed seed);
  /// Takes the arrays of a set. \throws FileError if they do not describe trees.
  [[nodiscard]] static TreeSet from_arrays(std::int64_t features, std::int64_t outputs,
                                           std::vector<std::int32_t> roots,
                                           std::vector<std::int32_t> nodes,
                                           std::vector<float> numbers);

  /// Adds up the trees: [rows, outputs], row-major. \param rows  [n, features], row-major.
  [[nodiscard]] std::vector<float> predict(std::span<const float> rows) const;

  [[nodiscard]] std::int64_t outputs() const noexcept { return outputs_; }
  /// First node of each tree; tree i is of target i % outputs().
  [[nodiscard]] const std::vector<std::int32_t>& roots() const noexcept { return roots_; }
  /// Feature and left child of each node, the right one is the next; of leaves -1 and 0.
  [[nodiscard]] const std::vector<std::int32_t>& nodes() const noexcept { return nodes_; }
  /// Threshold of each node, below which a row goes left; of leaves their value.
  [[nodiscard]] const std::vector<float>& numbers() const noexcept { return numbers_; }

 private:
  friend class TreeReader;

  std::int64_t features_ = 0, outputs_ = 0;
  std::vector<std::int32_t> roots_, nodes_;
  std::vector<float> numbers_;
};

}  // namespace semblance
