// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/association.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>
#include <vector>

#include "detail/check.hpp"
#include "evaluate/ranks.hpp"
#include "semblance/evaluate/marginal.hpp"

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

double entropy_of(const std::vector<double>& counts, double total) {
  double out = 0;
  for (const double c : counts) out -= c > 0 ? c / total * std::log(c / total) : 0;
  return out;
}

/// Exchanges that merge sort needs on `values`, which it sorts: Knight's count of discordant pairs.
double exchanges(std::span<double> values) {
  if (values.size() < 2) return 0;
  const auto half = values.size() / 2;
  double out = exchanges(values.first(half)) + exchanges(values.subspan(half));
  std::vector<double> merged;
  std::size_t i = 0, j = half;
  while (i < half || j < values.size()) {
    if (j == values.size() || (i < half && values[i] <= values[j])) {
      merged.push_back(values[i++]);
    } else {
      out += static_cast<double>(half - i);
      merged.push_back(values[j++]);
    }
  }
  std::ranges::copy(merged, values.begin());
  return out;
}

/// Pairs of equal neighbours in runs of an ordered sequence.
template <class Equal>
double tied_pairs(std::size_t n, Equal equal) {
  double out = 0;
  for (std::size_t first = 0, last = 0; first < n; first = last) {
    while (last < n && equal(first, last)) ++last;
    const auto run = static_cast<double>(last - first);
    out += run * (run - 1) / 2;
  }
  return out;
}

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

std::optional<double> kendall(std::span<const double> a, std::span<const double> b) {
  const auto rows = complete_rows(a, b);
  const std::size_t n = rows.a.size();
  std::vector<std::pair<double, double>> ordered;
  for (std::size_t i = 0; i < n; ++i) ordered.emplace_back(rows.a[i], rows.b[i]);
  std::ranges::sort(ordered);
  std::vector<double> second;
  for (const auto& row : ordered) second.push_back(row.second);
  const double tied_a =
      tied_pairs(n, [&](auto i, auto j) { return ordered[i].first == ordered[j].first; });
  const double tied_both = tied_pairs(n, [&](auto i, auto j) { return ordered[i] == ordered[j]; });
  const double discordant = exchanges(second);  // sorts it
  const double tied_b = tied_pairs(n, [&](auto i, auto j) { return second[i] == second[j]; });
  const double all = static_cast<double>(n) * (static_cast<double>(n) - 1) / 2;
  if (all - tied_a <= 0 || all - tied_b <= 0) return std::nullopt;
  const double balance = all - tied_a - tied_b + tied_both - 2 * discordant;
  return balance / (std::sqrt(all - tied_a) * std::sqrt(all - tied_b));
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
  if (correction == BiasCorrection::kCorrected) {
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

std::optional<double> theils_u(std::span<const double> counts, std::int64_t columns) {
  const Margins sums(counts, columns);
  const double entropy = entropy_of(sums.columns, sums.total);
  if (entropy <= 0) return std::nullopt;
  return std::clamp(*mutual_information(counts, columns) / entropy, 0.0, 1.0);
}

std::optional<double> normalised_mutual_information(std::span<const double> counts,
                                                    std::int64_t columns) {
  const Margins sums(counts, columns);
  const double both = entropy_of(sums.rows, sums.total) + entropy_of(sums.columns, sums.total);
  if (both <= 0) return std::nullopt;
  return std::clamp(2 * *mutual_information(counts, columns) / both, 0.0, 1.0);
}

std::optional<double> joint_tvd(std::span<const std::int32_t> a_first,
                                std::span<const std::int32_t> a_second,
                                std::span<const std::int32_t> b_first,
                                std::span<const std::int32_t> b_second) {
  require(a_first.size() == a_second.size() && b_first.size() == b_second.size(),
          "both columns of a side must have the same length, got {}, {} and {}, {}", a_first.size(),
          a_second.size(), b_first.size(), b_second.size());
  if (a_first.empty() || b_first.empty()) return std::nullopt;
  std::unordered_map<std::int64_t, std::pair<double, double>> cells;
  const auto cell = [](std::int32_t i, std::int32_t j) {
    return (static_cast<std::int64_t>(i) << 32) + j;
  };
  for (std::size_t i = 0; i < a_first.size(); ++i) cells[cell(a_first[i], a_second[i])].first += 1;
  for (std::size_t i = 0; i < b_first.size(); ++i) cells[cell(b_first[i], b_second[i])].second += 1;
  std::vector<double> a, b;
  for (const auto& [key, n] : cells) a.push_back(n.first), b.push_back(n.second);
  return tvd(a, b);
}

std::optional<double> correlation_ratio(std::span<const std::int32_t> groups,
                                        std::span<const double> values, BiasCorrection correction) {
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
  double squared = std::min(1.0, between / all);
  if (correction == BiasCorrection::kCorrected) {
    const double used = Margins::used(count);
    if (n <= used) return std::nullopt;
    squared = std::max(0.0, 1 - (1 - squared) * (n - 1) / (n - used));
  }
  return std::sqrt(squared);
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
