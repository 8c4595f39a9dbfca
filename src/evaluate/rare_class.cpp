// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/rare_class.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "detail/check.hpp"

namespace semblance {
namespace {

void check(std::span<const double> scores, std::span<const std::uint8_t> positive) {
  require(scores.size() == positive.size(),
          "there must be one flag a score, got {} scores and {} flags", scores.size(),
          positive.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    require(!std::isnan(scores[i]), "a score must not be NaN, got NaN at {}", i);
  }
}

/// Positions by falling score.
std::vector<std::size_t> falling(std::span<const double> scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return scores[a] > scores[b] || (scores[a] == scores[b] && a < b);
  });
  return order;
}

}  // namespace

std::optional<double> average_precision(std::span<const double> scores,
                                        std::span<const std::uint8_t> positive) {
  check(scores, positive);
  const auto all = static_cast<double>(
      std::count_if(positive.begin(), positive.end(), [](auto flag) { return flag != 0; }));
  if (all == 0) return std::nullopt;
  const auto order = falling(scores);
  double sum = 0, hits = 0, before = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    hits += positive[order[i]] != 0 ? 1 : 0;
    if (i + 1 < order.size() && scores[order[i + 1]] == scores[order[i]]) continue;
    sum += (hits - before) / all * (hits / static_cast<double>(i + 1));
    before = hits;
  }
  return sum;
}

std::optional<double> balanced_accuracy(std::span<const double> scores,
                                        std::span<const std::uint8_t> positive, double threshold) {
  check(scores, positive);
  double yes = 0, no = 0, found = 0, spared = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const bool guess = scores[i] >= threshold;
    (positive[i] != 0 ? yes : no) += 1;
    if (positive[i] != 0 && guess) ++found;
    if (positive[i] == 0 && !guess) ++spared;
  }
  if (yes == 0 || no == 0) return std::nullopt;
  return (found / yes + spared / no) / 2;
}

std::optional<double> brier_score(std::span<const double> probabilities,
                                  std::span<const std::uint8_t> positive) {
  check(probabilities, positive);
  if (probabilities.empty()) return std::nullopt;
  double sum = 0;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const double d = probabilities[i] - (positive[i] != 0 ? 1.0 : 0.0);
    sum += d * d;
  }
  return sum / static_cast<double>(probabilities.size());
}

std::optional<double> calibration_error(std::span<const double> probabilities,
                                        std::span<const std::uint8_t> positive, std::int64_t bins) {
  check(probabilities, positive);
  require(bins >= 1, "calibration_error: bins must be >= 1, got {}", bins);
  if (probabilities.empty()) return std::nullopt;
  const auto order = falling(probabilities);
  const std::size_t n = order.size(), count = std::min(static_cast<std::size_t>(bins), n);
  double error = 0;
  for (std::size_t bin = 0; bin < count; ++bin) {
    double gap = 0;
    for (std::size_t i = bin * n / count; i < (bin + 1) * n / count; ++i) {
      gap += probabilities[order[i]] - (positive[order[i]] != 0 ? 1.0 : 0.0);
    }
    error += std::abs(gap);
  }
  return error / static_cast<double>(n);
}

}  // namespace semblance
