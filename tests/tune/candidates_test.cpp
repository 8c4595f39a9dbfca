// SPDX-License-Identifier: Apache-2.0
#include "tune/candidates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tune/tables.hpp"

namespace semblance::tuning {
namespace {

using testing::HasSubstr;

Shape shape_of(std::int64_t rows, std::int64_t columns, std::int64_t classes) {
  Shape out(crossed_table(2));
  out.rows = rows;
  out.columns = columns;
  out.classes = classes;
  return out;
}

std::string only(const Plan& plan) {
  EXPECT_EQ(plan.candidates.size(), 1);
  return plan.candidates[0].title;
}

TEST(Candidates, AreChosenByTheShape) {
  EXPECT_EQ(only(plan(shape_of(10, 5, 3), 2000, {})), "copula by class");
  EXPECT_EQ(only(plan(shape_of(10, 5, 0), 2000, {})), "copula");
  EXPECT_EQ(only(plan(shape_of(500, 1, 0), 2000, {})), "independent columns");
  EXPECT_EQ(only(plan(shape_of(50'000, 1000, 2), 2000, {})), "copula by class");
  EXPECT_EQ(only(plan(shape_of(50'000, 20, 2), 2000, {})), "any-order");
  EXPECT_EQ(only(plan(shape_of(50'000, 200, 2), 2000, {})), "narrow any-order");
  EXPECT_EQ(plan(shape_of(500, 20, 2), 2000, {}).candidates.size(), 4);
  EXPECT_EQ(plan(shape_of(500, 20, 0), 2000, {}).candidates.size(), 3);
  EXPECT_EQ(plan(shape_of(499, 20, 2), 2000, {}).candidates.size(), 3);
}

TEST(Candidates, AShortBudgetLeavesNoTimeForANetwork) {
  const Shape adult = shape_of(32'561, 15, 2);
  const Plan hurried = plan(adult, 2000, 2.0);
  EXPECT_EQ(only(hurried), "copula by class");
  EXPECT_THAT(hurried.why, HasSubstr("2 s are too short for a network"));
  EXPECT_EQ(only(plan(adult, 2000, 60.0)), "any-order");
}

}  // namespace
}  // namespace semblance::tuning
