// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <type_traits>

#include "evaluate/attack_tables.hpp"

namespace semblance {
namespace {

enum class Is { kEqual, kAtLeast, kAtMost, kMissing };

struct Condition {
  std::size_t column;
  Is is;
  double value;
};
using Predicate = std::vector<Condition>;

double value_at(const Frame& table, std::size_t column, std::size_t row) {
  const auto& c = table.columns[column];
  if (c.number) return c.numbers[row];
  return c.codes[row] < 0 ? std::numeric_limits<double>::quiet_NaN() : c.codes[row];
}

/// Unmarks the rows that a condition does not fit. Loops without branches, so that compilers turn
/// them into vector instructions.
template <class Value>
void mark(const Value* values, Is is, Value limit, std::span<std::uint8_t> rows) {
  const auto each = [&](auto fits) {
    for (std::size_t i = 0; i < rows.size(); ++i)
      rows[i] = static_cast<std::uint8_t>(rows[i] & static_cast<std::uint8_t>(fits(values[i])));
  };
  const auto missing = [](Value v) {
    if constexpr (std::is_floating_point_v<Value>)
      return v != v;
    else
      return v < 0;
  };
  switch (is) {
    case Is::kEqual:
      return each([=](Value v) { return v == limit; });
    case Is::kAtLeast:
      return each([=](Value v) { return v >= limit; });
    case Is::kAtMost:
      return each([=](Value v) { return v <= limit; });
    case Is::kMissing:
      return each(missing);
  }
}

/// A category's code; none has that of a column without values.
std::int32_t code_of(double value) {
  return std::isfinite(value) ? static_cast<std::int32_t>(value) : -2;
}

/// Rows are looked at in blocks, column by column, until a second one fits.
bool fits_exactly_one(const Predicate& predicate, const Frame& table) {
  constexpr std::size_t kBlock = 1024;
  std::array<std::uint8_t, kBlock> marks{};
  const auto n = static_cast<std::size_t>(table.rows);
  std::size_t found = 0;
  for (std::size_t first = 0; first < n && found < 2; first += kBlock) {
    const auto rows = std::span(marks).first(std::min(kBlock, n - first));
    std::ranges::fill(rows, std::uint8_t{1});
    for (const Condition& c : predicate) {
      const auto& column = table.columns[c.column];
      if (column.number)
        mark(column.numbers.data() + first, c.is, c.value, rows);
      else
        mark(column.codes.data() + first, c.is, code_of(c.value), rows);
    }
    found += static_cast<std::size_t>(std::ranges::count(rows, std::uint8_t{1}));
  }
  return found == 1;
}

/// Values that occur once, the extremes, and a single gap.
std::vector<Predicate> single_predicates(const Frame& table) {
  std::vector<Predicate> out;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::vector<double> known;
    double missing = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(table.rows); ++i) {
      const double v = value_at(table, c, i);
      if (std::isnan(v))
        missing += 1;
      else
        known.push_back(v);
    }
    std::ranges::sort(known);
    if (missing == 1) out.push_back({{c, Is::kMissing, 0}});
    for (std::size_t i = 0; i < known.size(); ++i) {
      const bool first = i == 0 || known[i - 1] != known[i];
      const bool last = i + 1 == known.size() || known[i + 1] != known[i];
      if (!first || !last) continue;
      out.push_back({{c, Is::kEqual, known[i]}});
      if (!table.columns[c].number) continue;
      if (i == 0) out.push_back({{c, Is::kAtMost, known[i]}});
      if (i + 1 == known.size()) out.push_back({{c, Is::kAtLeast, known[i]}});
    }
  }
  return out;
}

/// The median of a number column, missing values left out; 0 where there is none.
double median_of_column(const Frame::Series& column) {
  std::vector<double> known;
  std::ranges::copy_if(column.numbers, std::back_inserter(known),
                       [](double v) { return !std::isnan(v); });
  if (known.empty()) return 0;
  const auto middle = known.begin() + std::ssize(known) / 2;
  std::ranges::nth_element(known, middle);
  return known.size() % 2 == 1 ? *middle : (*middle + *std::max_element(known.begin(), middle)) / 2;
}

std::vector<std::size_t> some_columns(std::size_t all, std::int64_t count, Stream& draw_from) {
  std::vector<std::size_t> out(all);
  std::iota(out.begin(), out.end(), std::size_t{0});
  draw_from.shuffle(out);
  out.resize(static_cast<std::size_t>(count));
  return out;
}

