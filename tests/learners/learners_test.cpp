// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "semblance/core/error.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/learners/boosted_trees.hpp"
#include "semblance/learners/linear.hpp"
#include "semblance/learners/mlp.hpp"

namespace semblance {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

FeatureMatrix numbers(std::vector<float> values, std::int64_t columns) {
  FeatureMatrix x;
  x.columns = columns;
  x.rows = std::ssize(values) / columns;
  x.values = std::move(values);
  x.levels.assign(static_cast<std::size_t>(columns), 0);
  return x;
}

template <class Call>
std::string message(Call&& call) {
  try {
    call();
  } catch (const Error& e) {
    return e.what();
  }
  return "nothing thrown";
}

/// Two numbers and a category of 6; class 1 where the category is even XOR the first number > 0.
struct Xor {
  FeatureMatrix x = numbers({}, 3);
  Labels y;
};

Xor make_xor(std::int64_t n, Seed seed) {
  Xor out;
  out.x.levels = {0, 0, 6};
  out.x.rows = n;
  for (std::int64_t i = 0; i < n; ++i) {
    Stream draw(seed, "xor", static_cast<std::uint64_t>(i));
    const double a = draw.normal();
    const auto c = draw.below(6);
    out.x.values.push_back(static_cast<float>(a));
    out.x.values.push_back(draw.below(5) == 0 ? kMissing : draw.uniform_float());
    out.x.values.push_back(static_cast<float>(c));
    out.y.values.push_back((c % 2 == 0) != (a > 0) ? 1 : 0);
  }
  return out;
}

double accuracy(const std::vector<double>& p, const std::vector<double>& y) {
  double right = 0;
  for (std::size_t i = 0; i < y.size(); ++i) right += (p[i] > 0.5) == (y[i] > 0.5) ? 1 : 0;
  return right / static_cast<double>(y.size());
}

TEST(LinearLearner, RidgeEqualsItsClosedForm) {
  // One standardised input x = -1, 0, 1 times sqrt(3/2), y standardised the same way: the ridge
  // coefficient is sum(xy) / (sum(xx) + l2) = 3 / (3 + l2) on the standardised scale.
  LinearLearner ridge({.l2 = 1.5, .tolerance = 1e-12});
  ridge.fit(numbers({1, 2, 3}, 1), {Task::kRegression, {10, 20, 30}, 0}, Seed{1});
  const auto p = ridge.predict(numbers({1, 2, 3}, 1));
  const double slope = 3.0 / 4.5;
  EXPECT_NEAR(p[0], 20 - 10 * slope, 1e-6);
  EXPECT_NEAR(p[1], 20, 1e-6);
  EXPECT_NEAR(p[2], 20 + 10 * slope, 1e-6);
}

TEST(LinearLearner, WithoutInputsThatMatterItPredictsTheClassShares) {
  LinearLearner softmax;
  softmax.fit(numbers({5, 5, 5, 5}, 1), {Task::kMulticlass, {0, 1, 1, 2}, 3}, Seed{1});
  const auto p = softmax.predict(numbers({5}, 1));
  ASSERT_EQ(p.size(), 3U);
  EXPECT_NEAR(p[0], 0.25, 1e-4);
  EXPECT_NEAR(p[1], 0.5, 1e-4);
  EXPECT_NEAR(p[2], 0.25, 1e-4);
}

TEST(LinearLearner, RecoversTheCoefficientOfALogisticModel) {
  // n = 20000, slope 2 on a standard normal input: the estimate's standard error is below 0.03, so
  // 0.2 is more than six of them (false-alarm probability < 1e-9).
  FeatureMatrix x = numbers({}, 1);
  Labels y;
  x.rows = 20000;
  for (std::int64_t i = 0; i < x.rows; ++i) {
    Stream draw(Seed{3}, "logit", static_cast<std::uint64_t>(i));
    const double v = draw.normal();
    x.values.push_back(static_cast<float>(v));
    y.values.push_back(draw.uniform() < 1 / (1 + std::exp(-2 * v)) ? 1 : 0);
  }
  LinearLearner logistic({.l2 = 0});
  logistic.fit(x, y, Seed{1});
  const auto p = logistic.predict(numbers({0, 1}, 1));
  const auto logit = [](double q) { return std::log(q / (1 - q)); };
  EXPECT_NEAR(logit(p[1]) - logit(p[0]), 2.0, 0.2);
}

TEST(LinearLearner, MissingValuesAndUnseenCategoriesHaveAPrediction) {
  auto x = numbers({0, 1, kMissing, 0, 1, kMissing}, 1);
  LinearLearner linear({.l2 = 0.01});
  linear.fit(x, {Task::kBinary, {0, 0, 1, 0, 0, 1}, 2}, Seed{1});
  EXPECT_GT(linear.predict(numbers({kMissing}, 1))[0], 0.5);
  x = numbers({0, 0, 1, 1}, 1);
  x.levels = {3};
  linear.fit(x, {Task::kBinary, {0, 0, 1, 1}, 2}, Seed{1});
  auto unseen = numbers({2}, 1);
  unseen.levels = {3};
  EXPECT_NEAR(linear.predict(unseen)[0], 0.5, 1e-3);
}

TEST(Learner, MessagesNameTheRule) {
  LinearLearner linear;
  EXPECT_EQ(message([&] { (void)linear.predict(numbers({1}, 1)); }),
            "Learner::predict: call fit first");
  EXPECT_EQ(message([&] { linear.fit(numbers({1, 2}, 1), {Task::kBinary, {1}, 2}, Seed{1}); }),
            "Learner::fit: there must be one label a row, got 1 labels and 2 rows");
  EXPECT_EQ(message([&] { linear.fit(numbers({1, 2}, 1), {Task::kBinary, {0, 2}, 2}, Seed{1}); }),
            "Learner::fit: a label must be finite and, for classes, a code below 2, got 2");
  EXPECT_EQ(message([] { LinearLearner({.l2 = -1}); }),
            "LinearConfig.l2 must be finite and >= 0, got -1");
  EXPECT_EQ(message([] { BoostedTreesConfig{.depth = 17}.validate(); }),
            "BoostedTreesConfig.depth must be 1 to 16, got 17");
}

/// Twelve rows of one number: four of class 1 at 1, eight of class 0, two of them at 1.
FeatureMatrix twelve() { return {12, 1, {1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0}, {0}, {0}}; }
const Labels kRare{Task::kBinary, {1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}, 2, {}};

TEST(Weights, CountLikeRepeatedRows) {
  LinearLearner weighted({.l2 = 0.5}), repeated({.l2 = 0.5});
  Labels labels = kRare;
  labels.weights = {1, 1, 1, 1, 3, 3, 3, 3, 3, 3, 3, 3};
  weighted.fit(twelve(), labels, Seed{1});
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < 12; ++i) rows.insert(rows.end(), i < 4 ? 1 : 3, i);
  repeated.fit(twelve().take(rows), kRare.take(rows), Seed{1});
  const double with = weighted.predict(twelve())[0], again = repeated.predict(twelve())[0];
  EXPECT_LT(with, 0.5);            // 4 against 6
  EXPECT_NEAR(with, again, 0.02);  // the scale of the number differs a little
}

