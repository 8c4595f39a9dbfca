// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "copula/tables.hpp"
#include "semblance/copula/bootstrap.hpp"
#include "semblance/copula/independent.hpp"
#include "semblance/core/error.hpp"
#include "support/message.hpp"

namespace semblance::copula {
namespace {

/// Correlation of two columns without gaps.
double pearson(const Dataset& rows) {
  const auto x = numbers(rows.column(0)), y = numbers(rows.column(1));
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - mean(x)) * (y[i] - mean(y));
  return sum / (static_cast<double>(x.size()) * std::sqrt(variance(x) * variance(y)));
}

// 900 draws: the correlation of independent columns has standard error 1/30; 6 of them.
TEST(Independent, KeepsColumnsAndForgetsWhatTheyHaveToDoWithEachOther) {
  const Dataset train = normal_table(900, 0.95);
  Independent model;
  model.fit(train, Seed{1});
  const Dataset rows = model.sample(900, Seed{2});
  EXPECT_NEAR(pearson(rows), 0, 0.2);
  EXPECT_NEAR(mean(numbers(rows.column("x"))), mean(numbers(train.column("x"))), 0.2);
  EXPECT_NEAR(variance(numbers(rows.column("x"))), variance(numbers(train.column("x"))), 0.3);
}

TEST(Independent, AConditionChangesItsColumnOnly) {
  Independent model;
  model.fit(normal_table(900, 0.95), Seed{1});
  const Dataset all = model.sample(100, Seed{2});
  const Dataset some = model.sample(100, Seed{2}, {.given = {{"x", Range{1, 2}}}});
  EXPECT_EQ(numbers(all.column("y")), numbers(some.column("y")));
  for (const double x : numbers(some.column("x"))) ASSERT_TRUE(1 <= x && x <= 2);
  EXPECT_EQ(share(model.sample(10, Seed{2}, {.given = {{"x", 0.125}}}), {{"x", 0.125}}), 1);
}

TEST(Independent, LikelihoodsAreProductsOfShares) {
  const Dataset train({category("a", {"u", "v", "w"}), category("b", {"no", "yes"})},
                      {Column::categories({0, 0, 0, 1}), Column::categories({0, 1, 1, 1})});
  Independent model;
  model.fit(train, Seed{1});
  const Dataset rows(train.schema(),
                     {Column::categories({0, 1, 2}), Column::categories({1, 0, 0})});
  const auto nats = model.log_likelihood(rows);
  EXPECT_NEAR(nats[0], std::log(0.75 * 0.75), 1e-12);
  EXPECT_NEAR(nats[1], std::log(0.25 * 0.25), 1e-12);
  EXPECT_EQ(nats[2], -std::numeric_limits<double>::infinity());
}

TEST(Independent, NamesTheFieldAtFault) {
  EXPECT_EQ(message_of<InvalidArgument>([] { Independent model({.bins = 0}); }),
            "IndependentConfig.bins must be >= 1, got 0");
}

TEST(Bootstrap, EveryRowIsATrainingRow) {
  const Dataset train = normal_table(200, 0.5);
  Bootstrap model;
  model.fit(train, Seed{1});
  const Dataset rows = model.sample(500, Seed{2});
  const auto xs = numbers(train.column("x")), ys = numbers(train.column("y"));
  const auto x = numbers(rows.column("x")), y = numbers(rows.column("y"));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto at = std::find(xs.begin(), xs.end(), x[i]);
    ASSERT_NE(at, xs.end());
    ASSERT_EQ(ys[static_cast<std::size_t>(at - xs.begin())], y[i]);
  }
}

TEST(Bootstrap, AConditionDrawsAmongTheRowsThatMeetIt) {
  Bootstrap model;
  model.fit(normal_table(200, 0.5), Seed{1});
  const Dataset rows =
      model.sample(100, Seed{2}, {.given = {{"x", Range{0, 9}}, {"y", Range{-9, 0}}}});
  EXPECT_EQ(share(rows, {{"x", Range{0, 9}}, {"y", Range{-9, 0}}}), 1);
  EXPECT_EQ(message_of<InvalidArgument>([&] {
              static_cast<void>(model.sample(1, Seed{2}, {.given = {{"x", Range{90, 91}}}}));
            }),
            "bootstrap.sample: no training row meets the condition");
}

}  // namespace
}  // namespace semblance::copula
