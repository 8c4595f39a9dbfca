// SPDX-License-Identifier: Apache-2.0
#include "evaluate/columns.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <ranges>
#include <unordered_set>

#include "semblance/evaluate/hypothesis.hpp"
#include "semblance/evaluate/marginal.hpp"
#include "semblance/evaluate/scores.hpp"
#include "semblance/evaluate/statistics.hpp"

namespace semblance {
namespace {

std::vector<std::int32_t> positions(const std::vector<double>& support,
                                    const std::vector<double>& values) {
  std::vector<std::int32_t> out;
  out.reserve(values.size());
  for (const double v : values) {
    if (std::isnan(v)) {
      out.push_back(-1);
      continue;
    }
    const auto at = std::lower_bound(support.begin(), support.end(), v);
    out.push_back(static_cast<std::int32_t>(at - support.begin()));
  }
  return out;
}

std::vector<double> rounded(std::vector<double> values) {
  std::ranges::transform(values, values.begin(), round14);
  return values;
}

Moments weighted_moments(const std::vector<double>& support, const std::vector<double>& counts) {
  Moments out;
  for (std::size_t i = 0; i < support.size(); ++i)
    out.n += counts[i], out.mean += counts[i] * support[i];
  out.mean /= out.n;
  // In units of the range: powers of huge numbers would overflow.
  const double range = support.empty() ? 0 : support.back() - support.front();
  const double unit = range > 0 ? range : 1;
  double second = 0, third = 0, fourth = 0;
  for (std::size_t i = 0; i < support.size(); ++i) {
    const double gap = (support[i] - out.mean) / unit, square = counts[i] * gap * gap;
    second += square;
    third += square * gap;
    fourth += square * gap * gap;
  }
  const double variance = second / out.n;
  out.variance = variance * unit * unit;
  if (variance > 0) {
    out.skewness = third / out.n / std::pow(variance, 1.5);
    out.kurtosis = fourth / out.n / (variance * variance) - 3;
  }
  return out;
}

/// The 5, 25, 50, 75 and 95 % quantiles (type 7) of counted values.
std::array<double, 5> weighted_quantiles(const std::vector<double>& support,
                                         const std::vector<double>& counts) {
  constexpr std::array kLevels = {0.05, 0.25, 0.5, 0.75, 0.95};
  const double n = std::accumulate(counts.begin(), counts.end(), 0.0);
  std::array<double, 5> out{};
  double below = 0;  // values before support[i]
  std::size_t i = 0;
  const auto value_at = [&](double rank) {  // ranks only grow
    while (i + 1 < counts.size() && below + counts[i] <= rank) below += counts[i++];
    return support[i];
  };
  for (std::size_t k = 0; k < kLevels.size(); ++k) {
    const double place = kLevels[k] * (n - 1), rank = std::floor(place);
    const double low = value_at(rank);
    const bool same = below + counts[i] > rank + 1;  // the next order statistic is equal
    std::size_t next = i;
    while (!same && next + 1 < counts.size() && (next == i || counts[next] == 0)) ++next;
    out[k] = low + (place - rank) * (support[next] - low);
  }
  return out;
}

double sum_of(const std::vector<double>& counts) {
  return std::accumulate(counts.begin(), counts.end(), 0.0);
}

bool occupied(const std::vector<double>& a, const std::vector<double>& b) {
  return sum_of(a) > 0 && sum_of(b) > 0;
}

}  // namespace

ColumnPair::ColumnPair(const Frame::Series& real, const Frame::Series& other, ColumnDetail detail)
    : number_(real.number), detail_(detail) {
  if (number_) {
    const auto a = rounded(real.numbers), b = rounded(other.numbers);
    support_ = pooled_support(a, b);
    real_ = positions(support_, a);
    other_ = positions(support_, b);
    const auto known = moments(real.numbers);
    scale_ = known ? std::sqrt(known->variance) : 0;
    const auto edges = decile_edges(a);
    for (const double v : support_)
      bin_.push_back(static_cast<std::int32_t>(std::ranges::lower_bound(edges, v) - edges.begin()));
    bins_ = static_cast<std::int32_t>(edges.size()) + 1;
    return;
  }
  real_ = real.codes;
  other_ = other.codes;
  for (const auto* codes : {&real_, &other_}) {
    for (const auto code : *codes) bins_ = std::max(bins_, code + 1);
  }
  support_.assign(static_cast<std::size_t>(bins_), 0);
  bin_.resize(support_.size());
  std::iota(bin_.begin(), bin_.end(), 0);
}

template <class Real, class Other>
ColumnDifference ColumnPair::compare(const Real& real_rows, const Other& other_rows) const {
  Cells cells{support_, std::vector<double>(support_.size(), 0), {}};
  cells.b = cells.a;
  const auto count = [](const auto& rows, const auto& codes, std::vector<double>& into) {
    double missing = 0, n = 0;
    for (const auto i : rows) {
      const auto code = codes[static_cast<std::size_t>(i)];
      n += 1;
      (code < 0 ? missing : into[static_cast<std::size_t>(code)]) += 1;
    }
    return std::pair{missing, n};
  };
  const auto [real_missing, n] = count(real_rows, real_, cells.a);
  const auto [other_missing, m] = count(other_rows, other_, cells.b);
  ColumnDifference out;
  out.missing = std::abs(real_missing / n - other_missing / m);
  compare_bins(cells, real_missing, other_missing, out);
  if (n > real_missing && m > other_missing) compare_values(cells, out);
  return out;
}

void ColumnPair::compare_values(const Cells& cells, ColumnDifference& out) const {
  if (!number_) {
    out.tvd = out.shape = tvd(cells.a, cells.b);
    if (detail_ != ColumnDetail::kStandard) out.adherence = category_adherence(cells.a, cells.b);
    return;
  }
  out.ks = out.shape = ks(cells);
  if (detail_ != ColumnDetail::kStandard) compare_more(cells, out);
  if (scale_ == 0) return;
  out.wasserstein = wasserstein1(cells) / scale_;
  const Moments a = weighted_moments(support_, cells.a), b = weighted_moments(support_, cells.b);
  out.mean = std::abs(a.mean - b.mean) / scale_;
  out.variance = std::abs(a.variance - b.variance) / (scale_ * scale_);
  if (a.skewness && b.skewness) out.skewness = std::abs(*a.skewness - *b.skewness);
  if (a.kurtosis && b.kurtosis) out.kurtosis = std::abs(*a.kurtosis - *b.kurtosis);
  const auto p = weighted_quantiles(support_, cells.a), q = weighted_quantiles(support_, cells.b);
  double gap = 0;
  for (std::size_t i = 0; i < p.size(); ++i)
    gap += std::abs(p[i] - q[i]) / static_cast<double>(p.size());
  out.quantile = gap / scale_;
}

void ColumnPair::compare_bins(const Cells& cells, double missing, double other_missing,
                              ColumnDifference& out) const {
  std::vector<double> a(static_cast<std::size_t>(bins_) + 1, 0), b = a;
  for (std::size_t i = 0; i < bin_.size(); ++i) {
    a[static_cast<std::size_t>(bin_[i])] += cells.a[i];
    b[static_cast<std::size_t>(bin_[i])] += cells.b[i];
  }
  a.back() = missing;
  b.back() = other_missing;
  out.hellinger = hellinger(a, b);
  const auto nats = jensen_shannon(a, b);
  if (nats) out.jensen_shannon = *nats / std::numbers::ln2;
  if (detail_ == ColumnDetail::kStandard) return;
  constexpr double kJeffreys = 0.5;
  if (!occupied(a, b)) return;
  out.kullback_leibler = kullback_leibler(a, b, kJeffreys);
  out.stability = stability_index(a, b, kJeffreys);
  const auto test = chi_square(a, b);
  if (!test) return;
  out.chi_square_p = test->p_value;
  out.effect = std::sqrt(test->statistic / (sum_of(a) + sum_of(b)));
}

void ColumnPair::compare_more(const Cells& cells, ColumnDifference& out) const {
  if (detail_ == ColumnDetail::kTested) out.ks_p = ks_p_value_tied(*out.ks, cells.a, cells.b);
  out.cramer_von_mises = semblance::cramer_von_mises(cells);
  out.anderson_darling = semblance::anderson_darling(cells);
  const auto extremes = [&](const std::vector<double>& counts) {
    std::size_t low = 0, high = counts.size() - 1;
    while (counts[low] == 0) ++low;
    while (counts[high] == 0) --high;
    return std::array{support_[low], support_[high]};
  };
  out.range = semblance::range_coverage(extremes(cells.a), extremes(cells.b));
  out.overlap =
      interval_overlap(weighted_moments(support_, cells.a), weighted_moments(support_, cells.b));
  if (scale_ == 0) return;
  out.wasserstein2 = std::sqrt(wasserstein2_squared(cells)) / scale_;
  out.energy = energy_distance(cells) / std::sqrt(scale_);
}

ColumnDifference ColumnPair::difference() const {
  return compare(std::views::iota(std::size_t{0}, real_.size()),
                 std::views::iota(std::size_t{0}, other_.size()));
}

ColumnDifference ColumnPair::difference(const Resample& rows) const {
  return compare(rows.real, rows.synthetic);
}

std::optional<double> mean_of(const std::vector<ColumnDifference>& columns,
                              ColumnDifference::Part part) {
  double sum = 0, n = 0;
  for (const auto& c : columns) {
    if (c.*part) sum += *(c.*part), n += 1;
  }
  if (n == 0) return std::nullopt;
  return sum / n;
}

std::vector<ColumnDifference> compare_columns(const Frame& real, const Frame& other,
                                              ColumnDetail detail) {
  std::vector<ColumnDifference> out;
  for (std::size_t c = 0; c < real.columns.size(); ++c)
    out.push_back(ColumnPair(real.columns[c], other.columns[c], detail).difference());
  return out;
}

OutOfDomain out_of_domain(const Frame& train, const Frame& other) {
  OutOfDomain out;
  std::vector<bool> bad(static_cast<std::size_t>(other.rows), false);
  const auto check = [&](const auto& known, const auto& values, auto&& missing, auto&& inside) {
    const bool gaps = std::ranges::any_of(known, missing);
    double cells = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (missing(values[i]) ? gaps : inside(values[i])) continue;
      bad[i] = true;
      cells += 1;
    }
    out.columns.push_back(cells);
  };
  for (std::size_t c = 0; c < train.columns.size(); ++c) {
    const auto& known = train.columns[c];
    if (known.number) {
      double low = std::numeric_limits<double>::infinity(), high = -low;
      for (const double v : known.numbers) low = std::min(low, v), high = std::max(high, v);
      check(
          known.numbers, other.columns[c].numbers, [](double v) { return std::isnan(v); },
          [&](double v) { return v >= low && v <= high; });
    } else {
      const std::unordered_set<std::int32_t> seen(known.codes.begin(), known.codes.end());
      check(
          known.codes, other.columns[c].codes, [](std::int32_t v) { return v < 0; },
          [&](std::int32_t v) { return seen.contains(v); });
    }
  }
  out.rows = static_cast<double>(std::ranges::count(bad, true));
  return out;
}

}  // namespace semblance
