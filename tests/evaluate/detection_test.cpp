// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/detection.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "semblance/core/error.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/evaluate/structure.hpp"
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

V normals(std::int64_t rows, std::int64_t dim, Seed seed) {
  V out;
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream draw(seed, static_cast<std::uint64_t>(i));
    for (std::int64_t c = 0; c < dim; ++c) out.push_back(draw.normal());
  }
  return out;
}

TEST(NearestNeighbourTest, EqualsTheReferenceOfM1) {
  const auto test = nearest_neighbour_test(view(kReal), view(kFake), TieRule::kOther);
  EXPECT_NEAR(test.accuracy, 0.0909090909, 1e-10);
  EXPECT_NEAR(test.first, 0, kTight);
  EXPECT_NEAR(test.second, 0.2, kTight);
  // (0, .5) is .5 from two real rows and from (.5, .5).
  EXPECT_NEAR(nearest_neighbour_test(view(kReal), view(kFake)).second, 0.3, kTight);
}

TEST(NearestNeighbourTest, ACopyIsNeverToldApart) {
  EXPECT_EQ(nearest_neighbour_test(view(kReal), view(kReal)).accuracy, 0);
  const V same = {1, 1, 1, 1, 1, 1};  // all rows equal: every neighbour is a tie
  EXPECT_EQ(nearest_neighbour_test(view(same), view(same)).accuracy, 0.5);
}

TEST(Pmse, EqualsTheReferenceOfM1) {
  // p = .2, .4, .6, .8, .5 of which two are synthetic: c = 0.4.
  const auto found = pmse(V{.2, .4, .6}, V{.8, .5}, 3);
  EXPECT_NEAR(found.value, 0.05, kTight);
  EXPECT_NEAR(found.null, 2 * 0.24 / 5, kTight);
  EXPECT_NEAR(found.deviation, 2 * 0.24 / 5, kTight);
  EXPECT_NEAR(*found.ratio, 0.05 / 0.096, kTight);
  EXPECT_FALSE(pmse(V{.5}, V{.5}, 1).ratio.has_value());
}

TEST(Pmse, OfEqualDistributionsIsWhatItsNullSays) {
  // k = 7, N = 1,000: mean 0.0015, deviation 0.000866. 40 draws: standard error 0.000137; 5 of
  // them give a false alarm below 1e-6.
  double mean = 0;
  for (std::uint64_t s = 0; s < 40; ++s) {
    const V a = normals(500, 6, derive(Seed{1}, s)), b = normals(500, 6, derive(Seed{2}, s));
    const auto fit = fit_propensity(view(a, 6), view(b, 6));
    EXPECT_TRUE(fit.converged);
    EXPECT_EQ(fit.parameters, 7);
    mean += pmse(fit.first, fit.second, fit.parameters).value / 40;
  }
  EXPECT_NEAR(mean, 0.0015, 0.0007);
}

TEST(Propensity, OfOneIndicatorIsTheShareOfEachCell) {
  // x = 0: 3 real, 1 synthetic; x = 1: 1 real, 2 synthetic. A second, dependent column is dropped.
  const V a = {0, 1, 0, 1, 0, 1, 1, 0}, b = {0, 1, 1, 0, 1, 0};
  const auto fit = fit_propensity(view(a), view(b));
  EXPECT_EQ(fit.parameters, 2);
  EXPECT_NEAR(fit.first[0], 0.25, 1e-7);
  EXPECT_NEAR(fit.first[3], 2.0 / 3, 1e-7);
  EXPECT_NEAR(fit.second[0], 0.25, 1e-7);
}

TEST(Propensity, SeparatedSamplesSaySo) {
  const auto fit = fit_propensity(view({0, 1, 2}, 1), view({5, 6, 7}, 1));
  EXPECT_FALSE(fit.converged);
  EXPECT_LT(fit.first[2], 0.01);
  EXPECT_EQ(with_interactions(view({2, 3, 5}, 3), std::vector<std::int64_t>{0, 2}),
            (V{2, 3, 5, 10}));
}

TEST(LogCluster, ByHand) {
  // Clusters: 0 holds 2 real of 3, 1 holds 1 of 3; c = 1/2.
  EXPECT_NEAR(log_cluster(std::vector<std::int64_t>{0, 0, 1, 0, 1, 1}, 3), std::log(1.0 / 36),
              kTight);
  EXPECT_NEAR(log_cluster(std::vector<std::int64_t>{0, 1, 0, 1}, 2), std::log(1e-12), kTight);
  EXPECT_EQ(message_of<InvalidArgument>([] { (void)log_cluster({}, 0); }),
            "log_cluster: `first` must be 1 to -1, got 0");
}

TEST(PcaDifference, ByHand) {
  // Spectra (1, 0) and (1/2, 1/2); first axes at a right angle.
  const V line = {-1, 0, 1, 0}, square = {-1, -1, -1, 1, 1, -1, 1, 1}, other = {0, -1, 0, 1};
  EXPECT_NEAR(pca_difference(view(line), view(square))->eigenvalues, 1, kTight);
  EXPECT_NEAR(pca_difference(view(line), view(other))->eigenvalues, 0, kTight);
  EXPECT_NEAR(pca_difference(view(line), view(other))->angle, 1, kTight);
  EXPECT_FALSE(pca_difference(view(line), view({1, 1, 1, 1})).has_value());
}

TEST(CopulaHellinger, OfCorrelationsByHand) {
  // Correlations r and 0: det A = 1 - r^2, det (A + I)/2 = 1 - r^2/4.
  const double r = 0.6;
  const V a = {1, r, r, 1}, b = {1, 0, 0, 1};
  const double affinity = std::pow(1 - r * r, 0.25) / std::sqrt(1 - r * r / 4);
  EXPECT_NEAR(correlation_hellinger(view(a), view(b), 0), std::sqrt(1 - affinity), kTight);
  EXPECT_NEAR(correlation_hellinger(view(a), view(a)), 0, 1e-7);
}

TEST(CopulaHellinger, SeesDependenceNotMargins) {
  const V a = normals(500, 2, Seed{1});
  V bent = a, mirrored = a;
  for (double& v : bent) v = std::exp(v);
  EXPECT_NEAR(copula_hellinger(view(a), view(bent)), 0, 1e-7);
  for (std::size_t i = 0; i < mirrored.size(); i += 2) mirrored[i] = mirrored[i + 1];
  EXPECT_GT(copula_hellinger(view(a), view(mirrored)), 0.9);
}

}  // namespace
}  // namespace semblance
