// SPDX-License-Identifier: Apache-2.0
#include "evaluate/pairs.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "evaluate/cells.hpp"
#include "semblance/evaluate/association.hpp"

namespace semblance {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kDenseCells = 1 << 20;

/// An occupied cell of the joint tables of two pairs of code columns, with its shares.
struct Cell {
  std::int64_t i, j;
  double a, b;
};

using CodeColumn = std::vector<std::int32_t>;

std::vector<Cell> joint_cells(const CodeColumn& ai, const CodeColumn& aj, const CodeColumn& bi,
                              const CodeColumn& bj, std::int64_t height, std::int64_t width) {
  const double real = 1 / static_cast<double>(ai.size());
  const double other = 1 / static_cast<double>(bi.size());
  const auto cell = [&](std::int32_t i, std::int32_t j) { return i * width + j; };
  std::vector<Cell> out;
  const auto keep = [&](std::int64_t key, std::int32_t n, std::int32_t m) {
    if (n + m > 0) out.push_back({key / width, key % width, n * real, m * other});
  };
  if (height * width <= kDenseCells) {
    CodeColumn a(static_cast<std::size_t>(height * width), 0), b = a;
    for (std::size_t r = 0; r < ai.size(); ++r) ++a[static_cast<std::size_t>(cell(ai[r], aj[r]))];
    for (std::size_t r = 0; r < bi.size(); ++r) ++b[static_cast<std::size_t>(cell(bi[r], bj[r]))];
    for (std::size_t k = 0; k < a.size(); ++k) keep(static_cast<std::int64_t>(k), a[k], b[k]);
    return out;
  }
  std::unordered_map<std::int64_t, std::pair<std::int32_t, std::int32_t>> counts;
  for (std::size_t r = 0; r < ai.size(); ++r) ++counts[cell(ai[r], aj[r])].first;
  for (std::size_t r = 0; r < bi.size(); ++r) ++counts[cell(bi[r], bj[r])].second;
  for (const auto& [key, n] : counts) keep(key, n.first, n.second);
  return out;
}

std::vector<Cell> joint_cells(const CodedTable& a, const CodedTable& b, std::size_t i,
                              std::size_t j) {
  return joint_cells(a.codes[i], a.codes[j], b.codes[i], b.codes[j],
                     std::max(a.widths[i], b.widths[i]), std::max(a.widths[j], b.widths[j]));
}

double tvd_of(const std::vector<Cell>& cells) {
  double sum = 0;
  for (const Cell& c : cells) sum += std::abs(c.a - c.b);
  return sum / 2;
}

/// Mutual information of one side's joint shares, in bits.
double information_of(const std::vector<Cell>& cells, double Cell::* share) {
  std::vector<double> rows, columns;
  const auto add = [](std::vector<double>& sums, std::int64_t at, double p) {
    if (at >= std::ssize(sums)) sums.resize(static_cast<std::size_t>(at) + 1, 0);
    sums[static_cast<std::size_t>(at)] += p;
  };
  for (const Cell& c : cells) add(rows, c.i, c.*share), add(columns, c.j, c.*share);
  double out = 0;
  for (const Cell& c : cells) {
    const double independent =
        rows[static_cast<std::size_t>(c.i)] * columns[static_cast<std::size_t>(c.j)];
    if (c.*share > 0) out += c.*share * std::log2(c.*share / independent);
  }
  return std::max(out, 0.0);
}

std::optional<double> gap(const std::optional<double>& a, const std::optional<double>& b) {
  if (!a || !b) return std::nullopt;
  return std::abs(*a - *b);
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

/// Cramér's V, corrected for bias, of the rows where both have a category.
std::optional<double> category_association(const CodeColumn& a, const CodeColumn& b) {
  std::vector<std::int32_t> row_of, column_of;  // dense numbering of what occurs
  std::int32_t rows = 0, columns = 0;
  const auto place = [](std::vector<std::int32_t>& known, std::int32_t& count, std::int32_t code) {
    const auto at = static_cast<std::size_t>(code);
    if (at >= known.size()) known.resize(at + 1, -1);
    return known[at] >= 0 ? known[at] : known[at] = count++;
  };
  std::vector<std::pair<std::int32_t, std::int32_t>> seen;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] >= 0 && b[i] >= 0)
      seen.emplace_back(place(row_of, rows, a[i]), place(column_of, columns, b[i]));
  }
  const std::int64_t cells = static_cast<std::int64_t>(rows) * columns;
  if (seen.empty() || cells > 16 * kDenseCells) return std::nullopt;
  std::vector<double> counts(static_cast<std::size_t>(cells), 0);
  for (const auto& [i, j] : seen) counts[static_cast<std::size_t>(i * columns + j)] += 1;
  return cramers_v(counts, columns, BiasCorrection::kCorrected);
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
  Side out{bins.code(table), own_bins(table), {}, {}};
  for (const auto& column : table.columns) {
    out.numbers.push_back(column.numbers);
    out.categories.push_back(column.codes);
  }
  return out;
}

