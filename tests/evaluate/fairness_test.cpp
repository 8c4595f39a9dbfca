// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/fairness.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "semblance/core/error.hpp"

namespace semblance {
namespace {

constexpr double kTight = 1e-9;
using Yes = std::vector<std::uint8_t>;
using Groups = std::vector<std::int32_t>;

// The reference F1: group A, then group B.
const Yes kTruth = {1, 1, 0, 0, 1, 1, 0, 0}, kGuess = {1, 1, 1, 0, 1, 0, 0, 0};
const Groups kGroups = {0, 0, 0, 0, 1, 1, 1, 1};
const Yes kLabels = {1, 1, 1, 0, 1, 0, 0, 0};

TEST(Fairness, EqualsTheReferenceOfF1) {
  EXPECT_NEAR(*parity_difference(kGuess, kGroups), 0.5, kTight);
  EXPECT_NEAR(*parity_ratio(kGuess, kGroups), 0.3333333333, 1e-10);
  const auto gaps = odds_gaps(kTruth, kGuess, kGroups).value();
  EXPECT_NEAR(gaps.difference(), 0.5, kTight);
  EXPECT_NEAR(gaps.ratio, 0, kTight);
  EXPECT_NEAR(*average_odds_difference(kTruth, kGuess, kGroups, 1, 0), -0.5, kTight);
  EXPECT_NEAR(*generalised_entropy(kTruth, kGuess), 0.125, kTight);
  EXPECT_NEAR(*generalised_entropy(kTruth, kGuess, 1), 0.1732867951, 1e-10);
  EXPECT_NEAR(*differential_fairness(kLabels, kGroups), 0.8472978604, 1e-10);
}

TEST(Fairness, ReweighingEqualsTheReference) {
  const auto weights = reweighing(kLabels, kGroups);
  EXPECT_NEAR(weights[0], 0.6666666667, 1e-10);
  EXPECT_NEAR(weights[3], 2, kTight);
  EXPECT_NEAR(weights[4], 2, kTight);
  EXPECT_NEAR(weights[5], 0.6666666667, 1e-10);
  EXPECT_NEAR(*parity_difference(kLabels, kGroups, weights), 0, kTight);
}

TEST(Fairness, WeightsCountRowsAndNegativeGroupsAreLeftOut) {
  EXPECT_NEAR(*parity_difference(Yes{1, 0, 0}, Groups{0, 0, 1}, std::vector<double>{3, 1, 1}), 0.75,
              kTight);
  EXPECT_NEAR(*parity_difference(Yes{1, 0, 1}, Groups{0, 1, -1}), 1, kTight);
  EXPECT_TRUE(std::isnan(group_rates(Yes{1}, Groups{1})[0]));
}

TEST(Fairness, UndefinedCasesAreEmpty) {
  EXPECT_FALSE(parity_difference(Yes{1, 0}, Groups{0, 0}).has_value());
  EXPECT_FALSE(parity_ratio(Yes{0, 0}, Groups{0, 1}).has_value());
  EXPECT_FALSE(odds_gaps(Yes{1, 0}, Yes{1, 0}, Groups{0, 1}).has_value());
  EXPECT_FALSE(generalised_entropy(Yes{1}, Yes{0}).has_value());
  EXPECT_THROW((void)parity_difference(Yes{1}, Groups{}), InvalidArgument);
  EXPECT_THROW((void)generalised_entropy(Yes{1}, Yes{1}, 0), InvalidArgument);
}

}  // namespace
}  // namespace semblance
