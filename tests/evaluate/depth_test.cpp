// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/depth.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "semblance/core/error.hpp"
#include "semblance/core/seed.hpp"

namespace semblance {
namespace {

using V = std::vector<double>;
constexpr double kTight = 1e-9;

// The samples M1 of the reference values.
const V kReal = {0, 0, 1, 0, 0, 1, 1, 1, 2, 2, 3, 1}, kFake = {0, .5, 1, .2, 2, 1, 4, 4, .5, .5};

MatrixView<double> view(const V& values, std::int64_t dim = 2) {
  return {values, std::ssize(values) / dim, dim};
}

V pooled() {
  V out = kReal;
  out.insert(out.end(), kFake.begin(), kFake.end());
  return out;
}

TEST(DdPlot, MahalanobisEqualsTheReferenceOfM1) {
  const V points = pooled();
  const auto x = mahalanobis_depth(view(points), view(kReal));
  const auto y = mahalanobis_depth(view(points), view(kFake));
  EXPECT_NEAR(x[0], 0.4006069803, 1e-10);
  EXPECT_NEAR(x[1], 0.4099378882, 1e-10);
  EXPECT_NEAR(x[2], 0.375, kTight);
  EXPECT_NEAR(y[0], 0.5134900668, 1e-10);
  EXPECT_NEAR(y[1], 0.3629551503, 1e-10);
  EXPECT_NEAR(y[2], 0.1863254321, 1e-10);
  const auto plot = dd_plot(x, y).value();
  EXPECT_NEAR(plot.slope, 0.6103497081, 1e-10);
  EXPECT_NEAR(plot.intercept, 0.1610342746, 1e-10);
  EXPECT_NEAR(plot.r2_ols, 0.3914160207, 1e-10);
  EXPECT_NEAR(plot.r2_identity, 0.2232753455, 1e-10);
}

TEST(DdPlot, SpatialEqualsTheReferenceOfM1) {
  const V points = pooled();
  const auto plot =
      dd_plot(spatial_depth(view(points), view(kReal)), spatial_depth(view(points), view(kFake)))
          .value();
  EXPECT_NEAR(plot.slope, 0.7245068354, 1e-10);
  EXPECT_NEAR(plot.intercept, 0.06900397716, 1e-10);
  EXPECT_NEAR(plot.r2_ols, 0.7014162047, 1e-10);
  EXPECT_NEAR(plot.r2_identity, 0.5252629766, 1e-10);
}

TEST(DdPlot, AScaledSampleFoolsTheSquaredCorrelationOnly) {
  V real, wide;
  Stream draw(Seed{1});
  for (int i = 0; i < 4000; ++i) real.push_back(draw.normal());
  for (int i = 0; i < 4000; ++i) wide.push_back(2 * draw.normal());
  V points = real;
  points.insert(points.end(), wide.begin(), wide.end());
  const auto plot = dd_plot(mahalanobis_depth(view(points, 4), view(real, 4)),
                            mahalanobis_depth(view(points, 4), view(wide, 4)))
                        .value();
  EXPECT_GT(plot.r2_ols, 0.85);       // the reference measured 0.902
  EXPECT_LT(plot.r2_identity, -0.2);  // and -0.319
}

TEST(DdPlot, WeightsCountPoints) {
  const auto twice = dd_plot(V{.1, .2, .2, .5}, V{.2, .1, .1, .4}).value();
  const auto weighted = dd_plot(V{.1, .2, .5}, V{.2, .1, .4}, V{1, 2, 1}).value();
  EXPECT_NEAR(twice.r2_identity, weighted.r2_identity, kTight);
  EXPECT_NEAR(twice.slope, weighted.slope, kTight);
}

TEST(Depth, OffTheSubspaceOfTheSampleIsZero) {
  const V line = {0, 1, 1, 1, 2, 1}, points = {1, 1, 1, 2};
  const auto depth = mahalanobis_depth(view(points), view(line));
  EXPECT_NEAR(depth[0], 1, kTight);
  EXPECT_EQ(depth[1], 0);
}

TEST(Depth, EdgeCases) {
  EXPECT_FALSE(dd_plot(V{.1, .1}, V{.2, .3}).has_value());
  EXPECT_FALSE(dd_plot(V{}, V{}).has_value());
  EXPECT_THROW((void)dd_plot(V{.1}, V{}), InvalidArgument);
  EXPECT_THROW((void)spatial_depth(view(kReal), view(kReal, 3)), InvalidArgument);
}

}  // namespace
}  // namespace semblance
