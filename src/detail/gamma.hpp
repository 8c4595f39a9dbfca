// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

#include "semblance/core/seed.hpp"

namespace semblance {

/// The logarithm of a gamma variate of this shape, > 0, and scale 1 [1]: that of a small shape has
/// no room among doubles.
///
/// [1] Marsaglia, Tsang, "A simple method for generating gamma variables", ACM TOMS 26, 2000.
inline double draw_log_gamma(Stream& draw, double shape) {
  const double boost = shape < 1 ? std::log1p(-draw.uniform()) / shape : 0;  // U^(1/shape)
  const double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3;
  for (;;) {
    const double x = draw.normal();
    const double root = 1 + x / std::sqrt(9 * d);
    if (root <= 0) continue;
    const double v = root * root * root;
    if (std::log1p(-draw.uniform()) < 0.5 * x * x + d - d * v + d * std::log(v))
      return std::log(d * v) + boost;
  }
}

/// A beta variate, in [0, 1]; both shapes > 0.
inline double draw_beta(Stream& draw, double a, double b) {
  const double one = draw_log_gamma(draw, a), other = draw_log_gamma(draw, b);
  return 1 / (1 + std::exp(other - one));
}

}  // namespace semblance
