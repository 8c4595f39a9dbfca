// SPDX-License-Identifier: Apache-2.0
#include "semblance/core/seed.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

namespace semblance {
namespace {

// Random123's published known answers for philox4x32-10.
TEST(Philox, MatchesTheKnownAnswers) {
  EXPECT_EQ(detail::philox({0, 0, 0, 0}, {0, 0}),
            (std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(detail::philox({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(
      detail::philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
      (std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Stream, DependsOnSeedStageAndIndex) {
  const auto first = [](Seed seed, std::string_view stage, std::uint64_t index) {
    return Stream(seed, stage, index).bits64();
  };
  const std::set<std::uint64_t> values = {first(Seed{1}, "a", 0), first(Seed{2}, "a", 0),
                                          first(Seed{1}, "b", 0), first(Seed{1}, "a", 1)};
  EXPECT_EQ(values.size(), 4U);
  EXPECT_EQ(first(Seed{1}, "a", 1), first(Seed{1}, "a", 1));
}

// Mean of n = 200,000 draws; 6 standard errors: false alarm 2e-9.
TEST(Stream, UniformAndNormalHaveTheirMoments) {
  Stream stream(Seed{3}, "moments");
  constexpr int kDraws = 200'000;
  double uniform = 0, normal = 0, square = 0;
  for (int i = 0; i < kDraws; ++i) {
    uniform += stream.uniform();
    const double z = stream.normal();
    normal += z;
    square += z * z;
  }
  EXPECT_NEAR(uniform / kDraws, 0.5, 6 * std::sqrt(1.0 / 12 / kDraws));
  EXPECT_NEAR(normal / kDraws, 0.0, 6 * std::sqrt(1.0 / kDraws));
  EXPECT_NEAR(square / kDraws, 1.0, 6 * std::sqrt(2.0 / kDraws));
}

TEST(Stream, BelowStaysBelowAndReachesEverything) {
  Stream stream(Seed{4}, "below");
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(stream.below(7));
  EXPECT_EQ(seen.size(), 7U);
  EXPECT_EQ(*seen.rbegin(), 6U);
  EXPECT_EQ(stream.below(1), 0U);
}

TEST(Stream, ShuffleKeepsTheItems) {
  std::vector<int> items = {1, 2, 3, 4, 5, 6, 7, 8};
  Stream(Seed{5}, "shuffle").shuffle(items);
  EXPECT_NE(items, (std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(std::set<int>(items.begin(), items.end()).size(), 8U);
}

}  // namespace
}  // namespace semblance
