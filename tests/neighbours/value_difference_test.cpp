// SPDX-License-Identifier: Apache-2.0
#include "semblance/neighbours/value_difference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "semblance/core/error.hpp"

namespace semblance {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;

// One column: category 0 has classes {0, 0, 1}, category 1 {1}, category 2 {0, 1}.
const std::vector<std::int32_t> kRows = {0, 0, 0, 1, 2, 2};
const std::vector<std::int32_t> kLabels = {0, 0, 1, 1, 0, 1};

TEST(ValueDifference, ComparesClassShares) {
  const ValueDifference metric({kRows, 6, 1}, kLabels);
  EXPECT_THAT(metric.probabilities(0, 0), ElementsAre(DoubleEq(2.0 / 3), DoubleEq(1.0 / 3)));
  EXPECT_THAT(metric.probabilities(0, 1), ElementsAre(0, 1));
  EXPECT_THAT(metric.probabilities(0, 9), ElementsAre(0, 0));
  const std::int32_t a = 0, b = 1, c = 2, unseen = 9;
  EXPECT_NEAR(metric.distance(&a, &b), 16.0 / 9, 1e-12);  // (2/3 + 2/3)^2
  EXPECT_NEAR(metric.distance(&a, &c), 1.0 / 9, 1e-12);   // (1/6 + 1/6)^2
  EXPECT_NEAR(metric.distance(&a, &unseen), 1, 1e-12);    // (2/3 + 1/3)^2
}

TEST(ValueDifference, FindsTheNearestInOrder) {
  const ValueDifference metric({kRows, 6, 1}, kLabels);
  const auto self = own_rows(6);
  const auto got = metric.nearest({kRows, 6, 1}, {kRows, 6, 1}, 3, {.excluded = self});
  EXPECT_THAT(got.indices(0), ElementsAre(1, 2, 4));
  EXPECT_THAT(got.indices(3), ElementsAre(4, 5, 0));
  EXPECT_THAT(got.indices(4), ElementsAre(5, 0, 1));
}

TEST(ValueDifference, NeedsALabelARow) {
  try {
    const ValueDifference metric({kRows, 6, 1}, std::span(kLabels).first(5));
    FAIL();
  } catch (const InvalidArgument& e) {
    EXPECT_STREQ(e.what(), "ValueDifference: there must be one label a row (6), got 5");
  }
}

}  // namespace
}  // namespace semblance
