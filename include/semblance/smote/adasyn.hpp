// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "semblance/smote/over_sampler.hpp"

namespace semblance {

/// Every knob of Adasyn.
struct AdasynConfig {
  std::int64_t k = 5;  ///< Neighbours: in the table for the weights, in the class to join, >= 1.
  bool standardize = true;                      ///< Distances on columns of unit variance.
  SmallClass small_class = SmallClass::kClamp;  ///< For classes of k rows or fewer.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// ADASYN [1]: SMOTE in which a row is a base the more often, the more of its k nearest rows are of
/// other classes.
///
/// Weight r_i = strangers among the k nearest / k. `generate` gives row i its share of n by largest
/// remainder, so that there are n rows in all; where no row has a stranger near, all weigh the same
/// and a warning is logged.
///
/// [1] He, Bai, Garcia, Li, "ADASYN: adaptive synthetic sampling approach for imbalanced learning",
///     IJCNN 2008.
using Adasyn = OverSamplerOf<AdasynConfig>;

extern template class OverSamplerOf<AdasynConfig>;

}  // namespace semblance
