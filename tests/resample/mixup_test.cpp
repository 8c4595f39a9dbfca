// SPDX-License-Identifier: Apache-2.0
#include "semblance/resample/mixup.hpp"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "semblance/core/error.hpp"
#include "semblance/resample/kernel_partners.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

at::Tensor ramp(std::vector<std::int64_t> shape) {
  return at::arange(at::prod(at::tensor(shape)).item<std::int64_t>(), at::kDouble).reshape(shape);
}

/// One-hot labels of `classes` classes, row i of class i % classes.
at::Tensor one_hot(std::int64_t rows, std::int64_t classes) {
  return at::eye(classes, at::kDouble)
      .repeat({(rows + classes - 1) / classes, 1})
      .slice(0, 0, rows);
}

/// lambda x + (1 - lambda) x[partner], cell by cell.
at::Tensor expected(const at::Tensor& x, const MixedBatch& batch, const at::Tensor& lambda) {
  at::Tensor out = at::zeros_like(x);
  for (std::int64_t i = 0; i < x.size(0); ++i) {
    const auto j = batch.partner[i].item<std::int64_t>();
    const auto l = lambda[i].item<double>();
    out[i] = x[i] * l + x[j] * (1 - l);
  }
  return out;
}

TEST(Mixup, MixesRowsOfAnyShapeAndTheirTargetsByOneLambda) {
  for (const auto& shape : std::vector<std::vector<std::int64_t>>{{8}, {8, 3}, {8, 2, 4, 4}}) {
    const at::Tensor x = ramp(shape), y = one_hot(8, 3);
    const MixedBatch batch = mixup(x, y, {.alpha = 1}, Seed{1}, 5);
    EXPECT_TRUE(at::allclose(batch.inputs, expected(x, batch, batch.lambda), 1e-12, 1e-12));
    EXPECT_TRUE(at::allclose(batch.targets, expected(y, batch, batch.lambda), 1e-12, 1e-12));
    EXPECT_TRUE(at::allclose(batch.targets.sum(1), at::ones({8}, at::kDouble)));
    EXPECT_TRUE(at::equal(std::get<0>(batch.partner.sort()), at::arange(8)));
    EXPECT_TRUE(at::equal(batch.lambda, batch.target_lambda));
  }
}

TEST(Mixup, TheSeedAndTheStepDecide) {
  const at::Tensor x = ramp({32, 2}).to(at::kFloat), y = ramp({32}).to(at::kFloat);
  const auto at_step = [&](Seed seed, std::int64_t step) { return mixup(x, y, {}, seed, step); };
  EXPECT_TRUE(at::equal(at_step(Seed{1}, 7).inputs, at_step(Seed{1}, 7).inputs));
  EXPECT_FALSE(at::equal(at_step(Seed{1}, 7).partner, at_step(Seed{1}, 8).partner));
  EXPECT_FALSE(at::equal(at_step(Seed{1}, 7).lambda, at_step(Seed{1}, 8).lambda));
  EXPECT_FALSE(at::equal(at_step(Seed{1}, 7).lambda, at_step(Seed{2}, 7).lambda));
  EXPECT_EQ(at_step(Seed{1}, 7).inputs.scalar_type(), at::kFloat);
}

TEST(Mixup, OneLambdaForTheBatchIsThatOfItsFirstRow) {
  const at::Tensor x = ramp({32, 2});
  const MixedBatch rows = mixup(x, x, {.alpha = 1}, Seed{1}, 0);
  const MixedBatch batch = mixup(x, x, {.alpha = 1, .lambda_for = LambdaFor::kBatch}, Seed{1}, 0);
  EXPECT_TRUE(at::equal(batch.lambda, rows.lambda[0].expand({32})));
  EXPECT_FALSE(at::equal(rows.lambda, batch.lambda));
}

TEST(Mixup, LambdaIsBetaDistributed) {
  // n = 20000. Mean 1/2 and variance 1 / (4 (2 alpha + 1)); P(lambda < 0.1) is 0.1 for alpha = 1
  // and (2 / pi) asin(sqrt(0.1)) = 0.2048 for alpha = 1/2. Standard errors are below 0.0036 for all
  // three, tolerances six of them or more (false-alarm probability < 1e-8 in all).
  constexpr std::int64_t kRows = 20'000;
  const at::Tensor x = at::zeros({kRows}, at::kDouble);
  for (const auto& [alpha, below] : {std::pair(1.0, 0.1), {0.5, 0.2048328}, {8.0, 0.0000185}}) {
    const at::Tensor lambda = mixup(x, x, {.alpha = alpha}, Seed{3}, 0).lambda;
    EXPECT_NEAR(lambda.mean().item<double>(), 0.5, 0.022);
    EXPECT_NEAR(lambda.var().item<double>(), 1 / (4 * (2 * alpha + 1)), 0.022 / 4);
    EXPECT_NEAR(at::lt(lambda, 0.1).to(at::kDouble).mean().item<double>(), below, 0.018);
  }
  // Both gamma variates of so small a shape are below the smallest double; one of them wins.
  const at::Tensor ends = mixup(x, x, {.alpha = 1e-4}, Seed{3}, 0).lambda;
  EXPECT_NEAR(at::gt(ends, 0.5).to(at::kDouble).mean().item<double>(), 0.5, 0.022);
  EXPECT_FALSE(at::isnan(ends).any().item<bool>());
}

