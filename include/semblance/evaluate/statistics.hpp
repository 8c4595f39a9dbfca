// SPDX-License-Identifier: Apache-2.0
// Summary statistics of one column and how far two columns' are apart. Values are numbers in which
// NaN means missing; missing values are dropped. Undefined results are empty.
#pragma once

#include <optional>
#include <span>

namespace semblance {

/// The first four moments of a column.
struct Moments {
  double n = 0;  ///< Present values.
  double mean = 0;
  double variance = 0;             ///< Divided by n.
  std::optional<double> skewness;  ///< E (x - mean)^3 / sd^3; empty for a constant column.
  std::optional<double> kurtosis;  ///< E (x - mean)^4 / sd^4 - 3; empty for a constant column.
  [[nodiscard]] double sample_variance() const noexcept {  ///< Divided by n - 1; 0 for n = 1.
    return n > 1 ? variance * n / (n - 1) : 0;
  }
};

/// Empty without a present value. Two passes, so columns far from 0 lose nothing.
[[nodiscard]] std::optional<Moments> moments(std::span<const double> values);

/// What `statistic_similarity` compares.
enum class Statistic { kMean, kMedian, kStandardDeviation };

/// 1 - |stat(real) - stat(synthetic)| / range(real), cut at 0; the standard deviation has divisor
/// n - 1. Empty for a constant real column.
[[nodiscard]] std::optional<double> statistic_similarity(std::span<const double> real,
                                                         std::span<const double> synthetic,
                                                         Statistic statistic);

/// Overlap of the two confidence intervals of the mean [1]: (t/length_real + t/length_synthetic)/2
/// with t the length of their intersection, negative where they are apart. In (-inf, 1]. Intervals
/// are mean -+ z standard errors. Empty where a side has fewer than 2 values or is constant.
///
/// [1] Karr et al., "A framework for evaluating the utility of data altered to protect
/// confidentiality", Amer. Statistician 60, 2006.
[[nodiscard]] std::optional<double> interval_overlap(std::span<const double> real,
                                                     std::span<const double> synthetic,
                                                     double level = 0.95);

/// The same from the moments.
[[nodiscard]] std::optional<double> interval_overlap(const Moments& real, const Moments& synthetic,
                                                     double level = 0.95);

/// Mean over `bins` bins between the real column's quantiles of (share of the synthetic values -
/// 1/bins)^2; outer bins are open. Empty where a side has no value.
/// \throws InvalidArgument for bins < 2.
[[nodiscard]] std::optional<double> quantile_mse(std::span<const double> real,
                                                 std::span<const double> synthetic, int bins = 10);

}  // namespace semblance
