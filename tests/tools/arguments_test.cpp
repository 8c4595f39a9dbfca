// SPDX-License-Identifier: Apache-2.0
#include "arguments.hpp"

#include <gtest/gtest.h>

#include "semblance/core/error.hpp"

namespace semblance::command {
namespace {

TEST(ParseBudget, ReadsSecondsMinutesAndHours) {
  EXPECT_FALSE(parse_budget("").has_value());
  EXPECT_DOUBLE_EQ(parse_budget("90").value().count(), 90);
  EXPECT_DOUBLE_EQ(parse_budget("90s").value().count(), 90);
  EXPECT_DOUBLE_EQ(parse_budget("3m").value().count(), 180);
  EXPECT_DOUBLE_EQ(parse_budget("1.5h").value().count(), 5400);
}

TEST(ParseBudget, RefusesAnythingElse) {
  for (const auto* text : {"3 m", "m", "-1s", "0", "3d", "3mm", "nan", "inf", "1e400s"})
    EXPECT_THROW(static_cast<void>(parse_budget(text)), InvalidArgument) << text;
}

}  // namespace
}  // namespace semblance::command
