// SPDX-License-Identifier: Apache-2.0
#include "vae/latent_prior.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

namespace semblance {
namespace {

constexpr std::int64_t kRows = 2000;

/// Two clouds around (-2, 0) and (2, 0), correlated within; the second value of the target is
/// mostly in the second cloud.
struct Clouds : testing::Test {
  at::Tensor condition = at::zeros({kRows, 2}), codes = normal_rows(Seed{1}, 0, kRows, 2);

  void SetUp() override {
    codes.select(1, 1).add_(codes.select(1, 0)).mul_(0.5);
    codes.select(1, 0).mul_(0.5);
    for (std::int64_t i = 0; i < kRows; ++i) {
      condition[i][i % 2].fill_(1);
      const bool second = (i % 2 == 1) == (i % 10 < 9);
      codes[i][0].add_(second ? 2 : -2);
    }
  }
  /// Mean of the first value, and share of rows in the second cloud.
  static std::pair<double, double> of(const at::Tensor& z) {
    const at::Tensor x = z.select(1, 0);
    return {x.mean().item<double>(), (x > 0).to(at::kFloat).mean().item<double>()};
  }
};

TEST_F(Clouds, AMixtureFindsThem) {
  MixturePrior prior(2, 2, 2);
  prior.fit(codes, condition, Seed{2}, {});
  const at::Tensor drawn = prior.draw(normal_rows(Seed{3}, 0, kRows, 2), condition, Seed{4}, 0);
  for (const std::int64_t value : {0, 1}) {
    const at::Tensor rows = at::arange(value, kRows, 2);
    EXPECT_NEAR(of(drawn.index_select(0, rows)).second, of(codes.index_select(0, rows)).second,
                0.08);
  }
  const at::Tensor centred = drawn.select(1, 0) - (drawn.select(1, 0) > 0).to(at::kFloat) * 4 + 2;
  const at::Tensor product = centred * drawn.select(1, 1);
  EXPECT_NEAR(product.mean().item<double>(), 0.25, 0.06);  // 0.5 x 0.5, as the rows have it
}

// log of a mixture of one is the log density of a normal: by hand at its mean.
TEST_F(Clouds, AMixtureOfOneIsANormal) {
  MixturePrior prior(1, 0, 1);
  const at::Tensor x = at::tensor({-1.0F, 1.0F}).reshape({2, 1});
  prior.fit(x, at::zeros({2, 0}), Seed{1}, {});
  const double variance = 1 + 1e-3;
  const double expected = -0.5 * std::log(2 * std::numbers::pi * variance);
  EXPECT_NEAR(prior.log_joint(at::zeros({1, 1}), at::zeros({1, 0})).item<double>(), expected, 1e-6);
}

TEST_F(Clouds, AFlowFindsThemAndInvertsItself) {
  FlowPrior prior(2, 2, Parameters(Seed{5}));
  const double before = prior.cost(codes, condition).mean().item<double>();
  prior.fit(codes, condition, Seed{2}, {.threads = 1});
  EXPECT_LT(prior.cost(codes, condition).mean().item<double>(), before - 0.5);
  const at::Tensor drawn =
      prior.draw(normal_rows(Seed{3}, 0, kRows, 2), condition, Seed{4}, 0).detach();
  EXPECT_NEAR(of(drawn).second, of(codes).second, 0.12);
  // The density of what a noise of zeros becomes: that of the noise, less what was stretched.
  const at::Tensor two = drawn.narrow(0, 0, 2);
  EXPECT_TRUE(prior.cost(two, condition.narrow(0, 0, 2)).isfinite().all().item<bool>());
}

}  // namespace
}  // namespace semblance
