// SPDX-License-Identifier: Apache-2.0
// Scores of predicted probabilities where one class is rare: accuracy and AUC say little there.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace semblance {

/// Average precision: sum over the distinct scores, from the largest, of (recall gained) x
/// precision; equals the share of positives for constant scores. Empty without positives.
/// \throws InvalidArgument if the lengths differ or a score is NaN.
[[nodiscard]] std::optional<double> average_precision(std::span<const double> scores,
                                                      std::span<const std::uint8_t> positive);

/// Mean of the true positive and the true negative rate where scores >= threshold are positives.
/// Empty if a class is absent.
[[nodiscard]] std::optional<double> balanced_accuracy(std::span<const double> scores,
                                                      std::span<const std::uint8_t> positive,
                                                      double threshold = 0.5);

/// Brier score: mean (p - y)^2 of probabilities, in [0, 1]. Empty without rows.
[[nodiscard]] std::optional<double> brier_score(std::span<const double> probabilities,
                                                std::span<const std::uint8_t> positive);

/// Expected calibration error [1]: mean over rows of |mean probability - share of positives| of
/// their bin, with bins of equal counts, at least one row each. Empty without rows.
///
/// [1] Naeini, Cooper, Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
/// binning", AAAI 2015; equal counts after Nixon et al., CVPR workshops 2019.
/// \param bins  >= 1.
[[nodiscard]] std::optional<double> calibration_error(std::span<const double> probabilities,
                                                      std::span<const std::uint8_t> positive,
                                                      std::int64_t bins = 10);

}  // namespace semblance
