// SPDX-License-Identifier: Apache-2.0
#include "diffusion/process.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "diffusion/cells.hpp"
#include "semblance/nn/parameters.hpp"

namespace semblance {
namespace {

Bitmap last_missing() {
  Bitmap valid(4, true);
  valid.set(3, false);
  return valid;
}

/// One number, a category of 3, one of 2 with gaps.
struct Process : testing::Test {
  Dataset data{Schema({{.name = "x"},
                       {.name = "c", .kind = Kind::kCategorical, .categories = {"p", "q", "r"}},
                       {.name = "d", .kind = Kind::kCategorical, .categories = {"s", "t"}}}),
               {Column::reals({1, 2, 3, 4}), Column::categories({0, 1, 2, 0}),
                Column::categories({0, 1, 1, 0}, last_missing())}};
  FeatureCodec codec{data, {0, 1, 2}, {.rare_count = 1}, Seed{1}};
  at::Tensor slots = codec.encode(data, Seed{1}).vector.narrow(1, 1, 6);

  [[nodiscard]] CategoryProcess make(const DiffusionConfig& config) const {
    return {config, codec, at::kCPU};
  }
  static at::Tensor level(double sigma) { return at::full({1, 1}, sigma, at::kFloat); }
  static double at_level(const CategoryProcess& process, double sigma) {
    return process.kept(level(sigma)).item<double>();
  }
};

TEST_F(Process, KeepsAllWithoutNoiseAndNothingInTheEnd) {
  const CategoryProcess multinomial = make(presets::tabddpm()), masked = make(presets::tabdiff());
  EXPECT_EQ(at_level(multinomial, 0), 1);
  EXPECT_NEAR(at_level(multinomial, 1), 0.5, 1e-6);  // signal and noise alike
  EXPECT_LT(at_level(multinomial, 1000), 1e-5);
  EXPECT_EQ(at_level(masked, 0), 1);
  EXPECT_EQ(at_level(masked, 0.002), 1);
  EXPECT_NEAR(at_level(masked, 80), 0, 1e-6);
  // Half way up the grid: ((80^(1/7) + 0.002^(1/7)) / 2)^7.
  const double middle = std::pow(0.5 * (std::pow(80, 1 / 7.0) + std::pow(0.002, 1 / 7.0)), 7);
  EXPECT_NEAR(at_level(masked, middle), 0.5, 1e-5);
}

// 20,000 rows at signal share 1/2: a span of 3 keeps its slot with 1/2 + 1/6. 6 standard errors.
TEST_F(Process, MultinomialNoiseHasTheMarginalOfThePaper) {
  const CategoryProcess process = make(presets::tabddpm());
  const std::int64_t n = 20'000;
  const at::Tensor u = uniform_rows(Seed{2}, 0, n, 4);
  const at::Tensor noisy =
      process.noisy(slots.narrow(0, 0, 1).expand({n, 6}).contiguous(), level(1).expand({n, 1}), u);
  const at::Tensor share = noisy.mean(0);
  EXPECT_NEAR(share[0].item<double>(), 2.0 / 3, 6 * std::sqrt(2.0 / 9 / n));
  EXPECT_NEAR(share[1].item<double>(), 1.0 / 6, 6 * std::sqrt(5.0 / 36 / n));
  EXPECT_NEAR(share[3].item<double>(), 2.0 / 3, 6 * std::sqrt(2.0 / 9 / n));
  EXPECT_TRUE(at::equal(noisy.narrow(1, 0, 3).sum(1), at::ones({n})));
}

// Both processes, told the truth at every level, end at it.
TEST_F(Process, StepsToTheTruthEndThere) {
  for (DiffusionConfig config : {presets::tabddpm(), presets::tabdiff()}) {
    config.steps = 10;
    const CategoryProcess process = make(config);
    const std::int64_t n = 400;
    const at::Tensor truth = slots.repeat({n / 4, 1});
    at::Tensor codes = process.start(uniform_rows(Seed{3}, 0, n, 4));
    EXPECT_FALSE(at::equal(codes, truth));
    const auto levels = grid_levels(config);
    ASSERT_EQ(levels.size(), 11U);
    for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
      codes = process.step(codes, truth, levels[i], levels[i + 1],
                           uniform_rows(derive(Seed{4}, i), 0, n, 4));
    }
    EXPECT_TRUE(at::equal(codes, truth));
  }
}

// With the true marginal as its guess, a process draws the marginal: 20,000 rows, 6 standard
// errors.
TEST_F(Process, StepsDrawFromTheGuess) {
  for (DiffusionConfig config : {presets::tabddpm(), presets::tabdiff()}) {
    config.steps = 20;
    const CategoryProcess process = make(config);
    const std::int64_t n = 20'000;
    const at::Tensor guess = at::tensor({0.7F, 0.2F, 0.1F, 0.5F, 0.5F, 0.0F}).expand({n, 6});
    at::Tensor codes = process.start(uniform_rows(Seed{3}, 0, n, 4));
    const auto levels = grid_levels(config);
    for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
      codes = process.step(codes, guess, levels[i], levels[i + 1],
                           uniform_rows(derive(Seed{4}, i), 0, n, 4));
    }
    const double share = codes.mean(0)[0].item<double>();
    // The mean as a guess in the posterior is exact for masks; multinomial noise, as published,
    // sharpens it a little.
    const double bias = config.categories == DiffusionConfig::Categories::kMasked ? 0 : 0.2;
    EXPECT_NEAR(share, 0.7, bias + 6 * std::sqrt(0.21 / n));
    EXPECT_EQ(codes.select(1, 5).sum().item<double>(), 0);
  }
}

