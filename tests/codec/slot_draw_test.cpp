// SPDX-License-Identifier: Apache-2.0
#include "codec/slot_draw.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/noise.hpp"

namespace semblance {
namespace {

using testing::AnyOf;
using testing::ElementsAre;

// n = 200,000; 6 standard errors of each share: false alarm below 1e-8.
TEST(DrawSlots, FollowsTheWeights) {
  constexpr std::int64_t kRows = 200'000;
  const std::vector<double> shares = {0.5, 0, 0.1, 0.39, 0.01};
  std::vector<float> weights;
  for (const double share : shares)
    weights.insert(weights.end(), kRows, static_cast<float>(7 * share));
  std::vector<std::uint32_t> luck(kRows);
  stream_columns(Seed{1}, 0, kRows, 1, luck.data());
  std::vector<std::int32_t> slots(kRows);
  draw_slots(weights.data(), kRows, 5, kRows, luck.data(), slots.data());
  for (std::size_t s = 0; s < shares.size(); ++s) {
    const auto count =
        static_cast<double>(std::count(slots.begin(), slots.end(), static_cast<std::int32_t>(s)));
    EXPECT_NEAR(count / kRows, shares[s], 6 * std::sqrt(shares[s] * (1 - shares[s]) / kRows));
  }
}

TEST(DrawSlots, TakesNoSlotWithoutWeight) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  // rows: one weight; none; the last slot is no weight; NaN and a negative one
  const std::vector<float> weights = {0, 0, 1, kNan,  //
                                      3, 0, 1, -1,    //
                                      0, 0, 0, 2};
  for (const std::uint32_t luck : {0U, 0x80000000U, 0xFFFFFFFFU}) {
    const std::vector<std::uint32_t> words(4, luck);
    std::vector<std::int32_t> slots(4);
    draw_slots(weights.data(), 4, 3, 4, words.data(), slots.data());
    EXPECT_THAT(slots, ElementsAre(1, 0, AnyOf(0, 1), 2));
  }
}

TEST(KeepLargest, KeepsTheFirstOfSeveral) {
  std::vector<float> weights = {1, -3, 0.5F,  //
                                2, -1, 0.5F,  //
                                0, -2, 0.5F};
  keep_largest(weights.data(), 3, 3, 3);
  EXPECT_THAT(weights, ElementsAre(0, 0, 1, 1, 1, 0, 0, 0, 0));
}

TEST(Exponentials, AreThoseOfTheCutLogits) {
  std::vector<float> logits = {-1e9F, -40, -1.5F, -0.3F, 0, 1e-8F, 0.7F, 12, 40, 41};
  const std::vector<float> before = logits;
  exponentials(logits.data(), std::ssize(logits), 40);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const double exact = std::exp(std::clamp<double>(before[i], -40, 40));
    EXPECT_NEAR(logits[i] / exact, 1, 1e-6) << before[i];
  }
}

}  // namespace
}  // namespace semblance
