// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/records.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "semblance/core/error.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/data/csv.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using V = std::vector<double>;
constexpr double kTight = 1e-9;

// The reference M1, and its holdout.
const V kReal = {0, 0, 1, 0, 0, 1, 1, 1, 2, 2, 3, 1};
const V kFake = {0, .5, 1, .2, 2, 1, 4, 4, .5, .5};
const V kUnseen = {0, .4, 2, 0, 1, 2, 3, 3};

MatrixView<double> points(const V& values, std::int64_t dim = 2) {
  return {values, static_cast<std::int64_t>(values.size()) / dim, dim};
}
MixedView numbers(const V& values, std::int64_t dim = 2) {
  const auto rows = static_cast<std::int64_t>(values.size()) / dim;
  return {{values, rows, dim}, {{}, rows, 0}, rows};
}

TEST(Records, EqualTheReferenceOfM1) {
  const auto d = record_distances(points(kReal), points(kFake));
  const V to_real = {0.5, 0.2, 1, 2.8284271247, 0.7071067812};
  for (std::size_t i = 0; i < to_real.size(); ++i)
    EXPECT_NEAR(d.synthetic_to_real[i], to_real[i], 1e-10);
  const auto accuracy = nnaa(d);
  EXPECT_NEAR(accuracy.real, 0, kTight);
  EXPECT_NEAR(accuracy.synthetic, 0.2, kTight);
  EXPECT_NEAR(accuracy.value(), 0.1, kTight);
  EXPECT_NEAR(identifiability(d), 1, kTight);
  EXPECT_NEAR(authenticity(d), 0.2, kTight);  // rows 0, 0, 0, 1, 0
  // (0, .5) is as far from (0, 0) as from (.5, .5).
  EXPECT_NEAR(nnaa(d, Ties::kHalf).synthetic, 0.3, kTight);
}

TEST(Records, HoldoutDistancesEqualTheReferenceOfM1) {
  const auto d = record_distances(points(kUnseen), points(kFake));
  const V expected = {0.1, 1.019804, 1, 1.414214, 0.509902};
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(d.synthetic_to_real[i], expected[i], 1e-6);
}

TEST(Records, ACopyIsCaughtAndAFreshSampleIsNot) {
  const auto sample = [](Seed seed) {
    V out;
    for (std::uint64_t i = 0; i < 4000; ++i) out.push_back(Stream(seed, i).normal());
    return out;
  };
  const V real = sample(Seed{1}), fresh = sample(Seed{2});
  const auto copied = record_distances(points(real, 8), points(real, 8));
  EXPECT_EQ(nnaa(copied).value(), 0);
  EXPECT_EQ(identifiability(copied), 1);
  EXPECT_EQ(authenticity(copied), 0);
  // 500 rows of one population: shares with a standard error below 0.5/sqrt(500) = 0.023; six.
  const auto other = record_distances(points(real, 8), points(fresh, 8));
  EXPECT_NEAR(nnaa(other).value(), 0.5, 0.14);
  EXPECT_NEAR(identifiability(other), 0.5, 0.14);
}

TEST(Records, GowerAndThreadsAgree) {
  const V real = {0, 5, 8, 9, 10}, fake = {3, 5, 20};
  const Gower gower(numbers(real, 1));
  const auto a = gower.encode(numbers(real, 1)), b = gower.encode(numbers(fake, 1));
  const auto d = record_distances(gower, a, b, {.threads = 1});
  EXPECT_NEAR(d.synthetic_to_real[0], 0.2, kTight);
  EXPECT_EQ(d.synthetic_to_real[1], 0);
  EXPECT_EQ(d.nearest_real[1], 1);
  const auto again = record_distances(gower, a, b, {.threads = 4});
  EXPECT_EQ(d.synthetic_to_real, again.synthetic_to_real);
  EXPECT_EQ(d.real_to_real, again.real_to_real);
}