// Levels 1 and the one before of a grid of 4: the posterior of two slots, by hand.
TEST_F(Process, MultinomialLossIsTheDivergenceOfPosteriors) {
  DiffusionConfig config = presets::tabddpm();
  config.training_levels = 4;
  const CategoryProcess process = make(config);
  const at::Tensor sigma = grid_level(config, at::full({1, 1}, 0.75));
  const auto kept = [&](double t) {
    return process.kept(grid_level(config, at::full({1, 1}, t))).item<double>();
  };
  const double here = kept(0.75), before = kept(0.5), stays = here / before;
  const std::vector<double> noisy = {0, 1, 0}, clean = {1, 0, 0}, guess = {0.5, 0.25, 0.25};
  std::vector<double> p, q;
  double p_sum = 0, q_sum = 0, expected = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    const double likelihood = stays * noisy[k] + (1 - stays) / 3;
    q.push_back(likelihood * (before * clean[k] + (1 - before) / 3));
    p.push_back(likelihood * (before * guess[k] + (1 - before) / 3));
    q_sum += q[k];
    p_sum += p[k];
  }
  for (std::size_t k = 0; k < 3; ++k) {
    expected += q[k] / q_sum * std::log(q[k] / q_sum / (p[k] / p_sum));
  }
  const at::Tensor row = at::tensor({1.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F}).reshape({1, 6});
  const at::Tensor shown = at::tensor({0.0F, 1.0F, 0.0F, 1.0F, 0.0F, 0.0F}).reshape({1, 6});
  const at::Tensor logits =
      at::tensor({0.5F, 0.25F, 0.25F, 1.0F, 1.0F, 1.0F}).log().reshape({1, 6});
  EXPECT_NEAR(process.loss(row, shown, logits, sigma).item<double>(), 4 * expected, 1e-4);
}

TEST_F(Process, MaskedLossIsTheWeightedCrossEntropyOfWhatIsHidden) {
  const DiffusionConfig config = presets::tabdiff();
  const CategoryProcess process = make(config);
  const at::Tensor sigma = grid_level(config, at::full({1, 1}, 0.25));
  const at::Tensor shown = at::tensor({0.0F, 0.0F, 0.0F, 1.0F, 0.0F, 0.0F}).reshape({1, 6});
  const at::Tensor logits =
      at::tensor({0.5F, 0.25F, 0.25F, 0.1F, 0.8F, 0.1F}).log().reshape({1, 6});
  // Only the first span is hidden; t = 1/4.
  EXPECT_NEAR(process.loss(slots.narrow(0, 0, 1), shown, logits, sigma).item<double>(),
              4 * std::log(2.0), 1e-4);
}

TEST_F(Process, LossesStayFiniteAtBothEnds) {
  for (const DiffusionConfig& config : {presets::tabddpm(), presets::tabdiff()}) {
    const CategoryProcess process = make(config);
    for (const double t : {1e-3, 0.5, 1.0}) {
      const at::Tensor sigma = grid_level(config, at::full({4, 1}, t));
      const at::Tensor noisy = process.noisy(slots, sigma, uniform_rows(Seed{5}, 0, 4, 4));
      const at::Tensor logits = (1e6 * normal_rows(Seed{6}, 0, 4, 6)).requires_grad_();
      const at::Tensor loss = process.loss(slots, noisy, logits, sigma).sum();
      EXPECT_TRUE(std::isfinite(loss.item<double>())) << t;
      loss.backward();
      EXPECT_TRUE(logits.grad().isfinite().all().item<bool>()) << t;
    }
  }
}

TEST_F(Process, CellsKnowTheirColumns) {
  const Cells cells(codec, 3, at::kCPU);
  const at::Tensor known = at::tensor({1.0F, 0.0F, 1.0F}).reshape({1, 3});
  EXPECT_TRUE(at::equal(cells.spread(known),
                        at::tensor({1.0F, 0.0F, 0.0F, 0.0F, 1.0F, 1.0F, 1.0F}).reshape({1, 7})));
  EXPECT_TRUE(at::equal(cells.gates(), at::tensor({0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 1.0F})));
  EXPECT_EQ(cells.told(codec.encode(data, Seed{1}).vector, known.expand({4, 3})).size(1),
            cells.told_width());
  EXPECT_TRUE(at::equal(Cells::present(data).select(1, 2), at::tensor({1.0F, 1.0F, 1.0F, 0.0F})));
}

// 20,000 rows; 6 standard errors.
TEST(KnownCells, AreTheTargetOrAnything) {
  const KnownCells known = {.columns = 3, .target = 2, .dropped = 0.25, .share = 0.5};
  const at::Tensor mask = known.draw(Seed{1}, 0, 20'000);
  EXPECT_NEAR(mask.select(1, 0).mean().item<double>(), 0.25, 6 * std::sqrt(0.1875 / 20'000));
  EXPECT_NEAR(mask.select(1, 2).mean().item<double>(), 0.5 * 0.5 + 0.5 * 0.75,
              6 * std::sqrt(0.25 / 20'000));
  EXPECT_TRUE(at::equal(known.draw(Seed{1}, 5, 2), mask.narrow(0, 5, 2)));
}

}  // namespace
}  // namespace semblance
