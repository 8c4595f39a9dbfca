// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/feature_distance.hpp"

#include <gtest/gtest.h>

#include <cmath>
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

MatrixView<double> view(const V& values, std::int64_t dim = 2) {
  return {values, std::ssize(values) / dim, dim};
}

V normals(std::int64_t rows, std::int64_t dim, Seed seed, double shift = 0) {
  V out;
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream draw(seed, static_cast<std::uint64_t>(i));
    for (std::int64_t c = 0; c < dim; ++c) out.push_back(draw.normal() + shift);
  }
  return out;
}

TEST(Frechet, EqualsTheReferenceOfM1) {
  const auto full = frechet_distance(view(kReal), view(kFake));
  EXPECT_NEAR(full.distance, 1.421975163, kTight);
  EXPECT_NEAR(full.mean_term + full.covariance_term, full.distance, kTight);
  EXPECT_NEAR(full.mean_term, std::pow(7.0 / 6 - 1.5, 2) + std::pow(5.0 / 6 - 1.24, 2), kTight);
  // Variances 41/30, 17/30 of the real and 9.75/4, 9.852/4 of the synthetic coordinates.
  const auto diagonal = frechet_distance(view(kReal), view(kFake), Covariance::kDiagonal);
  const auto gap = [](double v, double w) { return std::pow(std::sqrt(v) - std::sqrt(w), 2); };
  EXPECT_NEAR(diagonal.covariance_term, gap(41.0 / 30, 2.5) + gap(17.0 / 30, 2.463), kTight);
}

TEST(Frechet, ASingularCovarianceIsNoTrouble) {
  const V a = {0, 0, 1, 2, 2, 4, 3, 6}, b = {0, 0, 2, 1, 4, 2, 6, 3};  // on lines
  // C_a = v u u', C_b = v w w' with u = (1,2), w = (2,1), v = 5/3: tr root(C_a C_b) = v |u.w|.
  EXPECT_NEAR(frechet_distance(view(a), view(b)).covariance_term, 5.0 / 3 * (5 + 5 - 2 * 4), 1e-7);
  EXPECT_NEAR(frechet_distance(view(a), view(a)).distance, 0, 1e-7);
  const V wide = normals(3, 8, Seed{1}), other = normals(4, 8, Seed{2});  // fewer rows than columns
  EXPECT_TRUE(std::isfinite(frechet_distance(view(wide, 8), view(other, 8)).distance));
}

TEST(Frechet, InfinityTakesTheBiasOff) {
  // d = 8, 400 rows each: the distance of equal normals is about (d^2 + 3 d) / (2 n) = 0.11. The
  // intercept's standard error is about 0.02 (40 seeds: 0.013); 0.08 are more than 5 of them.
  const V a = normals(400, 8, Seed{1}), b = normals(400, 8, Seed{2});
  EXPECT_GT(frechet_distance(view(a, 8), view(b, 8)).distance, 0.06);
  EXPECT_NEAR(frechet_infinity(view(a, 8), view(b, 8), Seed{3}).value(), 0, 0.08);
  EXPECT_FALSE(frechet_infinity(view(kReal), view(kFake), Seed{1}).has_value());
}

TEST(Mmd, EqualsTheReferenceOfM1) {
  const auto gaussian = mmd(view(kReal), view(kFake), {.gamma = 0.5});
  EXPECT_NEAR(gaussian.biased, 0.08950092399, kTight);
  EXPECT_NEAR(gaussian.unbiased, -0.1661391284, kTight);
  const auto cubic = mmd(view(kReal), view(kFake), {.kernel = MmdKernel::kPolynomial});
  EXPECT_EQ(cubic.gamma, 0.5);
  EXPECT_NEAR(cubic.biased, 129.7988628, 1e-7);
  EXPECT_NEAR(cubic.unbiased, -67.32884635, 1e-7);
  const auto linear = mmd(view(kReal), view(kFake), {.kernel = MmdKernel::kLinear});
  EXPECT_NEAR(linear.biased, 0.2764888889, kTight);
}

TEST(Mmd, TheMedianHeuristicIsOfTheFirstSample) {
  // Squared distances of 0, 1, 3: 1, 4, 9.
  EXPECT_EQ(median_gamma(view({0, 1, 3}, 1)).value(), 0.25);
  EXPECT_EQ(mmd(view({0, 1, 3}, 1), view({5, 9}, 1)).gamma, 0.25);
  EXPECT_FALSE(median_gamma(view({2, 2, 2}, 1)).has_value());
}

