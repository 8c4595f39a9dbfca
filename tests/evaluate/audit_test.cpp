// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/audit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "semblance/core/error.hpp"
#include "semblance/evaluate/membership.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using V = std::vector<double>;
using Flags = std::vector<std::uint8_t>;

TEST(Audit, EpsilonLowerBoundEqualsTensorFlowPrivacys) {
  // epsilon_lower_bound_test.py: 500 of 500 found, no false alarm, alpha 0.01.
  EXPECT_NEAR(epsilon_lower_bound({500, 500, 0, 500}, 0.99), 4.541915810224092, 1e-9);
  EXPECT_EQ(epsilon_lower_bound({250, 500, 250, 500}), 0);
}

TEST(Audit, EpsilonLowerBoundLooksAtBothErrors) {
  // Half of the members found with as many alarms as misses elsewhere: mirrored counts, same bound.
  EXPECT_NEAR(epsilon_lower_bound({400, 500, 5, 500}), epsilon_lower_bound({495, 500, 100, 500}),
              1e-12);
  EXPECT_LT(epsilon_lower_bound({400, 500, 5, 500}, 0.95, 0.1),
            epsilon_lower_bound({400, 500, 5, 500}));
}

TEST(Audit, OneRunByHand) {
  // All of 100 guesses correct: the bound solves q^100 = 0.05, q = e^eps / (1 + e^eps).
  const double q = std::pow(0.05, 0.01);
  EXPECT_NEAR(one_run_epsilon({100, 100, 100}), std::log(q / (1 - q)), 1e-9);
  EXPECT_EQ(one_run_epsilon({100, 100, 50}), 0);
  EXPECT_EQ(one_run_epsilon({100, 0, 0}), 0);
  EXPECT_LT(one_run_epsilon({100, 100, 100}, 0.95, 1e-3), one_run_epsilon({100, 100, 100}));
}

TEST(Audit, ARandomisedResponseIsNeverRefuted) {
  // Randomised response with epsilon = 1: a coin is reported truly with e/(1+e). Of 200 runs with
  // 1000 coins a valid 95 % bound exceeds 1 in at most 10 on average; 25 or more has a probability
  // below 2e-5.
  const double truth = std::exp(1.0) / (1 + std::exp(1.0));
  int exceeded = 0;
  double sum = 0;
  for (std::uint64_t run = 0; run < 200; ++run) {
    Stream draw(Seed{5}, run);
    std::int64_t correct = 0;
    for (int i = 0; i < 1000; ++i) correct += draw.uniform() < truth ? 1 : 0;
    const double shown = one_run_epsilon({1000, 1000, correct});
    exceeded += shown > 1 ? 1 : 0;
    sum += shown / 200;
  }
  EXPECT_LT(exceeded, 25);
  EXPECT_GT(sum, 0.8);  // about 1 - 1.64 sqrt(1/(1000 q (1 - q)))
}

TEST(Audit, AClaimBelowWhatIsShownIsRefuted) {
  V scores;
  Flags members;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    members.push_back(i % 2 == 0 ? 1 : 0);
    scores.push_back(i % 2 == 0 ? 1 : Stream(Seed{3}, i).uniform());
  }
  const auto low = dp_audit(scores, members, {.epsilon = 1}, Seed{1}).value();
  EXPECT_TRUE(low.refuted());
  EXPECT_GT(low.shown, 3);
  EXPECT_FALSE(dp_audit(scores, members, {.epsilon = 10}, Seed{1})->refuted());
  EXPECT_EQ(message_of<InvalidArgument>(
                [&] { (void)dp_audit(scores, members, {.epsilon = 0}, Seed{1}); }),
            "DpClaim.epsilon must be > 0, got 0");
}

TEST(OutlierExposure, LooksAtTheMostIsolatedOnly) {
  // Members are told by their score where they are isolated, and not elsewhere.
  V scores, isolation;
  Flags members;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    Stream draw(Seed{1}, i);
    members.push_back(i % 2 == 0 ? 1 : 0);
    const bool far = i < 100;
    isolation.push_back(far ? 10 + draw.uniform() : draw.uniform());
    scores.push_back(far && i % 2 == 0 ? 2 : draw.uniform());
  }
  EXPECT_EQ(outlier_exposure(scores, members, isolation, 0.1, 1)->value, 1);
  EXPECT_LT(outlier_exposure(scores, members, isolation, 1)->value, 0.7);
  // 50 of each at least: all of the far ones.
  EXPECT_EQ(outlier_exposure(scores, members, isolation)->value, 1);
  EXPECT_FALSE(outlier_exposure(V{1}, Flags{1}, V{1}).has_value());
  EXPECT_EQ(message_of<InvalidArgument>([] { (void)outlier_exposure(V{1}, Flags{1}, V{1}, 0); }),
            "outlier_exposure: share must be in (0, 1], got 0");
}

}  // namespace
}  // namespace semblance
