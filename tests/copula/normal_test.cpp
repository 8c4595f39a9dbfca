// SPDX-License-Identifier: Apache-2.0
#include "copula/normal.hpp"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <cmath>
#include <numbers>

#include "copula/correlation.hpp"

namespace semblance::copula {
namespace {

TEST(Normal, QuantilesAreThoseOfTheTables) {
  EXPECT_NEAR(normal::quantile(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(normal::quantile(1e-10), -6.361340902404056, 1e-13);
  EXPECT_NEAR(normal::quantile(0.25), -0.6744897501960817, 1e-15);
  EXPECT_EQ(normal::quantile(0.5), 0);
  EXPECT_TRUE(std::isinf(normal::quantile(0)) && std::isinf(normal::quantile(1)));
}

TEST(Normal, TheQuantileInvertsTheDistributionFunction) {
  for (double z = -37; z <= 8; z += 0.37) {
    const double back = normal::quantile(normal::cdf(z));
    // beyond 4 the distance of cdf to 1 has few digits left
    EXPECT_NEAR(back, z, z > 4 ? 1e-16 / normal::density(z) : 1e-13 * std::max(1.0, std::abs(z)));
  }
}

TEST(Normal, MassesAndDrawsKeepTheirDigitsInBothTails) {
  const double q8 = 6.220960574271786e-16, q9 = 1.1285884059538407e-19;
  EXPECT_NEAR(normal::mass(8, 9), q8 - q9, 1e-14 * q8);
  EXPECT_DOUBLE_EQ(normal::mass(-9, -8), normal::mass(8, 9));
  for (const double u : {0.0, 0.2, 0.9, 0.999999}) {
    const double z = normal::within(8, 9, u);
    EXPECT_TRUE(z >= 8 && z <= 9);
    EXPECT_NEAR(normal::mass(8, z) / normal::mass(8, 9), u, 1e-9);
  }
  EXPECT_EQ(normal::within(50, 60, 0.5), 50);  // no mass in a double: the end nearer to 0
  EXPECT_EQ(normal::within(-60, -50, 0.5), -50);
}

TEST(Steps, ScoresAreTheMeansOfTheIntervals) {
  const Steps half(std::vector<double>{500, 500});
  EXPECT_NEAR(half.score[0], -std::sqrt(2 / std::numbers::pi), 1e-14);
  EXPECT_NEAR(half.score[1], std::sqrt(2 / std::numbers::pi), 1e-14);
  EXPECT_NEAR(half.hermite[1], 2 / std::numbers::pi, 1e-14);  // E[score z] = E[score^2]
  EXPECT_NEAR(half.hermite[2], 0, 1e-14);                     // odd
}

TEST(Steps, ManyLevelsAreNearlyTheVariableItself) {
  const Steps fine(std::vector<double>(2'000, 1));
  EXPECT_NEAR(fine.hermite[1], 1, 1e-3);
  for (std::size_t k = 2; k <= 6; ++k) EXPECT_NEAR(fine.hermite[k], 0, 1e-2) << k;
}

// Closed form: two medians splits of normals of correlation rho have covariance of signs
// 2/pi asin(rho).
TEST(Correlation, InvertsTheCovarianceOfTwoMedianSplits) {
  const Steps half(std::vector<double>{1, 1});
  for (const double rho : {-0.9, -0.3, 0.0, 0.5, 0.8}) {
    const double signs = 2 / std::numbers::pi * std::asin(rho);
    EXPECT_NEAR(correlation(half, half, 2 / std::numbers::pi * signs), rho, 1e-4) << rho;
  }
}

TEST(Correlation, IsPolyserialForAContinuousAndADiscreteColumn) {
  const Steps fine(std::vector<double>(20'000, 1)), split(std::vector<double>{80, 20});
  const double share =
      split.score[1] * split.score[1] * 0.2 + split.score[0] * split.score[0] * 0.8;
  EXPECT_NEAR(correlation(fine, split, 0.6 * share), 0.6, 1e-6);
}

TEST(Correlation, StaysInsideOneAndIsZeroForAConstant) {
  const Steps half(std::vector<double>{1, 1}), constant(std::vector<double>{7});
  EXPECT_EQ(correlation(half, half, 2), 0.999);
  EXPECT_EQ(correlation(half, half, -2), -0.999);
  EXPECT_EQ(correlation(half, constant, 0), 0);
}

TEST(PositiveDefinite, LeavesAGoodMatrixButForTheRidge) {
  Matrix r(2, 2);
  r << 1, 0.8, 0.8, 1;
  const Matrix out = positive_definite(r, 0.01);
  EXPECT_NEAR(out(0, 1), 0.99 * 0.8, 1e-15);
  EXPECT_EQ(out(0, 0), 1);
}

TEST(PositiveDefinite, RaisesNegativeEigenvaluesToTheRidge) {
  Matrix r(3, 3);
  r << 1, 0.9, -0.9, 0.9, 1, 0.9, -0.9, 0.9, 1;
  ASSERT_LT(Eigen::SelfAdjointEigenSolver<Matrix>(r).eigenvalues().minCoeff(), -0.5);
  const Matrix out = positive_definite(r, 0.001);
  EXPECT_GE(Eigen::SelfAdjointEigenSolver<Matrix>(out).eigenvalues().minCoeff(), 0.001 - 1e-12);
  EXPECT_EQ(out.diagonal(), Eigen::Vector3d::Ones());
  EXPECT_EQ(out, Matrix(out.transpose()));
  EXPECT_NEAR(out(0, 1), 0.999 * 0.5, 1e-12);  // by hand: 1.9 (I - v v'), scaled
}

}  // namespace
}  // namespace semblance::copula
