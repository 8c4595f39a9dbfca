// SPDX-License-Identifier: Apache-2.0
#include "semblance/neighbours/gower.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "neighbours/brute.hpp"
#include "semblance/core/error.hpp"
#include "semblance/data/dataset.hpp"

namespace semblance {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;

MixedView mixed(const std::vector<double>& numbers, std::int64_t p,
                const std::vector<std::int32_t>& codes, std::int64_t q, std::int64_t rows) {
  return {{numbers, rows, p}, {codes, rows, q}, rows};
}

// x in [0, 10], c in {a, b}: the distances are worked out by hand.
TEST(Gower, IsTheMeanOverTheColumns) {
  const std::vector<double> x = {0, 5, 10, NAN}, y = {4, NAN, 20, NAN};
  const std::vector<std::int32_t> c = {0, 1, 0, 1}, d = {0, 0, 2, 1};
  const Gower gower(mixed(x, 1, c, 1, 4));
  const auto real = gower.encode(mixed(x, 1, c, 1, 4)), fake = gower.encode(mixed(y, 1, d, 1, 4));
  EXPECT_THAT(gower.distance(fake, 0, real, 0), DoubleEq((0.4 + 0) / 2));
  EXPECT_THAT(gower.distance(fake, 0, real, 1), DoubleEq((0.1 + 1) / 2));
  EXPECT_THAT(gower.distance(fake, 1, real, 0), DoubleEq((1.0 + 0) / 2));
  EXPECT_THAT(gower.distance(fake, 2, real, 2), DoubleEq((1.0 + 1) / 2));
  EXPECT_THAT(gower.distance(fake, 3, real, 3), DoubleEq(0));
  EXPECT_THAT(gower.nearest(fake, real, 1).distance, ElementsAre(0.2, 0.5, 1.0, 0.0));
  EXPECT_THAT(gower.nearest(fake, real, 1).index, ElementsAre(0, 0, 2, 3));
}

TEST(Gower, ClipsOutliersAndScalesAConstantColumnByOne) {
  const std::vector<double> x = {0, 7, 10, 7}, y = {1000, 7.25, -1000, 7};
  const Gower gower(mixed(x, 2, {}, 0, 2));
  const auto real = gower.encode(mixed(x, 2, {}, 0, 2)), fake = gower.encode(mixed(y, 2, {}, 0, 2));
  EXPECT_THAT(gower.distance(fake, 0, real, 0), DoubleEq((2 + 0.25) / 2));
  EXPECT_THAT(gower.distance(fake, 1, real, 0), DoubleEq(0.5));
  EXPECT_THAT(gower.distance(fake, 1, fake, 0), DoubleEq((3 + 0.25) / 2));
}

TEST(Gower, AMissingNumberCanLieInMidRange) {
  const std::vector<double> x = {0, 4, 10, NAN};
  const Gower gower(mixed(x, 1, {}, 0, 4), GowerGap::kMidpoint);
  const auto rows = gower.encode(mixed(x, 1, {}, 0, 4));
  EXPECT_THAT(gower.distance(rows, 3, rows, 0), DoubleEq(1.0));
  EXPECT_THAT(gower.distance(rows, 3, rows, 1), DoubleEq(0.6));
  EXPECT_EQ(gower.distance(rows, 3, rows, 3), 0);
}

TEST(Gower, NearestAgreesWithAllPairs) {
  for (const auto gap : {GowerGap::kOne, GowerGap::kMidpoint}) {
    for (const std::int64_t p : {0, 1, 5}) {
      for (const std::int64_t q : {0, 3}) {
        if (p + q == 0) continue;
        auto x = test::normals(400, p, 1), y = test::normals(70, p, 2, 3.0);
        for (std::size_t i = 0; p > 1 && i < x.size(); i += 7) x[i] = NAN;
        for (std::size_t i = 0; p > 1 && i < y.size(); i += 9) y[i] = NAN;
        const auto c = test::integers<std::int32_t>(400, q, 3, 3);
        const auto d = test::integers<std::int32_t>(70, q, 4, 4);
        const Gower gower(mixed(x, p, c, q, 400), gap);
        const auto real = gower.encode(mixed(x, p, c, q, 400));
        const auto fake = gower.encode(mixed(y, p, d, q, 70));
        const auto expected = test::all_pairs(
            70, 400, 2, false, [&](auto i, auto j) { return gower.distance(fake, i, real, j); });
        const auto got = gower.nearest(fake, real, 2);
        for (std::size_t i = 0; i < 140; ++i) {
          ASSERT_EQ(got.index[i], expected[i / 2][i % 2].second) << i;
          ASSERT_NEAR(got.distance[i], expected[i / 2][i % 2].first, 1e-14) << i;
        }
      }
    }
  }
}

Bitmap bits(std::initializer_list<bool> values) {
  Bitmap out;
  for (const bool value : values) out.push_back(value);
  return out;
}

// Categories are matched by name: "z" has code 0 in one table and none in the other.
TEST(Gower, ReadsTablesByColumnAndCategoryName) {
  const Field age{.name = "age", .kind = Kind::kInteger};
  const Dataset train(
      Schema{age, {.name = "c", .kind = Kind::kCategorical, .categories = {"x", "y"}}},
      {Column::integers({20, 40, 60}), Column::categories({0, 1, 0}, bits({true, true, false}))});
  const Dataset other(
      Schema{{.name = "c", .kind = Kind::kCategorical, .categories = {"z", "y"}}, age},
      {Column::categories({0, 1, 1}, bits({true, true, false})), Column::integers({20, 50, 60})});
  const Gower gower(train);
  const auto real = gower.encode(train), fake = gower.encode(other);
  EXPECT_THAT(gower.distance(fake, 0, real, 0), DoubleEq(0.5));
  EXPECT_THAT(gower.distance(fake, 0, fake, 0), DoubleEq(0));
  EXPECT_THAT(gower.distance(fake, 1, real, 1), DoubleEq(0.125));
  EXPECT_THAT(gower.distance(fake, 2, real, 2), DoubleEq(0));
  EXPECT_THAT(gower.distance(fake, 2, real, 1), DoubleEq((0.5 + 1) / 2));
}

TEST(Gower, TakesNoText) {
  const Dataset train(Schema{{.name = "note", .kind = Kind::kText}}, {Column::texts({"a"})});
  try {
    const Gower gower(train);
    FAIL();
  } catch (const InvalidArgument& e) {
    EXPECT_STREQ(e.what(),
                 "Gower: column 'note' is text; numbers, datetimes and categories have a distance");
  }
}

TEST(Gower, SaysWhatDoesNotFit) {
  const std::vector<double> x = {0, 1, 2, 3};
  const Gower gower(mixed(x, 2, {}, 0, 2));
  try {
    (void)gower.encode(mixed(x, 1, {}, 0, 4));
    FAIL();
  } catch (const InvalidArgument& e) {
    EXPECT_STREQ(e.what(), "Gower.encode: rows must have 2 numbers and 0 codes, got 1 and 0");
  }
}

}  // namespace
}  // namespace semblance