TEST(Mmd, DoesNotDependOnThreads) {
  const V a = normals(200, 3, Seed{1}), b = normals(150, 3, Seed{2});
  const auto one = mmd(view(a, 3), view(b, 3), {.run = {.threads = 1}});
  const auto four = mmd(view(a, 3), view(b, 3), {.run = {.threads = 4}});
  EXPECT_EQ(one.unbiased, four.unbiased);
}

TEST(Energy, EqualsTheReferenceOfM1) {
  EXPECT_NEAR(energy_distance(view(kReal), view(kFake)), 0.3079718443, kTight);
  EXPECT_NEAR(energy_distance(view(kReal), view(kReal)), 0, kTight);
}

TEST(KernelDistance, OfAllRowsIsTheUnbiasedMmd) {
  const auto kid = kernel_distance(view(kReal), view(kReal), Seed{1}, {.subsets = 2, .rows = 6});
  EXPECT_NEAR(kid.mean, mmd(view(kReal), view(kReal), {.kernel = MmdKernel::kPolynomial}).unbiased,
              1e-9);
  EXPECT_NEAR(kid.standard_error, 0, 1e-9);
  const V a = normals(300, 4, Seed{1}), b = normals(300, 4, Seed{2}, 1);
  const auto far = kernel_distance(view(a, 4), view(b, 4), Seed{1}, {.subsets = 10, .rows = 100});
  EXPECT_GT(far.mean, 10 * far.standard_error);
}

TEST(SlicedWasserstein, EqualsTheReferenceOfM1) {
  const double half = std::sqrt(0.5);
  const V directions = {1, 0, 0, 1, half, half};
  const auto sliced = sliced_wasserstein(view(kReal), view(kFake), view(directions));
  EXPECT_NEAR(sliced.w1, 0.6406204903, kTight);
  EXPECT_NEAR(sliced.w2, 1.040886374, kTight);
  EXPECT_NEAR(sliced.max, 0.8485281374, kTight);
}

TEST(SlicedWasserstein, AShiftIsSeenFromAllSides) {
  // Moved by 1 along the first of d axes: mean over the sphere of |u_1|, 1/2 for d = 3.
  const V a = normals(50, 3, Seed{1});
  V b = a;
  for (std::size_t i = 0; i < b.size(); i += 3) b[i] += 1;
  // 2,000 directions, SD of |u_1| 0.29: standard error 0.0065; 0.035 are 5.4 of them.
  EXPECT_NEAR(sliced_wasserstein(view(a, 3), view(b, 3), Seed{1}, 2'000).w1, 0.5, 0.035);
}

TEST(PermutationTest, FindsAShiftAndNothingElse) {
  const V a = normals(60, 2, Seed{1}), b = normals(50, 2, Seed{2}), c = normals(50, 2, Seed{3}, 2);
  const auto far = permutation_test(view(a), view(c), Seed{1}, 99);
  EXPECT_EQ(far.mmd, 0.01);
  EXPECT_EQ(far.energy, 0.01);
  const auto near = permutation_test(view(a), view(b), Seed{1}, 99);
  EXPECT_GT(near.mmd, 0.01);
  EXPECT_GT(near.energy, 0.01);
  EXPECT_EQ(permutation_test(view(a), view(a), Seed{1}, 9).energy, 1);
}

TEST(FeatureDistance, MistakesAreNamed) {
  const V wide = {1, 2, 3};
  EXPECT_EQ(message_of<InvalidArgument>([&] { (void)mmd(view(kReal), view(wide, 3)); }),
            "mmd: the samples must have one dimension >= 1, got 2 and 3");
  EXPECT_EQ(message_of<InvalidArgument>([&] { (void)mmd(view(kReal), view({1, 2})); }),
            "mmd: a sample must have at least 2 rows, got 6 and 1");
  EXPECT_EQ(
      message_of<InvalidArgument>([&] { (void)mmd(view(kReal), view(kFake), {.gamma = 0.0}); }),
      "MmdOptions.gamma must be > 0, got 0");
  EXPECT_EQ(message_of<InvalidArgument>(
                [&] { (void)sliced_wasserstein(view(kReal), view(kFake), view(wide, 3)); }),
            "sliced_wasserstein: needs directions of dimension 2, got 1 of 3");
}

}  // namespace
}  // namespace semblance
