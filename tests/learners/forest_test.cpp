// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "semblance/core/error.hpp"
#include "semblance/learners/boosted_trees.hpp"
#include "semblance/learners/random_forest.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

FeatureMatrix numbers(std::vector<float> values, std::int64_t columns) {
  FeatureMatrix x{.rows = std::ssize(values) / columns, .columns = columns};
  x.values = std::move(values);
  x.levels.assign(static_cast<std::size_t>(columns), 0);
  return x;
}

/// Four numbers; class 1 where the first two have the same sign.
std::pair<FeatureMatrix, Labels> corners(std::int64_t n, Seed seed) {
  std::vector<float> values;
  Labels labels;
  for (std::int64_t i = 0; i < n; ++i) {
    Stream draw(seed, "corners", static_cast<std::uint64_t>(i));
    for (int j = 0; j < 4; ++j) values.push_back(draw.uniform_float() - 0.5F);
    const auto at = values.size() - 4;
    labels.values.push_back(values[at] * values[at + 1] > 0 ? 1 : 0);
  }
  return {numbers(values, 4), labels};
}

class Forest : public testing::Test {
 protected:
  void SetUp() override {
    if (!boosted_trees_available()) GTEST_SKIP() << "built without XGBoost";
  }
};

TEST_F(Forest, OneTreeIsTheSharesOfItsLeaves) {
  // A split of the only column into {0} and {1}: shares 1/4 and 2/3.
  const auto x = numbers({0, 0, 0, 0, 1, 1, 1}, 1);
  RandomForest tree(presets::decision_tree());
  tree.fit(x, {Task::kBinary, {0, 1, 0, 0, 1, 1, 0}, 2}, Seed{1});
  const auto p = tree.predict(numbers({0, 1}, 1));
  EXPECT_NEAR(p[0], 0.25, 1e-6);
  EXPECT_NEAR(p[1], 2.0 / 3, 1e-6);
  tree.fit(x, {Task::kRegression, {1, 2, 3, 4, -1, -2, -6}, 0}, Seed{1});
  EXPECT_NEAR(tree.predict(numbers({0}, 1))[0], 2.5, 1e-6);
  EXPECT_NEAR(tree.predict(numbers({1}, 1))[0], -3, 1e-6);
  tree.fit(x, {Task::kMulticlass, {0, 0, 1, 2, 2, 2, 1}, 3}, Seed{1});
  const auto shares = tree.predict(numbers({0, 1}, 1));
  const std::vector<double> expected = {0.5, 0.25, 0.25, 0, 1.0 / 3, 2.0 / 3};
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(shares[i], expected[i], 1e-6) << i;
}

TEST_F(Forest, AWeightCountsLikeThatManyRows) {
  Labels y{.task = Task::kBinary, .values = {0, 1, 0, 1, 0, 1}, .classes = 2};
  y.weights = {0.1, 0.3, 0.1, 0.4, 0.1, 0.1};
  RandomForest tree(presets::decision_tree());
  tree.fit(numbers({0, 0, 0, 1, 1, 2}, 1), y, Seed{1});
  const auto p = tree.predict(numbers({0, 1, 2}, 1));
  EXPECT_NEAR(p[0], 0.6, 1e-6);
  EXPECT_NEAR(p[1], 0.8, 1e-6);
  EXPECT_NEAR(p[2], 1, 1e-6);  // a leaf of one row whose weight is below 1
}

TEST_F(Forest, ATreeGrowsUntilItsLeavesArePure) {
  const auto [x, y] = corners(200, Seed{1});
  RandomForest tree(presets::decision_tree());
  tree.fit(x, y, Seed{1});
  const auto p = tree.predict(x);
  for (std::size_t i = 0; i < p.size(); ++i) EXPECT_NEAR(p[i], y.values[i], 1e-6);
  RandomForest stump({.trees = 1, .depth = 1, .row_share = 1, .column_share = 1});
  stump.fit(x, y, Seed{1});
  EXPECT_LT(stump.predict(x)[0], 0.99);
}

