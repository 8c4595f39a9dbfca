// SPDX-License-Identifier: Apache-2.0
#include "semblance/copula/gaussian_copula.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "copula/tables.hpp"
#include "semblance/core/error.hpp"
#include "support/message.hpp"

namespace semblance::copula {
namespace {

/// Largest distance of two empirical distribution functions.
double kolmogorov_smirnov(std::vector<double> a, std::vector<double> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  double most = 0;
  const auto up_to = [](const std::vector<double>& v, double x) {
    return static_cast<double>(std::upper_bound(v.begin(), v.end(), x) - v.begin()) /
           static_cast<double>(v.size());
  };
  for (const double x : a) most = std::max(most, std::abs(up_to(a, x) - up_to(b, x)));
  for (const double x : b) most = std::max(most, std::abs(up_to(a, x) - up_to(b, x)));
  return most;
}

// n = 4,000; standard error of the estimate (1 - rho^2) / sqrt(n); 6 of them: false alarm 2e-9.
TEST(GaussianCopula, RecoversTheCorrelationOfTwoNormals) {
  for (const double rho : {-0.8, 0.0, 0.6}) {
    GaussianCopula model;
    model.fit(normal_table(4'000, rho), Seed{1});
    EXPECT_NEAR(model.correlation("x", "y"), rho, 6 * (1 - rho * rho) / std::sqrt(4'000.0));
    EXPECT_EQ(model.correlation("x", "y"), model.correlation("y", "x"));
    EXPECT_EQ(model.correlation("x", "x"), 1);
  }
}

/// The normals of correlation 0.6 behind a rare flag, five grades and a number that is often 0.
Dataset coarse_table(std::int64_t rows) {
  std::vector<std::int32_t> flag;
  std::vector<std::int64_t> grade;
  std::vector<double> amount;
  for (const auto& [x, y] : normal_pairs(rows, 0.6)) {
    flag.push_back(x > 1 ? 1 : 0);
    grade.push_back(std::clamp<std::int64_t>(std::llround(y), -2, 2));
    amount.push_back(y < 0.3 ? 0 : std::exp(y));
  }
  Field integer{.name = "grade", .kind = Kind::kInteger};
  return {Schema({category("flag", {"no", "yes"}), integer, real("amount")}),
          {Column::categories(flag), Column::integers(grade), Column::reals(amount)}};
}

// n = 20,000. The standard error of a tetrachoric correlation of 0.6 with a share of 0.16 is below
// 1.8 / sqrt(n) = 0.013; the others' is smaller. 5 of them: false alarm 6e-7.
TEST(GaussianCopula, RecoversTheCorrelationBehindDiscreteColumns) {
  GaussianCopula model;
  model.fit(coarse_table(20'000), Seed{1});
  EXPECT_NEAR(model.correlation("flag", "grade"), 0.6, 0.065);
  EXPECT_NEAR(model.correlation("flag", "amount"), 0.6, 0.065);
  EXPECT_GT(model.correlation("grade", "amount"), 0.99);
}

// DKW: P(sup > e) <= 2 exp(-2 m e^2) is 1e-6 at e = 0.0381 for m = 5,000 rows; the model's own
// distance to the training rows is at most one step between knots, 1 / (8 x 250 bins), and the
// share of 8 rows of ties.
TEST(GaussianCopula, MarginsAreThoseOfTheTrainingRows) {
  const Dataset train = coarse_table(5'000);
  GaussianCopula model;
  model.fit(train, Seed{1});
  const Dataset rows = model.sample(5'000, Seed{2});
  for (const char* name : {"grade", "amount"}) {
    const auto real_values = numbers(train.column(name)), drawn = numbers(rows.column(name));
    EXPECT_LT(kolmogorov_smirnov(real_values, drawn), 0.0381 + 0.003) << name;
    const auto [low, high] = std::minmax_element(real_values.begin(), real_values.end());
    for (const double v : drawn) ASSERT_TRUE(*low <= v && v <= *high) << name;
  }
  // the atom at 0: binomial, 5 standard errors
  EXPECT_NEAR(share(rows, {{"amount", 0.0}}), share(train, {{"amount", 0.0}}), 5 * 0.5 / 70.7);
}

// y given x = 1 is N(0.6, 0.64). n = 4,000 to fit, 4,000 to draw: standard errors of the mean
// 0.0127 (draws), 0.0101 (correlation), 0.0158 (margins), together 0.023; 6 of them.
TEST(GaussianCopula, AConditionOnANumberGivesTheConditionalNormal) {
  GaussianCopula model;
  model.fit(normal_table(4'000, 0.6), Seed{1});
  const Dataset rows = model.sample(4'000, Seed{2}, {.given = {{"x", 1.0}}});
  const auto y = numbers(rows.column("y"));
  EXPECT_NEAR(mean(y), 0.6, 6 * 0.023);
  EXPECT_NEAR(variance(y), 0.64, 0.15);
  for (const double x : numbers(rows.column("x"))) ASSERT_EQ(x, 1.0);
}

TEST(GaussianCopula, AConditionOnARangeMovesTheOtherColumn) {
  GaussianCopula model;
  model.fit(normal_table(4'000, 0.9), Seed{1});
  const Dataset low = model.sample(1'000, Seed{2}, {.given = {{"x", Range{-2, -1}}}});
  const Dataset both =
      model.sample(1'000, Seed{2}, {.given = {{"x", Range{-2, -1}}, {"y", Range{0, 1}}}});
  for (const double x : numbers(low.column("x"))) ASSERT_TRUE(-2 <= x && x <= -1);
  for (const double y : numbers(both.column("y"))) ASSERT_TRUE(0 <= y && y <= 1);
  EXPECT_LT(mean(numbers(low.column("y"))), -1);
  // against each other: x as high and y as low as they may be
  EXPECT_GT(mean(numbers(both.column("x"))), -1.3);
  EXPECT_LT(mean(numbers(both.column("y"))), 0.3);
}

// A 2 x 2 table is matched exactly by its tetrachoric correlation, up to the ridge (0.001 here
// moves a share by less than 0.001). 5,000 draws, 6 standard errors of a share: false alarm 2e-9.
TEST(GaussianCopula, AConditionOnACategoryGivesTheEmpiricalConditional) {
  const Dataset train = coarse_table(5'000);
  std::vector<std::int32_t> high;
  for (const double v : numbers(train.column("grade"))) high.push_back(v > 0 ? 1 : 0);
  const Dataset table({train.schema()[0], category("high", {"no", "yes"})},
                      {train.column("flag"), Column::categories(high)});
  GaussianCopula model;
  model.fit(table, Seed{1});
  for (const char* flag : {"no", "yes"}) {
    const double wanted =
        share(table, {{"flag", flag}, {"high", "yes"}}) / share(table, {{"flag", flag}});
    const Dataset rows = model.sample(5'000, Seed{2}, {.given = {{"flag", flag}}});
    EXPECT_NEAR(share(rows, {{"high", "yes"}}), wanted, 6 * 0.5 / std::sqrt(5'000.0) + 0.001);
  }
}

TEST(GaussianCopula, OneOfSeveralNumbersIsDrawnByItsShare) {
  const Dataset train = coarse_table(5'000);
  GaussianCopula model;
  model.fit(train, Seed{1});
  const Dataset rows = model.sample(2'000, Seed{2}, {.given = {{"grade", OneOf{{"2", "0", "9"}}}}});
  const double twos = share(train, {{"grade", 2}}), zeros = share(train, {{"grade", 0}});
  // 2,000 draws, 6 standard errors of a share
  EXPECT_NEAR(share(rows, {{"grade", 2}}), twos / (twos + zeros), 6 * 0.5 / std::sqrt(2'000.0));
  EXPECT_EQ(share(rows, {{"grade", 9}}), 0);
}

/// A label, and a number that is missing in 10 % of the rows of "no" and in 60 % of "yes".
Dataset gapped_table(std::int64_t rows) {
  std::vector<std::int32_t> label;
  std::vector<double> value;
  Bitmap valid;
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream stream(Seed{19}, "gaps", static_cast<std::uint64_t>(i));
    label.push_back(stream.uniform() < 0.3 ? 1 : 0);
    value.push_back(stream.normal() + 2 * label.back());
    valid.push_back(stream.uniform() >= (label.back() == 1 ? 0.6 : 0.1));
  }
  return {Schema({category("label", {"no", "yes"}), real("value", true)}),
          {Column::categories(label), Column::reals(value, valid)}};
}

// 5,000 draws and 5,000 training rows; shares within 6 standard errors of either.
TEST(GaussianCopula, GapsDependOnTheOtherColumns) {
  const Dataset train = gapped_table(5'000);
  GaussianCopula model;
  model.fit(train, Seed{1});
  const Dataset no = model.sample(5'000, Seed{2}, {.given = {{"label", "no"}}});
  const Dataset yes = model.sample(5'000, Seed{2}, {.given = {{"label", "yes"}}});
  EXPECT_NEAR(share(no, {{"value", Missing{}}}), 0.1, 12 * 0.3 / std::sqrt(5'000.0));
  EXPECT_NEAR(share(yes, {{"value", Missing{}}}), 0.6, 18 * 0.5 / std::sqrt(5'000.0));
  const Dataset missing = model.sample(5'000, Seed{2}, {.given = {{"value", Missing{}}}});
  EXPECT_NEAR(share(missing, {{"label", "yes"}}), 0.18 / 0.25, 12 * 0.45 / std::sqrt(5'000.0));
  EXPECT_EQ(missing.column("value").null_count(), 5'000);
}

TEST(GaussianCopula, ImputesFromTheConditionalDistribution) {
  GaussianCopula model;
  model.fit(normal_table(4'000, 0.6), Seed{1});
  const std::vector<double> x(4'000, -1.5), y(4'000, 0);
  const Dataset gaps({real("x"), real("y", true)},
                     {Column::reals(x), Column::reals(y, Bitmap(4'000, false))});
  const auto filled = numbers(model.impute(gaps, Seed{3}).column("y"));
  ASSERT_EQ(filled.size(), 4'000U);
  EXPECT_NEAR(mean(filled), -0.9, 6 * 0.027);  // as above; the margin is worth 0.02 so far out
  EXPECT_NEAR(variance(filled), 0.64, 0.15);
}

// Means of y that rise and fall along the vocabulary: only another order makes them monotone.
TEST(GaussianCopula, CategoriesAreOrderedByWhatGoesWithThem) {
  const std::vector<double> level = {2, -2, 1, -1, 0};
  std::vector<std::int32_t> group;
  std::vector<double> y;
  for (std::uint64_t i = 0; i < 3'000; ++i) {
    Stream stream(Seed{23}, "groups", i);
    group.push_back(static_cast<std::int32_t>(stream.below(5)));
    y.push_back(level[static_cast<std::size_t>(group.back())] + 0.3 * stream.normal());
  }
  const Dataset train({category("group", {"a", "b", "c", "d", "e"}), real("y")},
                      {Column::categories(group), Column::reals(y)});
  GaussianCopula model;
  model.fit(train, Seed{1});
  EXPECT_GT(std::abs(model.correlation("group", "y")), 0.95);
  const char* names[] = {"a", "b", "c", "d", "e"};
  for (std::size_t g = 0; g < 5; ++g) {  // monotone in the interval: not exact inside it
    const Dataset rows = model.sample(500, Seed{2}, {.given = {{"group", names[g]}}});
    EXPECT_NEAR(mean(numbers(rows.column("y"))), level[g], 0.4) << names[g];
  }
}

// 10^5 categories of one row each and a number: an order fitted to single rows would give a
// correlation near 1; pooled rare categories give one of 1 / sqrt(n), 6 of them here.
TEST(GaussianCopula, LearnsNothingFromCategoriesOfOneRow) {
  constexpr std::int32_t kMany = 100'000;
  std::vector<std::string> names;
  std::vector<std::int32_t> codes;
  std::vector<double> y;
  for (std::int32_t i = 0; i < kMany; ++i) {
    names.push_back(std::to_string(i));
    codes.push_back(static_cast<std::int32_t>(std::int64_t{i} * 7'919 % kMany));
    y.push_back(Stream(Seed{29}, "y", static_cast<std::uint64_t>(i)).normal());
  }
  const Dataset train({category("id", Vocabulary(names)), real("y")},
                      {Column::categories(codes), Column::reals(y)});
  GaussianCopula model;
  model.fit(train, Seed{1});
  EXPECT_NEAR(model.correlation("id", "y"), 0, 6 / std::sqrt(1e5));
  auto drawn = numbers(model.sample(2'000, Seed{2}).column("id"));
  std::sort(drawn.begin(), drawn.end());  // the birthday paradox: about 20 pairs
  EXPECT_GT(std::unique(drawn.begin(), drawn.end()) - drawn.begin(), 1'900);
}

TEST(GaussianCopula, ConstantAndEmptyColumnsHaveNoCorrelation) {
  const std::vector<double> x = {1, 2, 3, 4}, same(4, 7.5);
  const Dataset train(
      {real("x"), real("same"), real("empty", true)},
      {Column::reals(x), Column::reals(same), Column::reals(same, Bitmap(4, false))});
  GaussianCopula model;
  model.fit(train, Seed{1});
  EXPECT_EQ(model.correlation("x", "same"), 0);
  EXPECT_EQ(model.correlation("x", "empty"), 0);
  const Dataset rows = model.sample(50, Seed{2});
  EXPECT_EQ(share(rows, {{"same", 7.5}}), 1);
  EXPECT_EQ(rows.column("empty").null_count(), 50);
}

/// x ~ N(-1, 1) in class a, N(1, 1) in class b; y follows x in a and its negative in b.
Dataset two_classes(std::int64_t rows) {
  std::vector<double> x, y;
  std::vector<std::int32_t> label;
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream stream(Seed{23}, "classes", static_cast<std::uint64_t>(i));
    label.push_back(stream.uniform() < 0.5 ? 0 : 1);
    const double sign = label.back() == 0 ? 1 : -1, z = stream.normal();
    x.push_back(z - sign);
    y.push_back(sign * 0.8 * z + 0.6 * stream.normal());
  }
  Field target = category("label", {"a", "b"});
  target.role = Role::kTarget;
  return {Schema({real("x"), real("y"), target}),
          {Column::reals(x), Column::reals(y), Column::categories(label)}};
}

double correlation_of(const Dataset& rows) {
  const auto x = numbers(rows.column("x")), y = numbers(rows.column("y"));
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - mean(x)) * (y[i] - mean(y));
  return sum / static_cast<double>(x.size()) / std::sqrt(variance(x) * variance(y));
}

TEST(GaussianCopula, ByTargetClassesHaveCorrelationsOfTheirOwn) {
  GaussianCopula model({.by_target = true});
  model.fit(two_classes(4000), Seed{1});
  // 4,000 rows of a class: standard error of a correlation of 0.8 is 0.006.
  EXPECT_NEAR(correlation_of(model.sample(4000, Seed{2}, {.given = {{"label", "a"}}})), 0.8, 0.05);
  EXPECT_NEAR(correlation_of(model.sample(4000, Seed{2}, {.given = {{"label", "b"}}})), -0.8, 0.05);
}

TEST(GaussianCopula, ByTargetTheClassFollowsFromTheOtherColumns) {
  GaussianCopula model({.by_target = true});
  model.fit(two_classes(4000), Seed{1});
  // P(a | x = 1/2) = phi(3/2) / (phi(3/2) + phi(1/2)) = 0.269; 4,000 rows: standard error 0.007,
  // and the classes' densities at 1/2 are known to about 5 %.
  const Condition near{{"x", Range{0.4, 0.6}}};
  EXPECT_NEAR(share(model.sample(4000, Seed{2}, {.given = near}), {{"label", "a"}}), 0.269, 0.05);
  // x = 1, y = 1.6: z is 2 in a, 0 in b, where y has mean 0; densities phi(2) phi(0) against
  // phi(0) phi(1.6 / 0.6): P(a) = 0.135 / (0.135 + 0.0286) = 0.825.
  const Condition both{{"x", Range{0.9, 1.1}}, {"y", Range{1.5, 1.7}}};
  EXPECT_NEAR(share(model.sample(4000, Seed{2}, {.given = both}), {{"label", "a"}}), 0.825, 0.08);
}

TEST(GaussianCopula, ByTargetImputesTheClass) {
  GaussianCopula model({.by_target = true});
  model.fit(two_classes(2000), Seed{1});
  const std::int64_t n = 400;
  Field target = category("label", {"a", "b"});
  target.role = Role::kTarget;
  target.nullable = true;
  const Dataset gaps(
      Schema({real("x"), real("y"), target}),
      {Column::reals(std::vector<double>(n, 3.0)), Column::reals(std::vector<double>(n, 0.0)),
       Column::categories(std::vector<std::int32_t>(n, 0), Bitmap(n, false))});
  // x = 3: phi(4) against phi(2), y favours b too: P(a) < 0.003, so more than 20 of 400 would be
  // chance with probability below 1e-15.
  EXPECT_GT(share(model.impute(gaps, Seed{2}), {{"label", "b"}}), 0.95);
}

TEST(GaussianCopula, NamesWhatIsWrong) {
  EXPECT_EQ(message_of<InvalidArgument>([] { GaussianCopula model({.ridge = 0}); }),
            "GaussianCopulaConfig.ridge must be in (0, 1], got 0");
  EXPECT_EQ(message_of<InvalidArgument>([] { GaussianCopula model({.sweeps = -1}); }),
            "GaussianCopulaConfig.sweeps must be >= 0, got -1");
  GaussianCopula model;
  EXPECT_EQ(message_of<NotFitted>([&] { static_cast<void>(model.correlation("x", "y")); }),
            "copula.schema: call fit first");
  model.fit(gapped_table(50), Seed{1});
  EXPECT_EQ(message_of<InvalidArgument>([&] {
              static_cast<void>(model.sample(1, Seed{1}, {.given = {{"value", Range{90, 91}}}}));
            }),
            "no row can satisfy the condition on column 'value': the training rows have no such "
            "value");
}

}  // namespace
}  // namespace semblance::copula