TEST(Mixup, GradientsFlowToBothParents) {
  const at::Tensor x = ramp({6, 2}).requires_grad_();
  const MixedBatch batch = mixup(x, one_hot(6, 2), {.alpha = 1}, Seed{2}, 0);
  batch.inputs.sum().backward();
  at::Tensor grad = batch.lambda.clone();
  grad.index_add_(0, batch.partner, 1 - batch.lambda);
  EXPECT_TRUE(at::allclose(x.grad(), grad.unsqueeze(1).expand({6, 2}), 1e-12, 1e-12));
}

TEST(Remix, TheLabelLeansToTheRarerClass) {
  const at::Tensor x = ramp({600, 2}), y = one_hot(600, 3);
  const std::vector<std::int64_t> rows = {300, 100, 99};
  const RemixConfig config{.tau = 0.4};
  const MixedBatch batch = remix(x, y, rows, config, Seed{1}, 0);
  EXPECT_TRUE(at::allclose(batch.inputs, expected(x, batch, batch.lambda), 1e-12, 1e-12));
  EXPECT_TRUE(at::allclose(batch.targets, expected(y, batch, batch.target_lambda), 1e-12, 1e-12));
  int zero = 0, one = 0, same = 0;
  for (std::int64_t i = 0; i < 600; ++i) {
    const auto own = i % 3, other = batch.partner[i].item<std::int64_t>() % 3;
    const auto lambda = batch.lambda[i].item<double>(),
               label = batch.target_lambda[i].item<double>();
    // Class 0 is 3 times class 1 and more than 3 times class 2; these two are alike.
    if (own == 0 && other != 0 && lambda < 0.4) {
      EXPECT_EQ(label, 0) << i;
      ++zero;
    } else if (own != 0 && other == 0 && 1 - lambda < 0.4) {
      EXPECT_EQ(label, 1) << i;
      ++one;
    } else {
      EXPECT_EQ(label, lambda) << i;
      ++same;
    }
  }
  EXPECT_GT(zero, 20);
  EXPECT_GT(one, 20);
  EXPECT_GT(same, 100);
}

TEST(Remix, WithEqualClassesItIsMixup) {
  const at::Tensor x = ramp({50, 2}), y = one_hot(50, 2);
  const MixedBatch batch = remix(x, y, std::vector<std::int64_t>{29, 10}, {}, Seed{1}, 0);
  EXPECT_TRUE(at::equal(batch.lambda, batch.target_lambda));  // 2.9 times is below kappa
}

TEST(CMixup, MixesByTheKernelAndOneLambda) {
  const at::Tensor x = ramp({40, 3}), y = at::arange(40, at::kDouble).unsqueeze(1);
  const MixedBatch batch = c_mixup(x, y, {.bandwidth = 1e-3}, Seed{1}, 0);
  EXPECT_TRUE(at::equal(batch.partner, at::arange(40)));  // all others are 1000 bandwidths away
  EXPECT_TRUE(at::allclose(batch.inputs, x));
  const MixedBatch wide = c_mixup(x, y, {.bandwidth = 3}, Seed{1}, 0);
  EXPECT_TRUE(at::allclose(wide.inputs, expected(x, wide, wide.lambda), 1e-12, 1e-12));
  EXPECT_TRUE(at::allclose(wide.targets, expected(y, wide, wide.lambda), 1e-12, 1e-12));
  // 27 bandwidths apart: probability e^-364.
  EXPECT_LT((wide.partner - at::arange(40)).abs().max().item<std::int64_t>(), 27);
  EXPECT_FALSE(at::equal(wide.partner, at::arange(40)));
}

