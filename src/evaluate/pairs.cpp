// SPDX-License-Identifier: Apache-2.0
#include "evaluate/pairs.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "semblance/evaluate/association.hpp"
#include "semblance/evaluate/scores.hpp"

namespace semblance {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kDenseCells = 1 << 20;

std::vector<double> decile_edges(const std::vector<double>& values) {
  std::vector<double> known;
  std::copy_if(values.begin(), values.end(), std::back_inserter(known),
               [](double v) { return !std::isnan(v); });
  std::sort(known.begin(), known.end());
  std::vector<double> out;
  for (int i = 0; i < 9 && !known.empty(); ++i) out.push_back(quantile(known, 0.1 + i * 0.1));
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// Calls visit(share_a - share_b) for each cell of the joint tables of two pairs of code columns.
template <class Visit>
void joint_cells(const std::vector<std::int32_t>& ai, const std::vector<std::int32_t>& aj,
                 const std::vector<std::int32_t>& bi, const std::vector<std::int32_t>& bj,
                 std::int64_t height, std::int64_t width, Visit&& visit) {
  const double real = 1 / static_cast<double>(ai.size());
  const double other = 1 / static_cast<double>(bi.size());
  const auto cell = [&](std::int32_t i, std::int32_t j) { return i * width + j; };
  if (height * width <= kDenseCells) {
    std::vector<std::int32_t> a(static_cast<std::size_t>(height * width), 0), b = a;
    for (std::size_t r = 0; r < ai.size(); ++r) ++a[static_cast<std::size_t>(cell(ai[r], aj[r]))];
    for (std::size_t r = 0; r < bi.size(); ++r) ++b[static_cast<std::size_t>(cell(bi[r], bj[r]))];
    for (std::size_t k = 0; k < a.size(); ++k) visit(a[k] * real - b[k] * other);
    return;
  }
  std::unordered_map<std::int64_t, std::pair<std::int32_t, std::int32_t>> counts;
  for (std::size_t r = 0; r < ai.size(); ++r) ++counts[cell(ai[r], aj[r])].first;
  for (std::size_t r = 0; r < bi.size(); ++r) ++counts[cell(bi[r], bj[r])].second;
  for (const auto& [key, n] : counts) visit(n.first * real - n.second * other);
}

double joint_tvd(const CodedTable& a, const CodedTable& b, std::size_t i, std::size_t j) {
  const std::int64_t height = std::max(a.widths[i], b.widths[i]);
  const std::int64_t width = std::max(a.widths[j], b.widths[j]);
  double sum = 0;
  joint_cells(a.codes[i], a.codes[j], b.codes[i], b.codes[j], height, width,
              [&](double gap) { sum += std::abs(gap); });
  return sum / 2;
}

double correlation_gap(const std::vector<double>& ai, const std::vector<double>& aj,
                       const std::vector<double>& bi, const std::vector<double>& bj) {
  const auto a = pearson(ai, aj), b = pearson(bi, bj);
  return a && b ? std::abs(*a - *b) / 2 : kNan;
}

template <class T>
std::vector<std::vector<T>> pick(const std::vector<std::vector<T>>& columns,
                                 std::span<const std::int64_t> rows) {
  std::vector<std::vector<T>> out(columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (columns[c].empty()) continue;
    out[c].reserve(rows.size());
    for (const auto i : rows) out[c].push_back(columns[c][static_cast<std::size_t>(i)]);
  }
  return out;
}

std::optional<double> pair_association(const Frame::Series& a, const Frame::Series& b) {
  if (a.number && b.number) {
    const auto r = pearson(a.numbers, b.numbers);
    return r ? std::optional(std::abs(*r)) : std::nullopt;
  }
  if (a.number) return correlation_ratio(b.codes, a.numbers);
  if (b.number) return correlation_ratio(a.codes, b.numbers);
  std::unordered_map<std::int32_t, std::int32_t> rows, columns;  // dense numbering of what occurs
  const auto number = [](auto& known, std::int32_t code) {
    return known.try_emplace(code, static_cast<std::int32_t>(known.size())).first->second;
  };
  std::vector<std::pair<std::int32_t, std::int32_t>> seen;
  for (std::size_t i = 0; i < a.codes.size(); ++i) {
    if (a.codes[i] >= 0 && b.codes[i] >= 0)
      seen.emplace_back(number(rows, a.codes[i]), number(columns, b.codes[i]));
  }
  if (seen.empty() || rows.size() * columns.size() > 16 * kDenseCells) return std::nullopt;
  std::vector<double> counts(rows.size() * columns.size(), 0);
  for (const auto& [i, j] : seen)
    counts[static_cast<std::size_t>(i) * columns.size() + static_cast<std::size_t>(j)] += 1;
  return cramers_v(counts, std::ssize(columns), BiasCorrection::kBergsma);
}

}  // namespace

SharedBins::SharedBins(const Frame& train) {
  for (const auto& column : train.columns) {
    Bins bins;
    if (column.number) {
      bins.edges = decile_edges(column.numbers);
      bins.known = static_cast<std::int32_t>(bins.edges.size()) + 1;
    } else {
      for (const auto code : column.codes) {
        if (code < 0) continue;
        const auto at = static_cast<std::size_t>(code);
        if (at >= bins.position.size()) bins.position.resize(at + 1, -1);
        if (bins.position[at] < 0) bins.position[at] = bins.known++;
      }
    }
    columns_.push_back(std::move(bins));
  }
}

CodedTable SharedBins::code(const Frame& table) const {
  CodedTable out;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const Bins& bins = columns_[c];
    const std::int32_t unseen = bins.known, missing = bins.known + 1;
    std::vector<std::int32_t> codes;
    codes.reserve(static_cast<std::size_t>(table.rows));
    for (const double v : table.columns[c].numbers) {
      const auto at = std::lower_bound(bins.edges.begin(), bins.edges.end(), v);
      codes.push_back(std::isnan(v) ? missing : static_cast<std::int32_t>(at - bins.edges.begin()));
    }
    for (const auto v : table.columns[c].codes) {
      const auto known =
          v >= 0 && v < std::ssize(bins.position) ? bins.position[static_cast<std::size_t>(v)] : -1;
      codes.push_back(v < 0 ? missing : known < 0 ? unseen : known);
    }
    out.codes.push_back(std::move(codes));
    out.widths.push_back(bins.known + 2);
  }
  return out;
}

