// SPDX-License-Identifier: Apache-2.0
#include "semblance/resample/relevance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "semblance/core/error.hpp"
#include "support/message.hpp"
#include "support/shared_data.hpp"

namespace semblance {
namespace {

using testing::ElementsAre;
using Points = std::vector<ControlPoint>;

TEST(Relevance, BetweenTwoPointsItIsTheSmoothStep) {
  const Relevance phi({{1, 0}, {3, 1}});
  EXPECT_EQ(phi(0), 0);
  EXPECT_EQ(phi(1), 0);
  EXPECT_DOUBLE_EQ(phi(1.5), 3 * 0.0625 - 2 * 0.015625);  // s = 1/4
  EXPECT_DOUBLE_EQ(phi(2), 0.5);
  EXPECT_EQ(phi(3), 1);
  EXPECT_EQ(phi(99), 1);
}

TEST(Relevance, AnInnerPointHasTheHarmonicMeanOfTheSlopes) {
  // Slopes 1 and 1/3 over widths 0.5 and 1.5: d = 6 / (3.5 / 1 + 2.5 / (1/3)) = 6 / 11.
  const Relevance phi({{0, 0}, {0.5, 0.5}, {2, 1}});
  const double h = 1e-6;
  EXPECT_NEAR((phi(0.5 + h) - phi(0.5)) / h, 6.0 / 11, 1e-5);
  EXPECT_NEAR((phi(0.5) - phi(0.5 - h)) / h, 6.0 / 11, 1e-5);
  EXPECT_NEAR((phi(h) - phi(0)) / h, 0, 1e-5);
}

TEST(Relevance, IsMonotoneBetweenPointsAndStaysBetweenZeroAndOne) {
  const Points points = {{0, 0}, {0.01, 0.9}, {1, 0.91}, {1.5, 1}, {2, 0.2}, {9, 0.2}, {10, 0}};
  const Relevance phi(points);
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const auto [a, fa] = points[i];
    const auto [b, fb] = points[i + 1];
    EXPECT_DOUBLE_EQ(phi(a), fa);
    double before = fa;
    for (int s = 1; s <= 100; ++s) {
      const double now = phi(a + (b - a) * s / 100);
      EXPECT_GE((now - before) * (fb - fa), -1e-15) << i << " " << s;
      if (fa == fb) {
        EXPECT_NEAR(now, fa, 1e-15);
      }
      before = now;
    }
  }
}

TEST(Relevance, OfTheBoxPlotEndsAtTheWhiskersThatHaveOutliers) {
  // Hinges 2.5 and 6.5 of 0..9 without outliers; with 30 in place of 9 one above.
  std::vector<double> values = {4, 0, 1, 8, 2, 3, 5, 7, 6, 9};
  EXPECT_THAT(Relevance::of_box_plot(values).points(),
              ElementsAre(ControlPoint{0, 0}, ControlPoint{4.5, 0}, ControlPoint{9, 0}));
  values.back() = 30;
  EXPECT_THAT(Relevance::of_box_plot(values).points(),
              ElementsAre(ControlPoint{0, 0}, ControlPoint{4.5, 0}, ControlPoint{8, 1}));
  EXPECT_EQ(Relevance::of_box_plot(values, Extremes::kLow)(30), 0);
  EXPECT_EQ(Relevance::of_box_plot(values, Extremes::kHigh)(30), 1);
  EXPECT_EQ(Relevance::of_box_plot(values, Extremes::kBoth, 100)(30), 0);
}

TEST(Relevance, WhereAWhiskerEndsAtTheMedianTheNearestOutlierStandsForIt) {
  // Mostly zeros: hinges, whiskers and median are all 0.
  const std::vector<double> values = {0, 0, 0, 0, 0, 0, 0, 0, -2, -1, 3, 5};
  EXPECT_THAT(Relevance::of_box_plot(values).points(),
              ElementsAre(ControlPoint{-1, 1}, ControlPoint{0, 0}, ControlPoint{3, 1}));
  EXPECT_THAT(Relevance::of_box_plot(std::vector<double>{7, 7}).points(),
              ElementsAre(ControlPoint{7, 0}));
}

TEST(Relevance, MessagesNameTheRule) {
  const auto error = [](const auto& call) { return message_of<InvalidArgument>(call); };
  EXPECT_EQ(error([] { Relevance({}); }),
            "Relevance: there must be at least one control point, got 0");
  EXPECT_EQ(error([] { Relevance({{1, 0}, {1, 1}}); }),
            "Relevance: the values of control points must be finite and ascend, got 1 at point 1");
  EXPECT_EQ(error([] { Relevance({{1, 0}, {2, 1.5}}); }),
            "Relevance: relevance must be in [0, 1], got 1.5 at point 1");
  EXPECT_EQ(error([] { (void)Relevance::of_box_plot({}); }),
            "Relevance::of_box_plot: there must be values, got 0");
  EXPECT_EQ(error([] { (void)Relevance::of_box_plot(std::vector<double>{NAN}); }),
            "Relevance::of_box_plot: values must be finite, got nan");
  EXPECT_EQ(error([] { (void)Relevance::of_box_plot(std::vector<double>{1}, Extremes::kLow, 0); }),
            "Relevance::of_box_plot: the coefficient must be finite and > 0, got 0");
  EXPECT_EQ(error([] { (void)find_bumps(std::vector<double>{1}, Relevance({{1, 0}}), 0); }),
            "find_bumps: threshold must be in (0, 1], got 0");
}

TEST(FindBumps, CutsTheSortedValuesAtTheThreshold) {
  const Relevance phi({{0, 0}, {1, 1}});
  const auto bumps = find_bumps(std::vector<double>{0.9, 0.1, 0.5, 0.1}, phi, 0.5);
  ASSERT_EQ(bumps.size(), 2U);
  EXPECT_THAT(bumps[0].rows, ElementsAre(1, 3));
  EXPECT_FALSE(bumps[0].relevant);
  EXPECT_THAT(bumps[1].rows, ElementsAre(2, 0));  // phi(0.5) = 0.5 is relevant
  EXPECT_TRUE(bumps[1].relevant);
}

TEST(BumpCounts, BalanceAndExtreme) {
  const std::vector<std::int64_t> sizes = {1, 80, 3};
  EXPECT_THAT(bump_counts(sizes, BumpSizes::kBalance),
              ElementsAre(BumpCounts{1, 27}, BumpCounts{28, 0}, BumpCounts{3, 25}));
  // B = 28: B^2 / n = 784, 9.8, 261.33; times 84 / 1055.13: 62.42, 0.78, 20.80; shares 62.4, 0.0
  // and 6.9: 62 rows, one row that must stay, 20.
  EXPECT_THAT(bump_counts(sizes, BumpSizes::kExtreme),
              ElementsAre(BumpCounts{1, 61}, BumpCounts{1, 0}, BumpCounts{3, 17}));
}

TEST(Relevance, TheReferenceVectorsRelevanceBumpsAndCounts) {
  const auto data = shared_data();
  if (!data) GTEST_SKIP() << "the shared folder is not there";
  std::ifstream in(data->parent_path() / "reference" / "smote-reference.json");
  if (!in) GTEST_SKIP() << "smote-reference.json is not in the shared folder";
  const auto block = nlohmann::json::parse(in).at("cases").at("smogn");
  const auto y = block.at("y").get<std::vector<double>>();
  const auto sorted = block.at("y_sorted").get<std::vector<double>>();
  const Relevance phi = Relevance::of_box_plot(y);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(phi.points()[i].value, block.at("control_points")[i][0].get<double>());
    EXPECT_EQ(phi.points()[i].relevance, block.at("control_points")[i][1].get<double>());
  }
  for (std::size_t i = 0; i < sorted.size(); ++i)
    EXPECT_NEAR(phi(sorted[i]), block.at("phi_of_sorted")[i].get<double>(), 1e-14) << i;
  const auto bumps = find_bumps(y, phi, block.at("threshold").get<double>());
  const auto ends = block.at("bump_boundaries").get<std::vector<std::int64_t>>();
  ASSERT_EQ(bumps.size() + 1, ends.size());
  std::vector<std::int64_t> sizes;
  for (std::size_t b = 0; b < bumps.size(); ++b) {
    sizes.push_back(std::ssize(bumps[b].rows));
    EXPECT_EQ(sizes[b], ends[b + 1] - ends[b]);
    EXPECT_EQ(bumps[b].relevant, block.at("bump_is_rare")[b].get<bool>());
    for (std::size_t i = 0; i < bumps[b].rows.size(); ++i) {
      EXPECT_EQ(y[static_cast<std::size_t>(bumps[b].rows[i])],
                sorted[static_cast<std::size_t>(ends[b]) + i]);
    }
  }
  const auto balance = bump_counts(sizes, BumpSizes::kBalance);
  const auto extreme = bump_counts(sizes, BumpSizes::kExtreme);
  for (std::size_t b = 0; b < bumps.size(); ++b) {
    EXPECT_EQ(balance[b].added, block.at("balance_synthetic_counts")[b].get<std::int64_t>());
    EXPECT_EQ(balance[b].kept, block.at("balance_kept_counts")[b].get<std::int64_t>());
    const auto tenths =
        static_cast<std::int64_t>(std::lround(10 * block.at("extreme_percent")[b].get<double>()));
    EXPECT_EQ(extreme[b].kept + extreme[b].added, sizes[b] * tenths / 10) << b;
  }
}

}  // namespace
}  // namespace semblance
