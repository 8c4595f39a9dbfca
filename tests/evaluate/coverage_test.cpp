// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/coverage.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "semblance/core/error.hpp"
#include "semblance/evaluate/association.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using Codes = std::vector<std::int32_t>;
using Span = std::span<const std::int32_t>;

TEST(Coverage, JointTvdOfTwoColumnsIsTheOtherOne) {
  const Codes a = {0, 0, 1, 2}, b = {5, 5, 6, 6}, c = {0, 1, 1}, d = {5, 6, 5};
  const double expected = *joint_tvd(a, b, c, d);
  EXPECT_NEAR(*joint_tvd(std::array<Span, 2>{a, b}, std::array<Span, 2>{c, d}), expected, 1e-12);
}

TEST(Coverage, ThreeColumnsByHand) {
  // Cells 000, 000, 111, 110 against 000, 111: TVD = (0 + |1/4 - 1/2| + 1/4) / 2.
  const Codes a = {0, 0, 1, 1}, b = {0, 0, 1, 1}, c = {0, 0, 1, 0}, x = {0, 1};
  const std::array<Span, 3> real = {a, b, c}, fake = {x, x, x};
  EXPECT_NEAR(*joint_tvd(real, fake), 0.25, 1e-12);
  EXPECT_NEAR(*cell_coverage(real, fake), 2.0 / 3, 1e-12);
  EXPECT_NEAR(*cell_coverage(fake, real), 1, 1e-12);
}

TEST(Coverage, RareCategoriesAndEntropyByHand) {
  using V = std::vector<double>;
  EXPECT_NEAR(*rare_coverage(V{100, 2, 3, 5, 0}, V{1, 0, 4, 1, 1}, 3), 0.5, 1e-12);
  EXPECT_FALSE(rare_coverage(V{100, 20}, V{1, 1}, 3).has_value());
  EXPECT_NEAR(*entropy(V{1, 1, 2, 0}), 1.5 * std::log(2), 1e-12);
  EXPECT_FALSE(entropy(V{0, 0}).has_value());
}

TEST(Coverage, MistakesAreNamed) {
  const Codes a = {0, 1}, b = {0};
  const std::array<Span, 2> uneven = {a, b}, even = {a, a};
  const std::array<Span, 1> one = {a};
  EXPECT_EQ(message_of<InvalidArgument>([&] { (void)joint_tvd(uneven, even); }),
            "joint tables: a side's columns must have one length, got 2 and 1");
  EXPECT_EQ(message_of<InvalidArgument>([&] { (void)joint_tvd(one, even); }),
            "joint tables: both sides must have equally many columns, got 1 and 2");
}

}  // namespace
}  // namespace semblance