PairComparison::Side PairComparison::Side::gather(std::span<const std::int64_t> rows) const {
  return {{pick(shared.codes, rows), shared.widths},
          {pick(own.codes, rows), own.widths},
          pick(numbers, rows),
          pick(categories, rows)};
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
    for (std::size_t j = i + 1; j < columns; ++j) out.push_back(compare(real, other, i, j));
  }
  return out;
}

PairDifference PairComparison::compare(const Side& real, const Side& other, std::size_t i,
                                       std::size_t j) {
  PairDifference out;
  const auto cells = joint_cells(real.shared, other.shared, i, j);
  out.tvd = tvd_of(cells);
  out.information = std::abs(information_of(cells, &Cell::a) - information_of(cells, &Cell::b));
  const auto both = [&](auto&& strength) { return gap(strength(real), strength(other)); };
  const bool first = real.categories[i].empty(), second = real.categories[j].empty();
  if (first && second) {
    const auto a = pearson(real.numbers[i], real.numbers[j]);
    const auto b = pearson(other.numbers[i], other.numbers[j]);
    out.correlation = gap(a, b);
    if (out.correlation) {
      out.trend_own = out.trend_shared = *out.correlation / 2;
      out.association = std::abs(std::abs(*a) - std::abs(*b));
    }
    return out;
  }
  out.trend_shared = out.tvd;
  out.trend_own = tvd_of(joint_cells(real.own, other.own, i, j));
  if (first || second) {
    const std::size_t number = first ? i : j, category = first ? j : i;
    out.association = both([&](const Side& s) {
      return correlation_ratio(s.categories[category], s.numbers[number],
                               BiasCorrection::kCorrected);
    });
  } else {
    out.association =
        both([&](const Side& s) { return category_association(s.categories[i], s.categories[j]); });
  }
  return out;
}

std::optional<double> mean_of(const std::vector<PairDifference>& pairs, PairDifference::Part part) {
  double sum = 0, n = 0;
  for (const auto& p : pairs) {
    if (p.*part) sum += *(p.*part), n += 1;
  }
  if (n == 0) return std::nullopt;
  return sum / n;
}

std::optional<double> norm_of(const std::vector<PairDifference>& pairs, PairDifference::Part part) {
  double sum = 0, n = 0;
  for (const auto& p : pairs) {
    if (p.*part) sum += 2 * *(p.*part) * *(p.*part), n += 1;
  }
  if (n == 0) return std::nullopt;
  return std::sqrt(sum);
}

std::vector<double> association(const Frame& table) {
  const std::size_t n = table.columns.size();
  const auto strength = [&](const Frame::Series& a, const Frame::Series& b) {
    if (a.number && b.number) {
      const auto r = pearson(a.numbers, b.numbers);
      return r ? std::optional(std::abs(*r)) : std::nullopt;
    }
    if (a.number) return correlation_ratio(b.codes, a.numbers, BiasCorrection::kCorrected);
    if (b.number) return correlation_ratio(a.codes, b.numbers, BiasCorrection::kCorrected);
    return category_association(a.codes, b.codes);
  };
  std::vector<double> out(n * n, kNan);
  for (std::size_t i = 0; i < n; ++i) {
    out[i * n + i] = 1;
    for (std::size_t j = i + 1; j < n; ++j)
      out[i * n + j] = out[j * n + i] = strength(table.columns[i], table.columns[j]).value_or(kNan);
  }
  return out;
}

}  // namespace semblance
