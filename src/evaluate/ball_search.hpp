// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evaluate/balls.hpp"
#include "semblance/evaluate/diversity.hpp"

namespace semblance {

/// Everything of Prdc for points of a Euclidean space: who is in a ball is read off the nearest
/// rows of its centre, as many as it takes to reach its surface, never off all pairs. Memory is
/// that of the rows and of 2^22 neighbours.
[[nodiscard]] Prdc prdc_by_search(const MatrixView<double>& real,
                                  const MatrixView<double>& synthetic, const BallOptions& options);

}  // namespace semblance
