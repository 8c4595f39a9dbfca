// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/scores.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "detail/check.hpp"
#include "evaluate/ranks.hpp"

namespace semblance {
namespace {

/// Checks and deals scores out to (positives, negatives).
std::pair<std::vector<double>, std::vector<double>> by_class(
    std::span<const double> scores, std::span<const std::uint8_t> positive) {
  require(scores.size() == positive.size(),
          "there must be one flag a score, got {} scores and {} flags", scores.size(),
          positive.size());
  std::pair<std::vector<double>, std::vector<double>> out;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    require(!std::isnan(scores[i]), "a score must not be NaN, got NaN at {}", i);
    (positive[i] != 0 ? out.first : out.second).push_back(scores[i]);
  }
  return out;
}

/// Share of `others` below each of `own`, ties half, from ranks among all and among one's own.
std::vector<double> placements(const std::vector<double>& own, const std::vector<double>& others,
                               std::span<const double> pooled_ranks) {
  const auto ranks = mid_ranks(own);
  std::vector<double> out(own.size());
  for (std::size_t i = 0; i < own.size(); ++i)
    out[i] = (pooled_ranks[i] - ranks[i]) / static_cast<double>(others.size());
  return out;
}

double mean(const std::vector<double>& v) {
  return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}

/// Sample variance divided by n; 0 for one value.
double squared_error(const std::vector<double>& v) {
  if (v.size() < 2) return 0;
  const double m = mean(v);
  double out = 0;
  for (const double x : v) out += (x - m) * (x - m);
  return out / static_cast<double>(v.size() - 1) / static_cast<double>(v.size());
}

double weight(std::span<const double> weights, std::size_t i) {
  return weights.empty() ? 1 : weights[i];
}

}  // namespace

double normal_quantile(double p) {
  require(p > 0 && p < 1, "normal_quantile: p must be in (0, 1), got {}", p);
  if (p > 0.5) return -normal_quantile(1 - p);
  const auto tail = [](double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); };
  double lo = -40, hi = 0;
  for (int i = 0; i < 200 && hi - lo > 1e-16 * std::abs(lo); ++i) {
    const double middle = (lo + hi) / 2;
    (tail(middle) < p ? lo : hi) = middle;
  }
  return (lo + hi) / 2;
}

std::optional<double> auc(std::span<const double> scores, std::span<const std::uint8_t> positive) {
  const auto estimate = auc_delong(scores, positive);
  if (!estimate) return std::nullopt;
  return estimate->value;
}

std::optional<AucEstimate> auc_delong(std::span<const double> scores,
                                      std::span<const std::uint8_t> positive) {
  const auto [yes, no] = by_class(scores, positive);
  if (yes.empty() || no.empty()) return std::nullopt;
  std::vector<double> pooled = yes;
  pooled.insert(pooled.end(), no.begin(), no.end());
  const auto ranks = mid_ranks(pooled);
  const std::span<const double> all(ranks);
  const auto above = placements(yes, no, all.first(yes.size()));
  const auto below = placements(no, yes, all.subspan(yes.size()));
  return AucEstimate{mean(above), squared_error(above) + squared_error(below)};
}

Interval AucEstimate::interval(double level) const {
  const double reach = normal_quantile((1 + level) / 2) * std::sqrt(variance);
  return {std::max(0.0, value - reach), std::min(1.0, value + reach), level, "DeLong"};
}

std::vector<RocPoint> roc_curve(std::span<const double> scores,
                                std::span<const std::uint8_t> positive, std::int64_t points) {
  require(points >= 2, "roc_curve: points must be >= 2, got {}", points);
  const auto [yes, no] = by_class(scores, positive);
  const auto order = ascending(scores);
  std::vector<RocPoint> out = {{0, 0}};
  double tp = 0, fp = 0;
  for (std::size_t i = order.size(); i-- > 0;) {
    (positive[order[i]] != 0 ? tp : fp) += 1;
    if (i > 0 && scores[order[i]] == scores[order[i - 1]]) continue;
    const RocPoint next{no.empty() ? 0 : fp / static_cast<double>(no.size()),
                        yes.empty() ? 0 : tp / static_cast<double>(yes.size())};
    const double moved = next.false_positives - out.back().false_positives + next.true_positives -
                         out.back().true_positives;
    if (i == 0 || moved >= 2.0 / static_cast<double>(points)) out.push_back(next);
  }
  return out;
}

std::optional<double> macro_f1(std::span<const std::int32_t> truth,
                               std::span<const std::int32_t> guess,
                               std::span<const double> weights) {
  require(truth.size() == guess.size(), "macro_f1: one guess a row, got {} and {}", truth.size(),
          guess.size());
  if (truth.empty()) return std::nullopt;
  std::int32_t top = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) top = std::max({top, truth[i], guess[i]});
  std::vector<double> hit(static_cast<std::size_t>(top) + 1, 0), is = hit, said = hit;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double w = weight(weights, i);
    is[static_cast<std::size_t>(truth[i])] += w;
    said[static_cast<std::size_t>(guess[i])] += w;
    if (truth[i] == guess[i]) hit[static_cast<std::size_t>(truth[i])] += w;
  }
  double sum = 0, classes = 0;
  for (std::size_t k = 0; k < is.size(); ++k) {
    if (is[k] == 0) continue;
    classes += 1;
    sum += 2 * hit[k] / (is[k] + said[k]);
  }
  if (classes == 0) return std::nullopt;
  return sum / classes;
}

std::optional<double> r_squared(std::span<const double> truth, std::span<const double> prediction,
                                std::span<const double> weights) {
  require(truth.size() == prediction.size(), "r_squared: one prediction a row, got {} and {}",
          truth.size(), prediction.size());
  double n = 0, sum = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    n += weight(weights, i);
    sum += weight(weights, i) * truth[i];
  }
  if (n == 0) return std::nullopt;
  double left = 0, total = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double w = weight(weights, i);
    left += w * (truth[i] - prediction[i]) * (truth[i] - prediction[i]);
    total += w * (truth[i] - sum / n) * (truth[i] - sum / n);
  }
  if (total == 0) return std::nullopt;
  return 1 - left / total;
}

Interval wilson(double hits, double n, double level) {
  if (n <= 0) return {0, 1, level, "Wilson"};
  const double z = normal_quantile((1 + level) / 2);
  const double centre = (hits + z * z / 2) / (n + z * z);
  const double reach =
      z / (n + z * z) * std::sqrt(std::max(0.0, hits * (n - hits) / n + z * z / 4));
  // At the ends the bound is 0 or 1 exactly; rounding would leave it a hair beside.
  const double lo = hits <= 0 ? 0 : centre - reach, hi = hits >= n ? 1 : centre + reach;
  return {lo, hi, level, "Wilson"};
}

double quantile(std::span<const double> sorted, double q) {
  require(!sorted.empty(), "quantile: the sample must not be empty");
  const double position = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double share = position - static_cast<double>(below);
  const double gap = sorted[above] - sorted[below];
  return share < 0.5 ? sorted[below] + gap * share : sorted[above] - gap * (1 - share);
}

std::vector<double> bootstrap_weights(std::int64_t n, Seed seed, std::uint64_t replicate) {
  std::vector<double> out(static_cast<std::size_t>(n), 0);
  Stream draw(seed, "bootstrap", replicate);
  for (std::int64_t i = 0; i < n; ++i) out[draw.below(static_cast<std::uint64_t>(n))] += 1;
  return out;
}

}  // namespace semblance
