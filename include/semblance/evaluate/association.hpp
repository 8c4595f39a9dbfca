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

/// Whether a statistic is corrected for the bias of small tables.
enum class BiasCorrection { kNone, kBergsma };

/// Cramér's V of a table of counts [rows, columns], row-major: sqrt(chi2 / (n min(r-1, c-1))), in
/// [0, 1]; empty rows and columns do not count. kBergsma corrects its bias [1]. Empty where fewer
/// than 2 rows or columns are left.
///
/// [1] Bergsma, "A bias-correction for Cramér's V", J. Korean Stat. Soc. 42, 2013.
[[nodiscard]] std::optional<double> cramers_v(std::span<const double> counts, std::int64_t columns,
                                              BiasCorrection correction = BiasCorrection::kNone);

/// Mutual information of the same kind of table, in nats.
[[nodiscard]] std::optional<double> mutual_information(std::span<const double> counts,
                                                       std::int64_t columns);

/// Correlation ratio eta of numbers in groups: sqrt(between-group / total sum of squares), in [0,
/// 1]. Rows with a NaN value or a negative group are left out. Empty for constant values.
[[nodiscard]] std::optional<double> correlation_ratio(std::span<const std::int32_t> groups,
                                                      std::span<const double> values);

/// Pairwise correlation difference [1]: the Frobenius norm of the difference of two symmetric [d,
/// d] matrices; NaN entries (undefined pairs) are left out. Every pair counts twice, so the largest
/// value for correlations is 2 sqrt(d (d-1)).
///
/// [1] Goncalves et al., "Generation and evaluation of synthetic patient data", BMC Med. Res.
/// Methodol. 20:108, 2020.
[[nodiscard]] double pairwise_correlation_difference(std::span<const double> a,
                                                     std::span<const double> b);

}  // namespace semblance
