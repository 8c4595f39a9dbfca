// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "semblance/smote/over_sampler.hpp"

namespace semblance {

/// Every knob of Smote.
struct SmoteConfig {
  std::int64_t k = 5;                           ///< Neighbours a row may be joined with, >= 1.
  bool standardize = true;                      ///< Distances on columns of unit variance.
  SmallClass small_class = SmallClass::kClamp;  ///< For classes of k rows or fewer.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// SMOTE [1]: new rows on the lines between a row and its nearest neighbours of the same class.
///
/// x = a + u (b - a) with a uniform in the class, b uniform among its k nearest neighbours in the
/// class, one u ~ U[0, 1) for all numbers. With categories it is SMOTE-NC, without numbers SMOTE-N.
///
/// [1] Chawla et al., "SMOTE: synthetic minority over-sampling technique", JAIR 2002.
using Smote = OverSamplerOf<SmoteConfig>;

extern template class OverSamplerOf<SmoteConfig>;

}  // namespace semblance
