// SPDX-License-Identifier: Apache-2.0
#include "gan/network.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

namespace semblance {
namespace {

GanConfig small() { return {.generator = {8, 8}, .critic = {8}}; }

TEST(GanGenerator, FixedStatisticsMakeRowsIndependent) {
  Parameters parameters(Seed{1});
  GanGenerator generator(parameters, 4, 3, small());
  generator.settle(normal_rows(Seed{2}, 0, 500, 4));
  const at::Tensor x = normal_rows(Seed{3}, 0, 10, 4);
  const FrozenGenerator frozen = generator.frozen(0, false);
  EXPECT_TRUE(
      at::allclose(frozen(x, {}).narrow(1, 0, 2), frozen(x.narrow(0, 0, 2), {}), 1e-5, 1e-6));
  EXPECT_FALSE(
      at::allclose(generator.train(x).narrow(0, 0, 2), generator.train(x.narrow(0, 0, 2))));
}

TEST(GanGenerator, SettlingGivesTheStatisticsOfTheRows) {
  Parameters parameters(Seed{1});
  GanGenerator generator(parameters, 4, 3, small());
  const at::Tensor x = normal_rows(Seed{2}, 0, 500, 4);
  generator.settle(x);
  EXPECT_TRUE(at::allclose(generator.frozen(0, false)(x, {}).t(), generator.train(x), 1e-4, 1e-5));
}

// What the layers look up instead of multiplying: rows without a code, and with each of three.
TEST(GanGenerator, FrozenCodesAreTheProductWithOneHotInputs) {
  for (const bool normalise : {true, false}) {
    Parameters parameters(Seed{1});
    GanGenerator generator(parameters, 4 + 3, 5, {.generator = {8, 6}, .normalise = normalise});
    const at::Tensor noise = normal_rows(Seed{2}, 0, 400, 4);
    const at::Tensor pick = at::arange(400, at::kInt).remainder(4);
    const at::Tensor codes = at::one_hot(pick.to(at::kLong), 4).narrow(1, 1, 3).to(at::kFloat);
    const at::Tensor x = at::cat({noise, codes}, 1);
    generator.settle(x);
    const at::Tensor exact = generator.train(x).t();
    EXPECT_TRUE(at::allclose(generator.frozen(3, false)(noise, pick), exact, 1e-4, 1e-4));
    const at::Tensor rounded = generator.frozen(3, true)(noise, pick);
    EXPECT_TRUE(at::allclose(rounded, exact, 0.05, 0.05));
    EXPECT_FALSE(at::allclose(rounded, exact, 1e-4, 1e-4));
  }
}

TEST(GanCritic, DropoutKeepsTheMean) {
  Parameters parameters(Seed{1});
  const GanCritic critic(parameters, 4, {.critic = {1000}, .dropout = 0.25});
  const at::Tensor mask = critic.dropout(100, Seed{2}, 0)[0];
  // 100,000 units: the standard deviation of the mean is 0.0018
  EXPECT_NEAR(mask.mean().item<double>(), 1, 0.009);
  EXPECT_NEAR(mask.max().item<double>(), 1 / 0.75, 1e-6);
}

// The slope in closed form, and its gradient, against automatic differentiation, twice.
TEST(GanCritic, SlopeIsTheGradientOfTheScore) {
  for (const std::vector<std::int64_t>& widths : {std::vector<std::int64_t>{7, 5}, {6}, {}}) {
    Parameters parameters(Seed{1});
    const GanCritic critic(parameters, 4, {.critic = widths, .dropout = 0.3});
    const auto masks = critic.dropout(9, Seed{2}, 0);
    const at::Tensor packs = normal_rows(Seed{3}, 0, 9, 4).requires_grad_();
    const at::Tensor expected =
        torch::autograd::grad({critic(packs, masks).score.sum()}, {packs}, {}, true, true)[0];
    const at::Tensor slope = critic.slope(critic.enter(packs).detach(), masks);
    EXPECT_TRUE(at::allclose(slope, expected, 1e-5, 1e-6));
    const at::Tensor first = parameters.tensors()[0];
    const auto down = [&](const at::Tensor& s) {
      return torch::autograd::grad({s.square().sum()}, {first}, {}, true)[0];
    };
    EXPECT_TRUE(at::allclose(down(slope), down(expected), 1e-4, 1e-5));
  }
}

TEST(GanCritic, MixturesEnterAsMixtures) {
  Parameters parameters(Seed{1});
  const GanCritic critic(parameters, 4, {.critic = {6}});
  const at::Tensor a = normal_rows(Seed{2}, 0, 5, 4), b = normal_rows(Seed{3}, 0, 5, 4);
  EXPECT_TRUE(at::allclose(critic.enter(a * 0.3 + b * 0.7),
                           critic.enter(a) * 0.3 + critic.enter(b) * 0.7, 1e-5, 1e-6));
}

struct Output : testing::Test {
  Dataset data{Schema({{.name = "c", .kind = Kind::kCategorical, .categories = {"p", "q", "r"}},
                       {.name = "d", .kind = Kind::kCategorical, .categories = {"s", "t"}}}),
               {Column::categories({0, 1, 2, 0}), Column::categories({0, 1, 1, 0})}};
  FeatureCodec codec{data, {0, 1}, {.rare_count = 1}, Seed{1}};
  GanOutput output{codec, 0.2, at::kCPU};
};

TEST_F(Output, WeightsAreASoftmaxWithinEachSpan) {
  const at::Tensor head = at::tensor({1.0F, 2.0F, 30.0F, -3.0F, 4.0F}).reshape({1, 5});
  const at::Tensor w = output.weighted(head.t().clone(at::MemoryFormat::Contiguous));
  for (const auto& [first, width] : {std::pair(0, 3), std::pair(3, 2)}) {
    const at::Tensor span = w.narrow(1, first, width);
    EXPECT_TRUE(at::allclose(span / span.sum(1, true), head.narrow(1, first, width).softmax(1)));
  }
}

TEST_F(Output, DisobedienceIsTheCrossEntropyOfTheAskedSlot) {
  const at::Tensor head = normal_rows(Seed{3}, 0, 2, 5);
  const at::Tensor loss = output.disobedience(
      head,
      at::tensor({0.0F, 1.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 1.0F}).reshape({2, 5}));
  EXPECT_NEAR(loss[0].item<double>(), -head.narrow(1, 0, 3).log_softmax(1)[0][1].item<double>(),
              1e-5);
  EXPECT_NEAR(loss[1].item<double>(), -head.narrow(1, 3, 2).log_softmax(1)[1][1].item<double>(),
              1e-5);
}

// The largest of logits with Gumbel noise is a draw from their softmax: 20,000 draws, standard
// deviations below 0.0036.
TEST_F(Output, RelaxedRowsAreNearlyOneHotDrawsFromTheSoftmax) {
  const at::Tensor head = at::tensor({1.0F, 0.0F, -1.0F, 0.5F, 0.0F}).reshape({1, 5});
  const at::Tensor rows =
      output.relaxed(head.expand({20'000, 5}), uniform_rows(Seed{4}, 0, 20'000, 5));
  const at::Tensor drawn = (rows.narrow(1, 0, 3) > 0.5).to(at::kFloat).mean(0);
  const at::Tensor expected = head.narrow(1, 0, 3).softmax(1)[0];
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(drawn[i].item<double>(), expected[i].item<double>(), 0.03);  // few are undecided
  }
}

}  // namespace
}  // namespace semblance
