// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/rare_class.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "semblance/core/error.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using Flags = std::vector<std::uint8_t>;

TEST(AveragePrecision, EqualsScikitLearn) {
  // sklearn.metrics.average_precision_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) = 0.8333...
  EXPECT_NEAR(*average_precision(std::vector{0.1, 0.4, 0.35, 0.8}, Flags{0, 0, 1, 1}), 5.0 / 6,
              1e-12);
  EXPECT_DOUBLE_EQ(*average_precision(std::vector{1.0, 1.0, 1.0, 1.0}, Flags{0, 1, 0, 0}), 0.25);
  EXPECT_FALSE(average_precision(std::vector{1.0}, Flags{0}).has_value());
}

TEST(BalancedAccuracy, IsTheMeanOfBothRates) {
  EXPECT_DOUBLE_EQ(*balanced_accuracy(std::vector{0.9, 0.2, 0.5, 0.1}, Flags{1, 1, 0, 0}), 0.5);
  EXPECT_DOUBLE_EQ(*balanced_accuracy(std::vector{0.9, 0.2, 0.3, 0.1}, Flags{1, 1, 0, 0}, 0.2),
                   0.75);
  EXPECT_FALSE(balanced_accuracy(std::vector{0.9}, Flags{1}).has_value());
}

TEST(BrierScore, IsTheMeanSquare) {
  EXPECT_DOUBLE_EQ(*brier_score(std::vector{0.5, 1.0}, Flags{1, 0}), (0.25 + 1) / 2);
}

TEST(CalibrationError, ComparesMeansWithinBinsOfEqualCounts) {
  const std::vector<double> p = {0.1, 0.9, 0.2, 0.6};
  EXPECT_NEAR(*calibration_error(p, Flags{0, 1, 1, 0}, 2), (0.5 + 0.7) / 4, 1e-12);
  EXPECT_NEAR(*calibration_error(p, Flags{0, 1, 1, 0}, 1), 0.2 / 4, 1e-12);
  EXPECT_NEAR(*calibration_error(p, Flags{0, 1, 1, 0}, 100), (0.1 + 0.1 + 0.8 + 0.6) / 4, 1e-12);
  EXPECT_EQ(message_of<InvalidArgument>(
                [&] { static_cast<void>(calibration_error(p, Flags{0, 1, 1, 0}, 0)); }),
            "calibration_error: bins must be >= 1, got 0");
}

}  // namespace
}  // namespace semblance
