// SPDX-License-Identifier: Apache-2.0
// Tests of "both samples come from one distribution", and the intervals of rates. With many rows
// everything is significant: read effect sizes first.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "semblance/evaluate/scores.hpp"

namespace semblance {

/// Exact p-value of a Kolmogorov-Smirnov distance of n and m values without ties: the share of
/// orders of the pooled sample with a distance at least as large. O(n m).
/// \throws InvalidArgument unless n >= 1 and m >= 1.
[[nodiscard]] double ks_p_value_exact(double distance, std::int64_t n, std::int64_t m);

/// p-value of a Kolmogorov-Smirnov distance of two samples whose values may be tied, given how
/// often each has every value, in ascending order; p-values for continuous values are too large
/// there. Exact where the samples' sizes multiply to at most 10^5: the share of orders of the
/// pooled sample whose distance, looked at between different values only, is at least as large [1].
/// Beyond, the chance that a Brownian bridge leaves the distance at the values' shares, by
/// integration on a grid; with more than 1,000 values that of continuous ones. Empty where a side
/// is.
///
/// [1] Schroer, Trenkler, "Exact and randomization distributions of Kolmogorov-Smirnov tests for
/// two
///     or three samples", CSDA 20, 1995.
/// \throws InvalidArgument if the lengths differ or a count is negative.
[[nodiscard]] std::optional<double> ks_p_value_tied(double distance, std::span<const double> a,
                                                    std::span<const double> b);

/// Two-sample Anderson-Darling statistic with mid-ranks, standardised to mean 0 and variance 1
/// under equal distributions [1]; sensitive to the tails. Missing values (NaN) are dropped. Empty
/// with fewer than 4 values, an empty side, or where all values are equal.
///
/// [1] Scholz, Stephens, "K-sample Anderson-Darling tests", JASA 82, 1987.
[[nodiscard]] std::optional<double> anderson_darling(std::span<const double> a,
                                                     std::span<const double> b);

/// A chi-square test.
struct ChiSquare {
  double statistic = 0;
  double freedom = 0;  ///< Degrees of freedom.
  double p_value = 1;
};

/// Homogeneity of two rows of counts over the same cells; cells that both lack do not count. Empty
/// where a row sums to 0 or fewer than 2 cells are left.
/// \throws InvalidArgument if the lengths differ or a count is negative.
[[nodiscard]] std::optional<ChiSquare> chi_square(std::span<const double> a,
                                                  std::span<const double> b);

/// Fit of observed counts to expected ones, scaled to the same sum. Empty where an expected count
/// is 0 and the observed one is not, or fewer than 2 cells are left.
[[nodiscard]] std::optional<ChiSquare> chi_square_fit(std::span<const double> observed,
                                                      std::span<const double> expected);

/// P(X > x) for a chi-square variable.
[[nodiscard]] double chi_square_tail(double x, double freedom);

/// p-values adjusted for their number by Benjamini and Hochberg's step-up procedure [2]: with those
/// <= q taken for differences, at most the share q of them is expected to be none.
/// \throws InvalidArgument if one is outside [0, 1].
///
/// [2] Benjamini, Hochberg, "Controlling the false discovery rate", J. R. Stat. Soc. B 57, 1995.
[[nodiscard]] std::vector<double> benjamini_hochberg(std::span<const double> p_values);

/// Exact (Clopper-Pearson) interval of a rate of `hits` in `n`; [0, 1] for n = 0.
/// \throws InvalidArgument unless 0 <= hits <= n.
[[nodiscard]] Interval clopper_pearson(double hits, double n, double level = 0.95);

}  // namespace semblance
