// SPDX-License-Identifier: Apache-2.0
#include "copula/posterior.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "copula/normal.hpp"

namespace semblance::copula {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::uint64_t kDraws = 8'000;

Matrix pair_of(double rho) {
  Matrix r(2, 2);
  r << 1, rho, rho, 1;
  return r;
}

/// Mean of a statistic over kDraws draws.
double mean_of(const Posterior& posterior, const std::vector<Evidence>& evidence,
               const std::function<double(const Eigen::VectorXd&)>& statistic) {
  double sum = 0;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    Stream stream(Seed{3}, "draw", i);
    sum += statistic(posterior.draw(evidence, 20, stream));
  }
  return sum / static_cast<double>(kDraws);
}

/// Mean of x over the density of a bivariate normal inside a box, by the midpoint rule.
double mean_in_box(double rho, const Piece& x, const Piece& y) {
  constexpr int kSteps = 400;
  double mass = 0, sum = 0;
  for (int i = 0; i < kSteps; ++i) {
    const double a = x.low + (x.high - x.low) * (i + 0.5) / kSteps;
    for (int j = 0; j < kSteps; ++j) {
      const double b = y.low + (y.high - y.low) * (j + 0.5) / kSteps;
      const double p = std::exp(-(a * a - 2 * rho * a * b + b * b) / (2 * (1 - rho * rho)));
      mass += p;
      sum += p * a;
    }
  }
  return sum / mass;
}

// All bounds below: 8,000 draws, 6 standard errors of a mean: false alarm 2e-9 each.
const double kSixErrors = 6 / std::sqrt(static_cast<double>(kDraws));

TEST(Posterior, WithoutEvidenceHasTheCorrelations) {
  const Posterior prior(pair_of(-0.7), {}, {});
  EXPECT_NEAR(mean_of(prior, {}, [](const auto& z) { return z[0] * z[1]; }), -0.7,
              kSixErrors * std::sqrt(1 + 0.49));
  EXPECT_NEAR(mean_of(prior, {}, [](const auto& z) { return z[1] * z[1]; }), 1,
              kSixErrors * std::sqrt(2));
}

TEST(Posterior, AKnownCoordinateGivesTheConditionalNormal) {
  const std::vector<Evidence> evidence = {{0, {{1.5, 1.5}}}};
  const Pattern pattern(evidence);
  EXPECT_EQ(pattern.points, std::vector<std::int64_t>{0});
  const Posterior posterior(pair_of(0.6), pattern.points, pattern.boxes);
  EXPECT_EQ(mean_of(posterior, evidence, [](const auto& z) { return z[0]; }), 1.5);
  EXPECT_NEAR(mean_of(posterior, evidence, [](const auto& z) { return z[1]; }), 0.9,
              kSixErrors * 0.8);
  EXPECT_NEAR(mean_of(posterior, evidence, [](const auto& z) { return std::pow(z[1] - 0.9, 2); }),
              0.64, kSixErrors * 0.64 * std::sqrt(2));
}

TEST(Posterior, OneIntervalIsATruncatedNormal) {
  const std::vector<Evidence> evidence = {{1, {{1, kInfinity}}}};
  const Posterior posterior(pair_of(0.8), {}, {1});
  const double mean = normal::density(1) / normal::mass(1, kInfinity);  // inverse Mills ratio
  EXPECT_NEAR(mean_of(posterior, evidence, [](const auto& z) { return z[1]; }), mean, kSixErrors);
  EXPECT_NEAR(mean_of(posterior, evidence, [](const auto& z) { return z[0]; }), 0.8 * mean,
              kSixErrors);
}

TEST(Posterior, PiecesAreDrawnByTheirMassAndWeight) {
  const std::vector<Evidence> evidence = {{0, {{1, 1}}},
                                          {1, {{-2, -1, 0.5}, {1, 2, 1}, {3, 4, 0}}}};
  const Pattern pattern(evidence);
  const Posterior posterior(pair_of(0.5), pattern.points, pattern.boxes);
  const auto standard = [](double z) { return (z - 0.5) / std::sqrt(0.75); };
  const double below = 0.5 * normal::mass(standard(-2), standard(-1));
  const double above = normal::mass(standard(1), standard(2));
  EXPECT_NEAR(mean_of(posterior, evidence, [](const auto& z) { return z[1] < 0 ? 1 : 0; }),
              below / (below + above), kSixErrors * 0.5);
  EXPECT_EQ(mean_of(posterior, evidence, [](const auto& z) { return z[1] > 2 ? 1 : 0; }), 0);
}

// Opposite corners of a strong correlation: drawing one coordinate after the other alone would be
// off by far more than the bound.
TEST(Posterior, TwoIntervalsAgreeWithNumericalIntegration) {
  for (const double rho : {0.5, 0.9}) {
    const Piece x{0, 2}, y{-2, 0.5};
    const std::vector<Evidence> evidence = {{0, {x}}, {1, {y}}};
    const Posterior posterior(pair_of(rho), {}, {0, 1});
    EXPECT_NEAR(mean_of(posterior, evidence, [](const auto& z) { return z[0]; }),
                mean_in_box(rho, x, y), kSixErrors * 0.5)
        << rho;
    EXPECT_NEAR(mean_of(posterior, evidence, [](const auto& z) { return z[1]; }),
                mean_in_box(rho, y, x), kSixErrors * 0.5)
        << rho;
  }
}

TEST(Posterior, IntervalsFarOutStayInside) {
  const std::vector<Evidence> evidence = {{0, {{30, 31}}}, {1, {{-31, -30}}}};
  const Posterior posterior(pair_of(0.95), {}, {0, 1});
  for (std::uint64_t i = 0; i < 100; ++i) {
    Stream stream(Seed{5}, "far", i);
    const auto z = posterior.draw(evidence, 20, stream);
    EXPECT_TRUE(z[0] >= 30 && z[0] <= 31 && z[1] >= -31 && z[1] <= -30);
  }
}

TEST(Posterior, TheProbabilityOfTwoIntervalsIsThatOfTheOrthant) {
  Matrix r(2, 2);
  r << 1, 0.5, 0.5, 1;
  const double inf = std::numeric_limits<double>::infinity();
  const std::vector<Evidence> up = {{0, {{0, inf}}}, {1, {{0, inf}}}};
  Stream stream(Seed{3}, "orthant");
  // P = 1/4 + asin(rho) / 2 pi = 1/3. 20,000 draws of masses within [0, 1/2]: standard error below
  // 0.0018, so 0.01 fails by chance with probability below 1e-7.
  EXPECT_NEAR(std::exp(Posterior(r, {}, {0, 1}).log_mass(up, 20'000, stream)), 1.0 / 3, 0.01);
  const std::vector<Evidence> one = {{0, {{0, inf}}}};
  EXPECT_NEAR(std::exp(Posterior(r, {}, {0}).log_mass(one, 1, stream)), 0.5, 1e-12);
}

TEST(Posterior, TheCopulaDensityOfTwoIsTheClosedForm) {
  const double rho = 0.6, x = 0.7, y = -1.1;
  Matrix r(2, 2);
  r << 1, rho, rho, 1;
  Eigen::VectorXd z(2);
  z << x, y;
  const double left = 1 - rho * rho;
  const double expected =
      -0.5 * std::log(left) - (rho * rho * (x * x + y * y) - 2 * rho * x * y) / (2 * left);
  EXPECT_NEAR(log_copula_density(r, z), expected, 1e-12);
}

}  // namespace
}  // namespace semblance::copula
