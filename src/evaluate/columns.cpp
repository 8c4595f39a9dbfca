// SPDX-License-Identifier: Apache-2.0
#include "evaluate/columns.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <ranges>
#include <unordered_set>

#include "evaluate/cells.hpp"
#include "semblance/evaluate/marginal.hpp"

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

double standard_deviation(const std::vector<double>& values) {
  double n = 0, sum = 0, squares = 0;
  const auto present = [](double v) { return !std::isnan(v); };
  for (const double v : values | std::views::filter(present)) n += 1, sum += v;
  for (const double v : values | std::views::filter(present))
    squares += (v - sum / n) * (v - sum / n);
  return n > 0 ? std::sqrt(squares / n) : 0;
}

}  // namespace

ColumnPair::ColumnPair(const Frame::Series& real, const Frame::Series& other)
    : number_(real.number) {
  if (number_) {
    const auto a = rounded(real.numbers), b = rounded(other.numbers);
    support_ = pooled_support(a, b);
    real_ = positions(support_, a);
    other_ = positions(support_, b);
    scale_ = standard_deviation(real.numbers);
  } else {
    real_ = real.codes;
    other_ = other.codes;
    std::int32_t top = -1;
    for (const auto code : real_) top = std::max(top, code);
    for (const auto code : other_) top = std::max(top, code);
    support_.assign(static_cast<std::size_t>(top + 1), 0);
  }
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
    return std::pair{missing / n, n - missing};
  };
  const auto [real_missing, n] = count(real_rows, real_, cells.a);
  const auto [other_missing, m] = count(other_rows, other_, cells.b);
  ColumnDifference out;
  out.missing = std::abs(real_missing - other_missing);
  if (n == 0 || m == 0) return out;
  out.shape = number_ ? ks(cells) : tvd(cells.a, cells.b);
  if (number_ && scale_ > 0) out.wasserstein = wasserstein1(cells) / scale_;
  return out;
}

ColumnDifference ColumnPair::difference() const {
  return compare(std::views::iota(std::size_t{0}, real_.size()),
                 std::views::iota(std::size_t{0}, other_.size()));
}

ColumnDifference ColumnPair::difference(const Resample& rows) const {
  return compare(rows.real, rows.synthetic);
}

ColumnSummary summarise(const std::vector<ColumnDifference>& columns) {
  const auto mean = [&](auto&& pick) -> std::optional<double> {
    double sum = 0, n = 0;
    for (const auto& c : columns) {
      const std::optional<double> value = pick(c);
      if (value) sum += *value, n += 1;
    }
    if (n == 0) return std::nullopt;
    return 100 * sum / n;
  };
  return {mean([](const auto& c) { return c.shape; }),
          mean([](const auto& c) { return c.wasserstein; }),
          mean([](const auto& c) { return std::optional(c.missing); })};
}

std::vector<ColumnDifference> compare_columns(const Frame& real, const Frame& other) {
  std::vector<ColumnDifference> out;
  for (std::size_t c = 0; c < real.columns.size(); ++c)
    out.push_back(ColumnPair(real.columns[c], other.columns[c]).difference());
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
