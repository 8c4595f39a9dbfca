// SPDX-License-Identifier: Apache-2.0
#include "semblance/autoregressive/any_order_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "semblance/core/error.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

const Schema kSchema = {
    {.name = "a", .kind = Kind::kCategorical, .categories = {"x", "y"}},
    {.name = "b", .kind = Kind::kCategorical, .nullable = true, .categories = {"p", "q", "r"}},
    {.name = "n", .kind = Kind::kInteger}};

/// p(a = y) = 0.3; b follows a (80 % r after y, 10 % after x) and is missing in 20 % of the rows of
/// a = y; n = 0..3 follows both.
Dataset table(std::int64_t rows) {
  std::vector<std::int32_t> a, b;
  std::vector<std::int64_t> n;
  Bitmap valid;
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream s(Seed{11}, "table", static_cast<std::uint64_t>(i));
    const int y = s.uniform() < 0.3 ? 1 : 0;
    const int r = s.uniform() < (y == 1 ? 0.8 : 0.1) ? 2 : (s.uniform() < 0.5 ? 0 : 1);
    a.push_back(y);
    b.push_back(r);
    valid.push_back(y == 0 || s.uniform() >= 0.2);
    n.push_back(y + (r == 2 ? 1 : 0) + (s.uniform() < 0.25 ? 1 : 0));
  }
  return {kSchema, {Column::categories(a), Column::categories(b, valid), Column::integers(n)}};
}

AnyOrderConfig small() {
  return {.embedding_dim = 8,
          .hidden = {32},
          .dropout = 0,
          .epochs = 12,
          .batch_size = 128,
          .weight_decay = 0.01,
          .patience = 0};
}

/// One model for all cases: fitting takes a second.
const AnyOrderModel& fitted() {
  static const AnyOrderModel* model = [] {
    auto* m = new AnyOrderModel(small());
    m->fit(table(6000), Seed{1});
    return m;
  }();
  return *model;
}

/// Every row there can be: 2 x (3 + missing) x values of n.
Dataset all_rows() {
  std::vector<std::int32_t> a, b;
  std::vector<std::int64_t> n;
  Bitmap valid;
  for (std::int32_t i = 0; i < 2 * 4 * 4; ++i) {
    a.push_back(i % 2);
    b.push_back(std::min(i / 2 % 4, 2));
    valid.push_back(i / 2 % 4 < 3);
    n.push_back(i / 8);
  }
  return {kSchema, {Column::categories(a), Column::categories(b, valid), Column::integers(n)}};
}

double share(const Dataset& rows, std::int64_t column, double value) {
  double hits = 0;
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    if (rows.column(column).is_valid(i) && rows.column(column).number(i) == value) ++hits;
  }
  return hits / static_cast<double>(rows.rows());
}

TEST(AnyOrderModel, ProbabilitiesOfAllRowsSumToOne) {
  const auto logs = fitted().log_likelihood(all_rows());
  double sum = 0;
  for (const double l : logs) sum += std::exp(l);
  EXPECT_NEAR(sum, 1, 1e-4);
}

// 20,000 training-law rows: the likelihood's mean is that of the true law within 0.05 nats.
TEST(AnyOrderModel, LearnsTheJointDistribution) {
  const Dataset fresh = table(20'000).slice(6000, 14'000);
  const auto logs = fitted().log_likelihood(fresh);
  const double mean =
      std::accumulate(logs.begin(), logs.end(), 0.0) / static_cast<double>(logs.size());
  const auto entropy = [](std::initializer_list<double> p) {
    double h = 0;
    for (const double q : p) h -= q * std::log(q);
    return h;
  };
  // b and its gap given a: x -> {.45, .45, .1}; y -> 0.8 * {.1, .1, .8} and 0.2 missing.
  // n given (a, b): one coin of 0.25; where b is missing, b's 0.8 mixes in.
  const double b_after_x = entropy({0.45, 0.45, 0.1}), b_after_y = entropy({0.08, 0.08, 0.64, 0.2});
  const double n_gap = entropy({0.2 * 0.75, 0.2 * 0.25 + 0.8 * 0.75, 0.8 * 0.25});
  const double truth = entropy({0.3, 0.7}) + 0.7 * b_after_x + 0.3 * b_after_y +
                       (0.7 + 0.3 * 0.8) * entropy({0.25, 0.75}) + 0.3 * 0.2 * n_gap;
  EXPECT_NEAR(-mean, truth, 0.05);
}

