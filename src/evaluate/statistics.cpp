// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "detail/check.hpp"
#include "semblance/evaluate/scores.hpp"

namespace semblance {
namespace {

std::vector<double> present(std::span<const double> values) {
  std::vector<double> out;
  std::ranges::copy_if(values, std::back_inserter(out), [](double v) { return !std::isnan(v); });
  return out;
}

double value_of(std::vector<double> values, Statistic statistic) {
  if (statistic == Statistic::kMedian) {
    std::ranges::sort(values);
    return quantile(values, 0.5);
  }
  const Moments m = moments(values).value();
  return statistic == Statistic::kMean ? m.mean : std::sqrt(m.sample_variance());
}

}  // namespace

std::optional<Moments> moments(std::span<const double> values) {
  const auto known = present(values);
  if (known.empty()) return std::nullopt;
  Moments out;
  out.n = static_cast<double>(known.size());
  out.mean = std::accumulate(known.begin(), known.end(), 0.0) / out.n;
  const auto [low, high] = std::ranges::minmax(known);
  const double unit = high > low ? high - low : 1;  // powers of huge numbers would overflow
  double second = 0, third = 0, fourth = 0;
  for (const double v : known) {
    const double gap = (v - out.mean) / unit, square = gap * gap;
    second += square;
    third += square * gap;
    fourth += square * square;
  }
  const double variance = second / out.n;
  out.variance = variance * unit * unit;
  if (variance > 0) {
    out.skewness = third / out.n / std::pow(variance, 1.5);
    out.kurtosis = fourth / out.n / (variance * variance) - 3;
  }
  return out;
}

std::optional<double> statistic_similarity(std::span<const double> real,
                                           std::span<const double> synthetic, Statistic statistic) {
  const auto x = present(real), y = present(synthetic);
  if (x.empty() || y.empty()) return std::nullopt;
  const auto [low, high] = std::ranges::minmax(x);
  if (low == high) return std::nullopt;
  return std::max(0.0,
                  1 - std::abs(value_of(x, statistic) - value_of(y, statistic)) / (high - low));
}

std::optional<double> interval_overlap(std::span<const double> real,
                                       std::span<const double> synthetic, double level) {
  const auto x = moments(real), y = moments(synthetic);
  return x && y ? interval_overlap(*x, *y, level) : std::nullopt;
}

std::optional<double> interval_overlap(const Moments& x, const Moments& y, double level) {
  if (x.sample_variance() == 0 || y.sample_variance() == 0) return std::nullopt;
  const double z = normal_quantile((1 + level) / 2);
  const double a = z * std::sqrt(x.sample_variance() / x.n);
  const double b = z * std::sqrt(y.sample_variance() / y.n);
  const double overlap = std::min(x.mean + a, y.mean + b) - std::max(x.mean - a, y.mean - b);
  return 0.5 * (overlap / (2 * a) + overlap / (2 * b));
}

std::optional<double> quantile_mse(std::span<const double> real, std::span<const double> synthetic,
                                   int bins) {
  require(bins >= 2, "quantile_mse: bins must be >= 2, got {}", bins);
  auto x = present(real);
  const auto y = present(synthetic);
  if (x.empty() || y.empty()) return std::nullopt;
  std::ranges::sort(x);
  std::vector<double> edges, share(static_cast<std::size_t>(bins), 0);
  for (int b = 1; b < bins; ++b) edges.push_back(quantile(x, static_cast<double>(b) / bins));
  for (const double v : y) {
    const auto at = std::ranges::lower_bound(edges, v) - edges.begin();
    share[static_cast<std::size_t>(at)] += 1 / static_cast<double>(y.size());
  }
  double out = 0;
  for (const double s : share) out += (s - 1.0 / bins) * (s - 1.0 / bins) / bins;
  return out;
}

}  // namespace semblance
