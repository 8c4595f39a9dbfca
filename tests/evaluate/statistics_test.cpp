// SPDX-License-Identifier: Apache-2.0
// Statistics, tests and associations against hand computations and SciPy values (1e-9).
#include "semblance/evaluate/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "semblance/core/error.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/evaluate/association.hpp"
#include "semblance/evaluate/hypothesis.hpp"
#include "semblance/evaluate/marginal.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using V = std::vector<double>;
using Codes = std::vector<std::int32_t>;
constexpr double kTight = 1e-9;
const double kNan = std::numeric_limits<double>::quiet_NaN();
const V kReal = {1, 2, 3, 4, 5}, kFake = {1, 2, 2, 4, 9};

TEST(Moments, ByHand) {
  // 0, 0, 0, 4: mean 1, variance 3, third moment (27 - 3)/4 = 6, fourth (81 + 3)/4 = 21.
  const auto m = moments(V{0, 0, kNan, 0, 4}).value();
  EXPECT_EQ(m.n, 4);
  EXPECT_NEAR(m.mean, 1, kTight);
  EXPECT_NEAR(m.variance, 3, kTight);
  EXPECT_NEAR(m.sample_variance(), 4, kTight);
  EXPECT_NEAR(*m.skewness, 6 / std::pow(3, 1.5), kTight);
  EXPECT_NEAR(*m.kurtosis, 21.0 / 9 - 3, kTight);
  EXPECT_FALSE(moments(V{2, 2}).value().skewness.has_value());
  EXPECT_FALSE(moments(V{kNan}).has_value());
}

TEST(Statistics, EqualTheReferenceOfU1) {
  EXPECT_NEAR(*statistic_similarity(kReal, kFake, Statistic::kMean), 0.85, kTight);
  EXPECT_NEAR(*statistic_similarity(kReal, kFake, Statistic::kStandardDeviation), 0.5929443807,
              1e-10);
  EXPECT_NEAR(*interval_overlap(kReal, kFake), 0.7463323195, 1e-10);
  EXPECT_NEAR(*anderson_darling(kReal, kFake), -1.291315252, kTight);
  EXPECT_EQ(ks_p_value_exact(0.2, 5, 5), 1);
  // SDMetrics' unit test.
  EXPECT_NEAR(*statistic_similarity(V{1, 2.4, 2.6, .8}, V{.9, 1.8, 3.1, 5}, Statistic::kMean),
              0.4444444444, 1e-10);
}

TEST(Statistics, QuantileMseByHand) {
  // Median of 1..4 is 2.5: shares 3/4 and 1/4 instead of halves.
  EXPECT_NEAR(*quantile_mse(V{1, 2, 3, 4}, V{1, 2, 2, 9, kNan}, 2), 0.0625, kTight);
  EXPECT_THROW((void)quantile_mse(V{1}, V{1}, 1), InvalidArgument);
}

TEST(Statistics, UndefinedWhereTheRealColumnIsConstantOrEmpty) {
  EXPECT_FALSE(statistic_similarity(V{1, 1}, V{2}, Statistic::kMean).has_value());
  EXPECT_FALSE(interval_overlap(V{1, 1}, V{2, 3}).has_value());
  EXPECT_FALSE(quantile_mse(V{kNan}, V{2, 3}).has_value());
  EXPECT_FALSE(anderson_darling(V{1, 1}, V{1, 1}).has_value());
}

TEST(KsExact, CountsPaths) {
  // Of the 6 orders of two and two values, 2 are apart in full and all but 0 by a half.
  EXPECT_NEAR(ks_p_value_exact(1, 2, 2), 1.0 / 3, kTight);
  EXPECT_NEAR(ks_p_value_exact(0.5, 2, 2), 1, kTight);
  EXPECT_NEAR(ks_p_value_exact(1, 3, 2), 2.0 / 10, kTight);
  // Large samples: as the asymptotic value of the reference.
  EXPECT_NEAR(ks_p_value_exact(0.05, 1000, 1000), 0.1640791977, 0.002);
}

