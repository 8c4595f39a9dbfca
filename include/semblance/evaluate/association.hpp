// SPDX-License-Identifier: Apache-2.0
// How strongly two columns hang together, and how much of it a synthetic table keeps.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace semblance {

/// Pearson correlation over the rows where neither value is NaN (missing).
/// Empty with fewer than 2 such rows or where a side is constant.
/// \throws InvalidArgument if the lengths differ.
[[nodiscard]] std::optional<double> pearson(std::span<const double> a, std::span<const double> b);

/// Spearman correlation: Pearson's of the mid-ranks, over the same rows.
[[nodiscard]] std::optional<double> spearman(std::span<const double> a, std::span<const double> b);

/// Kendall's tau-b over the rows where neither value is NaN, corrected for ties. O(n log n).
[[nodiscard]] std::optional<double> kendall(std::span<const double> a, std::span<const double> b);

/// Whether a statistic is corrected for the bias of small tables.
enum class BiasCorrection { kNone, kCorrected };

/// Cramér's V of a table of counts [rows, columns], row-major: sqrt(chi2 / (n min(r-1, c-1))), in
/// [0, 1]; empty rows and columns do not count. kCorrected corrects its bias [1]. Empty where fewer
/// than 2 rows or columns are left.
///
/// [1] Bergsma, "A bias-correction for Cramér's V", J. Korean Stat. Soc. 42, 2013.
[[nodiscard]] std::optional<double> cramers_v(std::span<const double> counts, std::int64_t columns,
                                              BiasCorrection correction = BiasCorrection::kNone);

/// Mutual information of the same kind of table, in nats.
[[nodiscard]] std::optional<double> mutual_information(std::span<const double> counts,
                                                       std::int64_t columns);

/// Theil's U: the share of the entropy of a table's column variable that its row variable explains,
/// mutual information / entropy of the columns, in [0, 1]. Empty where the columns are constant.
[[nodiscard]] std::optional<double> theils_u(std::span<const double> counts, std::int64_t columns);

/// Mutual information over the mean of both entropies, in [0, 1]. Empty where both are constant.
[[nodiscard]] std::optional<double> normalised_mutual_information(std::span<const double> counts,
                                                                  std::int64_t columns);

/// Total variation distance of two joint tables of codes: half of sum |p - q| over the cells that
/// occur. 1 minus it is the contingency similarity. Memory by occupied cells. Empty where a side
/// has no rows. \throws InvalidArgument if the two columns of a side differ in length.
[[nodiscard]] std::optional<double> joint_tvd(std::span<const std::int32_t> a_first,
                                              std::span<const std::int32_t> a_second,
                                              std::span<const std::int32_t> b_first,
                                              std::span<const std::int32_t> b_second);

/// Correlation ratio eta of numbers in groups: sqrt(between-group / total sum of squares), in [0,
/// 1]. Rows with a NaN value or a negative group are left out. kCorrected is Kelley's epsilon [1],
/// eta^2 less what n rows in k unrelated groups get: 1 - (1 - eta^2) (n-1)/(n-k), cut at 0. Empty
/// for constant values, and where every corrected row has its own group.
///
/// [1] Kelley, "An unbiased correlation ratio measure", PNAS 21, 1935.
[[nodiscard]] std::optional<double> correlation_ratio(
    std::span<const std::int32_t> groups, std::span<const double> values,
    BiasCorrection correction = BiasCorrection::kNone);

/// Pairwise correlation difference [1]: the Frobenius norm of the difference of two symmetric [d,
/// d] matrices; NaN entries (undefined pairs) are left out. Every pair counts twice, so the largest
/// value for correlations is 2 sqrt(d (d-1)); over the upper triangle it is the value / sqrt 2.
///
/// [1] Goncalves et al., "Generation and evaluation of synthetic patient data", BMC Med. Res.
/// Methodol. 20:108, 2020.
[[nodiscard]] double pairwise_correlation_difference(std::span<const double> a,
                                                     std::span<const double> b);

}  // namespace semblance
