// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/diversity.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "semblance/core/error.hpp"
#include "semblance/core/seed.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using V = std::vector<double>;
constexpr double kTight = 1e-9;

// The samples M1 of the reference values.
const V kReal = {0, 0, 1, 0, 0, 1, 1, 1, 2, 2, 3, 1}, kFake = {0, .5, 1, .2, 2, 1, 4, 4, .5, .5};
const double kHalf = std::sqrt(0.5);
const V kUnit = {1, 0, 0, 1, kHalf, kHalf};

MatrixView<double> view(const V& values, std::int64_t dim = 2) {
  return {values, std::ssize(values) / dim, dim};
}

V normals(std::int64_t rows, std::int64_t dim, Seed seed) {
  V out;
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream draw(seed, static_cast<std::uint64_t>(i));
    for (std::int64_t c = 0; c < dim; ++c) out.push_back(draw.normal());
  }
  return out;
}

TEST(Prdc, EqualsTheReferenceOfM1) {
  const auto one = prdc(view(kReal), view(kFake), {.k = 1});
  EXPECT_NEAR(one.precision, 0.8, kTight);
  EXPECT_NEAR(one.recall, 0.6666666667, 1e-10);
  EXPECT_NEAR(one.density, 2, kTight);
  EXPECT_NEAR(one.coverage, 1, kTight);
  const auto two = prdc(view(kReal), view(kFake), {.k = 2});
  EXPECT_NEAR(two.precision, 0.8, kTight);
  EXPECT_NEAR(two.recall, 1, kTight);
  EXPECT_NEAR(two.density, 1, kTight);
  EXPECT_NEAR(two.coverage, 1, kTight);
}

TEST(Prdc, ClosedBallsEqualTheReferenceOfM1) {
  const auto one = prdc(view(kReal), view(kFake), {.k = 1, .edge = BallEdge::kClosed});
  EXPECT_NEAR(one.precision, 0.8, kTight);
  EXPECT_NEAR(one.recall, 1, kTight);
  EXPECT_NEAR(one.density, 2.2, kTight);
  const auto two = prdc(view(kReal), view(kFake), {.k = 2, .edge = BallEdge::kClosed});
  EXPECT_NEAR(two.density, 1.1, kTight);
}

TEST(Prdc, ACopyIsPerfectAndDistantRowsAreNot) {
  const V rows = normals(100, 3, Seed{1});
  V far = rows;
  for (double& v : far) v += 100;
  const auto copy = prdc(view(rows, 3), view(rows, 3));
  EXPECT_EQ(copy.precision, 1);
  EXPECT_EQ(copy.recall, 1);
  EXPECT_EQ(copy.coverage, 1);
  EXPECT_EQ(copy.clipped_coverage, 1);
  const auto none = prdc(view(rows, 3), view(far, 3));
  EXPECT_EQ(none.precision, 0);
  EXPECT_EQ(none.clipped_density, 0);
  EXPECT_EQ(none.clipped_coverage, 0);
}

TEST(Prdc, AFreshSampleGetsTheExpectedCoverage) {
  // 1,000 rows each: standard error of coverage about 0.007 (it is 0.0055 for independent
  // balls); 5.5 of them give a false alarm below 1e-6.
  const V real = normals(1000, 4, Seed{1}), fake = normals(1000, 4, Seed{2});
  const auto found = prdc(view(real, 4), view(fake, 4));
  EXPECT_NEAR(expected_coverage(1000, 1000, 5), 0.96875, 0.001);
  EXPECT_NEAR(found.coverage, expected_coverage(1000, 1000, 5), 0.04);
  EXPECT_NEAR(found.density, 1, 0.1);
  EXPECT_GT(found.clipped_coverage, 0.93);
  EXPECT_GT(found.clipped_density, 0.93);
}

TEST(Prdc, ClippedScoresFallWithTheShareOfBadRows) {
  // A half of the synthetic rows far away. Noise as above: within 0.06 of a half.
  const V real = normals(1000, 4, Seed{1});
  V fake = normals(1000, 4, Seed{2});
  for (std::size_t i = 0; i < fake.size() / 2; ++i) fake[i] += 50;
  const auto found = prdc(view(real, 4), view(fake, 4));
  EXPECT_NEAR(found.clipped_density, 0.5, 0.06);
  EXPECT_NEAR(found.clipped_coverage, 0.5, 0.06);
}

TEST(Prdc, ExpectedClippedCoverageByHand) {
  // n = 3, m = 1, k = 1: the ball holds the one row with probability E Beta(1, 2) = 1/3.
  EXPECT_NEAR(expected_clipped_coverage(3, 1, 1), 1.0 / 3, kTight);
  EXPECT_NEAR(expected_clipped_coverage(3, 0, 1), 0, kTight);
  // k = 1: at least one of m rows, which is the expected coverage.
  EXPECT_NEAR(expected_clipped_coverage(50, 70, 1), expected_coverage(50, 70, 1), kTight);
}

TEST(Prdc, DoesNotDependOnThreads) {
  const V real = normals(300, 3, Seed{1}), fake = normals(400, 3, Seed{2});
  const auto one = prdc(view(real, 3), view(fake, 3), {.run = {.threads = 1}});
  const auto many = prdc(view(real, 3), view(fake, 3), {.run = {.threads = 7}});
  EXPECT_EQ(one.density, many.density);
  EXPECT_EQ(one.clipped_coverage, many.clipped_coverage);
}

TEST(Prdc, RefusesTooFewRows) {
  EXPECT_EQ(message_of<InvalidArgument>([] { (void)prdc(view(kReal), view(kFake), {.k = 5}); }),
            "prdc: real and synthetic must have more than k = 5 rows, got 6 and 5");
}

