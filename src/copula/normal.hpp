// SPDX-License-Identifier: Apache-2.0
// The standard normal distribution, exact in both tails.
#pragma once

namespace semblance::normal {

[[nodiscard]] double density(double z);
/// P(Z <= z).
[[nodiscard]] double cdf(double z);
/// The z with cdf(z) = p, to 1e-15; infinite at p = 0 and 1. [1]
///
/// [1] Wichura, "Algorithm AS 241: the percentage points of the normal distribution", 1988.
[[nodiscard]] double quantile(double p);
/// P(low <= Z <= high), without cancellation in the upper tail.
[[nodiscard]] double mass(double low, double high);
/// The value below which a share `u` in [0, 1) of the mass between `low` and `high` lies. Where
/// that mass is too small for a double, the end nearer to 0.
[[nodiscard]] double within(double low, double high, double u);

}  // namespace semblance::normal
