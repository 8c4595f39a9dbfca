// SPDX-License-Identifier: Apache-2.0
#include "semblance/codec/token_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "semblance/core/error.hpp"
#include "semblance/core/seed.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using testing::ElementsAre;

Field integer_field() { return {.name = "age", .kind = Kind::kInteger}; }
Field real_field(int decimals) {
  return {.name = "price", .kind = Kind::kReal, .format = {.decimals = decimals}};
}

/// Skewed reals with two decimals and a heavy value at 0.
Column prices(std::int64_t rows) {
  std::vector<double> values;
  Stream stream(Seed{1}, "prices");
  for (std::int64_t i = 0; i < rows; ++i) {
    const double value = stream.uniform() < 0.3 ? 0 : std::exp(stream.normal());
    values.push_back(std::nearbyint(value * 100) / 100);
  }
  return Column::reals(std::move(values));
}

std::vector<double> noise(std::size_t n) {
  std::vector<double> out;
  Stream stream(Seed{2}, "noise");
  for (std::size_t i = 0; i < n; ++i) out.push_back(stream.uniform());
  return out;
}

TEST(TokenColumn, GivesFewIntegersOneTokenEach) {
  const Column ages = Column::integers({30, 20, 20, 45});
  const TokenColumn tokens(ages, integer_field(), {});
  EXPECT_EQ(tokens.size(), 3);
  EXPECT_THAT(tokens.encode(ages), ElementsAre(1, 0, 0, 2));
  EXPECT_THAT(tokens.counts(), ElementsAre(2, 1, 1));
  const std::vector<std::int32_t> all = {0, 1, 2};
  EXPECT_THAT(tokens.decode(all, noise(3)).integers(), ElementsAre(20, 30, 45));
}

TEST(TokenColumn, TakesTheNearestTokenForNewNumbers) {
  const TokenColumn tokens(Column::integers({20, 30, 45}), integer_field(), {});
  EXPECT_EQ(tokens.encode(-5), 0);
  EXPECT_EQ(tokens.encode(24), 0);
  EXPECT_EQ(tokens.encode(26), 1);
  EXPECT_EQ(tokens.encode(1000), 2);
}

