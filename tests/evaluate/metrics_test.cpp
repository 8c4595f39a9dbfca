// SPDX-License-Identifier: Apache-2.0
// Metrics on spans against hand computations and against SciPy / SDMetrics values (1e-9).
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "semblance/core/error.hpp"
#include "semblance/evaluate/association.hpp"
#include "semblance/evaluate/marginal.hpp"
#include "semblance/evaluate/scores.hpp"

namespace semblance {
namespace {

using V = std::vector<double>;
constexpr double kTight = 1e-9;
const double kNan = std::numeric_limits<double>::quiet_NaN();

const V kReal = {1, 2, 3, 4, 5}, kFake = {1, 2, 2, 4, 9};
const V kRealCounts = {3, 2, 1}, kFakeCounts = {2, 2, 2};

TEST(Ks, EqualsScipy) {
  EXPECT_NEAR(ks(kReal, kFake).value(), 0.2, kTight);
  EXPECT_NEAR(ks_p_value(0.05, 1000, 1000), 0.1640791977, kTight);
}

TEST(Ks, RoundsTo14DecimalsAndDropsMissing) {
  EXPECT_EQ(ks(V{0.3 - 0.2}, V{0.2 - 0.1}).value(), 0);
  EXPECT_NEAR(ks(V{kNan, 1, 2, 3, 4, 5}, V{1, 2, 2, 4, 9, kNan, kNan}).value(), 0.2, kTight);
}

TEST(Ks, ConstantAndEmptySamples) {
  EXPECT_EQ(ks(V{7, 7}, V{7}).value(), 0);
  EXPECT_EQ(ks(V{7, 7}, V{8}).value(), 1);
  EXPECT_FALSE(ks(V{}, V{1}).has_value());
  EXPECT_FALSE(ks(V{kNan}, V{1}).has_value());
}

TEST(Marginal, DistancesEqualScipy) {
  EXPECT_NEAR(wasserstein1(kReal, kFake).value(), 1, kTight);
  EXPECT_NEAR(wasserstein2_squared(kReal, kFake).value(), 3.4, kTight);
  EXPECT_NEAR(energy_distance(kReal, kFake).value(), 0.632455532, kTight);
  EXPECT_NEAR(cramer_von_mises(kReal, kFake).value(), 0.03, kTight);
}

TEST(Marginal, DistancesTakeSamplesOfUnequalSize) {
  // Quantile functions: 0, 3 on halves against 0, 1, 2 on thirds.
  EXPECT_NEAR(wasserstein1(V{0, 3}, V{0, 1, 2}).value(), 0.0 + 1.0 / 6 + 2.0 / 6 + 1.0 / 3, kTight);
  EXPECT_NEAR(wasserstein2_squared(V{0, 3}, V{0, 1, 2}).value(), 1.0 / 6 + 4.0 / 6 + 1.0 / 3,
              kTight);
}

TEST(Marginal, SdmetricsUnitTestValues) {
  EXPECT_NEAR(range_coverage(V{1, 2, 3, 4, 5}, V{2, 3, 1, 2, 3}).value(), 0.5, kTight);
  const V real = {1, 2.4, 2.6, 0.8}, fake = {0.9, 1.8, 2.1, 5};
  EXPECT_NEAR(boundary_adherence(real, fake).value(), 0.75, kTight);
  EXPECT_NEAR(boundary_adherence(real, V{0.9, 1.8, 2.1, 5, kNan}).value(), 0.6, kTight);
  EXPECT_NEAR(boundary_adherence(V{1, 2.4, 2.6, 0.8, kNan}, V{0.9, 1.8, kNan, 5}).value(), 0.75,
              kTight);
  EXPECT_FALSE(range_coverage(V{3, 3}, V{3}).has_value());
  EXPECT_NEAR(category_coverage(V{2, 2, 1}, V{3, 2, 0}).value(), 2.0 / 3, kTight);
  EXPECT_NEAR(category_adherence(V{2, 2, 1, 0, 0}, V{1, 1, 1, 1, 1}).value(), 0.6, kTight);
}

TEST(Tvd, EqualsTheReferenceOfC1) {
  EXPECT_NEAR(tvd(kRealCounts, kFakeCounts).value(), 0.1666666667, 1e-10);
  EXPECT_NEAR(hellinger(kRealCounts, kFakeCounts).value(), 0.1507186644, 1e-10);
  EXPECT_NEAR(jensen_shannon(kRealCounts, kFakeCounts).value(), 0.02254805038, 1e-10);
  EXPECT_NEAR(expected_tvd(kRealCounts, 6, 6).value(), 0.309581764, kTight);
}

TEST(Tvd, EdgeCases) {
  EXPECT_EQ(tvd(V{5}, V{2}).value(), 0);
  EXPECT_EQ(tvd(V{1, 0}, V{0, 3}).value(), 1);
  EXPECT_EQ(hellinger(V{1, 0}, V{0, 3}).value(), 1);
  EXPECT_NEAR(jensen_shannon(V{1, 0}, V{0, 3}).value(), std::log(2), kTight);
  EXPECT_FALSE(tvd(V{0, 0}, V{1, 0}).has_value());
  EXPECT_THROW((void)tvd(V{1}, V{1, 2}), InvalidArgument);
}

TEST(Association, EqualsTheReferenceOfK1) {
  const V a = {1, 2, 3, 4, 5}, b = {2, 1, 4, 3, 5}, c = {5, 4, 3, 2, 0};
  const V d = {1, 2, 3, 4}, e = {1, 3, 2, 4}, f = {1, 2, 5, 3};
  EXPECT_NEAR(pearson(a, b).value(), 0.8, kTight);
  EXPECT_NEAR(pearson(a, c).value(), -0.9863939238, 1e-10);
  EXPECT_NEAR(pearson(b, c).value(), -0.8219949365, 1e-10);
  EXPECT_NEAR(pearson(d, f).value(), 0.6803360514, 1e-10);
  EXPECT_NEAR(pearson(e, f).value(), 0.2267786838, 1e-10);
  EXPECT_NEAR(spearman(a, b).value(), 0.8, kTight);
  const auto matrix = [](double ab, double ac, double bc) {
    return V{1, ab, ac, ab, 1, bc, ac, bc, 1};
  };
  const V real = matrix(*pearson(a, b), *pearson(a, c), *pearson(b, c));
  const V fake = matrix(*pearson(d, e), *pearson(d, f), *pearson(e, f));
  EXPECT_NEAR(pairwise_correlation_difference(real, fake), 2.784929054, kTight);
}

TEST(Association, CramersVAndCorrelationRatio) {
  const V table = {4, 1, 1, 4};
  EXPECT_NEAR(cramers_v(table, 2).value(), 0.6, kTight);
  EXPECT_NEAR(cramers_v(table, 2, BiasCorrection::kCorrected).value(), 0.5291502622, 1e-10);
  EXPECT_NEAR(mutual_information(table, 2).value(), 0.192744757, kTight);
  EXPECT_NEAR(
      correlation_ratio(std::vector<std::int32_t>{0, 0, 0, 1, 1, 1}, V{1, 2, 3, 3, 4, 5}).value(),
      0.7745966692, 1e-10);
  EXPECT_FALSE(cramers_v(V{4, 1}, 2).has_value());
  EXPECT_FALSE(pearson(V{1, 1}, V{1, 2}).has_value());
}

TEST(Association, RowsWithAMissingValueAreLeftOut) {
  EXPECT_NEAR(pearson(V{1, 2, kNan, 3, 4, 5}, V{2, 1, 7, 4, 3, 5}).value(), 0.8, kTight);
  EXPECT_NEAR(correlation_ratio(std::vector<std::int32_t>{0, 0, 0, 1, 1, 1, -1, 0},
                                V{1, 2, 3, 3, 4, 5, 9, kNan})
                  .value(),
              0.7745966692, 1e-10);
}

TEST(Auc, EqualsTheReferences) {
  using Flags = std::vector<std::uint8_t>;
  EXPECT_NEAR(auc(V{.1, .4, .35, .8}, Flags{0, 0, 1, 1}).value(), 0.75, kTight);
  EXPECT_NEAR(auc(V{.5, .5, .2, .7, .5}, Flags{0, 1, 0, 1, 1}).value(), 0.8333333333, 1e-10);
  const auto delong = auc_delong(V{.9, .8, .35, .6, .1, .4, .5}, Flags{1, 1, 1, 1, 0, 0, 0});
  EXPECT_NEAR(delong->value, 0.8333333333, 1e-10);
  EXPECT_NEAR(delong->variance, 0.03472222222, 1e-10);
  EXPECT_FALSE(auc(V{.1, .2}, Flags{1, 1}).has_value());
}

TEST(Auc, DelongIntervalsCoverTheTruth) {
  // 400 samples of 60 + 60 normal scores one apart: AUC = Phi(1/sqrt 2) = 0.7602499. Coverage of a
  // 95 % interval; the bound 0.90 is 4.5 binomial standard errors away (false alarm < 1e-5 for a
  // true coverage of 0.95; the seed is fixed).
  int covered = 0;
  for (std::uint64_t r = 0; r < 400; ++r) {
    Stream draw(Seed{1}, "auc", r);
    V scores(120);
    std::vector<std::uint8_t> positive(120, 0);
    for (std::size_t i = 0; i < 120; ++i) {
      positive[i] = i < 60 ? 1 : 0;
      scores[i] = draw.normal() + positive[i];
    }
    const auto interval = auc_delong(scores, positive)->interval();
    covered += interval.lo < 0.7602499 && 0.7602499 < interval.hi ? 1 : 0;
  }
  EXPECT_GT(covered, 360);
}

TEST(RocCurve, RunsFromCornerToCornerAndIntegratesToTheAuc) {
  const V scores = {.5, .5, .2, .7, .5};
  const std::vector<std::uint8_t> positive = {0, 1, 0, 1, 1};
  const auto curve = roc_curve(scores, positive);
  double area = 0;
  for (std::size_t i = 1; i < curve.size(); ++i) {
    area += (curve[i].false_positives - curve[i - 1].false_positives) *
            (curve[i].true_positives + curve[i - 1].true_positives) / 2;
  }
  EXPECT_NEAR(area, 0.8333333333, 1e-10);
  EXPECT_EQ(curve.back().false_positives, 1);
  EXPECT_EQ(curve.back().true_positives, 1);
}

TEST(Scores, MacroF1AndRSquaredByHand) {
  // Classes 0 and 1 in truth: F1 2/3 and 4/5; class 2 is only guessed.
  const std::vector<std::int32_t> truth = {0, 0, 1, 1, 1}, guess = {0, 2, 1, 1, 1};
  EXPECT_NEAR(macro_f1(truth, guess).value(), (2.0 / 3 + 1.0) / 2, kTight);
  EXPECT_NEAR(macro_f1(truth, guess, V{1, 0, 1, 1, 1}).value(), 1.0, kTight);
  EXPECT_NEAR(r_squared(V{1, 2, 3}, V{1, 2, 4}).value(), 0.5, kTight);
  EXPECT_FALSE(r_squared(V{2, 2}, V{1, 2}).has_value());
}

TEST(Wilson, EqualsTheReferences) {
  const auto wide = wilson(23, 100), zero = wilson(0, 100);
  EXPECT_NEAR((wide.lo + wide.hi) / 2, 0.2399882445, 1e-10);
  EXPECT_NEAR((wide.hi - wide.lo) / 2, 0.08155558571, 1e-10);
  EXPECT_EQ(zero.lo, 0);
  EXPECT_NEAR(zero.hi, 2 * 0.01849674910, 1e-10);
}

TEST(Scores, QuantilesAreOfType7) {
  const V sorted = {0.2, 0.5, 0.7071067812, 1, 2.8284271247};
  EXPECT_NEAR(quantile(sorted, 0.05), 0.26, 1e-10);
  EXPECT_EQ(quantile(sorted, 0.5), 0.7071067812);
  EXPECT_EQ(quantile(sorted, 1), 2.8284271247);
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-12);
}

TEST(Bootstrap, DrawsNRowsAndDependsOnSeedAndReplicateOnly) {
  const auto weights = bootstrap_weights(1000, Seed{1}, 3);
  EXPECT_EQ(std::accumulate(weights.begin(), weights.end(), 0.0), 1000);
  EXPECT_EQ(weights, bootstrap_weights(1000, Seed{1}, 3));
  EXPECT_NE(weights, bootstrap_weights(1000, Seed{1}, 4));
}

}  // namespace
}  // namespace semblance
