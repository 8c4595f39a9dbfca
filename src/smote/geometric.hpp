// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace semblance {

/// The point of Geometric SMOTE minus its centre.
///
/// \param surface      Surface row minus centre.
/// \param direction    Any vector that is not 0: where from the centre; on return the point.
/// \param u            In [0, 1): the point's length is u^(1/d) of the radius before deformation.
/// \param truncation, deformation  As in GeometricConfig.
void move_in_ball(std::span<const double> surface, std::span<double> direction, double u,
                  double truncation, double deformation);

}  // namespace semblance
