// SPDX-License-Identifier: Apache-2.0
#include "codec/mixture.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <limits>
#include <numeric>
#include <utility>

namespace semblance::detail {
namespace {

constexpr double kConcentration = 1e-3;
constexpr double kSmallestWeight = 0.005;
constexpr double kVarianceFloor = 1e-6;  // of the data's variance
constexpr double kTolerance = 1e-4;      // of the mean log evidence, nats
constexpr int kMaxIterations = 100;

/// The derivative of log gamma, x > 0: recurrence up to 6, then the asymptotic series.
double digamma(double x) {
  double sum = 0;
  for (; x < 6; ++x) sum -= 1 / x;
  const double r = 1 / (x * x);
  return sum + std::log(x) - 0.5 / x - r * (1.0 / 12 - r * (1.0 / 120 - r * (1.0 / 252)));
}

/// Starting centres: far from each other with high probability (k-means++); fewer where the values
/// have fewer different ones.
std::vector<double> centres(std::span<const double> x, int components, Stream& stream) {
  std::vector<double> out = {x[stream.below(x.size())]};
  std::vector<double> distance(x.size(), std::numeric_limits<double>::infinity());
  while (out.size() < static_cast<std::size_t>(components)) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      distance[i] = std::min(distance[i], (x[i] - out.back()) * (x[i] - out.back()));
      sum += distance[i];
    }
    if (sum <= 0) break;
    double u = stream.uniform() * sum;
    std::size_t i = 0;
    while (i + 1 < x.size() && (u -= distance[i]) >= 0) ++i;
    out.push_back(x[i]);
  }
  return out;
}

/// The variational posterior over standardised values, and its updates.
class Posterior {
 public:
  Posterior(std::span<const double> x, std::size_t components)
      : x_(x), k_(components), responsibility_(x.size() * components) {}

  void assign_nearest(const std::vector<double>& centre) {
    for (std::size_t i = 0; i < x_.size(); ++i) {
      std::size_t best = 0;
      for (std::size_t k = 1; k < k_; ++k) {
        if (std::abs(x_[i] - centre[k]) < std::abs(x_[i] - centre[best])) best = k;
      }
      responsibility_[i * k_ + best] = 1;
    }
  }

  /// Parameters given responsibilities; prior mean 0, variance 1, one pseudo-observation each.
  void maximise() {
    count_.assign(k_, 0);
    std::vector<double> sum(k_), square(k_);
    for (std::size_t i = 0; i < x_.size(); ++i) {
      for (std::size_t k = 0; k < k_; ++k) {
        const double r = responsibility_[i * k_ + k];
        count_[k] += r;
        sum[k] += r * x_[i];
        square[k] += r * x_[i] * x_[i];
      }
    }
    mean_.assign(k_, 0);
    variance_.assign(k_, 1);
    for (std::size_t k = 0; k < k_; ++k) {
      const double n = count_[k] + 1e-12, centre = sum[k] / n;
      const double scatter = std::max(0.0, square[k] / n - centre * centre) + kVarianceFloor;
      mean_[k] = sum[k] / (1 + n);
      variance_[k] = (1 + n * scatter + n / (1 + n) * centre * centre) / (1 + n);
    }
  }

  /// Responsibilities given parameters; returns the mean log normaliser.
  double expect() {
    const auto log_weight = log_weights();
    std::vector<double> constant(k_), precision(k_), term(k_);
    for (std::size_t k = 0; k < k_; ++k) {
      const double n = 1 + count_[k];  // beta and nu of the normal-gamma posterior
      precision[k] = 1 / variance_[k];
      constant[k] = log_weight[k] + 0.5 * (digamma(n / 2) + std::log(2 / (n * variance_[k])) -
                                           1 / n - std::log(2 * std::numbers::pi));
    }
    double total = 0;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      double largest = -std::numeric_limits<double>::infinity(), sum = 0;
      for (std::size_t k = 0; k < k_; ++k) {
        const double d = x_[i] - mean_[k];
        term[k] = constant[k] - 0.5 * precision[k] * d * d;
        largest = std::max(largest, term[k]);
      }
      for (std::size_t k = 0; k < k_; ++k) sum += (term[k] = std::exp(term[k] - largest));
      for (std::size_t k = 0; k < k_; ++k) responsibility_[i * k_ + k] = term[k] / sum;
      total += largest + std::log(sum);
    }
    return total / static_cast<double>(x_.size());
  }

  /// Mean weights of the stick-breaking posterior.
  [[nodiscard]] std::vector<double> weights() const {
    std::vector<double> out(k_);
    double rest = std::accumulate(count_.begin(), count_.end(), 0.0), stick = 1;
    for (std::size_t k = 0; k < k_; ++k) {
      rest -= count_[k];
      const double share = (1 + count_[k]) / (1 + count_[k] + kConcentration + std::max(rest, 0.0));
      out[k] = stick * share;
      stick *= 1 - share;
    }
    return out;
  }

  [[nodiscard]] const std::vector<double>& means() const { return mean_; }
  [[nodiscard]] const std::vector<double>& variances() const { return variance_; }

 private:
  /// Expected log weights: digamma terms of the Beta posteriors of the sticks.
  [[nodiscard]] std::vector<double> log_weights() const {
    std::vector<double> out(k_);
    double rest = std::accumulate(count_.begin(), count_.end(), 0.0), before = 0;
    for (std::size_t k = 0; k < k_; ++k) {
      rest = std::max(rest - count_[k], 0.0);
      const double a = 1 + count_[k], b = kConcentration + rest, both = digamma(a + b);
      out[k] = before + digamma(a) - both;
      before += digamma(b) - both;
    }
    return out;
  }

  std::span<const double> x_;
  std::size_t k_;
  std::vector<double> responsibility_, count_, mean_, variance_;
};

}  // namespace

Mixture fit_mixture(std::span<const double> values, int components, Seed seed) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double variance = 0;
  for (const double v : values) variance += (v - mean) * (v - mean) / n;
  const double deviation = std::sqrt(variance);
  std::vector<double> x(values.size());
  std::transform(values.begin(), values.end(), x.begin(),
                 [&](double v) { return (v - mean) / deviation; });

  Stream stream(seed, "mixture");
  const auto start = centres(x, components, stream);
  Posterior posterior(x, start.size());
  posterior.assign_nearest(start);
  double evidence = -std::numeric_limits<double>::infinity();
  for (int i = 0; i < kMaxIterations; ++i) {
    posterior.maximise();
    const double before = std::exchange(evidence, posterior.expect());
    if (std::abs(evidence - before) < kTolerance) break;
  }
  Mixture out;
  const auto weight = posterior.weights();
  for (std::size_t k = 0; k < weight.size(); ++k) {
    if (weight[k] <= kSmallestWeight) continue;
    out.weight.push_back(weight[k]);
    out.mean.push_back(mean + deviation * posterior.means()[k]);
    out.deviation.push_back(deviation * std::sqrt(posterior.variances()[k]));
  }
  return out;
}

}  // namespace semblance::detail