/// Predicates of several columns that fit one synthetic row each.
std::vector<Predicate> joint_predicates(const Frame& table, std::int64_t columns, std::int64_t most,
                                        Seed seed) {
  constexpr std::int64_t kTries = 20;  // for each predicate
  std::vector<double> medians;
  for (const auto& column : table.columns) medians.push_back(median_of_column(column));
  std::vector<Predicate> out;
  for (std::int64_t k = 0; k < kTries * most && std::ssize(out) < most; ++k) {
    Stream draw_from(seed, static_cast<std::uint64_t>(k));
    const auto row =
        static_cast<std::size_t>(draw_from.below(static_cast<std::uint64_t>(table.rows)));
    Predicate now;
    for (const auto c : some_columns(table.columns.size(), columns, draw_from)) {
      const double v = value_at(table, c, row);
      const Is number = v > medians[c] ? Is::kAtLeast : Is::kAtMost;
      now.push_back({c,
                     std::isnan(v)             ? Is::kMissing
                     : table.columns[c].number ? number
                                               : Is::kEqual,
                     v});
    }
    if (fits_exactly_one(now, table)) out.push_back(std::move(now));
  }
  return out;
}

/// Predicates made without the synthetic rows: uniform over the ranges and categories of a table.
std::vector<Predicate> blind_predicates(const Frame& table, std::int64_t columns, std::size_t count,
                                        Seed seed) {
  std::vector<std::pair<double, double>> ranges;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    ranges.emplace_back(HUGE_VAL, -HUGE_VAL);
    for (std::size_t i = 0; i < static_cast<std::size_t>(table.rows); ++i) {
      const double v = value_at(table, c, i);
      if (std::isnan(v)) continue;
      ranges.back() = {std::min(ranges.back().first, v), std::max(ranges.back().second, v)};
    }
  }
  std::vector<Predicate> out;
  for (std::size_t k = 0; k < count; ++k) {
    Stream draw_from(seed, k);
    Predicate now;
    for (const auto c : some_columns(table.columns.size(), columns, draw_from)) {
      const auto [low, high] = ranges[c];
      const double at = low + (high - low) * draw_from.uniform();
      const Is side = draw_from.below(2) == 0 ? Is::kAtLeast : Is::kAtMost;
      if (table.columns[c].number)
        now.push_back({c, side, at});
      else
        now.push_back({c, Is::kEqual, std::round(at)});
    }
    out.push_back(std::move(now));
  }
  return out;
}

double count_unique(const std::vector<Predicate>& predicates, const Frame& table) {
  return static_cast<double>(std::ranges::count_if(
      predicates, [&](const Predicate& p) { return fits_exactly_one(p, table); }));
}

}  // namespace

AttackRisk singling_out(const AttackTables& tables, std::int64_t columns, Seed seed,
                        const AttackOptions& options) {
  const std::int64_t most = checked(options).attacks;
  require(columns >= 1 && columns <= tables.train.schema().size(),
          "singling_out: columns must be 1 to {}, got {}", tables.train.schema().size(), columns);
  const Conformed all(tables);
  const std::int64_t n = rows_to_attack(tables, std::numeric_limits<std::int64_t>::max());
  const Frame train(draw(all.train, n, derive(seed, "train")));
  const Frame control(draw(all.control, n, derive(seed, "control"))), synthetic(all.synthetic);
  std::vector<Predicate> predicates;
  if (columns == 1) {
    predicates = single_predicates(synthetic);
    Stream(seed, "order").shuffle(predicates);
    predicates.resize(std::min(predicates.size(), static_cast<std::size_t>(most)));
  } else {
    predicates = joint_predicates(synthetic, columns, most, derive(seed, "predicates"));
  }
  const auto blind = blind_predicates(train, columns, predicates.size(), derive(seed, "baseline"));
  const auto attacks = static_cast<double>(predicates.size());
  AttackRisk out{.attacks = attacks, .hits = count_unique(predicates, train)};
  if (control.rows > 0) {
    out.control_attacks = attacks;
    out.control_hits = count_unique(predicates, control);
  }
  out.baseline_attacks = attacks;
  out.baseline_hits = count_unique(blind, train);
  return attack_risk(std::move(out), options.level);
}

}  // namespace semblance
