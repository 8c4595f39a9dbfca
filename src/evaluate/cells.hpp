// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <span>
#include <vector>

#include "semblance/evaluate/scores.hpp"

namespace semblance {

/// Two samples as counts over the ordered values that occur in either.
struct Cells {
  std::vector<double> support;  ///< Ascending.
  std::vector<double> a, b;     ///< Counts, one a value.
};

/// The distinct values of both samples, ascending; NaN (missing) dropped.
inline std::vector<double> pooled_support(std::span<const double> a, std::span<const double> b) {
  std::vector<double> out;
  out.reserve(a.size() + b.size());
  const auto present = [](double v) { return !std::isnan(v); };
  std::copy_if(a.begin(), a.end(), std::back_inserter(out), present);
  std::copy_if(b.begin(), b.end(), std::back_inserter(out), present);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// Calls visit(width, F_a, F_b) on each interval [support_i, support_i+1); the last has width 0.
template <class Visit>
void walk(const Cells& cells, Visit&& visit) {
  double n = 0, m = 0, f = 0, g = 0;
  for (std::size_t i = 0; i < cells.support.size(); ++i) n += cells.a[i], m += cells.b[i];
  for (std::size_t i = 0; i < cells.support.size(); ++i) {
    f += cells.a[i];
    g += cells.b[i];
    const bool last = i + 1 == cells.support.size();
    visit(last ? 0 : cells.support[i + 1] - cells.support[i], f / n, g / m);
  }
}

/// sup |F_a - F_b|.
inline double ks(const Cells& cells) {
  double out = 0;
  walk(cells, [&](double, double f, double g) { out = std::max(out, std::abs(f - g)); });
  return out;
}

/// The integral of |F_a - F_b|.
inline double wasserstein1(const Cells& cells) {
  double out = 0;
  walk(cells, [&](double width, double f, double g) { out += width * std::abs(f - g); });
  return out;
}

/// Both samples over their common support, missing values dropped; empty if a side has none.
[[nodiscard]] std::optional<Cells> cells_of(std::span<const double> a, std::span<const double> b);

// The distances of marginal.hpp and hypothesis.hpp for samples that are counted already. Values
// that neither has do not count.
[[nodiscard]] double wasserstein2_squared(const Cells& cells);
[[nodiscard]] double energy_distance(const Cells& cells);
[[nodiscard]] double cramer_von_mises(const Cells& cells);
[[nodiscard]] std::optional<double> anderson_darling(const Cells& cells);

/// Upper edges of the bins (-inf, q10], (q10, q20] ... (q90, inf) of the present values, equal ones
/// merged.
inline std::vector<double> decile_edges(std::span<const double> values) {
  std::vector<double> known, out;
  std::copy_if(values.begin(), values.end(), std::back_inserter(known),
               [](double v) { return !std::isnan(v); });
  std::sort(known.begin(), known.end());
  for (int i = 0; i < 9 && !known.empty(); ++i) out.push_back(quantile(known, 0.1 + i * 0.1));
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// A value as SDMetrics compares it: rounded to 14 decimals.
inline double round14(double v) {
  constexpr double kUnit = 1e14;
  return std::isfinite(v * kUnit) ? std::nearbyint(v * kUnit) / kUnit : v;
}

}  // namespace semblance