// p(a = y | n = 3) from the model's own likelihood, against conditional samples: n = 20,000 rows,
// six standard errors (false alarm 2e-9) plus 0.02 for the two orders in which the network
// factorises.
TEST(AnyOrderModel, ConditionsBackwards) {
  const Dataset grid = all_rows();
  const auto logs = fitted().log_likelihood(grid);
  double with_y = 0, total = 0;
  for (std::int64_t i = 0; i < grid.rows(); ++i) {
    if (grid.column(2).number(i) != 2) continue;
    const double p = std::exp(logs[static_cast<std::size_t>(i)]);
    total += p;
    if (grid.column(0).number(i) == 1) with_y += p;
  }
  const Dataset rows = fitted().sample(20'000, Seed{3}, {.given = {{"n", 2}}});
  EXPECT_EQ(share(rows, 2, 2), 1);
  EXPECT_NEAR(share(rows, 0, 1), with_y / total, 6 * 0.0035 + 0.02);
}

TEST(AnyOrderModel, RestrictsToRangesSetsAndGaps) {
  const Dataset in_range = fitted().sample(500, Seed{4}, {.given = {{"n", Range{1, 2}}}});
  for (const auto v : in_range.column(2).integers()) EXPECT_TRUE(v == 1 || v == 2);
  const Dataset in_set = fitted().sample(500, Seed{4}, {.given = {{"b", OneOf{{"p", "r"}}}}});
  EXPECT_EQ(in_set.column(1).null_count(), 0);
  EXPECT_EQ(share(in_set, 1, 1), 0);
  EXPECT_GT(share(in_set, 1, 0), 0);
  const Dataset gaps = fitted().sample(500, Seed{4}, {.given = {{"b", Missing{}}}});
  EXPECT_EQ(gaps.column(1).null_count(), 500);
  EXPECT_GT(share(gaps, 0, 1), 0.9) << "b is missing only where a = y";
}

// b given a = x, n = 2 is r for certain (n = 2 needs r and the coin; 10 % without n):
// a briefly trained model fills most gaps with it.
TEST(AnyOrderModel, ImputesFromWhatIsKnown) {
  const std::int64_t rows = 400;
  const Dataset gaps(kSchema,
                     {Column::categories(std::vector<std::int32_t>(rows, 0)),
                      Column::categories(std::vector<std::int32_t>(rows, 0), Bitmap(rows, false)),
                      Column::integers(std::vector<std::int64_t>(rows, 2))});
  const Dataset full = fitted().impute(gaps, Seed{5});
  EXPECT_EQ(full.column(1).null_count(), 0);
  EXPECT_GT(share(full, 1, 2), 0.7);
}

TEST(AnyOrderModel, ManyColumnsTakeTurns) {
  AnyOrderConfig config = small();
  config.max_targets = 2;
  config.epochs = 20;
  AnyOrderModel model(config);
  model.fit(table(3000), Seed{1});
  EXPECT_NEAR(share(model.sample(5000, Seed{2}), 0, 1), 0.3, 0.06);
}

TEST(AnyOrderModel, SaysWhatItCannotSatisfy) {
  EXPECT_THAT(message_of<InvalidArgument>([] {
                static_cast<void>(fitted().sample(1, Seed{1}, {.given = {{"n", Range{50, 60}}}}));
              }),
              testing::HasSubstr("no row can satisfy the condition on column 'n'"));
  EXPECT_THAT(message_of<InvalidArgument>([] {
                static_cast<void>(fitted().sample(1, Seed{1}, {.given = {{"a", Missing{}}}}));
              }),
              testing::HasSubstr("'a'"));
}

double mean_likelihood(const AnyOrderModel& model, const Dataset& rows) {
  const auto nats = model.log_likelihood(rows);
  return std::accumulate(nats.begin(), nats.end(), 0.0) / static_cast<double>(nats.size());
}

TEST(AnyOrderModel, GoesOnLearningFromWhatItKnows) {
  AnyOrderConfig one_epoch = small();
  one_epoch.epochs = 1;
  AnyOrderModel fresh(one_epoch), warm(one_epoch);
  fresh.fit(table(2000), Seed{1});
  warm.fit(table(2000), Seed{1});
  for (std::uint64_t k = 2; k < 6; ++k) warm.refit(table(1000), Seed{k});
  const Dataset rows = table(500);
  EXPECT_GT(mean_likelihood(warm, rows), mean_likelihood(fresh, rows) + 0.1);
}

TEST(AnyOrderModel, GoesOnOnlyWithValuesThatItHasATokenFor) {
  AnyOrderModel model(small()), cold(small());
  EXPECT_THROW(cold.refit(table(50), Seed{1}), NotFitted);
  const Dataset first({{.name = "a", .kind = Kind::kCategorical, .categories = {"x", "y"}}},
                      {Column::categories({0, 0, 0, 0, 0})});
  const Dataset other(first.schema(), {Column::categories({0, 1, 0})});
  model.fit(first, Seed{1});
  EXPECT_EQ(message_of<InvalidArgument>([&] { model.refit(other, Seed{2}); }),
            "any-order.refit: column 'a', row 1: 'y' is not in the first rows");
}

TEST(AnyOrderConfig, NamesTheFirstBadField) {
  EXPECT_EQ(message_of<InvalidArgument>([] { AnyOrderModel({.hidden = {}}); }),
            "AnyOrderConfig.hidden must have at least one layer, got none");
  EXPECT_EQ(message_of<InvalidArgument>([] { AnyOrderModel({.dropout = 1}); }),
            "AnyOrderConfig.dropout must be in [0, 1), got 1");
  EXPECT_EQ(message_of<InvalidArgument>([] { AnyOrderModel({.epochs = -1}); }),
            "AnyOrderConfig.epochs must be >= 0, got -1");
}

}  // namespace
}  // namespace semblance
