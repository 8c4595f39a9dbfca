// SPDX-License-Identifier: Apache-2.0
// How far two samples of one column are apart. Values are numbers in which NaN means missing;
// missing values are dropped. A result is empty where it is undefined: a side without values.
#pragma once

#include <optional>
#include <span>

namespace semblance {

/// Kolmogorov-Smirnov distance sup_x |F_a(x) - F_b(x)|, in [0, 1]; 0: the same distribution.
///
/// Values are first rounded to 14 decimals (as SDMetrics does), so that 0.3 - 0.2 equals 0.2 - 0.1.
/// A constant column is fine: 0 against itself, 1 against another constant. O(n log n).
[[nodiscard]] std::optional<double> ks(std::span<const double> a, std::span<const double> b);

/// Asymptotic p-value of that distance for samples of n and m values:
/// 2 sum_k (-1)^(k-1) exp(-2 k^2 d^2 nm/(n+m)).
[[nodiscard]] double ks_p_value(double distance, double n, double m);

/// Wasserstein-1 distance: the integral of |F_a - F_b|, >= 0, in the column's unit.
[[nodiscard]] std::optional<double> wasserstein1(std::span<const double> a,
                                                 std::span<const double> b);

/// Squared Wasserstein-2 distance: the integral of the squared difference of the quantiles.
[[nodiscard]] std::optional<double> wasserstein2_squared(std::span<const double> a,
                                                         std::span<const double> b);

/// Energy distance sqrt(2 E|A-B| - E|A-A'| - E|B-B'|) = sqrt(2 integral (F_a - F_b)^2), >= 0.
[[nodiscard]] std::optional<double> energy_distance(std::span<const double> a,
                                                    std::span<const double> b);

/// Two-sample Cramér-von Mises statistic T, from mid-ranks; about 1/6 for equal distributions.
[[nodiscard]] std::optional<double> cramer_von_mises(std::span<const double> a,
                                                     std::span<const double> b);

/// Share of synthetic values inside [min, max] of the real ones. A missing synthetic value is
/// outside unless the real column has missing values too.
[[nodiscard]] std::optional<double> boundary_adherence(std::span<const double> real,
                                                       std::span<const double> synthetic);

/// How much of [min, max] of the real values the synthetic ones span, in [0, 1]; missing values are
/// ignored. Empty for a constant real column.
[[nodiscard]] std::optional<double> range_coverage(std::span<const double> real,
                                                   std::span<const double> synthetic);

/// Total variation distance of two count vectors over the same cells: half of sum |p - q|, in [0,
/// 1]. Each is divided by its sum. Empty if a sum is 0.
/// \throws InvalidArgument if the lengths differ or a count is negative.
[[nodiscard]] std::optional<double> tvd(std::span<const double> a, std::span<const double> b);

/// Hellinger distance sqrt(sum (sqrt p - sqrt q)^2 / 2), in [0, 1].
[[nodiscard]] std::optional<double> hellinger(std::span<const double> a, std::span<const double> b);

/// Jensen-Shannon divergence in nats, in [0, ln 2]; finite for disjoint cells.
[[nodiscard]] std::optional<double> jensen_shannon(std::span<const double> a,
                                                   std::span<const double> b);

/// Kullback-Leibler divergence sum p ln(p/q) in nats, >= 0, not symmetric; infinite where a cell of
/// `a` is empty in `b`. `prior` is added to every count of both (1/2: Jeffreys).
[[nodiscard]] std::optional<double> kullback_leibler(std::span<const double> a,
                                                     std::span<const double> b, double prior = 0);

/// Population stability index sum (q - p) ln(q/p), >= 0, symmetric; `prior` as above.
[[nodiscard]] std::optional<double> stability_index(std::span<const double> a,
                                                    std::span<const double> b, double prior = 0);

/// Expected total variation distance of two samples of n and m rows from the same shares (normal
/// approximation): the noise below which a distance says nothing.
[[nodiscard]] std::optional<double> expected_tvd(std::span<const double> counts, double n,
                                                 double m);

/// Share of synthetic rows whose category occurs in the real column. Count vectors over the same
/// categories, missing as one of them.
[[nodiscard]] std::optional<double> category_adherence(std::span<const double> real,
                                                       std::span<const double> synthetic);

/// Share of the real column's categories that occur in the synthetic one.
[[nodiscard]] std::optional<double> category_coverage(std::span<const double> real,
                                                      std::span<const double> synthetic);

}  // namespace semblance
