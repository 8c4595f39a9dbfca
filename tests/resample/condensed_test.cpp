// SPDX-License-Identifier: Apache-2.0
// Condensing against its definition, and the distances it rests on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "resample/points.hpp"
#include "resample/tables.hpp"
#include "semblance/core/error.hpp"
#include "semblance/resample/cleaners.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using Rows = std::vector<std::int64_t>;

double squared(const Dataset& data, std::int64_t a, std::int64_t b) {
  double sum = 0;
  for (std::int64_t c = 0; c + 1 < data.schema().size(); ++c) {
    const double d = data.column(c).number(a) - data.column(c).number(b);
    sum += d * d;
  }
  return sum;
}

std::int32_t label(const Dataset& data, std::int64_t row) {
  return data.column("y").codes()[static_cast<std::size_t>(row)];
}

/// Whether a row is nearer to a row of `store` of its own class than to any of `others`.
bool is_right(const Dataset& data, std::int64_t row, const Rows& store, const auto& counts) {
  double own = std::numeric_limits<double>::infinity(), other = own;
  for (const std::int64_t at : store) {
    if (label(data, at) == label(data, row)) {
      own = std::min(own, squared(data, row, at));
    } else if (counts(label(data, at))) {
      other = std::min(other, squared(data, row, at));
    }
  }
  return own <= other;
}

/// Hart's algorithm for one class against class c, as it is written.
Rows naive(const Dataset& data, std::int32_t of, std::int64_t start) {
  Rows store = {start};
  for (std::int64_t i = 0; i < data.rows(); ++i) {
    if (label(data, i) == 2) store.push_back(i);
  }
  Rows kept = {start};
  for (std::int64_t i = 0; i < data.rows(); ++i) {
    if (label(data, i) != of || i == start) continue;
    if (is_right(data, i, store, [](auto c) { return c == 2; })) continue;
    store.push_back(i);
    kept.push_back(i);
  }
  return kept;
}

TEST(CondensedNearestNeighbour, IsHartsAlgorithm) {
  // 1,200 rows: those that are decided are forgotten on the way
  const Dataset data = blobs(1200, 2, 1.0);
  const auto out = CondensedNearestNeighbour({.start_rows = {1, 3}, .standardize = false})
                       .resample(data, Seed{1}, {.run = {.threads = 2}});
  Rows expected = naive(data, 0, 1);
  const Rows second = naive(data, 1, 3);
  expected.insert(expected.end(), second.begin(), second.end());
  for (std::int64_t i = 0; i < data.rows(); ++i) {
    if (label(data, i) == 2) expected.push_back(i);
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(out.kept, expected);
}

TEST(CondensedNearestNeighbour, OnePassIsConsistentWithTheSmallestClass) {
  for (std::uint64_t trial = 0; trial < 50; ++trial) {
    const Dataset data = blobs(80, 2, 1.0, Seed{trial});
    const auto out = CondensedNearestNeighbour({.standardize = false}).resample(data, Seed{trial});
    for (std::int64_t i = 0; i < data.rows(); ++i) {
      EXPECT_TRUE(is_right(data, i, out.kept, [](auto c) { return c == 2; })) << trial;
    }
  }
}

TEST(CondensedNearestNeighbour, HartsRuleIsConsistentWithAllClasses) {
  for (std::uint64_t trial = 0; trial < 20; ++trial) {
    const Dataset data = blobs(80, 2, 1.0, Seed{trial});
    const auto out =
        CondensedNearestNeighbour({.rule = CondensedConfig::Rule::kHart, .standardize = false})
            .resample(data, Seed{trial}, {.strategy = All{}});
    EXPECT_LT(out.kept.size(), 80U);
    for (std::int64_t i = 0; i < data.rows(); ++i) {
      EXPECT_TRUE(is_right(data, i, out.kept, [](auto) { return true; })) << trial;
    }
  }
}

TEST(CondensedNearestNeighbour, SaysWhichStartRowsItTakes) {
  const Dataset data = blobs(30, 2, 1.0);
  const auto message = [&](const CondensedConfig& config, const BalanceStrategy& strategy) {
    return message_of<InvalidArgument>([&] {
      (void)CondensedNearestNeighbour(config).resample(data, Seed{1}, {.strategy = strategy});
    });
  };
  EXPECT_EQ(message({.start_rows = {0}}, Automatic{}),
            "cnn: start_rows must be rows of the classes to be cleaned, got 0");
  EXPECT_EQ(message({.start_rows = {1}}, Automatic{}), "cnn: start_rows has no row of class 'b'");
  EXPECT_EQ(message({}, All{}),
            "cnn: class 'c' is the smallest, which the others are compared with; the strategy may "
            "not name it");
}

TEST(Points, MeasureWhatTheSearchMeasures) {
  for (const Dataset& data : {blobs(300, 3, 1.0), mixed(300, true), mixed(300, false)}) {
    const std::int64_t n = data.rows();
    const TableSpace space(data, {.label = data.schema().target()});
    const auto all = own_rows(n);
    const auto codes = data.column("y").codes();
    const Points points(space, all, codes);
    const Neighbours near = space.nearest(all, all, n - 1);
    for (const std::int64_t from : {std::int64_t{0}, std::int64_t{255}, n - 1}) {
      std::vector<double> found(static_cast<std::size_t>(n));
      for (std::int64_t block = 0; block < points.blocks(); ++block) {
        Points::Block out;
        points.measure(points, from, block, out);
        for (std::int64_t i = 0; i < Points::kBlock && block * Points::kBlock + i < n; ++i) {
          found[static_cast<std::size_t>(block * Points::kBlock + i)] =
              points.distance(out[static_cast<std::size_t>(i)]);
        }
      }
      for (std::int64_t rank = 0; rank < n - 1; ++rank) {
        const auto r = static_cast<std::size_t>(rank);
        EXPECT_NEAR(found[static_cast<std::size_t>(near.indices(from)[r])], near.distances(from)[r],
                    1e-9);
      }
    }
  }
}

}  // namespace
}  // namespace semblance
