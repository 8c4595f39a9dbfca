// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/marginal.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "detail/check.hpp"
#include "evaluate/cells.hpp"

namespace semblance {
namespace {

using Sample = std::vector<double>;

Sample sorted(std::span<const double> values) {
  Sample out;
  out.reserve(values.size());
  std::copy_if(values.begin(), values.end(), std::back_inserter(out),
               [](double v) { return !std::isnan(v); });
  std::sort(out.begin(), out.end());
  return out;
}

double sum_of(std::span<const double> counts) {
  for (const double c : counts) require(c >= 0, "counts must be >= 0, got {}", c);
  return std::accumulate(counts.begin(), counts.end(), 0.0);
}

/// sum over cells of term(p, q), shares of two count vectors; empty if one has no rows.
template <class Term>
std::optional<double> over_cells(std::span<const double> a, std::span<const double> b, Term term) {
  require(a.size() == b.size(), "both count vectors must have the same cells, got {} and {}",
          a.size(), b.size());
  const double n = sum_of(a), m = sum_of(b);
  if (n == 0 || m == 0) return std::nullopt;
  double out = 0;
  for (std::size_t i = 0; i < a.size(); ++i) out += term(a[i] / n, b[i] / m);
  return out;
}

std::vector<double> with_prior(std::span<const double> counts, double prior) {
  require(prior >= 0, "prior must be >= 0, got {}", prior);
  std::vector<double> out(counts.begin(), counts.end());
  for (double& c : out) c += prior;
  return out;
}

}  // namespace

std::optional<double> ks(std::span<const double> a, std::span<const double> b) {
  Sample x(a.begin(), a.end()), y(b.begin(), b.end());
  std::transform(x.begin(), x.end(), x.begin(), round14);
  std::transform(y.begin(), y.end(), y.begin(), round14);
  const auto cells = cells_of(x, y);
  return cells ? std::optional(ks(*cells)) : std::nullopt;
}

double ks_p_value(double distance, double n, double m) {
  const double lambda = distance * std::sqrt(n * m / (n + m));
  if (lambda < 0.2) return 1;  // the series is 1 to 15 digits there and converges slowly
  double out = 0;
  for (int k = 1; k <= 100; ++k)
    out += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * lambda * lambda);
  return std::clamp(out, 0.0, 1.0);
}

std::optional<double> wasserstein1(std::span<const double> a, std::span<const double> b) {
  const auto cells = cells_of(a, b);
  return cells ? std::optional(wasserstein1(*cells)) : std::nullopt;
}

std::optional<double> wasserstein2_squared(std::span<const double> a, std::span<const double> b) {
  const auto cells = cells_of(a, b);
  return cells ? std::optional(wasserstein2_squared(*cells)) : std::nullopt;
}

std::optional<double> energy_distance(std::span<const double> a, std::span<const double> b) {
  const auto cells = cells_of(a, b);
  return cells ? std::optional(energy_distance(*cells)) : std::nullopt;
}

std::optional<double> cramer_von_mises(std::span<const double> a, std::span<const double> b) {
  const auto cells = cells_of(a, b);
  return cells ? std::optional(cramer_von_mises(*cells)) : std::nullopt;
}

std::optional<double> boundary_adherence(std::span<const double> real,
                                         std::span<const double> synthetic) {
  const Sample known = sorted(real);
  if (known.empty() || synthetic.empty()) return std::nullopt;
  const bool gaps = known.size() < real.size();
  const auto inside = std::count_if(synthetic.begin(), synthetic.end(), [&](double v) {
    return std::isnan(v) ? gaps : v >= known.front() && v <= known.back();
  });
  return static_cast<double>(inside) / static_cast<double>(synthetic.size());
}

std::optional<double> range_coverage(std::span<const double> real,
                                     std::span<const double> synthetic) {
  const Sample x = sorted(real), y = sorted(synthetic);
  if (x.empty() || y.empty() || x.front() == x.back()) return std::nullopt;
  const double range = x.back() - x.front();
  const double low = std::max(0.0, (y.front() - x.front()) / range);
  const double high = std::max(0.0, (x.back() - y.back()) / range);
  return std::max(0.0, 1 - (low + high));
}

std::optional<double> tvd(std::span<const double> a, std::span<const double> b) {
  return over_cells(a, b, [](double p, double q) { return 0.5 * std::abs(p - q); });
}

std::optional<double> hellinger(std::span<const double> a, std::span<const double> b) {
  const auto sum = over_cells(a, b, [](double p, double q) {
    const double gap = std::sqrt(p) - std::sqrt(q);
    return 0.5 * gap * gap;
  });
  if (!sum) return std::nullopt;
  return std::sqrt(*sum);
}

std::optional<double> jensen_shannon(std::span<const double> a, std::span<const double> b) {
  const auto part = [](double p, double middle) { return p > 0 ? p * std::log(p / middle) : 0.0; };
  return over_cells(a, b, [&](double p, double q) {
    const double middle = (p + q) / 2;
    return 0.5 * (part(p, middle) + part(q, middle));
  });
}

std::optional<double> kullback_leibler(std::span<const double> a, std::span<const double> b,
                                       double prior) {
  return over_cells(with_prior(a, prior), with_prior(b, prior),
                    [](double p, double q) { return p > 0 ? p * std::log(p / q) : 0.0; });
}

std::optional<double> stability_index(std::span<const double> a, std::span<const double> b,
                                      double prior) {
  return over_cells(with_prior(a, prior), with_prior(b, prior),
                    [](double p, double q) { return p == q ? 0.0 : (q - p) * std::log(q / p); });
}

std::optional<double> expected_tvd(std::span<const double> counts, double n, double m) {
  require(n > 0 && m > 0, "expected_tvd: n and m must be > 0, got {} and {}", n, m);
  return over_cells(counts, counts, [&](double p, double) {
    return 0.5 * std::sqrt(2 / std::numbers::pi * p * (1 - p) * (1 / n + 1 / m));
  });
}

std::optional<double> category_adherence(std::span<const double> real,
                                         std::span<const double> synthetic) {
  return over_cells(real, synthetic, [](double p, double q) { return p > 0 ? q : 0.0; });
}

std::optional<double> category_coverage(std::span<const double> real,
                                        std::span<const double> synthetic) {
  double known = 0;
  const auto hit = over_cells(real, synthetic, [&](double p, double q) {
    known += p > 0 ? 1 : 0;
    return p > 0 && q > 0 ? 1.0 : 0.0;
  });
  if (!hit) return std::nullopt;
  return *hit / known;
}

}  // namespace semblance