TEST(HittingRate, ByHand) {
  // Ranges 3 and 2: reaches 0.1 and 1/15. Only (1, 0) could be near (1, .2): it is not.
  EXPECT_EQ(hitting_rate(numbers(kReal), numbers(kFake)), 0);
  EXPECT_EQ(hitting_rate(numbers(kReal), numbers(kReal)), 1);
  EXPECT_NEAR(hitting_rate(numbers(kReal), numbers(V{1.09, 0.06, 2, 1.5})), 1.0 / 6, kTight);
  // A tolerance of a tenth of the range: 0.3 and 0.2 reach (1, 0) from (1, .2).
  EXPECT_NEAR(hitting_rate(numbers(kReal), numbers(kFake), 0.1), 1.0 / 6, kTight);
}

TEST(HittingRate, CategoriesMustBeEqualAndGapsMatchGaps) {
  const Schema types{{.name = "x", .kind = Kind::kReal}, {.name = "c", .kind = Kind::kCategorical}};
  const auto real = parse_csv("x,c\n0,a\n30,a\n10,b\n,a\n,\n", {.schema = types});
  const auto fake = parse_csv("x,c\n0.5,a\n30,b\n10.9,b\n,a\n7,\n5,new\n", {.schema = types});
  EXPECT_NEAR(hitting_rate(real, fake), 3.0 / 5, kTight);  // 0 a, 10 b and the gap of a
  EXPECT_EQ(message_of<InvalidArgument>([&] { (void)hitting_rate(real, fake, -1); }),
            "hitting_rate: tolerance must be >= 0, got -1");
}

TEST(HittingRate, EqualsAllPairs) {
  V a, b;
  for (std::uint64_t i = 0; i < 600; ++i) {
    a.push_back(Stream(Seed{1}, i).uniform());
    b.push_back(Stream(Seed{2}, i).uniform());
  }
  const auto range = [&](std::size_t j) {
    double low = 1, high = 0;
    for (std::size_t i = j; i < a.size(); i += 2)
      low = std::min(low, a[i]), high = std::max(high, a[i]);
    return high - low;
  };
  double hits = 0;
  for (std::size_t i = 0; i < 300; ++i) {
    bool hit = false;
    for (std::size_t k = 0; k < 300; ++k)
      hit = hit || (std::abs(a[2 * i] - b[2 * k]) <= range(0) / 30 &&
                    std::abs(a[2 * i + 1] - b[2 * k + 1]) <= range(1) / 30);
    hits += hit ? 1 : 0;
  }
  EXPECT_GT(hits, 50);
  EXPECT_NEAR(hitting_rate(numbers(a), numbers(b)), hits / 300, kTight);
}

TEST(DifferingCells, CountsTheFewest) {
  const Schema types{{.name = "x", .kind = Kind::kReal},
                     {.name = "n", .kind = Kind::kInteger},
                     {.name = "c", .kind = Kind::kCategorical}};
  const auto real = parse_csv("x,n,c\n0.1,1,a\n2,2,b\n,3,c\n", {.schema = types});
  const auto fake =
      parse_csv("x,n,c\n0.1,1,a\n0.10000000001,1,b\n9,9,new\n,3,\n,,\n", {.schema = types});
  EXPECT_EQ(differing_cells(fake, real), (std::vector<std::int64_t>{0, 1, 3, 1, 2}));
}

TEST(Records, MessagesNameTheRule) {
  EXPECT_EQ(message_of<InvalidArgument>([] { (void)nnaa({}); }),
            "record distances of one sample must be equally many and not none, got 0 and 0");
  EXPECT_EQ(
      message_of<InvalidArgument>([] { (void)differing_cells(numbers(kReal), numbers(kReal, 3)); }),
      "differing_cells: both samples must have the same columns, >= 1, got 2 + 0 and 3 + 0");
}

}  // namespace
}  // namespace semblance
