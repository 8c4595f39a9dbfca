// SPDX-License-Identifier: Apache-2.0
#include "evaluate/predicates.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace semblance {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

bool fits(const Atom& atom, double value) {
  if (atom.is == Is::kMissing) return std::isnan(value);
  if (atom.is == Is::kEqual) return value == atom.value;
  return atom.is == Is::kAtLeast ? value >= atom.value : value <= atom.value;
}

/// By looking at every row.
bool one_row_fits(const Frame& table, const Guess& predicate) {
  int found = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(table.rows); ++i) {
    bool all = true;
    for (const Atom& atom : predicate) all = all && fits(atom, value_at(table, atom.column, i));
    found += all ? 1 : 0;
  }
  return found == 1;
}

/// Smooth and rounded numbers with gaps and infinities, few categories and more than buckets.
Frame random_table(std::int64_t rows) {
  Frame out;
  out.rows = rows;
  out.columns.resize(5);
  for (std::size_t c = 0; c < 5; ++c) out.columns[c].number = c < 3;
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream draw(Seed{1}, static_cast<std::uint64_t>(i));
    out.columns[0].numbers.push_back(draw.below(9) == 0 ? kNone : draw.normal());
    out.columns[1].numbers.push_back(std::round(3 * draw.normal()));
    out.columns[2].numbers.push_back(draw.below(50) == 0 ? HUGE_VAL : kNone);
    out.columns[3].codes.push_back(static_cast<std::int32_t>(draw.below(6)) - 1);
    out.columns[4].codes.push_back(static_cast<std::int32_t>(draw.below(400)) - 1);
  }
  return out;
}

Guess random_predicate(const Frame& table, std::size_t atoms, Stream& draw) {
  Guess out;
  for (std::size_t i = 0; i < atoms; ++i) {
    const auto column = static_cast<std::size_t>(draw.below(table.columns.size()));
    const auto row = static_cast<std::size_t>(draw.below(static_cast<std::uint64_t>(table.rows)));
    out.push_back({column, static_cast<Is>(draw.below(4)), value_at(table, column, row)});
  }
  return out;
}

TEST(PredicateIndex, SaysWhatLookingAtEveryRowSays) {
  for (const std::int64_t rows : {1, 63, 64, 700}) {
    const Frame table = random_table(rows);
    const PredicateIndex index(table);
    int unique = 0;
    Stream draw(Seed{2});
    for (int k = 0; k < 4000; ++k) {
      const auto predicate = random_predicate(table, 1 + draw.below(10), draw);
      ASSERT_EQ(index.fits_exactly_one(predicate), one_row_fits(table, predicate))
          << rows << " rows, predicate " << k;
      unique += index.fits_exactly_one(predicate) ? 1 : 0;
    }
    EXPECT_GT(unique, 20) << rows;  // else nothing was tested
  }
}

TEST(PredicateIndex, NoRowOfAnEmptyTableFits) {
  Frame table;
  table.columns.resize(1);
  EXPECT_FALSE(PredicateIndex(table).fits_exactly_one({{0, Is::kMissing, 0}}));
}

}  // namespace
}  // namespace semblance