TEST(Weights, BalancedClassesCountAlike) {
  const Labels balanced = kRare.balanced();
  EXPECT_DOUBLE_EQ(balanced.weights[0], 12.0 / (2 * 4));
  EXPECT_DOUBLE_EQ(balanced.weights[11], 12.0 / (2 * 8));
  EXPECT_DOUBLE_EQ(std::accumulate(balanced.weights.begin(), balanced.weights.end(), 0.0), 12);
}

TEST(Weights, MessagesNameTheRule) {
  Labels labels = kRare;
  labels.weights = {1};
  LinearLearner learner;
  const auto fit = [&] { learner.fit(twelve(), labels, Seed{1}); };
  EXPECT_EQ(message(fit),
            "Learner::fit: there must be one weight a row, got 1 weights and 12 rows");
  labels.weights.assign(12, 0.0);
  EXPECT_EQ(message(fit), "Learner::fit: some weight must be > 0");
  labels.weights[3] = -1;
  EXPECT_EQ(message(fit), "Learner::fit: a weight must be finite and >= 0, got -1");
}

TEST(FeatureMatrix, TakeAndStackKeepRowsInOrder) {
  const auto x = numbers({1, 2, 3, 4}, 2);
  const std::vector<std::int64_t> rows = {1, 0, 1};
  EXPECT_EQ(x.take(rows).values, (std::vector<float>{3, 4, 1, 2, 3, 4}));
  EXPECT_EQ(stack(x, x.take(rows)).rows, 5);
  EXPECT_EQ(message([&] { (void)stack(x, numbers({1}, 1)); }),
            "stack: both parts must have the same columns, got 2 and 1");
}

