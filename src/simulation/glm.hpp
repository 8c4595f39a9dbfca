// SPDX-License-Identifier: Apache-2.0
// Linear models by maximum likelihood, with a weak prior that makes the optimum exist and unique.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace semblance {

/// Row-major features and one response a row.
struct Regression {
  std::int64_t columns = 0;
  std::vector<double> features;  ///< [n, columns]
  std::vector<double> response;  ///< [n]
};

/// Coefficients, and for the linear model the standard deviation of the residuals.
struct Coefficients {
  std::vector<double> weights;
  double deviation = 0;
};

enum class Link {
  kLogistic,  ///< response 0 or 1 with probability 1 / (1 + exp(-eta))
  kLog        ///< response ~ Poisson(exp(eta))
};

/// Least squares: minimises sum r^2 + rows |w - prior|^2; the variance is (sum r^2 + rows s^2) /
/// (n + rows) with s the prior's deviation.
/// \param rows  Weight of the prior, > 0.
[[nodiscard]] Coefficients fit_linear(const Regression& data, const Coefficients& prior,
                                      double rows);

/// Newton's method (IRLS) with halved steps; minimises -log likelihood + rows/2 |w - prior|^2.
[[nodiscard]] Coefficients fit_glm(const Regression& data, Link link, const Coefficients& prior,
                                   double rows);

}  // namespace semblance