TEST_F(Forest, EveryTreeSeesItsOwnShareOfTheRows) {
  // Coin flips in 256 bins of 8 rows. A tree says the mean of the bin's rows that it saw, about 5
  // of 8: its standard deviation around the bin's mean is below 0.17, so that of 400 trees is below
  // 0.0085 and 0.1 is over eleven of them (256 bins: false-alarm probability < 1e-20). Trees that
  // drew from what the trees before them left would soon see nothing.
  std::vector<float> values;
  Labels y;
  for (int i = 0; i < 256; ++i) {
    for (int r = 0; r < 8; ++r) {
      values.push_back(static_cast<float>(i));
      y.values.push_back(static_cast<double>(Stream(Seed{4}, "coin", values.size()).below(2)));
    }
  }
  const auto x = numbers(values, 1);
  RandomForest forest({.trees = 400});
  forest.fit(x, y, Seed{1});
  const auto p = forest.predict(x);
  for (std::size_t bin = 0; bin < 256; ++bin) {
    const auto at = static_cast<std::ptrdiff_t>(bin * 8);
    const double mean = std::accumulate(y.values.begin() + at, y.values.begin() + at + 8, 0.0) / 8;
    EXPECT_NEAR(p[bin * 8], mean, 0.1) << bin;
  }
}

TEST_F(Forest, IsBetterThanATreeOnNewRowsAndTheSeedDecides) {
  const auto [x, y] = corners(400, Seed{1});
  const auto [fresh, truth] = corners(1000, Seed{2});
  const auto error = [&](const RandomForest& f) {
    const auto p = f.predict(fresh);
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i)
      sum += (p[i] - truth.values[i]) * (p[i] - truth.values[i]);
    return sum / 1000;
  };
  RandomForest forest, again, other, tree(presets::decision_tree());
  forest.fit(x, y, Seed{1});
  again.fit(x, y, Seed{1});
  other.fit(x, y, Seed{2});
  tree.fit(x, y, Seed{1});
  EXPECT_LT(error(forest), 0.12);
  EXPECT_EQ(forest.predict(fresh), again.predict(fresh));
  EXPECT_NE(forest.predict(fresh), other.predict(fresh));
  const auto share = forest.importance();
  EXPECT_GT(share[0] + share[1], share[2] + share[3]);
}

TEST_F(Forest, MissingValuesAndCategories) {
  constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
  auto x = numbers({}, 2);
  Labels y;
  x.levels = {0, 6};
  x.rows = 300;
  for (int i = 0; i < 300; ++i) {
    x.values.push_back(i % 7 == 0 ? kMissing : static_cast<float>(i % 5));
    x.values.push_back(static_cast<float>(i % 6));
    y.values.push_back(i % 2);
  }
  RandomForest forest({.column_share = 1});
  forest.fit(x, y, Seed{1});
  const auto p = forest.predict(x);
  for (std::size_t i = 0; i < p.size(); ++i) EXPECT_NEAR(p[i], y.values[i], 0.2);
}

TEST_F(Forest, ClassesWithoutRowsHaveShareZero) {
  RandomForest forest({.trees = 10});
  forest.fit(numbers({0, 0, 1, 1}, 1), {Task::kMulticlass, {0, 0, 2, 2}, 4}, Seed{1});
  const auto p = forest.predict(numbers({0, 1}, 1));
  ASSERT_EQ(p.size(), 8U);
  EXPECT_EQ(p[1], 0);
  EXPECT_EQ(p[3], 0);
  EXPECT_NEAR(p[0] + p[2], 1, 1e-12);
}

TEST(RandomForestConfig, MessagesNameTheRule) {
  const auto error = [](const RandomForestConfig& config) {
    return message_of<InvalidArgument>([&] { config.validate(); });
  };
  EXPECT_EQ(error({.trees = 0}), "RandomForestConfig.trees must be 1 to 100000, got 0");
  EXPECT_EQ(error({.depth = -1}), "RandomForestConfig.depth must be 0 to 64, got -1");
  EXPECT_EQ(error({.min_leaf = 0}), "RandomForestConfig.min_leaf must be >= 1, got 0");
  EXPECT_EQ(error({.row_share = 0}), "RandomForestConfig.row_share must be in (0, 1], got 0");
  EXPECT_EQ(error({.column_share = 2}), "RandomForestConfig.column_share must be in [0, 1], got 2");
}

TEST(RandomForest, SaysWhichSwitchBringsIt) {
  if (boosted_trees_available()) GTEST_SKIP() << "built with XGBoost";
  EXPECT_EQ(message_of<InvalidArgument>([] { RandomForest(); }),
            "RandomForest: built without XGBoost; configure with -D SEMBLANCE_XGBOOST=ON");
}

}  // namespace
}  // namespace semblance