TEST(KernelPartners, DrawByTheWeightsOfTheKernel) {
  // Targets in several rings of each other, one of them twice and one beyond the last ring. 60000
  // draws a row: a frequency has a standard error below 0.0021, and 0.0125 is over six of them (63
  // frequencies: false-alarm probability < 1e-7).
  const std::vector<double> y = {0, 0.3, 0.3, -0.8, 1.9, 3.2, 30};
  const double h = 0.9;
  const KernelPartners partners(y, h);
  for (std::size_t i = 0; i < y.size(); ++i) {
    std::vector<double> weight, count(y.size());
    for (const double other : y) weight.push_back(std::exp(-std::pow((y[i] - other) / h, 2) / 2));
    const double total = std::accumulate(weight.begin(), weight.end(), 0.0);
    for (std::uint64_t n = 0; n < 60'000; ++n) {
      Stream draw(Seed{i}, "partners", n);
      ++count[static_cast<std::size_t>(partners.draw(static_cast<std::int64_t>(i), draw))];
    }
    for (std::size_t j = 0; j < y.size(); ++j)
      EXPECT_NEAR(count[j] / 60'000, weight[j] / total, 0.0125) << i << " " << j;
  }
}

TEST(KernelPartners, ManyFarRowsDoNotHideTheNearOnes) {
  // One row at 0 and 20000 four bandwidths away, each of weight e^-8: 6.7 times the row's own. The
  // share of the row itself is 1 / 7.71; 4000 draws: standard error 0.0053, tolerance six of them.
  std::vector<double> y(20'001, 4.0);
  y[0] = 0;
  const KernelPartners partners(y, 1);
  double self = 0;
  for (std::uint64_t n = 0; n < 4'000; ++n) {
    Stream draw(Seed{1}, "far", n);
    self += partners.draw(0, draw) == 0 ? 1 : 0;
  }
  EXPECT_NEAR(self / 4'000, 1 / (1 + 20'000 * std::exp(-8)), 0.032);
}

TEST(Mixup, MessagesNameTheRule) {
  const auto error = [](const auto& call) { return message_of<InvalidArgument>(call); };
  const at::Tensor x = ramp({4, 2}), y = one_hot(4, 2);
  EXPECT_EQ(error([&] { (void)mixup(x, y, {.alpha = 0}, Seed{1}, 0); }),
            "MixupConfig.alpha must be finite and > 0, got 0");
  EXPECT_EQ(error([&] { (void)mixup(x, y.slice(0, 0, 3), {}, Seed{1}, 0); }),
            "mixup: there must be one target a row, got 4 rows");
  EXPECT_EQ(error([&] { (void)mixup(x.to(at::kLong), y, {}, Seed{1}, 0); }),
            "mixup: inputs must be floating point, got Long");
  EXPECT_EQ(error([&] { (void)mixup(x, y.to(at::kLong), {}, Seed{1}, 0); }),
            "mixup: targets must be floating point (one-hot labels or numbers), got Long");
  EXPECT_EQ(error([&] { (void)mixup(x.slice(0, 0, 0), y, {}, Seed{1}, 0); }),
            "mixup: inputs must be [B, ...] with B >= 1");
  EXPECT_EQ(error([&] { (void)mixup(x, y, {}, Seed{1}, -1); }), "mixup: step must be >= 0, got -1");
  const std::vector<std::int64_t> three = {1, 2, 3}, negative = {1, -2};
  EXPECT_EQ(error([&] { (void)remix(x, y, three, {}, Seed{1}, 0); }),
            "remix: targets must be [B, 3], one column a class");
  EXPECT_EQ(error([&] { (void)remix(x, y, negative, {}, Seed{1}, 0); }),
            "remix: class_rows must be >= 0, got -2");
  EXPECT_EQ(error([&] { (void)remix(x, y, three, {.kappa = 0.5}, Seed{1}, 0); }),
            "RemixConfig.kappa must be finite and >= 1, got 0.5");
  EXPECT_EQ(error([&] { (void)remix(x, y, three, {.tau = 2}, Seed{1}, 0); }),
            "RemixConfig.tau must be in [0, 1], got 2");
  EXPECT_EQ(error([&] { (void)c_mixup(x, y, {}, Seed{1}, 0); }),
            "c_mixup: targets must be [B] or [B, 1], got 8 numbers for 4 rows");
  EXPECT_EQ(error([&] { (void)c_mixup(x, y, {.bandwidth = 0}, Seed{1}, 0); }),
            "CMixupConfig.bandwidth must be finite and > 0, got 0");
  EXPECT_EQ(error([&] { (void)c_mixup(x, y.select(1, 0) / 0, {}, Seed{1}, 0); }).substr(0, 41),
            "KernelPartners: targets must be finite, g");
}

}  // namespace
}  // namespace semblance
