// SPDX-License-Identifier: Apache-2.0
#include "tune/race.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "semblance/core/error.hpp"
#include "tune/tables.hpp"

namespace semblance::tuning {
namespace {

using testing::HasSubstr;

const std::vector<Candidate> kFour = {{"independent", "{}", "independent"},
                                      {"copula", "{}", "copula"},
                                      {"bootstrap", "{}", "bootstrap"},
                                      {"copula", R"({"by_target": true})", "copula by class"}};

TEST(Race, IsWonByTheModelThatKnowsTheTarget) {
  // Over both classes x and y are uncorrelated: independent columns and a copula of all rows do
  // not know the target, a copula of each class does, and the bootstrap copies.
  const auto found = race(kFour, crossed_table(400), {.rounds = 3}, Seed{1}, {.threads = 1});
  EXPECT_EQ(found.winner, 3) << found.story;
  EXPECT_THAT(found.story, HasSubstr("copula by class won (loss 0."));
}

TEST(Race, WithoutTimeTheFirstGoesOn) {
  const auto found =
      race(kFour, crossed_table(80), {.rounds = 3, .budget = 1e-9}, Seed{1}, {.threads = 1});
  EXPECT_EQ(found.winner, 0);
  EXPECT_EQ(found.story, "independent, the first, without a race");
}

TEST(Race, AnErrorOfAllIsTheErrorOfTheRace) {
  const std::vector<Candidate> bad = {{"nothing", "{}", "a"}, {"copla", "{}", "b"}};
  EXPECT_THROW(static_cast<void>(race(bad, crossed_table(80), {}, Seed{1}, {})), InvalidArgument);
}

}  // namespace
}  // namespace semblance::tuning
