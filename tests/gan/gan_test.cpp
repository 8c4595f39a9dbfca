// SPDX-License-Identifier: Apache-2.0
#include "semblance/gan/gan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "semblance/core/error.hpp"
#include "semblance/registry.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

/// A label of two classes (3 to 1) and a number of another mean in each.
Dataset two_classes(std::int64_t n) {
  std::vector<double> x;
  std::vector<std::int32_t> label;
  for (std::int64_t i = 0; i < n; ++i) {
    Stream stream(Seed{1}, static_cast<std::uint64_t>(i));
    label.push_back(stream.below(4) == 0 ? 1 : 0);
    x.push_back((label.back() == 1 ? 3 : -3) + 0.5 * stream.normal());
  }
  return {Schema({{.name = "x"},
                  {.name = "label",
                   .kind = Kind::kCategorical,
                   .role = Role::kTarget,
                   .categories = {"a", "b"}}}),
          {Column::reals(x), Column::categories(label)}};
}

GanConfig quick() {
  return {.noise_dim = 8,
          .generator = {32, 32},
          .critic = {32, 32},
          .epochs = 60,
          .batch_size = 100,
          .learning_rate = 2e-3};
}

double mean_of(const Dataset& rows) {
  double sum = 0;
  for (const double x : rows.column("x").reals()) sum += x;
  return sum / static_cast<double>(rows.rows());
}

/// Share of rows whose number is on the side of the label.
double agreement(const Dataset& rows) {
  double agree = 0;
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    const bool b = rows.column("label").number(i) > 0;
    agree += (rows.column("x").number(i) > 0) == b ? 1 : 0;
  }
  return agree / static_cast<double>(rows.rows());
}

void expect_learns(const GanConfig& config) {
  Gan gan(config);
  gan.fit(two_classes(1000), Seed{3});
  const Dataset rows = gan.sample(2000, Seed{4});
  double b = 0;
  for (const auto code : rows.column("label").codes()) b += code;
  EXPECT_NEAR(b / 2000, 0.25, 0.1);
  EXPECT_GT(agreement(rows), 0.9);
  EXPECT_TRUE(gan.collapsed().empty());
  const Dataset asked = gan.sample(500, Seed{5}, {.given = {{"label", "b"}}});
  EXPECT_EQ(
      std::count(asked.column("label").codes().begin(), asked.column("label").codes().end(), 1),
      500);
  EXPECT_NEAR(mean_of(asked), 3, 1.0);
}

TEST(Gan, LearnsWithTheWassersteinLoss) { expect_learns(quick()); }

TEST(Gan, LearnsWithTheRelativisticLoss) {
  GanConfig config = presets::r3gan();
  config.noise_dim = 8;
  config.generator = config.critic = {32, 32};
  config.epochs = 60;
  config.batch_size = 100;
  config.learning_rate = 2e-3;
  config.ema_decay = 0.9;
  expect_learns(config);
}

TEST(Gan, LearnsWithInformationAndClassifierLosses) {
  GanConfig config = quick();
  config.information = config.classifier = 1;
  config.critic_turns = 2;
  expect_learns(config);
}

TEST(Gan, NamesTheColumnsThatHaveCollapsed) {
  GanConfig config = quick();
  config.epochs = 1;
  config.learning_rate = 1e-9;  // what it starts with has no spread
  config.numbers = GanConfig::Numbers::kQuantile;
  config.normalise = false;
  Gan gan(config);
  gan.fit(two_classes(200), Seed{3});
  ASSERT_EQ(gan.collapsed().size(), 1U);
  EXPECT_EQ(gan.collapsed()[0].column, "x");
  EXPECT_GT(gan.collapsed()[0].share, 0.5);
}

TEST(Gan, SameSeedSameRowsOnAnyNumberOfThreads) {
  GanConfig config = quick();
  config.epochs = 2;
  std::vector<Dataset> made;
  for (const int threads : {1, 2}) {
    Gan gan(config);
    gan.fit(two_classes(300), Seed{3}, {.threads = threads});
    made.push_back(gan.sample(50, Seed{4}, {.run = {.threads = threads}}));
  }
  for (std::int64_t i = 0; i < 50; ++i) EXPECT_EQ(made[0].cell(i, 0), made[1].cell(i, 0));
}

TEST(Gan, AWarmStartKeepsWhatItKnowsAndCountsItsOwnRows) {
  GanConfig config = quick();
  config.epochs = 20;
  Gan once(config), twice(config);
  once.fit(two_classes(1000), Seed{1}, {.threads = 1});
  twice.fit(two_classes(1000), Seed{1}, {.threads = 1});
  twice.refit(two_classes(1000), Seed{2}, {.threads = 1});
  EXPECT_GT(agreement(twice.sample(1000, Seed{3})), agreement(once.sample(1000, Seed{3})) - 0.05);
  const Dataset all = two_classes(400);  // from here on of one class
  std::vector<std::int64_t> b;
  for (std::int64_t i = 0; i < all.rows(); ++i) {
    if (all.column("label").codes()[static_cast<std::size_t>(i)] == 1) b.push_back(i);
  }
  twice.refit(all.take(b), Seed{4}, {.threads = 1});
  EXPECT_THROW(static_cast<void>(twice.sample(1, Seed{5}, {.given = {{"label", "a"}}})),
               InvalidArgument);
}

TEST(Gan, ErrorsNameTheField) {
  const auto make = [](const char* json) {
    return message_of<InvalidArgument>([&] { static_cast<void>(make_generator("gan", json)); });
  };
  EXPECT_EQ(make(R"({"pac": 0})"), "GanConfig.pac must be >= 1, got 0");
  EXPECT_EQ(make(R"({"dropout": 1})"), "GanConfig.dropout must be in [0, 1), got 1");
  EXPECT_EQ(make(R"({"loss": "hinge"})"),
            "GanConfig.loss must be one of \"wasserstein-gp\", \"relativistic\", got \"hinge\"");
}

}  // namespace
}  // namespace semblance
