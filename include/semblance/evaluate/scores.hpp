// SPDX-License-Identifier: Apache-2.0
// Scores of predictions and intervals of numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "semblance/core/seed.hpp"

namespace semblance {

/// A range that holds the true value with a stated confidence.
struct Interval {
  double lo = 0;
  double hi = 0;
  double level = 0.95;      ///< Confidence, in (0, 1).
  std::string method = {};  ///< "DeLong", "Wilson", "bootstrap".

  friend bool operator==(const Interval&, const Interval&) = default;
};

/// Standard normal quantile, 0 < p < 1, to about 1e-15.
[[nodiscard]] double normal_quantile(double p);

/// Area under the ROC curve: P(score of a positive > score of a negative), ties half. Empty if a
/// class is absent.
/// \param positive  One flag a score, 0 or not 0.
/// \throws InvalidArgument if the lengths differ or a score is NaN.
[[nodiscard]] std::optional<double> auc(std::span<const double> scores,
                                        std::span<const std::uint8_t> positive);

/// An area under the ROC curve with the variance of DeLong et al. [1], in O(n log n).
///
/// [1] DeLong, DeLong, Clarke-Pearson, "Comparing the areas under two or more correlated ROC
/// curves", Biometrics 44, 1988; mid-ranks after Sun, Xu, IEEE Sig. Proc. Letters 21, 2014.
struct AucEstimate {
  double value = 0;
  double variance = 0;  ///< 0 where a class has one row only.

  /// value +- z sqrt(variance), cut to [0, 1].
  [[nodiscard]] Interval interval(double level = 0.95) const;
};
[[nodiscard]] std::optional<AucEstimate> auc_delong(std::span<const double> scores,
                                                    std::span<const std::uint8_t> positive);

/// One point of a ROC curve.
struct RocPoint {
  double false_positives = 0;
  double true_positives = 0;
};
/// The ROC curve from (0, 0) to (1, 1), one point a distinct score, at most `points` of them.
[[nodiscard]] std::vector<RocPoint> roc_curve(std::span<const double> scores,
                                              std::span<const std::uint8_t> positive,
                                              std::int64_t points = 200);

/// Macro-averaged F1 over the classes that occur in `truth`; a class never predicted scores 0.
/// `weights` count rows (bootstrap); empty: 1 each. Empty without rows.
[[nodiscard]] std::optional<double> macro_f1(std::span<const std::int32_t> truth,
                                             std::span<const std::int32_t> guess,
                                             std::span<const double> weights = {});

/// Coefficient of determination 1 - sum (y - f)^2 / sum (y - mean)^2, <= 1. Empty where the truth
/// is constant.
[[nodiscard]] std::optional<double> r_squared(std::span<const double> truth,
                                              std::span<const double> prediction,
                                              std::span<const double> weights = {});

/// Wilson's score interval of a rate of `hits` in `n`; [0, 1] for n = 0.
[[nodiscard]] Interval wilson(double hits, double n, double level = 0.95);

/// The `q`-quantile with linear interpolation between order statistics (type 7), 0 <= q <= 1.
/// \throws InvalidArgument for an empty sample.
[[nodiscard]] double quantile(std::span<const double> sorted, double q);

/// How often each of n rows is drawn in one bootstrap replicate (n draws with replacement).
[[nodiscard]] std::vector<double> bootstrap_weights(std::int64_t n, Seed seed,
                                                    std::uint64_t replicate);

}  // namespace semblance
