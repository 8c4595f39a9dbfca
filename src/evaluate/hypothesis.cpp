// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/hypothesis.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "detail/check.hpp"
#include "evaluate/cells.hpp"
#include "evaluate/ranks.hpp"
#include "evaluate/special.hpp"
#include "semblance/evaluate/marginal.hpp"

namespace semblance {
namespace {

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

/// The share of orders of n and m values that stay below the distance wherever `looks` says of the
/// values so far.
template <class Looks>
double share_inside(double distance, std::int64_t n, std::int64_t m, const Looks& looks) {
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
      if (looks(i + j) && std::abs(x / rows - y / columns) >= limit) inside[at] = 0;
    }
  }
  return inside.back();
}

/// Chance that a Brownian bridge is at or beyond +-limit at one of some ascending times in (0, 1):
/// densities of the paths inside, on a grid, from one time to the next. Times that are too close
/// for the grid are passed over.
double bridge_leaves(double limit, const std::vector<double>& times) {
  constexpr std::size_t kGrid = 256;
  const double step = 2 * limit / static_cast<double>(kGrid), closest = 4 * step * step;
  const auto normal = [](double x, double variance) {
    return std::exp(-0.5 * x * x / variance) / std::sqrt(2 * std::numbers::pi * variance);
  };
  const auto place = [&](std::size_t g) { return (static_cast<double>(g) + 0.5) * step - limit; };
  std::vector<double> density, next(kGrid), kernel(kGrid);
  double now = 0;
  for (const double t : times) {
    if (t - now < closest || 1 - t < closest) continue;
    for (std::size_t g = 0; g < kGrid; ++g)
      kernel[g] = step * normal(static_cast<double>(g) * step, t - now);
    for (std::size_t y = 0; y < kGrid; ++y) {
      next[y] = density.empty() ? normal(place(y), t) : 0;
      for (std::size_t x = 0; x < density.size(); ++x)
        next[y] += density[x] * kernel[x < y ? y - x : x - y];
    }
    density = next;
    now = t;
  }
  if (density.empty()) return 0;
  double inside = 0;
  for (std::size_t x = 0; x < kGrid; ++x) inside += step * density[x] * normal(place(x), 1 - now);
  return 1 - inside / normal(0, 1);
}

}  // namespace

double ks_p_value_exact(double distance, std::int64_t n, std::int64_t m) {
  require(n >= 1 && m >= 1, "ks_p_value_exact: n and m must be >= 1, got {} and {}", n, m);
  return std::clamp(1 - share_inside(distance, n, m, [](std::int64_t) { return true; }), 0.0, 1.0);
}

std::optional<double> ks_p_value_tied(double distance, std::span<const double> a,
                                      std::span<const double> b) {
  constexpr double kCheap = 1e5;  // orders that are counted one by one
  constexpr std::size_t kMostValues = 1000;
  require_same_cells(a, b);
  const double n = sum_of(a), m = sum_of(b);
  if (n == 0 || m == 0) return std::nullopt;
  if (a.size() > kMostValues && n * m > kCheap) return ks_p_value(distance, n, m);
  std::vector<bool> between(static_cast<std::size_t>(n + m) + 1, false);
  std::vector<double> times;
  double both = 0;
  for (std::size_t i = 0; i + 1 < a.size(); ++i) {
    both += a[i] + b[i];
    between[static_cast<std::size_t>(both)] = true;
    if (both > 0 && both < n + m) times.push_back(both / (n + m));
  }
  if (n * m > kCheap)
    return std::clamp(bridge_leaves(distance * std::sqrt(n * m / (n + m)), times), 0.0, 1.0);
  const auto looks = [&](std::int64_t place) { return between[static_cast<std::size_t>(place)]; };
  return std::clamp(1 - share_inside(distance, std::llround(n), std::llround(m), looks), 0.0, 1.0);
}

std::optional<double> anderson_darling(std::span<const double> a, std::span<const double> b) {
  const auto cells = cells_of(a, b);
  return cells ? anderson_darling(*cells) : std::nullopt;
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

std::vector<double> benjamini_hochberg(std::span<const double> p_values) {
  std::vector<double> out(p_values.size());
  const auto order = ascending(p_values);
  const auto n = static_cast<double>(order.size());
  double least = 1;
  for (std::size_t k = order.size(); k-- > 0;) {
    const double p = p_values[order[k]];
    require(p >= 0 && p <= 1, "benjamini_hochberg: a p-value must be in [0, 1], got {}", p);
    least = std::min(least, p * n / static_cast<double>(k + 1));
    out[order[k]] = least;
  }
  return out;
}

}  // namespace semblance