CodedTable own_bins(const Frame& table) {
  constexpr int kBins = 10;
  CodedTable out;
  for (const auto& column : table.columns) {
    std::vector<std::int32_t> codes;
    std::int32_t width = kBins + 1;
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const double v : column.numbers) low = std::min(low, v), high = std::max(high, v);
    if (low == high) low -= 0.5, high += 0.5;
    std::vector<double> edges;
    for (int i = 0; i < kBins; ++i) edges.push_back(low + i * ((high - low) / kBins));
    edges.push_back(high);
    for (const double v : column.numbers) {
      const auto at = std::upper_bound(edges.begin(), edges.end(), v) - edges.begin();
      codes.push_back(std::isnan(v) ? kBins : static_cast<std::int32_t>(at) - 1);
    }
    if (!column.number) {
      width = 1;
      for (const auto v : column.codes) {
        codes.push_back(v + 1);
        width = std::max(width, v + 2);
      }
    }
    out.codes.push_back(std::move(codes));
    out.widths.push_back(width);
  }
  return out;
}

PairComparison::Side PairComparison::side(const Frame& table, const SharedBins& bins) {
  Side out{bins.code(table), own_bins(table), {}};
  for (const auto& column : table.columns) out.numbers.push_back(column.numbers);
  return out;
}

PairComparison::Side PairComparison::Side::gather(std::span<const std::int64_t> rows) const {
  return {{pick(shared.codes, rows), shared.widths},
          {pick(own.codes, rows), own.widths},
          pick(numbers, rows)};
}

PairComparison::PairComparison(const Frame& real, const Frame& other, const SharedBins& bins)
    : real_(side(real, bins)), other_(side(other, bins)) {}

std::vector<PairDifference> PairComparison::all() const { return compare(real_, other_); }

std::vector<PairDifference> PairComparison::all(const Resample& rows) const {
  return compare(real_.gather(rows.real), other_.gather(rows.synthetic));
}

std::vector<PairDifference> PairComparison::compare(const Side& real, const Side& other) {
  std::vector<PairDifference> out;
  const std::size_t columns = real.numbers.size();
  for (std::size_t i = 0; i < columns; ++i) {
    for (std::size_t j = i + 1; j < columns; ++j) {
      PairDifference pair;
      pair.tvd = joint_tvd(real.shared, other.shared, i, j);
      const bool first = !real.numbers[i].empty(), second = !real.numbers[j].empty();
      if (first && second) {
        pair.trend_own =
            correlation_gap(real.numbers[i], real.numbers[j], other.numbers[i], other.numbers[j]);
        pair.trend_shared = pair.trend_own;
      } else {
        pair.trend_shared = pair.tvd;
        pair.trend_own = joint_tvd(real.own, other.own, i, j);
      }
      out.push_back(pair);
    }
  }
  return out;
}

PairSummary summarise(const std::vector<PairDifference>& pairs) {
  const auto mean = [&](auto&& value) -> std::optional<double> {
    double sum = 0, n = 0;
    for (const auto& p : pairs) {
      if (!std::isnan(value(p))) sum += value(p), n += 1;
    }
    if (n == 0) return std::nullopt;
    return 100 * sum / n;
  };
  return {mean([](const auto& p) { return p.tvd; }),
          mean([](const auto& p) { return p.trend_shared; }),
          mean([](const auto& p) { return p.trend_own; })};
}

std::vector<double> association(const Frame& table) {
  const std::size_t n = table.columns.size();
  std::vector<double> out(n * n, kNan);
  for (std::size_t i = 0; i < n; ++i) {
    out[i * n + i] = 1;
    for (std::size_t j = i + 1; j < n; ++j) {
      const auto value = pair_association(table.columns[i], table.columns[j]);
      out[i * n + j] = out[j * n + i] = value.value_or(kNan);
    }
  }
  return out;
}

}  // namespace semblance