TEST(KsTied, LooksBetweenDifferentValuesOnly) {
  // Without ties, the exact value.
  EXPECT_NEAR(*ks_p_value_tied(0.5, V{1, 0, 1, 0}, V{0, 1, 0, 1}), 1, kTight);
  EXPECT_NEAR(*ks_p_value_tied(1, V{1, 1, 0, 0}, V{0, 0, 1, 1}), 1.0 / 3, kTight);
  // Two values, three times each: one look, after three of six. Of its 20 orders 2 are apart in
  // full, and all are so by a third at least.
  EXPECT_NEAR(*ks_p_value_tied(1, V{3, 0}, V{0, 3}), 2.0 / 20, kTight);
  EXPECT_NEAR(*ks_p_value_tied(1.0 / 3, V{2, 1}, V{1, 2}), 1, kTight);
  EXPECT_FALSE(ks_p_value_tied(0, V{0, 0}, V{1, 2}).has_value());
  EXPECT_EQ(message_of<InvalidArgument>([] { (void)ks_p_value_tied(0.1, V{1, 2}, V{1, 2, 3}); }),
            "both count vectors must have the same cells, got 2 and 3");
}

TEST(KsTied, IntegratesTheBridgeForManyRows) {
  // One look at one half: the bridge is normal there with variance 1/4.
  const V half = {5000, 5000};
  const double distance = 0.02, z = distance * std::sqrt(5000) / 0.5;
  EXPECT_NEAR(*ks_p_value_tied(distance, half, half), std::erfc(z / std::sqrt(2.0)), 2e-4);
  // Looks everywhere: nearly that of continuous values; a few looks: less, and never none.
  const V many(400, 25), few(5, 2000);
  const double everywhere = *ks_p_value_tied(0.015, many, many);
  EXPECT_NEAR(everywhere, ks_p_value(0.015, 1e4, 1e4), 0.03);
  EXPECT_LT(everywhere, ks_p_value(0.015, 1e4, 1e4));
  const double five = *ks_p_value_tied(0.015, few, few);
  EXPECT_LT(five, everywhere);
  EXPECT_GT(five, *ks_p_value_tied(0.015, half, half));
}

TEST(Counts, EqualTheReferenceOfC1) {
  const V real = {3, 2, 1}, fake = {2, 2, 2};
  EXPECT_NEAR(*kullback_leibler(real, fake), 0.08720802396, 1e-10);
  EXPECT_NEAR(*kullback_leibler(fake, real), 0.09589402415, 1e-10);
  EXPECT_NEAR(*stability_index(real, fake), 0.1831020481, 1e-10);
  EXPECT_TRUE(std::isinf(*kullback_leibler(V{1, 1}, V{2, 0})));
  EXPECT_TRUE(std::isfinite(*kullback_leibler(V{1, 1}, V{2, 0}, 0.5)));
  const auto test = chi_square(real, fake).value();
  EXPECT_NEAR(test.statistic, 0.5333333333, 1e-10);
  EXPECT_EQ(test.freedom, 2);
  EXPECT_NEAR(test.p_value, 0.7659283384, 1e-10);
}

TEST(Counts, ChiSquareGrowsWithTheRows) {
  // SDMetrics' CSTest takes shares and says p = 0.8948 here.
  const auto test = chi_square_fit(V{200, 200, 200}, V{300, 200, 100}).value();
  EXPECT_NEAR(test.statistic, 133.3333333333, 1e-9);
  EXPECT_NEAR(test.p_value / 1.114e-29, 1, 1e-3);
  EXPECT_FALSE(chi_square_fit(V{1, 1}, V{2, 0}).has_value());
  EXPECT_FALSE(chi_square(V{3}, V{2}).has_value());
}

TEST(ClopperPearson, EqualsTheReference) {
  const auto rate = clopper_pearson(7, 10);
  EXPECT_NEAR(rate.lo, 0.3475471499, 1e-10);
  EXPECT_NEAR(rate.hi, 0.9332604888, 1e-10);
  EXPECT_EQ(clopper_pearson(0, 10).lo, 0);
  EXPECT_NEAR(clopper_pearson(0, 10).hi, 1 - std::pow(0.025, 0.1), 1e-12);
  EXPECT_NEAR(clopper_pearson(10, 10).lo, std::pow(0.025, 0.1), 1e-12);
}