TEST(TokenColumn, BinsManyRealsByQuantilesAndKeepsHeavyValuesApart) {
  const Column column = prices(10'000);
  const TokenColumn tokens(column, real_field(2), {.max_values = 10, .bins = 50});
  EXPECT_GT(tokens.size(), 25);
  EXPECT_LT(tokens.size(), 52);
  EXPECT_EQ(tokens.encode(0.0), 0);
  EXPECT_NEAR(static_cast<double>(tokens.counts()[0]), 3000, 300);
  const auto codes = tokens.encode(column);
  const Column back = tokens.decode(codes, noise(codes.size()));
  EXPECT_EQ(tokens.encode(back), codes);  // a decoded value stays in its bin
  for (const double v : back.reals()) EXPECT_DOUBLE_EQ(v, std::nearbyint(v * 100) / 100);
}

// The decoded column has the training column's distribution: KS distance of two samples of 10,000,
// critical value for a false alarm of 1e-6 is 1.95 * 2.7 / sqrt(10,000 / 2) / 2 ~ 0.038.
TEST(TokenColumn, DecodingKeepsTheDistribution) {
  const Column column = prices(10'000);
  const TokenColumn tokens(column, real_field(2), {.max_values = 10, .bins = 50});
  const auto codes = tokens.encode(column);
  std::vector<double> a(column.reals().begin(), column.reals().end());
  const Column back = tokens.decode(codes, noise(codes.size()));
  std::vector<double> b(back.reals().begin(), back.reals().end());
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  double ks = 0;
  for (const double at : a) {
    const auto below = [at](const std::vector<double>& v) {
      return static_cast<double>(std::upper_bound(v.begin(), v.end(), at) - v.begin()) /
             static_cast<double>(v.size());
    };
    ks = std::max(ks, std::abs(below(a) - below(b)));
  }
  EXPECT_LT(ks, 0.01);  // bins fix all but the place inside them: far below the sampling bound
}

TEST(TokenColumn, PoolsTheRarestCategories) {
  const Field field{
      .name = "city", .kind = Kind::kCategorical, .categories = {"a", "b", "c", "d", "unseen"}};
  const Column cities = Column::categories({0, 0, 0, 0, 1, 1, 1, 2, 2, 3});
  const TokenColumn tokens(cities, field, {.max_categories = 3});
  EXPECT_EQ(tokens.size(), 3);  // a, b, and {c, d}
  EXPECT_EQ(tokens.encode(2.0), tokens.encode(3.0));
  EXPECT_EQ(tokens.encode(4.0), -1);
  const std::vector<std::int32_t> pool(3, 2);
  EXPECT_THAT(tokens.decode(pool, std::vector<double>{0.1, 0.6, 0.7}).codes(),
              ElementsAre(2, 2, 3));
  EXPECT_DOUBLE_EQ(tokens.log_density(2, 3), std::log(1.0 / 3));
}

TEST(TokenColumn, HasAMissingTokenOnlyWhereTrainingHadGaps) {
  Bitmap valid(3, true);
  valid.set(1, false);
  const Column gaps = Column::integers({1, 0, 2}, valid);
  const TokenColumn with(gaps, integer_field(), {});
  EXPECT_EQ(with.missing_token(), 2);
  EXPECT_THAT(with.encode(gaps), ElementsAre(0, 2, 1));
  EXPECT_EQ(with.decode(std::vector<std::int32_t>{2, 0}, noise(2)).null_count(), 1);
  const TokenColumn without(Column::integers({1, 2}), integer_field(), {});
  EXPECT_EQ(without.missing_token(), -1);
  EXPECT_THAT(without.encode(gaps), ElementsAre(0, -1, 1));
}

TEST(TokenColumn, AnAllMissingColumnHasOneToken) {
  const TokenColumn tokens(Column::reals({0, 0}, Bitmap(2, false)), real_field(-1), {});
  EXPECT_EQ(tokens.size(), 1);
  EXPECT_EQ(tokens.decode(std::vector<std::int32_t>{0, 0}, noise(2)).null_count(), 2);
}

// log p(bin) + log p(value | bin) integrates to one: a Riemann sum over a fine grid of values.
TEST(TokenColumn, DensityInsideABinIntegratesToOne) {
  std::vector<double> values;
  Stream stream(Seed{3}, "density");
  for (int i = 0; i < 4000; ++i) values.push_back(stream.normal());
  const TokenColumn tokens(Column::reals(values), real_field(-1), {.bins = 8});
  for (std::int32_t token = 1; token + 1 < tokens.size(); ++token) {
    double mass = 0;
    constexpr double kStep = 1e-4;
    for (double v = -4; v < 4; v += kStep) {
      if (tokens.encode(v) == token) mass += kStep * std::exp(tokens.log_density(token, v));
    }
    EXPECT_NEAR(mass, 1, 0.02) << "token " << token;
  }
}

TEST(TokenColumn, WeightsAndDecodesWithinARange) {
  const Column column = prices(10'000);
  const TokenColumn tokens(column, real_field(2), {.max_values = 10, .bins = 20});
  const ResolvedTerm term{.column = 0, .range = Range{0.5, 1.25}};
  const auto weights = tokens.weights(term);
  double mass = 0;
  for (std::int32_t t = 0; t < tokens.size(); ++t) {
    mass += static_cast<double>(weights[static_cast<std::size_t>(t)]) *
            static_cast<double>(tokens.counts()[static_cast<std::size_t>(t)]);
    if (weights[static_cast<std::size_t>(t)] <= 0) continue;
    for (const double u : {0.0, 0.4, 0.999999}) {
      const double v = tokens.decode(std::vector{t}, std::vector{u}, &term).reals()[0];
      EXPECT_GE(v, 0.5);
      EXPECT_LE(v, 1.25);
    }
  }
  double inside = 0;
  for (const double v : column.reals()) inside += v >= 0.5 && v <= 1.25 ? 1 : 0;
  EXPECT_NEAR(mass / inside, 1, 0.02);
}

TEST(TokenColumn, AnIntegerRangeWithoutAnIntegerHasNoWeight) {
  std::vector<std::int64_t> values(2000);
  std::iota(values.begin(), values.end(), 0);
  const TokenColumn tokens(Column::integers(values), integer_field(), {.bins = 10});
  for (const float w : tokens.weights({.column = 0, .range = Range{100.2, 100.8}})) EXPECT_EQ(w, 0);
  const ResolvedTerm exact{.column = 0, .range = Range{150.5, 152.2}};
  const std::int32_t token = tokens.encode(151);
  std::set<std::int64_t> seen;
  for (const double u : noise(50)) {
    seen.insert(tokens.decode(std::vector{token}, std::vector{u}, &exact).integers()[0]);
  }
  EXPECT_THAT(seen, ElementsAre(151, 152));
}

TEST(TokenColumn, ANumberThatTrainingLacksIsReturnedAsItIs) {
  const TokenColumn atoms(Column::integers({20, 30, 45}), integer_field(), {});
  const TokenColumn bins(prices(5'000), real_field(2), {.max_values = 10, .bins = 16});
  for (const double value : {-7.0, 28.0, 99.0}) {
    const ResolvedTerm exact{.column = 0, .values = {value}};
    const std::int32_t token = atoms.encode(value);
    EXPECT_EQ(atoms.decode(std::vector{token}, std::vector{0.5}, &exact).integers()[0],
              static_cast<std::int64_t>(value));
    EXPECT_EQ(bins.decode(std::vector{bins.encode(value)}, std::vector{0.5}, &exact).reals()[0],
              value);
  }
}

// Pooled categories of 90 and 10 rows: a set of both draws them 9 to 1.
TEST(TokenColumn, ASetInsideAPoolFollowsItsFrequencies) {
  std::vector<std::int32_t> codes(500, 0);
  codes.insert(codes.end(), 400, 1);
  codes.insert(codes.end(), 90, 2);
  codes.insert(codes.end(), 10, 3);
  const Field field{.name = "city", .kind = Kind::kCategorical, .categories = {"a", "b", "c", "d"}};
  const TokenColumn tokens(Column::categories(codes), field, {.max_categories = 3});
  const ResolvedTerm both{.column = 0, .values = {2, 3}};
  const std::vector<std::int32_t> pool(1000, 2);
  std::vector<double> even;
  for (int i = 0; i < 1000; ++i) even.push_back((i + 0.5) / 1000);
  const Column drawn = tokens.decode(pool, even, &both);
  EXPECT_EQ(std::count(drawn.codes().begin(), drawn.codes().end(), 2), 900);
}

// Every value that a bin can give, with ties at its knots: the probabilities are those of decoding.
TEST(TokenColumn, ProbabilitiesInsideABinAreThoseOfDecoding) {
  std::vector<std::int64_t> values;
  for (int i = 0; i < 400; ++i) values.push_back(i % 3 == 0 ? 1 : i % 17);
  const TokenColumn tokens(Column::integers(values), integer_field(), {.max_values = 0, .bins = 2});
  for (std::int32_t token = 0; token < tokens.size(); ++token) {
    double sum = 0;
    for (int v = -1; v < 20; ++v) {
      if (tokens.encode(v) != token) continue;
      const double p = std::exp(tokens.log_density(token, v));
      sum += p;
      double hits = 0;
      for (int i = 0; i < 10'000; ++i) {
        const double u = (i + 0.5) / 10'000;
        if (tokens.decode(std::vector{token}, std::vector{u}).integers()[0] == v) hits += 1e-4;
      }
      EXPECT_NEAR(p, hits, 2e-3) << "value " << v;
    }
    EXPECT_NEAR(sum, 1, 1e-9);
  }
  EXPECT_EQ(tokens.log_density(tokens.encode(1e9), 1e9), -std::numeric_limits<double>::infinity());
}

TEST(TokenColumn, DatesStayDates) {
  constexpr std::int64_t kDay = 86'400'000'000;
  std::vector<std::int64_t> days;
  for (std::int64_t i = 0; i < 4000; ++i) days.push_back(i * kDay);
  const Field field{.name = "when", .kind = Kind::kDatetime};
  const TokenColumn tokens(Column::datetimes(days), field, {.bins = 16});
  const std::vector<std::int32_t> some(100, 3);
  const Column drawn = tokens.decode(some, noise(100));
  for (const std::int64_t t : drawn.integers()) EXPECT_EQ(t % kDay, 0);
}

TEST(TokenColumn, HugeIntegersStayInRange) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const TokenColumn tokens(Column::integers({0, kMost, -kMost}), integer_field(), {});
  const Column drawn = tokens.decode(std::vector<std::int32_t>{0, 1, 2}, noise(3));
  for (const auto v : drawn.integers()) {
    EXPECT_TRUE(v == 0 || v > kMost / 2 || v < -kMost / 2) << v;
  }
}

// Each would have made decoding read outside its arrays.
TEST(TokenColumn, HostileJsonIsAnError) {
  const Field city{.name = "city", .kind = Kind::kCategorical, .categories = {"a", "b"}};
  for (const std::string tokens :
       {"", R"({"k":[],"p":[],"n":1},{"k":[1],"p":[],"n":1})", R"({"k":[3],"p":[],"n":1})",
        R"({"k":[-1],"p":[],"n":1})", R"({"k":[0.5],"p":[],"n":1})",
        R"({"k":[0],"p":[],"n":1},{"k":[0],"p":[],"n":1})", R"({"k":[0,1],"p":[],"n":1})",
        R"({"k":[0,1],"p":[1],"n":1})", R"({"k":[1e300],"p":[],"n":1})"}) {
    const std::string text = R"({"unit":1,"tokens":[)" + tokens + "]}";
    EXPECT_THROW(static_cast<void>(TokenColumn::from_json(text, city)), FileError) << text;
  }
  for (const std::string tokens : {R"({"k":[2,1],"p":[],"n":1})", R"({"k":[1],"p":[1],"n":1})",
                                   R"({"k":[1,5],"p":[],"n":1},{"k":[3],"p":[],"n":1})"}) {
    const std::string text = R"({"unit":1,"tokens":[)" + tokens + "]}";
    EXPECT_THROW(static_cast<void>(TokenColumn::from_json(text, integer_field())), FileError)
        << text;
  }
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_THROW(static_cast<void>(TokenColumn::from_json(deep, city)), FileError);
}

TEST(TokenColumn, ReadsBackItsJson) {
  const Column column = prices(5'000);
  const TokenColumn tokens(column, real_field(2), {.max_values = 10, .bins = 16});
  const TokenColumn back = TokenColumn::from_json(tokens.to_json(), real_field(2));
  EXPECT_EQ(back.encode(column), tokens.encode(column));
  EXPECT_EQ(back.to_json(), tokens.to_json());
  EXPECT_THROW(static_cast<void>(TokenColumn::from_json("[{\"k\":3}]", real_field(2))), FileError);
  EXPECT_THROW(static_cast<void>(TokenColumn::from_json("{", real_field(2))), FileError);
}

TEST(TokenColumn, RefusesTextAndNamesTheColumn) {
  const Field field{.name = "note", .kind = Kind::kText};
  EXPECT_EQ(message_of<InvalidArgument>([&] { TokenColumn(Column::texts({"a"}), field, {}); }),
            "TokenColumn: column 'note' is text; tokens need a categorical, integer, real or "
            "datetime column");
  EXPECT_EQ(message_of<InvalidArgument>([] { TokenConfig{.bins = 0}.validate(); }),
            "TokenConfig.bins must be >= 1, got 0");
}

}  // namespace
}  // namespace semblance
