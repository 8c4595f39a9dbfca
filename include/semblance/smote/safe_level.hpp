// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "semblance/smote/over_sampler.hpp"

namespace semblance {

/// Every knob of SafeLevelSmote.
struct SafeLevelConfig {
  std::int64_t k = 5;       ///< Neighbours: in the table for safety, in the class to join, >= 1.
  bool standardize = true;  ///< Distances on columns of unit variance.
  SmallClass small_class = SmallClass::kClamp;  ///< For classes of k rows or fewer.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// Safe-Level-SMOTE [1]: SMOTE whose points lie nearer to the safer of the two parents.
///
/// The safe level of a row is how many of its k nearest rows are of its class. With levels p of the
/// base and q of the neighbour, u is 0 for q = 0, U[0, 1) for p = q, U[0, q / p) for p > q, and
/// U[1 - p / q, 1) for p < q; pairs with p = q = 0 are never drawn. A class that has no other pair
/// goes on as SMOTE, and a warning is logged.
///
/// [1] Bunkhumpornpat, Sinapiromsaran, Lursinsap, "Safe-Level-SMOTE", PAKDD 2009.
using SafeLevelSmote = OverSamplerOf<SafeLevelConfig>;

extern template class OverSamplerOf<SafeLevelConfig>;

}  // namespace semblance
