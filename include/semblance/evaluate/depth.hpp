// SPDX-License-Identifier: Apache-2.0
// Data depth, and the depth-depth plot of two samples: each pooled point's depth in one against its
// depth in the other. Equal distributions lie on the diagonal [1].
//
// [1] Liu, Parelius, Singh, "Multivariate analysis by data depth", Ann. Statist. 27, 1999.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// Mahalanobis depth 1 / (1 + (x - mean)' C^-1 (x - mean)) of each point in a sample, C its
/// covariance with divisor n - 1. Moment-based: the same for every affine change of units, blind to
/// shape. A point off the subspace in which the sample varies has depth 0. O(n d^2 + d^3).
/// \throws InvalidArgument if the dimensions differ or the sample has fewer than 2 rows.
[[nodiscard]] std::vector<double> mahalanobis_depth(const MatrixView<double>& points,
                                                    const MatrixView<double>& sample);

/// Spatial depth 1 - |mean over the sample of (x - s) / |x - s||, a row equal to x counting 0.
/// Robust, without a covariance. O(points x sample x d), memory O(d).
/// \throws InvalidArgument if the dimensions differ or the sample is empty.
[[nodiscard]] std::vector<double> spatial_depth(const MatrixView<double>& points,
                                                const MatrixView<double>& sample);

/// How the depths in the second sample (y) follow those in the first (x).
struct DdPlot {
  double slope = 0;      ///< Of the least-squares line of y on x; 1 for equal distributions.
  double intercept = 0;  ///< Of that line; 0 for equal distributions.
  double r2_ols = 0;  ///< Squared correlation: 0.9 for a sample stretched twofold, so never read it
                      ///< alone.
  double r2_identity = 0;  ///< 1 - sum (y - x)^2 / sum (y - mean y)^2, <= 1: about the diagonal.
  double rms = 0;          ///< sqrt mean (y - x)^2.
};

/// Empty with fewer than 2 points or where a side is constant.
/// \param weights  Count points (bootstrap); empty: 1 each.
/// \throws InvalidArgument if the lengths differ.
[[nodiscard]] std::optional<DdPlot> dd_plot(std::span<const double> x, std::span<const double> y,
                                            std::span<const double> weights = {});

}  // namespace semblance