TEST(AlphaBeta, EqualsTheReferenceOfM1) {
  const auto found = alpha_beta(view(kReal), view(kFake));
  EXPECT_NEAR(found.alpha_precision, 0.6547126437, 1e-10);
  EXPECT_NEAR(found.beta_recall, 0.798467433, kTight);
  EXPECT_EQ(found.levels.size(), 30);
}

TEST(AlphaBeta, ACopyIsPerfect) {
  const V rows = normals(200, 3, Seed{1});
  const auto found = alpha_beta(view(rows, 3), view(rows, 3));
  EXPECT_GT(found.alpha_precision, 0.98);  // steps of 1/200
  EXPECT_GT(found.beta_recall, 0.98);
}

TEST(Vendi, EqualsTheReference) {
  EXPECT_NEAR(vendi(view(kUnit)), 1.8898815748, 1e-10);
  EXPECT_NEAR(vendi(view(kUnit), 0.5), 1.942809042, kTight);
  EXPECT_NEAR(vendi(view(kUnit), 2), 1.8, kTight);
  EXPECT_NEAR(vendi(view(kUnit), std::numeric_limits<double>::infinity()), 1.5, kTight);
}

TEST(Vendi, PrimalAndDualAgreeAndBoundsHold) {
  const V kernel = {1, 0, kHalf, 0, 1, kHalf, kHalf, kHalf, 1};
  EXPECT_NEAR(vendi_of_kernel(view(kernel, 3)), 1.8898815748, 1e-10);
  EXPECT_NEAR(vendi(view(V{1, 0, 0, 0, 1, 0, 0, 0, 1}, 3)), 3, kTight);
  EXPECT_NEAR(vendi(view(V{1, 0, 1, 0, 1, 0})), 1, kTight);
  EXPECT_EQ(message_of<InvalidArgument>([] { (void)vendi(view(V{2, 0})); }),
            "vendi: every row must have length 1, one is off by 1");
}

TEST(DcScore, EqualsTheReference) {
  const auto raw = [](double tau) { return dc_score(view(kUnit), {.tau = tau}).raw; };
  EXPECT_NEAR(raw(1), 1.347333511, kTight);
  EXPECT_NEAR(raw(0.5), 1.655216435, kTight);
  EXPECT_NEAR(raw(0.1), 2.801852024, kTight);
  EXPECT_NEAR(dc_score(view(kUnit), {.kernel = Kernel::kGaussian}).raw, 1.407290198, kTight);
}

TEST(DcScore, SaturatesAtTauOneSoItIsNormalised) {
  V axes(3 * 3, 0);
  for (std::size_t i = 0; i < 3; ++i) axes[4 * i] = 1;
  const auto all = dc_score(view(axes, 3));
  EXPECT_NEAR(all.raw, 1.7283506540, 1e-9);
  EXPECT_NEAR(all.most, all.raw, kTight);
  EXPECT_NEAR(all.normalised, 1, kTight);
  const auto same = dc_score(view(V{1, 0, 1, 0, 1, 0}));
  EXPECT_NEAR(same.raw, 1, kTight);
  EXPECT_NEAR(same.normalised, 0, kTight);
  EXPECT_NEAR(dc_score(view(axes, 3), {.tau = 0.1}).most, 2.999727625, kTight);
}

TEST(DcScore, CalibratedTauGivesAHalf) {
  // n axes are all 0 alike: each tells itself with probability 1 / (1 + (n-1) e^(-1/tau)).
  V axes(20 * 20, 0);
  for (std::size_t i = 0; i < 20; ++i) axes[21 * i] = 1;
  EXPECT_NEAR(calibrated_tau(view(axes, 20)).value(), 1 / std::log(19.0), 1e-9);
  const V rows = normals(150, 3, Seed{1});
  const DcScoreOptions gaussian{.kernel = Kernel::kGaussian};
  DcScoreOptions calibrated = gaussian;
  calibrated.tau = calibrated_tau(view(rows, 3), gaussian).value();
  EXPECT_NEAR(dc_score(view(rows, 3), calibrated).raw, 75, 1e-6);
  EXPECT_NEAR(dc_score(view(rows, 3), calibrated).normalised, 0.5, 0.1);
}

TEST(DcScore, CalibrationTakesDuplicatesAsTheyAre) {
  // Every row twice: no temperature tells more than half of them.
  V rows = normals(40, 3, Seed{1});
  rows.insert(rows.end(), rows.begin(), rows.end());
  DcScoreOptions options{.kernel = Kernel::kGaussian};
  options.tau = calibrated_tau(view(rows, 3), options).value();
  EXPECT_NEAR(dc_score(view(rows, 3), options).raw, 20, 1e-6);
  EXPECT_FALSE(calibrated_tau(view(V(20, 1.0))).has_value());
  EXPECT_FALSE(calibrated_tau(view(V{1, 2, 3, 4})).has_value());
}

TEST(DcScore, MistakesAreNamed) {
  EXPECT_EQ(message_of<InvalidArgument>([] { (void)dc_score(view(kUnit), {.tau = 0}); }),
            "DcScoreOptions.tau must be > 0, got 0");
}

TEST(InternalDiversity, EqualsTheReference) {
  EXPECT_NEAR(internal_diversity(view(kUnit)), 0.3523969861, 1e-10);
  EXPECT_EQ(message_of<InvalidArgument>([] { (void)internal_diversity(view(V{2, 0})); }),
            "internal_diversity: every row must have length 1, one is off by 1");
}

}  // namespace
}  // namespace semblance
