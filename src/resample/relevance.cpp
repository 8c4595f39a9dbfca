// SPDX-License-Identifier: Apache-2.0
#include "semblance/resample/relevance.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "detail/check.hpp"

namespace semblance {
namespace {

/// The weighted harmonic mean of the slopes on both sides of a point, 0 where they disagree [2].
double monotone_slope(double left_width, double left, double right_width, double right) {
  if (left * right <= 0) return 0;
  const double a = 2 * right_width + left_width, b = right_width + 2 * left_width;
  return (a + b) / (a / left + b / right);
}

/// What a box plot draws of sorted values.
struct BoxPlot {
  double low_whisker, median, high_whisker;

  BoxPlot(const std::vector<double>& sorted, double coefficient) {
    const auto n = static_cast<double>(sorted.size());
    // Tukey's hinges: the depth of a quartile is half that of the median, rounded down, plus 1.
    const double depth = std::floor((n + 3) / 2) / 2;
    const double low = at_depth(sorted, depth), high = at_depth(sorted, n + 1 - depth);
    median = at_depth(sorted, (n + 1) / 2);
    const double reach = coefficient * (high - low);
    low_whisker = *std::lower_bound(sorted.begin(), sorted.end(), low - reach);
    high_whisker = *std::prev(std::upper_bound(sorted.begin(), sorted.end(), high + reach));
  }

 private:
  /// The value at a depth from the lower end, counted from 1; between two at half depths.
  static double at_depth(const std::vector<double>& sorted, double depth) {
    const auto below = static_cast<std::size_t>(std::floor(depth)) - 1;
    const auto above = static_cast<std::size_t>(std::ceil(depth)) - 1;
    return (sorted[below] + sorted[above]) / 2;
  }
};

void check_finite(std::span<const double> values, const char* call) {
  for (const double v : values)
    require(std::isfinite(v), "{}: values must be finite, got {}", call, v);
}

/// Half to even, to one decimal, counted in tenths.
std::int64_t tenths(double value) { return std::llrint(value * 10); }

}  // namespace

Relevance::Relevance(std::vector<ControlPoint> points)
    : points_(std::move(points)), slopes_(points_.size(), 0.0) {
  require(!points_.empty(), "Relevance: there must be at least one control point, got 0");
  for (std::size_t i = 0; i < points_.size(); ++i) {
    const auto [value, relevance] = points_[i];
    require(std::isfinite(value) && (i == 0 || value > points_[i - 1].value),
            "Relevance: the values of control points must be finite and ascend, got {} at point {}",
            value, i);
    require(relevance >= 0 && relevance <= 1,
            "Relevance: relevance must be in [0, 1], got {} at point {}", relevance, i);
  }
  for (std::size_t i = 1; i + 1 < points_.size(); ++i) {
    const auto &a = points_[i - 1], &b = points_[i], &c = points_[i + 1];
    const double left = b.value - a.value, right = c.value - b.value;
    slopes_[i] = monotone_slope(left, (b.relevance - a.relevance) / left, right,
                                (c.relevance - b.relevance) / right);
  }
}

Relevance Relevance::of_box_plot(std::span<const double> values, Extremes extremes,
                                 double coefficient) {
  require(!values.empty(), "Relevance::of_box_plot: there must be values, got 0");
  require(coefficient > 0 && std::isfinite(coefficient),
          "Relevance::of_box_plot: the coefficient must be finite and > 0, got {}", coefficient);
  check_finite(values, "Relevance::of_box_plot");
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const BoxPlot box(sorted, coefficient);
  std::vector<ControlPoint> points;
  if (extremes != Extremes::kHigh && sorted.front() < box.low_whisker) {
    const auto outlier = std::prev(std::lower_bound(sorted.begin(), sorted.end(), box.low_whisker));
    points.push_back({box.low_whisker < box.median ? box.low_whisker : *outlier, 1});
  } else if (sorted.front() < box.median) {
    points.push_back({sorted.front(), 0});
  }
  points.push_back({box.median, 0});
  if (extremes != Extremes::kLow && sorted.back() > box.high_whisker) {
    const auto outlier = std::upper_bound(sorted.begin(), sorted.end(), box.high_whisker);
    points.push_back({box.high_whisker > box.median ? box.high_whisker : *outlier, 1});
  } else if (sorted.back() > box.median) {
    points.push_back({sorted.back(), 0});
  }
  return Relevance(std::move(points));
}

double Relevance::operator()(double value) const noexcept {
  if (!(value > points_.front().value)) return points_.front().relevance;
  if (value >= points_.back().value) return points_.back().relevance;
  const auto after =
      std::upper_bound(points_.begin(), points_.end(), value,
                       [](double v, const ControlPoint& point) { return v < point.value; });
  const auto i = static_cast<std::size_t>(after - points_.begin()) - 1;
  const double width = points_[i + 1].value - points_[i].value;
  const double s = (value - points_[i].value) / width;
  const double rise = points_[i + 1].relevance - points_[i].relevance;
  const double m0 = slopes_[i] * width, m1 = slopes_[i + 1] * width;
  // The Hermite cubic through both points; 3 s^2 - 2 s^3 where the slopes are 0.
  const double out =
      points_[i].relevance + s * (m0 + s * (3 * rise - 2 * m0 - m1 + s * (m0 + m1 - 2 * rise)));
  return std::clamp(out, 0.0, 1.0);
}

std::vector<Bump> find_bumps(std::span<const double> values, const Relevance& relevance,
                             double threshold) {
  require(threshold > 0 && threshold <= 1, "find_bumps: threshold must be in (0, 1], got {}",
          threshold);
  check_finite(values, "find_bumps");
  std::vector<std::int64_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return std::pair(values[static_cast<std::size_t>(a)], a) <
           std::pair(values[static_cast<std::size_t>(b)], b);
  });
  std::vector<Bump> out;
  for (const std::int64_t row : order) {
    const bool relevant = relevance(values[static_cast<std::size_t>(row)]) >= threshold;
    if (out.empty() || out.back().relevant != relevant) out.push_back({{}, relevant});
    out.back().rows.push_back(row);
  }
  return out;
}

std::vector<BumpCounts> bump_counts(std::span<const std::int64_t> sizes, BumpSizes wanted) {
  const auto bumps = static_cast<double>(sizes.size());
  const auto rows =
      static_cast<double>(std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0}));
  const double each = std::nearbyint(rows / bumps);
  double turned = 0;
  for (const auto n : sizes) turned += each * each / static_cast<double>(n);
  std::vector<BumpCounts> out;
  for (const std::int64_t n : sizes) {
    const auto size = static_cast<double>(n);
    auto target = static_cast<std::int64_t>(each);
    if (wanted == BumpSizes::kExtreme) {
      // The published implementation rounds the size to two decimals, then the share to one.
      const double aim = std::nearbyint(each * each / size * (bumps * each / turned) * 100) / 100;
      target = n * tenths(aim / size) / 10;
    }
    out.push_back({std::clamp<std::int64_t>(target, 1, n), std::max<std::int64_t>(target - n, 0)});
  }
  return out;
}

}  // namespace semblance
