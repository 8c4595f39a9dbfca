// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "semblance/smote/over_sampler.hpp"

namespace semblance {

/// Every knob of KMeansSmote.
struct KMeansSmoteConfig {
  std::int64_t k = 2;         ///< Neighbours a row may be joined with, >= 1.
  std::int64_t clusters = 8;  ///< Of the whole table, >= 1; at most its rows are used.
  double threshold = -1;      ///< Least share of the class in a cluster, in [0, 1]; -1: automatic.
  double exponent = -1;       ///< Of the mean distance in the weights, >= 0; -1: automatic.
  bool standardize = true;    ///< Distances on columns of unit variance.
  SmallClass small_class = SmallClass::kClamp;  ///< For classes of k rows or fewer.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// K-means SMOTE [1]: SMOTE inside the clusters where the class is strong, more in sparse ones.
///
/// Clusters are those of the numbers of the whole table (k-means; with the seed of `fit`). A
/// cluster takes part if the class has at least `threshold` of its rows, and at least k + 1. Its
/// weight is md^exponent / n with md the mean distance of its n rows of the class; exponent
/// 0.16 log_1.6(n)^1.8 if automatic. An automatic threshold is half the class's share of all rows
/// that classes need to be as large as the largest: 1/2 for two classes. `generate` deals rows to
/// clusters by largest remainder, so that there are n in all.
///
/// A class without such a cluster, and a table without numbers, go on as SMOTE, and a warning is
/// logged. The mean distance of more than 4,096 rows is that of 4,096 of them.
///
/// [1] Douzas, Bacao, Last, "Improving imbalanced learning through a heuristic oversampling method
///     based on k-means and SMOTE", Information Sciences 465, 2018.
using KMeansSmote = OverSamplerOf<KMeansSmoteConfig>;

extern template class OverSamplerOf<KMeansSmoteConfig>;

}  // namespace semblance
