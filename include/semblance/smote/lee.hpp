// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "semblance/smote/over_sampler.hpp"

namespace semblance {

/// Every knob of Lee.
struct LeeConfig {
  std::int64_t k = 5;          ///< Neighbours a row may be joined with, >= 1.
  std::int64_t m = 5;          ///< Training rows that judge a candidate, >= 1.
  double share = 0.5;          ///< Of them, of other classes, that refuses it, in (0, 1].
  std::int64_t attempts = 30;  ///< Candidates a row has, 1 to 1000.
  bool standardize = true;     ///< Distances on columns of unit variance.
  SmallClass small_class = SmallClass::kClamp;  ///< For classes of k rows or fewer.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// Lee [1]: SMOTE whose rows are drawn again where they fall among other classes.
///
/// A candidate is accepted if fewer than `share` of its m nearest training rows are of another
/// class. After every 5 refusals the share grows by 0.1. The candidate with the fewest is taken if
/// none was accepted in time; the first of several.
///
/// Row i depends on the model, the seed and i alone, since each row has its own candidates;
/// smote_variants raises the share when a whole batch was refused.
///
/// [1] Lee, Kim and Lee, "An over-sampling technique with rejection for imbalanced class learning",
/// IMCOM 2015.
using Lee = OverSamplerOf<LeeConfig>;

extern template class OverSamplerOf<LeeConfig>;

}  // namespace semblance
