// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numeric>
#include <unsupported/Eigen/FFT>

#include "detail/check.hpp"
#include "semblance/evaluate/signals.hpp"

namespace semblance {
namespace {

constexpr double kLeastPower = 1e-12;  // of the largest, -120 dB

/// The signal without its mean.
std::vector<double> centred(std::span<const double> x) {
  std::vector<double> out(x.begin(), x.end());
  if (out.empty()) return out;
  const double mean = std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
  for (double& v : out) v -= mean;
  return out;
}

double energy(std::span<const double> x) {
  return std::inner_product(x.begin(), x.end(), x.begin(), 0.0);
}

double distance(const double* a, const double* b, std::int64_t channels) {
  if (channels == 1) return std::abs(*a - *b);
  double squares = 0;
  for (std::int64_t c = 0; c < channels; ++c) squares += (a[c] - b[c]) * (a[c] - b[c]);
  return std::sqrt(squares);
}

}  // namespace

std::vector<double> autocorrelation(std::span<const double> x, std::int64_t lags) {
  require(lags >= 0, "autocorrelation: lags must be >= 0, got {}", lags);
  const auto d = centred(x);
  const double total = energy(d);
  std::vector<double> out(static_cast<std::size_t>(lags), 0.0);
  for (std::size_t k = 1; k <= out.size() && k < d.size() && total > 0; ++k) {
    for (std::size_t t = 0; t + k < d.size(); ++t) out[k - 1] += d[t] * d[t + k];
    out[k - 1] /= total;
  }
  return out;
}

std::vector<double> partial_autocorrelation(std::span<const double> x, std::int64_t lags) {
  const auto r = autocorrelation(x, lags);
  std::vector<double> out, phi;  // phi: coefficients of the best predictor of order k
  double error = 1;
  for (std::size_t k = 0; k < r.size(); ++k) {
    double above = r[k];
    for (std::size_t j = 0; j < k; ++j) above -= phi[j] * r[k - 1 - j];
    const double next = error > 1e-14 ? above / error : 0;
    const auto before = phi;
    for (std::size_t j = 0; j < k; ++j) phi[j] = before[j] - next * before[k - 1 - j];
    phi.push_back(next);
    error *= 1 - next * next;
    out.push_back(next);
  }
  return out;
}

std::vector<double> power_spectrum(std::span<const double> x, std::int64_t size) {
  const std::int64_t points = size == 0 ? std::ssize(x) : size;
  require(points >= std::ssize(x), "power_spectrum: size must be >= {}, got {}", x.size(), size);
  if (points < 2) return {};
  auto d = centred(x);
  d.resize(static_cast<std::size_t>(points), 0.0);
  std::vector<std::complex<double>> spectrum;
  Eigen::FFT<double> transform;
  transform.fwd(spectrum, d);
  std::vector<double> out;
  for (std::size_t k = 1; k <= d.size() / 2; ++k)
    out.push_back(std::norm(spectrum[k]) / static_cast<double>(x.size()));
  return out;
}

std::optional<double> log_spectral_distance(std::span<const double> a, std::span<const double> b) {
  require(a.size() == b.size(),
          "log_spectral_distance: both must have the same size, got {} and {}", a.size(), b.size());
  if (a.empty()) return std::nullopt;
  const double most_a = *std::ranges::max_element(a), most_b = *std::ranges::max_element(b);
  if (!(most_a > 0) || !(most_b > 0)) return std::nullopt;
  double squares = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    const double db = 10 * std::log10(std::max(a[k], kLeastPower * most_a) /
                                      std::max(b[k], kLeastPower * most_b));
    squares += db * db;
  }
  return std::sqrt(squares / static_cast<double>(a.size()));
}

std::vector<double> cross_correlation(std::span<const double> x, std::span<const double> y,
                                      std::int64_t lags) {
  require(x.size() == y.size(), "cross_correlation: both must have the same length, got {} and {}",
          x.size(), y.size());
  require(lags >= 0, "cross_correlation: lags must be >= 0, got {}", lags);
  const auto a = centred(x), b = centred(y);
  const double scale = std::sqrt(energy(a) * energy(b));
  std::vector<double> out;
  const auto n = std::ssize(a);
  for (std::int64_t k = -lags; k <= lags; ++k) {
    double sum = 0;
    for (std::int64_t t = std::max<std::int64_t>(0, -k); t < std::min(n, n - k); ++t)
      sum += a[static_cast<std::size_t>(t)] * b[static_cast<std::size_t>(t + k)];
    out.push_back(scale > 0 ? sum / scale : 0);
  }
  return out;
}

double dynamic_time_warping(std::span<const double> a, std::span<const double> b,
                            std::int64_t channels, std::int64_t window) {
  require(
      channels >= 1 && !a.empty() && !b.empty() && std::ssize(a) % channels == 0 &&
          std::ssize(b) % channels == 0,
      "dynamic_time_warping: signals must have whole steps of {} channels, got {} and {} values",
      channels, a.size(), b.size());
  const std::int64_t n = std::ssize(a) / channels, m = std::ssize(b) / channels;
  const std::int64_t reach = window <= 0 ? std::max(n, m) : std::max(window, std::abs(n - m));
  constexpr double kFar = std::numeric_limits<double>::infinity();
  std::vector<double> row(static_cast<std::size_t>(m) + 1, kFar), before(row);
  before[0] = 0;
  for (std::int64_t i = 1; i <= n; ++i) {
    std::ranges::fill(row, kFar);
    for (std::int64_t j = std::max<std::int64_t>(1, i - reach); j <= std::min(m, i + reach); ++j) {
      const auto at = static_cast<std::size_t>(j);
      const double step =
          distance(a.data() + (i - 1) * channels, b.data() + (j - 1) * channels, channels);
      row[at] = step + std::min({before[at], row[at - 1], before[at - 1]});
    }
    row.swap(before);
  }
  return before.back();
}

}  // namespace semblance
