// SPDX-License-Identifier: Apache-2.0
// Methods that shrink classes to the sizes that the strategy says (automatically all to the size of
// the smallest). Distances as in cleaners.hpp.
#pragma once

#include <cstdint>
#include <string>

#include "semblance/resample/selector.hpp"

namespace semblance {

/// Rows drawn at random, of any column kinds.
struct RandomUnderConfig {
  bool replacement = false;  ///< A row may be drawn more than once.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};
using RandomUnderSampler = SelectorOf<RandomUnderConfig>;
extern template class SelectorOf<RandomUnderConfig>;

/// NearMiss [1]: of each class, the rows that are nearest to the smallest class.
///
/// Nearest is: version 1, by the mean distance to the k nearest rows of the smallest class; 2, to
/// the k farthest. Version 3 takes the `candidates` nearest rows of each row of the smallest class,
/// and of these the ones that are farthest, by the distance of version 1; where they are too few,
/// all of them, with a warning. All rows where the smallest class has fewer than k. Ties: the first
/// rows.
///
/// [1] Zhang, Mani, "kNN approach to unbalanced data distributions", ICML 2003 workshop.
struct NearMissConfig {
  std::int64_t version = 1;     ///< 1, 2 or 3.
  std::int64_t k = 3;           ///< Rows of the smallest class, >= 1.
  std::int64_t candidates = 3;  ///< Of version 3, >= 1.
  bool standardize = true;      ///< Distances on columns of unit variance.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};
using NearMiss = SelectorOf<NearMissConfig>;
extern template class SelectorOf<NearMissConfig>;

/// The instance hardness threshold [1]: of each class, the rows whose class a random forest that
/// did not see them is surest of. Ties: the first rows, so counts are exact.
///
/// [1] Smith, Martinez, Giraud-Carrier, "An instance level analysis of data complexity", Machine
///     Learning 95, 2014.
struct InstanceHardnessConfig {
  std::int64_t folds = 5;    ///< Parts of the rows, each judged by what the others teach, >= 2.
  std::int64_t trees = 100;  ///< Of each forest, 1 to 100000.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};
using InstanceHardnessThreshold = SelectorOf<InstanceHardnessConfig>;
extern template class SelectorOf<InstanceHardnessConfig>;

}  // namespace semblance
