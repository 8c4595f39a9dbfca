// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "semblance/smote/over_sampler.hpp"

namespace semblance {

/// Every knob of ProWSyn.
struct ProWSynConfig {
  std::int64_t k = 5;       ///< Rows of the class that each row of another class marks, >= 1.
  std::int64_t levels = 5;  ///< Levels of proximity, >= 1.
  double theta = 1;         ///< Level l weighs exp(-theta (l - 1)), >= 0.
  bool standardize = true;  ///< Distances on columns of unit variance.
  SmallClass small_class = SmallClass::kClamp;  ///< For classes of k rows or fewer.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// ProWSyn, proximity weighted synthetic over-sampling [1]: more rows where other classes are near.
///
/// Level 1 are the rows of the class that are among the k nearest of any row of another class;
/// level 2 those that are once level 1 is taken away; and so on, the last level has the rest. A
/// level is drawn by its weight and two of its rows a, b: x = a + u (b - a), u ~ U[0, 1). A level
/// of one row is copied.
///
/// Categories and gaps are voted by the k nearest of the base in its class.
///
/// [1] Barua, Islam and Murase, "ProWSyn: proximity weighted synthetic oversampling technique for
/// imbalanced data set learning", PAKDD 2013.
using ProWSyn = OverSamplerOf<ProWSynConfig>;

extern template class OverSamplerOf<ProWSynConfig>;

}  // namespace semblance
