// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/association.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "detail/check.hpp"
#include "evaluate/ranks.hpp"

namespace semblance {
namespace {

struct Complete {
  std::vector<double> a, b;
};

/// The rows where neither value is missing.
Complete complete_rows(std::span<const double> a, std::span<const double> b) {
  require(a.size() == b.size(), "both columns must have the same length, got {} and {}", a.size(),
          b.size());
  Complete out;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) || std::isnan(b[i])) continue;
    out.a.push_back(a[i]);
    out.b.push_back(b[i]);
  }
  return out;
}

double mean(const std::vector<double>& values) {
  double out = 0;
  for (const double v : values) out += v;
  return out / static_cast<double>(values.size());
}

std::optional<double> correlate(const Complete& rows) {
  if (rows.a.size() < 2) return std::nullopt;
  const double ma = mean(rows.a), mb = mean(rows.b);
  double aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < rows.a.size(); ++i) {
    const double x = rows.a[i] - ma, y = rows.b[i] - mb;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  if (aa == 0 || bb == 0) return std::nullopt;
  return std::clamp(ab / (std::sqrt(aa) * std::sqrt(bb)), -1.0, 1.0);
}

/// A table of counts with its sums.
struct Margins {
  std::vector<double> rows, columns;
  double total = 0;

  Margins(std::span<const double> counts, std::int64_t width) {
    require(width >= 1 && std::ssize(counts) % width == 0,
            "a table of counts must be rows x columns, got {} cells and {} columns", counts.size(),
            width);
    const auto w = static_cast<std::size_t>(width);
    rows.assign(counts.size() / w, 0);
    columns.assign(w, 0);
    for (std::size_t i = 0; i < counts.size(); ++i) {
      rows[i / w] += counts[i];
      columns[i % w] += counts[i];
      total += counts[i];
    }
  }
  static double used(const std::vector<double>& sums) {
    return static_cast<double>(
        std::count_if(sums.begin(), sums.end(), [](double s) { return s > 0; }));
  }
};

}  // namespace

std::optional<double> pearson(std::span<const double> a, std::span<const double> b) {
  return correlate(complete_rows(a, b));
}

std::optional<double> spearman(std::span<const double> a, std::span<const double> b) {
  auto rows = complete_rows(a, b);
  rows.a = mid_ranks(rows.a);
  rows.b = mid_ranks(rows.b);
  return correlate(rows);
}

std::optional<double> cramers_v(std::span<const double> counts, std::int64_t columns,
                                BiasCorrection correction) {
  const Margins sums(counts, columns);
  double r = Margins::used(sums.rows), c = Margins::used(sums.columns);
  if (r < 2 || c < 2) return std::nullopt;
  double chi2 = 0;
  const auto w = static_cast<std::size_t>(columns);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double expected = sums.rows[i / w] * sums.columns[i % w] / sums.total;
    if (expected > 0) chi2 += (counts[i] - expected) * (counts[i] - expected) / expected;
  }
  double phi2 = chi2 / sums.total;
  if (correction == BiasCorrection::kBergsma) {
    const double freedom = sums.total - 1;
    phi2 = std::max(0.0, phi2 - (r - 1) * (c - 1) / freedom);
    r -= (r - 1) * (r - 1) / freedom;
    c -= (c - 1) * (c - 1) / freedom;
  }
  const double limit = std::min(r, c) - 1;
  if (limit <= 0) return std::nullopt;
  return std::min(1.0, std::sqrt(phi2 / limit));
}

std::optional<double> mutual_information(std::span<const double> counts, std::int64_t columns) {
  const Margins sums(counts, columns);
  if (sums.total == 0) return std::nullopt;
  double out = 0;
  const auto w = static_cast<std::size_t>(columns);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    const double independent = sums.rows[i / w] * sums.columns[i % w] / sums.total;
    out += counts[i] / sums.total * std::log(counts[i] / independent);
  }
  return out;
}

std::optional<double> correlation_ratio(std::span<const std::int32_t> groups,
                                        std::span<const double> values) {
  require(groups.size() == values.size(), "both columns must have the same length, got {} and {}",
          groups.size(), values.size());
  std::vector<double> sum, count;
  double total = 0, n = 0;
  const auto each = [&](auto&& visit) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (groups[i] >= 0 && !std::isnan(values[i]))
        visit(static_cast<std::size_t>(groups[i]), values[i]);
    }
  };
  each([&](std::size_t g, double v) {
    if (g >= sum.size()) sum.resize(g + 1, 0), count.resize(g + 1, 0);
    sum[g] += v, count[g] += 1, total += v, n += 1;
  });
  if (n == 0) return std::nullopt;
  double between = 0, all = 0;
  for (std::size_t g = 0; g < sum.size(); ++g) {
    if (count[g] > 0) between += count[g] * std::pow(sum[g] / count[g] - total / n, 2);
  }
  each([&](std::size_t, double v) { all += (v - total / n) * (v - total / n); });
  if (all == 0) return std::nullopt;
  return std::sqrt(std::min(1.0, between / all));
}

double pairwise_correlation_difference(std::span<const double> a, std::span<const double> b) {
  require(a.size() == b.size(), "both matrices must have the same size, got {} and {}", a.size(),
          b.size());
  double out = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double gap = a[i] - b[i];
    if (!std::isnan(gap)) out += gap * gap;
  }
  return std::sqrt(out);
}

}  // namespace semblance
