// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "semblance/smote/over_sampler.hpp"

namespace semblance {

/// Which row the ball around a base reaches to.
enum class GeometricSelection : std::uint8_t {
  kMinority,  ///< A random one of the k nearest rows of the class.
  kMajority,  ///< The nearest row of another class.
  kCombined   ///< Whichever of these two is nearer.
};

/// Every knob of GeometricSmote.
struct GeometricConfig {
  std::int64_t k = 5;                                            ///< Neighbours in the class, >= 1.
  GeometricSelection selection = GeometricSelection::kCombined;  ///< Which row the ball reaches to.
  double truncation = 1;  ///< How much of the far side (> 0) or near side (< 0) is cut, in [-1, 1].
  double deformation = 0;   ///< From a ball (0) to a line (1), in [0, 1].
  bool standardize = true;  ///< Distances, and so the ball, on columns of unit variance.
  SmallClass small_class = SmallClass::kClamp;  ///< For classes of k rows or fewer.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// Geometric SMOTE [1]: points in a ball around the base, whose surface passes through another row.
///
/// A point is uniform in the unit ball, length u^(1/d) for u ~ U[0, 1). The part of the ball that
/// truncation cuts is reflected to the other side, the direction across the line to the other row
/// shrinks by deformation, and the ball grows to the distance of the two rows. The provenance has
/// the other row as the neighbour. With categories, the nearest row of another class votes too in
/// combined selection (G-SMOTE-NC).
///
/// Columns in which the rows concerned are all equal stay as they are and do not count as
/// dimensions. In a table of one class, selection is that of the class.
///
/// [1] Douzas, Bacao, "Geometric SMOTE: a geometrically enhanced drop-in replacement for SMOTE",
///     Information Sciences 501, 2019.
using GeometricSmote = OverSamplerOf<GeometricConfig>;

extern template class OverSamplerOf<GeometricConfig>;

}  // namespace semblance
