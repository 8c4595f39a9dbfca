// SPDX-License-Identifier: Apache-2.0
#include "semblance/forest/forest_flow.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "learners/tree_set.hpp"
#include "semblance/core/error.hpp"
#include "semblance/learners/boosted_trees.hpp"
#include "semblance/registry.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

/// A label of two classes (3 to 1), a number of another mean in each, and a category tied to the
/// number's sign in 9 of 10 rows.
Dataset two_classes(std::int64_t n) {
  std::vector<double> x;
  std::vector<std::int32_t> label, sign;
  for (std::int64_t i = 0; i < n; ++i) {
    Stream stream(Seed{1}, static_cast<std::uint64_t>(i));
    label.push_back(stream.below(4) == 0 ? 1 : 0);
    x.push_back((label.back() == 1 ? 2 : -1) + stream.normal());
    sign.push_back((x.back() > 0) == (stream.uniform() < 0.9) ? 1 : 0);
  }
  return {Schema({{.name = "x"},
                  {.name = "sign", .kind = Kind::kCategorical, .categories = {"minus", "plus"}},
                  {.name = "label",
                   .kind = Kind::kCategorical,
                   .role = Role::kTarget,
                   .categories = {"a", "b"}}}),
          {Column::reals(x), Column::categories(sign), Column::categories(label)}};
}

struct Shape {
  double mean = 0, deviation = 0, tied = 0, b = 0;
};
Shape shape_of(const Dataset& rows) {
  Shape out;
  const auto n = static_cast<double>(rows.rows());
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    const double x = rows.column("x").number(i);
    out.mean += x / n;
    out.deviation += x * x / n;
    out.tied += (x > 0) == (rows.column("sign").number(i) > 0) ? 1 / n : 0;
    out.b += rows.column("label").number(i) / n;
  }
  out.deviation = std::sqrt(out.deviation - out.mean * out.mean);
  return out;
}

struct WithTrees : testing::Test {
  void SetUp() override {
    if (!boosted_trees_available()) GTEST_SKIP() << "built without XGBoost";
  }
};
struct ForestFlowTest : WithTrees {};
struct TreeSetTest : WithTrees {};

TEST_F(ForestFlowTest, LearnsNumbersCategoriesAndTheirTies) {
  ForestFlow model({.levels = 10, .trees = 15, .depth = 4, .copies = 8});
  model.fit(two_classes(400), Seed{3}, {.threads = 1});
  const Shape made = shape_of(model.sample(2000, Seed{4}));
  EXPECT_NEAR(made.mean, -0.25, 0.25);
  EXPECT_NEAR(made.deviation, 1.64, 0.25);
  EXPECT_NEAR(made.b, 0.25, 0.06);
  EXPECT_GT(made.tied, 0.8);
  const Shape b = shape_of(model.sample(500, Seed{5}, {.given = {{"label", "b"}}}));
  EXPECT_NEAR(b.b, 1, 1e-9);
  EXPECT_NEAR(b.mean, 2, 0.4);
}

// A level sees most_rows rows at most: the model of a large table is as large as of a small one.
TEST_F(ForestFlowTest, BoundsTheRowsOfALevel) {
  ForestFlow model({.levels = 3, .trees = 5, .depth = 3, .copies = 100, .most_rows = 100});
  model.fit(two_classes(500), Seed{3}, {.threads = 1});
  EXPECT_EQ(model.sample(50, Seed{4}).rows(), 50);
}

TEST_F(TreeSetTest, LearnsEachTargetAndSurvivesItsArrays) {
  FeatureMatrix x{.rows = 200, .columns = 2};
  std::vector<float> targets;
  for (std::int64_t i = 0; i < 200; ++i) {
    const float a = static_cast<float>(i % 20), b = static_cast<float>(i / 20);
    x.values.insert(x.values.end(), {a, b});
    targets.insert(targets.end(), {a < 7 ? 1.0F : -1.0F, b * 0.5F, 3.0F});
  }
  x.levels = {0, 0};
  const TreeSet trees = TreeSet::fit(x, targets, 3, {.trees = 40, .depth = 4}, Seed{1});
  const auto answer = trees.predict(x.values);
  ASSERT_EQ(answer.size(), targets.size());
  for (std::size_t i = 0; i < answer.size(); ++i) EXPECT_NEAR(answer[i], targets[i], 0.02);
  const TreeSet again = TreeSet::from_arrays(2, 3, trees.roots(), trees.nodes(), trees.numbers());
  EXPECT_EQ(again.predict(x.values), answer);
}

TEST(TreeSet, RefusesArraysThatAreNoTrees) {
  const auto build = [](std::vector<std::int32_t> roots, std::vector<std::int32_t> nodes) {
    const std::vector<float> numbers(nodes.size() / 2, 1.0F);
    return message_of<FileError>([&] { (void)TreeSet::from_arrays(2, 1, roots, nodes, numbers); });
  };
  const std::string damaged = "the model file's trees are damaged";
  EXPECT_EQ(build({0}, {0, 1, -1, 0, -1, 0}), "(nothing was thrown)");
  EXPECT_EQ(build({3}, {0, 1, -1, 0, -1, 0}), damaged);  // no such root
  EXPECT_EQ(build({0}, {2, 1, -1, 0, -1, 0}), damaged);  // no such feature
  EXPECT_EQ(build({0}, {0, 2, -1, 0, -1, 0}), damaged);  // a child beyond the end
  EXPECT_EQ(build({1}, {-1, 0, 0, 0, -1, 0}), damaged);  // a child before its parent
}

TEST(ForestFlow, ErrorsNameTheField) {
  const auto make = [](const char* json) {
    return message_of<InvalidArgument>(
        [&] { static_cast<void>(make_generator("forest-flow", json)); });
  };
  EXPECT_EQ(make(R"({"levels": 0})"), "ForestFlowConfig.levels must be >= 1, got 0");
  EXPECT_EQ(make(R"({"depth": 17})"), "ForestFlowConfig.depth must be in [1, 16], got 17");
  EXPECT_EQ(make(R"({"learning_rate": 0})"),
            "ForestFlowConfig.learning_rate must be in (0, 1], got 0");
}

}  // namespace
}  // namespace semblance
