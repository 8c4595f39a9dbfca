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

TEST(Fairness, MoreGapsOfF1) {
  EXPECT_NEAR(*average_odds_gap(kTruth, kGuess, kGroups), 0.5, kTight);
  // Right among favourable guesses: 2 of 3 and 1 of 1.
  EXPECT_NEAR(*predictive_parity_gap(kTruth, kGuess, kGroups), 1.0 / 3, kTight);
  // Chances .7 on average in A, .3 in B; shares .5 in both.
  const std::vector<double> chances = {.8, .8, .6, .6, .4, .4, .2, .2};
  EXPECT_NEAR(*calibration_gap(chances, kTruth, kGroups), 0.4, kTight);
  EXPECT_FALSE(calibration_gap(chances, kTruth, Groups(8, 0)).has_value());
}

TEST(Fairness, WeightsOfEntropyAndDifferentialFairnessCountRows) {
  Yes truth = kTruth, guess = kGuess, labels = kLabels;
  Groups groups = kGroups;
  std::vector<double> weights(8, 1);
  for (const std::size_t i : {std::size_t{2}, std::size_t{5}}) {  // twice each
    weights[i] = 2;
    truth.push_back(kTruth[i]);
    guess.push_back(kGuess[i]);
    labels.push_back(kLabels[i]);
    groups.push_back(kGroups[i]);
  }
  EXPECT_NEAR(*generalised_entropy(kTruth, kGuess, 2, weights), *generalised_entropy(truth, guess),
              kTight);
  EXPECT_NEAR(*differential_fairness(kLabels, kGroups, 1, weights),
              *differential_fairness(labels, groups), kTight);
}

TEST(Fairness, ConsistencyByHand) {
  const std::vector<double> x = {0, 1, 2, 10, 11, 12};
  const auto near = nearest_others(MatrixView<double>{x, 6, 1}, 2);
  EXPECT_NEAR(consistency(Yes{1, 1, 1, 0, 0, 0}, near), 1, kTight);
  // Row 2 differs from both neighbours, rows 0 and 1 from one of two: 1 - (1 + .5 + .5)/6.
  EXPECT_NEAR(consistency(Yes{1, 1, 0, 0, 0, 0}, near), 1 - 2.0 / 6, kTight);
  EXPECT_THROW((void)consistency(Yes{1}, near), InvalidArgument);
}

TEST(Fairness, DirectionalAmplificationByHand) {
  // Favourable in A 3/4, in B 1/4; then 4/4 and 0/4: each conditional probability moved by 1/4 in
  // the direction that it leaned to.
  const auto grew =
      directional_amplification(kLabels, kGroups, Yes{1, 1, 1, 1, 0, 0, 0, 0}, kGroups);
  EXPECT_NEAR(grew->group_to_outcome, 0.25, kTight);
  EXPECT_NEAR(grew->outcome_to_group, 0.25, kTight);
  const auto less =
      directional_amplification(kLabels, kGroups, Yes{1, 1, 0, 0, 1, 1, 0, 0}, kGroups);
  EXPECT_NEAR(less->group_to_outcome, -0.25, kTight);
  // Fewer rows of B, with the same rates: outcomes point at A more.
  const auto fewer =
      directional_amplification(kLabels, kGroups, Yes{1, 1, 1, 0, 1, 1, 1, 0, 1, 0, 0, 0},
                                Groups{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1});
  EXPECT_NEAR(fewer->group_to_outcome, 0, kTight);
  // P(A | +): 6/7 from 3/4, P(A | -): 2/5 from 1/4, against its lean; B the other way.
  EXPECT_NEAR(fewer->outcome_to_group, (6.0 / 7 - 0.75 - (2.0 / 5 - 0.25)) / 2, kTight);
  EXPECT_FALSE(directional_amplification(kLabels, Groups(8, 0), kLabels, Groups(8, 0)));
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
