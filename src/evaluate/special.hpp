// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace semblance {

/// Regularised upper incomplete gamma function Q(a, x), a > 0, x >= 0, to about 1e-14.
[[nodiscard]] double gamma_q(double a, double x);

/// Regularised incomplete beta function I_x(a, b), a, b > 0, 0 <= x <= 1, to about 1e-14.
[[nodiscard]] double beta_i(double a, double b, double x);

/// The x at which I_x(a, b) = p, by bisection.
[[nodiscard]] double beta_quantile(double p, double a, double b);

}  // namespace semblance
