// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/hypothesis.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "detail/check.hpp"
#include "evaluate/special.hpp"

namespace semblance {
namespace {

std::vector<double> sorted_present(std::span<const double> values) {
  std::vector<double> out;
  std::ranges::copy_if(values, std::back_inserter(out), [](double v) { return !std::isnan(v); });
  std::ranges::sort(out);
  return out;
}

/// Standard deviation of the two-sample statistic under equal distributions, [1] equation (4).
double anderson_darling_deviation(double n, double m) {
  const double total = n + m, k = 2, inverse = 1 / n + 1 / m;
  double h = 0, g = 0, tail = 0;
  for (double i = total - 1; i >= 1; --i) h += 1 / i;
  for (double i = 1; i < total - 1; ++i) {  // tail: sum of 1/j over j = N-i .. N-1
    tail += 1 / (total - i);
    g += tail / (i + 1);
  }
  const double a = (4 * g - 6) * (k - 1) + (10 - 6 * g) * inverse;
  const double b =
      (2 * g - 4) * k * k + 8 * h * k + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6;
  const double c =
      (6 * h + 2 * g - 2) * k * k + (4 * h - 4 * g + 6) * k + (2 * h - 6) * inverse + 4 * h;
  const double d = (2 * h + 6) * k * k - 4 * h * k;
  return std::sqrt((((a * total + b) * total + c) * total + d) /
                   ((total - 1) * (total - 2) * (total - 3)));
}

ChiSquare with_p_value(double statistic, double cells) {
  return {statistic, cells - 1, chi_square_tail(statistic, cells - 1)};
}

double sum_of(std::span<const double> counts) {
  for (const double c : counts) require(c >= 0, "counts must be >= 0, got {}", c);
  return std::accumulate(counts.begin(), counts.end(), 0.0);
}

void require_same_cells(std::span<const double> a, std::span<const double> b) {
  require(a.size() == b.size(), "both count vectors must have the same cells, got {} and {}",
          a.size(), b.size());
}

}  // namespace

double ks_p_value_exact(double distance, std::int64_t n, std::int64_t m) {
  require(n >= 1 && m >= 1, "ks_p_value_exact: n and m must be >= 1, got {} and {}", n, m);
  const auto rows = static_cast<double>(n), columns = static_cast<double>(m);
  const double limit = distance - 1e-12;  // a distance is a multiple of 1/(nm)
  // inside[j]: chance that a random order of i and j values stays below the distance.
  std::vector<double> inside(static_cast<std::size_t>(m) + 1, 0);
  for (std::int64_t i = 0; i <= n; ++i) {
    for (std::int64_t j = 0; j <= m; ++j) {
      const auto at = static_cast<std::size_t>(j);
      const auto x = static_cast<double>(i), y = static_cast<double>(j);
      const double above = inside[at], left = j > 0 ? inside[at - 1] : 0;
      inside[at] = i + j == 0 ? 1 : (x * above + y * left) / (x + y);
      if (std::abs(x / rows - y / columns) >= limit) inside[at] = 0;
    }
  }
  return std::clamp(1 - inside.back(), 0.0, 1.0);
}

std::optional<double> anderson_darling(std::span<const double> a, std::span<const double> b) {
  const auto x = sorted_present(a), y = sorted_present(b);
  std::vector<double> pooled(x.size() + y.size());
  std::ranges::merge(x, y, pooled.begin());
  const auto total = static_cast<double>(pooled.size());
  if (x.empty() || y.empty() || pooled.size() < 4 || pooled.front() == pooled.back())
    return std::nullopt;
  double sum = 0;
  for (const auto* own : {&x, &y}) {
    const auto n = static_cast<double>(own->size());
    for (auto first = pooled.begin(); first != pooled.end();) {
      const auto last = std::upper_bound(first, pooled.end(), *first);
      const auto [low, high] = std::equal_range(own->begin(), own->end(), *first);
      const auto ties = static_cast<double>(last - first);
      const double below = static_cast<double>(first - pooled.begin()) + ties / 2;
      const double mine =
          static_cast<double>(low - own->begin()) + static_cast<double>(high - low) / 2;
      const double gap = total * mine - n * below;
      sum += ties / total * gap * gap / (below * (total - below) - total * ties / 4) / n;
      first = last;
    }
  }
  const double statistic = sum * (total - 1) / total;
  return (statistic - 1) /
         anderson_darling_deviation(static_cast<double>(x.size()), static_cast<double>(y.size()));
}

std::optional<ChiSquare> chi_square(std::span<const double> a, std::span<const double> b) {
  require_same_cells(a, b);
  const double n = sum_of(a), m = sum_of(b);
  if (n == 0 || m == 0) return std::nullopt;
  double statistic = 0, cells = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double both = a[i] + b[i];
    if (both == 0) continue;
    const double of_a = both * n / (n + m), of_b = both * m / (n + m);
    statistic += (a[i] - of_a) * (a[i] - of_a) / of_a + (b[i] - of_b) * (b[i] - of_b) / of_b;
    cells += 1;
  }
  if (cells < 2) return std::nullopt;
  return with_p_value(statistic, cells);
}

std::optional<ChiSquare> chi_square_fit(std::span<const double> observed,
                                        std::span<const double> expected) {
  require_same_cells(observed, expected);
  const double n = sum_of(observed), m = sum_of(expected);
  if (n == 0 || m == 0) return std::nullopt;
  double statistic = 0, cells = 0;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    const double wanted = expected[i] * n / m;
    if (wanted == 0 && observed[i] > 0) return std::nullopt;
    if (wanted == 0) continue;
    statistic += (observed[i] - wanted) * (observed[i] - wanted) / wanted;
    cells += 1;
  }
  if (cells < 2) return std::nullopt;
  return with_p_value(statistic, cells);
}

double chi_square_tail(double x, double freedom) { return gamma_q(freedom / 2, x / 2); }

Interval clopper_pearson(double hits, double n, double level) {
  require(hits >= 0 && hits <= n, "clopper_pearson: hits must be 0 to n = {}, got {}", n, hits);
  const double tail = (1 - level) / 2;
  Interval out{0, 1, level, "Clopper-Pearson"};
  if (n == 0) return out;
  if (hits > 0) out.lo = beta_quantile(tail, hits, n - hits + 1);
  if (hits < n) out.hi = beta_quantile(1 - tail, hits + 1, n - hits);
  return out;
}

}  // namespace semblance