TEST(Kendall, EqualsTheReferenceOfK1AndCorrectsForTies) {
  EXPECT_NEAR(*kendall(V{1, 2, 3, 4, 5}, V{2, 1, 4, 3, 5}), 0.6, kTight);
  EXPECT_NEAR(*kendall(V{1, 2, 3, 4}, V{1, 3, 2, 4}), 0.6666666667, 1e-10);
  // Three pairs: one tied in a, one tied in b, one concordant.
  EXPECT_NEAR(*kendall(V{1, 1, 2, 3}, V{1, 2, 2, kNan}), 1 / (std::sqrt(2.0) * std::sqrt(2.0)),
              kTight);
  EXPECT_FALSE(kendall(V{1, 1}, V{1, 2}).has_value());
}

TEST(Kendall, EqualsTheCountOfAllPairs) {
  Stream draw(Seed{1});
  V a, b;
  for (int i = 0; i < 60; ++i) {
    a.push_back(static_cast<double>(draw.below(8)));
    b.push_back(a.back() + static_cast<double>(draw.below(6)));
  }
  double balance = 0, untied_a = 0, untied_b = 0;
  for (std::size_t i = 0; i < 60; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double x = a[i] - a[j], y = b[i] - b[j];
      balance += x * y > 0 ? 1 : x * y < 0 ? -1 : 0;
      untied_a += x != 0 ? 1 : 0;
      untied_b += y != 0 ? 1 : 0;
    }
  }
  EXPECT_NEAR(*kendall(a, b), balance / std::sqrt(untied_a * untied_b), kTight);
}

TEST(Association, InformationEqualsTheReference) {
  const V table = {4, 1, 1, 4};
  EXPECT_NEAR(*theils_u(table, 2), 0.2780719051, 1e-10);
  EXPECT_NEAR(*normalised_mutual_information(table, 2), 0.2780719051, 1e-10);
  EXPECT_FALSE(theils_u(V{3, 2}, 1).has_value());
}

TEST(Association, CorrectedCorrelationRatioIsKelleys) {
  // eta^2 = 0.6 of 6 rows in 2 groups: 1 - 0.4 * 5/4.
  const Codes groups = {0, 0, 0, 1, 1, 1};
  EXPECT_NEAR(*correlation_ratio(groups, V{1, 2, 3, 3, 4, 5}, BiasCorrection::kCorrected),
              std::sqrt(0.5), kTight);
  EXPECT_EQ(*correlation_ratio(groups, V{1, 2, 3, 1, 2, 4}, BiasCorrection::kCorrected), 0);
  EXPECT_FALSE(correlation_ratio(Codes{0, 1}, V{1, 2}, BiasCorrection::kCorrected).has_value());
}

TEST(Association, JointTvdEqualsSdmetricsContingencySimilarity) {
  const Codes real = {0, 1, 2, 3}, real_2 = {1, 2, 3, 5}, fake = {0, 4, 2, 0},
              fake_2 = {2, 3, 4, 1};
  EXPECT_NEAR(1 - *joint_tvd(real, real_2, fake, fake_2), 0.25, kTight);
  EXPECT_EQ(*joint_tvd(real, real_2, real, real_2), 0);
  EXPECT_EQ(*joint_tvd(Codes{-1}, Codes{-1}, Codes{0}, Codes{-1}), 1);
  EXPECT_THROW((void)joint_tvd(Codes{1}, Codes{}, Codes{}, Codes{}), InvalidArgument);
}

TEST(BenjaminiHochberg, ByHand) {
  // Sorted 0.01, 0.02, 0.03, 0.5 times 4/1, 4/2, 4/3, 4/4, the least of what follows.
  const auto adjusted = benjamini_hochberg(std::vector<double>{0.5, 0.02, 0.01, 0.03});
  EXPECT_NEAR(adjusted[0], 0.5, 1e-12);
  EXPECT_NEAR(adjusted[1], 0.04, 1e-12);
  EXPECT_NEAR(adjusted[2], 0.04, 1e-12);
  EXPECT_NEAR(adjusted[3], 0.04, 1e-12);
  EXPECT_TRUE(benjamini_hochberg({}).empty());
}

}  // namespace
}  // namespace semblance