TEST(MlpLearner, LearnsAnInteractionThatALinearModelCannot) {
  const auto train = make_xor(2000, Seed{1}), test = make_xor(1000, Seed{2});
  MlpLearner mlp;
  mlp.fit(train.x, train.y, Seed{5});
  EXPECT_GT(accuracy(mlp.predict(test.x), test.y.values), 0.93);
  const auto share = mlp.importance();
  ASSERT_EQ(share.size(), 3U);
  EXPECT_NEAR(std::accumulate(share.begin(), share.end(), 0.0), 1, 1e-9);
  EXPECT_LT(share[1], share[0]);  // the second number says nothing
}

TEST(MlpLearner, SameSeedSameNetworkInAnyThread) {
  const auto data = make_xor(300, Seed{4});
  std::vector<std::vector<double>> found(4);
  parallel_for(3, 4, [&](std::int64_t i) {
    MlpLearner mlp({.epochs = 3});
    mlp.fit(data.x, data.y, i == 3 ? Seed{2} : Seed{1});
    found[static_cast<std::size_t>(i)] = mlp.predict(data.x);
  });
  EXPECT_EQ(found[0], found[1]);
  EXPECT_EQ(found[0], found[2]);
  EXPECT_NE(found[0], found[3]);
}

TEST(MlpLearner, FitsNumbersAndSeveralClasses) {
  auto x = numbers({}, 1);
  Labels number{Task::kRegression, {}, 0, {}}, three{Task::kMulticlass, {}, 3, {}};
  x.rows = 600;
  for (int i = 0; i < 600; ++i) {
    const double v = -3 + 0.01 * i;
    x.values.push_back(static_cast<float>(v));
    number.values.push_back(100 + 10 * v * v);
    three.values.push_back(v < -1 ? 0 : v < 1 ? 1 : 2);
  }
  MlpLearner mlp;
  mlp.fit(x, number, Seed{1});
  const auto parabola = mlp.predict(numbers({-2, 0, 2}, 1));
  EXPECT_NEAR(parabola[0], 140, 8);
  EXPECT_NEAR(parabola[1], 100, 8);
  EXPECT_NEAR(parabola[2], 140, 8);
  mlp.fit(x, three, Seed{1});
  const auto p = mlp.predict(numbers({-2, 0, 2}, 1));
  ASSERT_EQ(p.size(), 9U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_GT(p[4 * i], 0.7);
    EXPECT_NEAR(p[3 * i] + p[3 * i + 1] + p[3 * i + 2], 1, 1e-9);
  }
}

TEST(MlpLearner, WeightsMoveThePrediction) {
  Labels labels = kRare;
  MlpLearner mlp({.weight_decay = 0, .validation_share = 0});
  mlp.fit(twelve(), labels, Seed{1});
  EXPECT_GT(mlp.predict(twelve())[0], 0.5);  // 4 against 2
  labels.weights = {1, 1, 1, 1, 10, 10, 1, 1, 1, 1, 1, 1};
  mlp.fit(twelve(), labels, Seed{1});
  EXPECT_LT(mlp.predict(twelve())[0], 0.5);  // 4 against 20
}

TEST(MlpLearner, MessagesNameTheRule) {
  EXPECT_EQ(message([] { MlpLearner({.hidden = {8, 0}}); }),
            "MlpConfig.hidden must be >= 1 everywhere, got 0");
  EXPECT_EQ(message([] { MlpLearner({.validation_share = 1}); }),
            "MlpConfig.validation_share must be in [0, 1), got 1");
  EXPECT_EQ(MlpLearner({.hidden = {32, 16}}).name(), "MLP of 32 and 16 units");
}

