// SPDX-License-Identifier: Apache-2.0
#include "evaluate/signals/profile.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "detail/check.hpp"

namespace semblance {
namespace {

std::vector<double> moments_of(std::span<const double> x, std::span<const double> y) {
  const auto dot = [](std::span<const double> a, std::span<const double> b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  };
  return {std::accumulate(x.begin(), x.end(), 0.0),
          std::accumulate(y.begin(), y.end(), 0.0),
          dot(x, x),
          dot(y, y),
          dot(x, y),
          static_cast<double>(x.size())};
}

/// Pearson's correlation from those sums.
std::optional<double> correlation(std::span<const double> s) {
  const double n = s[5];
  const double xx = s[2] - s[0] * s[0] / n, yy = s[3] - s[1] * s[1] / n;
  if (xx <= 1e-12 * s[2] || yy <= 1e-12 * s[3]) return std::nullopt;
  return (s[4] - s[0] * s[1] / n) / std::sqrt(xx * yy);
}

std::optional<double> mean_gap(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] - b[i]);
  return a.empty() ? std::nullopt : std::optional(sum / static_cast<double>(a.size()));
}

std::vector<double> of_channel(CurveKind kind, std::span<const double> x, std::int64_t length,
                               std::int64_t lags) {
  if (kind == CurveKind::kAutocorrelation) return autocorrelation(x, lags);
  if (kind == CurveKind::kPartial) return partial_autocorrelation(x, lags);
  return power_spectrum(x, length);
}

}  // namespace

std::vector<double> Curve::mean(std::span<const std::int64_t> rows) const {
  const auto size = static_cast<std::size_t>(parts * width);
  std::vector<double> out(size, 0.0);
  const std::int64_t n = rows.empty() ? count() : std::ssize(rows);
  for (std::int64_t k = 0; k < n; ++k) {
    const std::int64_t i = rows.empty() ? k : rows[static_cast<std::size_t>(k)];
    const double* value = values.data() + i * parts * width;
    for (std::size_t j = 0; j < size; ++j) out[j] += value[j];
  }
  for (double& v : out) v /= static_cast<double>(n);
  return out;
}

Curve curve_of(const Signals& signals, CurveKind kind, std::int64_t length, std::int64_t lags) {
  const bool cross = kind == CurveKind::kCrossMoments || kind == CurveKind::kCrossLags;
  const std::int64_t c = signals.channels;
  Curve out{cross ? c * (c - 1) / 2 : c, 0, {}};
  for (std::int64_t i = 0; i < signals.count; ++i) {
    std::vector<std::vector<double>> channels;
    for (std::int64_t k = 0; k < c; ++k) channels.push_back(signals.channel(i, k));
    const auto add = [&](const std::vector<double>& part) {
      out.width = std::ssize(part);
      out.values.insert(out.values.end(), part.begin(), part.end());
    };
    for (std::size_t a = 0; a < channels.size(); ++a) {
      if (!cross) add(of_channel(kind, channels[a], length, lags));
      for (std::size_t b = a + 1; cross && b < channels.size(); ++b)
        add(kind == CurveKind::kCrossMoments ? moments_of(channels[a], channels[b])
                                             : cross_correlation(channels[a], channels[b], lags));
    }
  }
  return out;
}

std::optional<double> curve_distance(CurveKind kind, std::span<const double> a,
                                     std::span<const double> b) {
  if (kind == CurveKind::kSpectrum) return log_spectral_distance(a, b);
  if (kind != CurveKind::kCrossMoments) return mean_gap(a, b);
  const auto x = correlation(a), y = correlation(b);
  return x && y ? std::optional(std::abs(*x - *y)) : std::nullopt;
}

Pool pool_of(const Signals& signals, PoolKind kind, std::int64_t channel) {
  Pool out;
  const auto add = [&](double value, std::int64_t owner) {
    out.values.push_back(value);
    out.owner.push_back(owner);
  };
  for (std::int64_t i = 0; i < signals.count; ++i) {
    const auto x = signals.channel(i, channel);
    const auto n = static_cast<double>(x.size());
    if (kind == PoolKind::kLengths) add(n, i);
    if (kind == PoolKind::kMeans) add(std::accumulate(x.begin(), x.end(), 0.0) / n, i);
    for (std::size_t t = 0; t < x.size(); ++t) {
      if (kind == PoolKind::kValues) add(x[t], i);
      if (kind == PoolKind::kDifferences && t > 0) add(x[t] - x[t - 1], i);
    }
  }
  return out;
}

PooledKs::PooledKs(const Pool& a, const Pool& b) {
  const auto add = [&](const Pool& pool, bool second) {
    for (std::size_t i = 0; i < pool.values.size(); ++i)
      points_.push_back({pool.values[i], pool.owner[i], second});
  };
  add(a, false);
  add(b, true);
  std::ranges::sort(points_, {}, &Point::value);
}

std::optional<double> PooledKs::operator()(std::span<const double> a,
                                           std::span<const double> b) const {
  const auto weight = [&](const Point& p) {
    const auto weights = p.second ? b : a;
    return weights.empty() ? 1.0 : weights[static_cast<std::size_t>(p.owner)];
  };
  std::array<double, 2> total{}, below{};
  for (const Point& p : points_) total.at(p.second ? 1 : 0) += weight(p);
  if (total[0] <= 0 || total[1] <= 0) return std::nullopt;
  double out = 0;
  for (std::size_t i = 0; i < points_.size(); ++i) {
    below.at(points_[i].second ? 1 : 0) += weight(points_[i]);
    if (i + 1 < points_.size() && points_[i + 1].value == points_[i].value) continue;
    out = std::max(out, std::abs(below[0] / total[0] - below[1] / total[1]));
  }
  return out;
}

std::vector<std::string> pair_names(const std::vector<std::string>& channels) {
  std::vector<std::string> out;
  for (std::size_t a = 0; a < channels.size(); ++a) {
    for (std::size_t b = a + 1; b < channels.size(); ++b)
      out.push_back(channels[a] + " | " + channels[b]);
  }
  return out;
}

}  // namespace semblance