class Trees : public testing::Test {
 protected:
  void SetUp() override {
    if (!boosted_trees_available()) GTEST_SKIP() << "built without XGBoost";
  }
};

TEST_F(Trees, LearnAnInteractionThatALinearModelCannot) {
  const auto train = make_xor(2000, Seed{1}), test = make_xor(1000, Seed{2});
  BoostedTrees trees({.trees = 50});
  LinearLearner linear;
  trees.fit(train.x, train.y, Seed{5});
  linear.fit(train.x, train.y, Seed{5});
  EXPECT_GT(accuracy(trees.predict(test.x), test.y.values), 0.95);
  EXPECT_LT(accuracy(linear.predict(test.x), test.y.values), 0.6);
}

TEST_F(Trees, SplitCategoriesAsSetsNotByTheirCodes) {
  // Depth 1: one split must separate even from odd codes of a category with 6 levels.
  auto x = numbers({}, 1);
  Labels y;
  x.rows = 600;
  x.levels = {6};
  for (std::int64_t i = 0; i < x.rows; ++i) {
    x.values.push_back(static_cast<float>(i % 6));
    y.values.push_back(static_cast<double>(i % 2));
  }
  BoostedTrees stump({.trees = 1, .depth = 1, .row_share = 1, .column_share = 1});
  stump.fit(x, y, Seed{1});
  EXPECT_EQ(accuracy(stump.predict(x), y.values), 1.0);
}

TEST_F(Trees, SameSeedSameTreesAndImportanceNamesTheFeatures) {
  const auto data = make_xor(1000, Seed{4});
  BoostedTrees a({.trees = 20}), b({.trees = 20}), c({.trees = 20});
  a.fit(data.x, data.y, Seed{1});
  b.fit(data.x, data.y, Seed{1});
  c.fit(data.x, data.y, Seed{2});
  EXPECT_EQ(a.predict(data.x), b.predict(data.x));
  EXPECT_NE(a.predict(data.x), c.predict(data.x));
  const auto share = a.importance();
  EXPECT_NEAR(share[0] + share[1] + share[2], 1.0, 1e-12);
  EXPECT_LT(share[1], share[0]);
  EXPECT_LT(share[1], share[2]);
}

TEST_F(Trees, WeightsMoveTheShareOfAClass) {
  BoostedTrees plain, balanced;
  plain.fit(twelve(), kRare, Seed{1});
  balanced.fit(twelve(), kRare.balanced(), Seed{1});
  EXPECT_GT(balanced.predict(twelve())[0], plain.predict(twelve())[0]);
}

TEST_F(Trees, RegressionAndManyClasses) {
  auto x = numbers({}, 1);
  Labels number{Task::kRegression, {}, 0}, kind{Task::kMulticlass, {}, 3};
  x.rows = 900;
  for (std::int64_t i = 0; i < x.rows; ++i) {
    x.values.push_back(static_cast<float>(i));
    number.values.push_back(1e6 + 1000.0 * static_cast<double>(i / 300));
    kind.values.push_back(static_cast<double>(i / 300));
  }
  BoostedTrees trees({.row_share = 1});
  trees.fit(x, number, Seed{1});
  EXPECT_NEAR(trees.predict(x)[0], 1e6, 10);
  EXPECT_NEAR(trees.predict(x)[899], 1e6 + 2000, 10);
  trees.fit(x, kind, Seed{1});
  const auto p = trees.predict(x);
  ASSERT_EQ(p.size(), 2700U);
  EXPECT_GT(p[0], 0.95);
  EXPECT_GT(p[2699], 0.95);
}

TEST(NoXgboost, SaysWhichSwitchBringsIt) {
  if (boosted_trees_available()) GTEST_SKIP() << "built with XGBoost";
  EXPECT_EQ(message([] { BoostedTrees(); }),
            "BoostedTrees: built without XGBoost; configure with -D SEMBLANCE_XGBOOST=ON");
}

}  // namespace
}  // namespace semblance
