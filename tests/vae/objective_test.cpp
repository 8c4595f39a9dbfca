// SPDX-License-Identifier: Apache-2.0
#include "vae/objective.hpp"
#include "nn/gaussian_code.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <numbers>

namespace semblance {
namespace {

/// Six rows: a number with a gap, a category of two values, a 2 x 2 image with a gap.
Dataset rows() {
  Bitmap gap(6, true), no_image(6, true);
  gap.set(0, false);
  no_image.set(1, false);
  return {Schema{{.name = "x", .kind = Kind::kReal},
                 {.name = "k", .kind = Kind::kCategorical, .categories = {"a", "b"}},
                 {.name = "i", .kind = Kind::kTensor, .shape = {1, 2, 2}}},
          {Column::reals({0, 1, 2, 3, 4, 5}, gap), Column::categories({0, 1, 0, 1, 0, 1}),
           Column::tensors(std::vector<float>(24, 0.25F), {1, 2, 2}, no_image)}};
}

struct Setting {
  FeatureCodec codec{rows(), {0, 1, 2}, {.rare_count = 1}, Seed{1}};
  VaeNet net{codec, 2, {.latent_dim = 3, .hidden = {8}, .channels = 2}, Parameters(Seed{2})};
  VaeObjective objective{codec, at::kCPU};
  VaeBatch batch{codec.encode(rows(), Seed{3}), at::eye(2).repeat({3, 1})};
};

double log_normal(double x, double mean, double log_sigma) {
  const double d = (x - mean) / std::exp(log_sigma);
  return -0.5 * d * d - log_sigma - 0.5 * std::log(2 * std::numbers::pi);
}

/// log p of one row by the definition, span by span.
double by_hand(const Setting& s, const VaeOutput& out, std::int64_t row) {
  const at::Tensor x = s.batch.rows.vector[row];
  const auto value = [](const at::Tensor& t) { return t.item<double>(); };
  double total = 0;
  const bool present = value(x[s.codec.scalars()[0].gate]) == 0;
  if (present)
    total +=
        log_normal(value(x[0]), value(out.scalars()[row][0]), value(s.net.scalar_log_sigma()[0]));
  for (const auto& span : s.codec.one_hots()) {
    const at::Tensor logits = out.logits()[row].narrow(0, span.first - 1, span.width);
    total += value((at::log_softmax(logits, 0) * x.narrow(0, span.first, span.width)).sum());
  }
  if (value(x[s.codec.tensors()[0].gate]) == 1) return total;
  const at::Tensor pixels = s.batch.rows.tensors[0][row].flatten();
  const at::Tensor means = out.tensors[0][row].flatten();
  for (std::int64_t i = 0; i < 4; ++i)
    total += log_normal(value(pixels[i]), value(means[i]), value(s.net.tensor_log_sigma(0)));
  return total;
}

TEST(VaeObjective, ReconstructionIsMinusTheLogDensitySummedOverDimensions) {
  const Setting s;
  const VaeOutput out = s.net.decode(normal_rows(Seed{4}, 0, 6, 3), s.batch.condition);
  const at::Tensor terms = s.objective.reconstruction(s.net, s.batch, out);
  ASSERT_EQ(terms.numel(), 6);
  for (std::int64_t i = 0; i < 6; ++i)
    EXPECT_NEAR(terms[i].item<double>(), -by_hand(s, out, i), 1e-4) << i;
}

/// minus the sum over rows i of (i + 1) log p(row i), by tensor operations; without tensor columns.
at::Tensor weighted_by_formula(const Setting& s, const at::Tensor& head,
                               const at::Tensor& log_sigma) {
  const at::Tensor x = s.batch.rows.vector;
  const at::Tensor d = (x.narrow(1, 0, 1) - head.narrow(1, 0, 1)) * (-log_sigma).exp();
  const at::Tensor terms = d.square() * 0.5 + log_sigma + 0.5 * std::log(2 * std::numbers::pi);
  const std::int64_t gate = s.codec.scalars()[0].gate;
  at::Tensor sum = (terms * (1 - x.narrow(1, gate, 1))).sum(1);
  for (const auto& span : s.codec.one_hots()) {
    const at::Tensor logits = head.narrow(1, span.first, span.width).clamp(-40, 40);
    sum = sum - (at::log_softmax(logits, 1) * x.narrow(1, span.first, span.width)).sum(1);
  }
  return (sum * at::arange(1, 7).to(at::kFloat)).sum();
}

// One pass over the rows against tensor operations, with logits beyond the bound, and a row whose
// number is missing.
TEST(RowLoss, AndItsGradientsAreThoseOfTheFormula) {
  const Setting s;
  const at::Tensor start = normal_rows(Seed{6}, 0, 6, s.codec.width());
  start.select(1, s.codec.width() - 1).fill_(50);
  const auto leaves = [&] {
    return std::vector{start.clone().set_requires_grad(true),
                       at::full({1}, 0.3).set_requires_grad(true)};
  };
  RowLayout layout(s.codec);
  layout.bounded = false;
  const auto one = leaves(), two = leaves();
  const at::Tensor losses = row_loss(s.batch.rows.vector, one[0], one[1], layout);
  const at::Tensor by_pass = (losses * at::arange(1, 7).to(at::kFloat)).sum();
  const at::Tensor by_formula = weighted_by_formula(s, two[0], two[1]);
  EXPECT_NEAR(by_pass.item<double>(), by_formula.item<double>(), 1e-3);
  const auto slopes = torch::autograd::grad({by_pass}, one);
  const auto expected = torch::autograd::grad({by_formula}, two);
  for (std::size_t i = 0; i < 2; ++i)
    EXPECT_TRUE(at::allclose(slopes[i], expected[i], 1e-4, 1e-4)) << slopes[i] << expected[i];

  layout.bounded = true;  // means are the tanh of the layer's
  const auto three = leaves(), four = leaves();
  const at::Tensor bent = at::cat({four[0].narrow(1, 0, 1).tanh(), four[0].slice(1, 1)}, 1);
  const at::Tensor bounded = row_loss(s.batch.rows.vector, three[0], three[1], layout);
  const auto bounded_slopes =
      torch::autograd::grad({(bounded * at::arange(1, 7).to(at::kFloat)).sum()}, three);
  const auto bent_slopes = torch::autograd::grad({weighted_by_formula(s, bent, four[1])}, four);
  for (std::size_t i = 0; i < 2; ++i)
    EXPECT_TRUE(at::allclose(bounded_slopes[i], bent_slopes[i], 1e-4, 1e-4)) << i;
}

// KL(N(m, v) || N(0, 1)) = (m^2 + v - 1 - log v) / 2, for m = (1, 0, 2) and log v = (1, 0, -1).
TEST(VaeObjective, DivergenceIsTheClosedForm) {
  const VaeCode code{at::tensor({1.0F, 0.0F, 2.0F}).reshape({1, 3}),
                     at::tensor({1.0F, 0.0F, -1.0F}).reshape({1, 3})};
  const VaeCode standard{at::zeros({1, 3}), at::zeros({1, 3})};
  const double e = std::numbers::e;
  const double expected = 0.5 * (1 + e - 1 - 1) + 0 + 0.5 * (4 + 1 / e - 1 + 1);
  EXPECT_NEAR(VaeObjective::divergence(code, standard)[0].item<double>(), expected, 1e-6);
  EXPECT_NEAR(VaeObjective::divergence(code, standard, 0)[0].item<double>(), expected, 1e-6);
  const double all_free = 100.0 * static_cast<double>(code.mean.size(1));
  EXPECT_NEAR(VaeObjective::divergence(code, standard, 100)[0].item<double>(), all_free, 1e-3);
  EXPECT_NEAR(VaeObjective::divergence(code, code)[0].item<double>(), 0, 1e-6);
  // KL(N(0, 1) || N(2, e)) = (4 / e + 1 / e - 1 + 1) / 2.
  const VaeCode other{at::tensor({2.0F}).reshape({1, 1}), at::tensor({1.0F}).reshape({1, 1})};
  const VaeCode unit{at::zeros({1, 1}), at::zeros({1, 1})};
  EXPECT_NEAR(VaeObjective::divergence(unit, other)[0].item<double>(), 2.5 / e, 1e-6);
}

// The one-pass draw against the same formula by autograd, with log variances beyond the bound.
TEST(GaussianCode, DrawAndGradientAreThoseOfTheFormula) {
  const at::Tensor noise = normal_rows(Seed{8}, 0, 5, 7);
  const at::Tensor start = normal_rows(Seed{9}, 0, 5, 14) * 2;
  start.select(1, 9).fill_(25);
  start.select(1, 10).fill_(-25);
  const auto weighted = [&](const at::Tensor& z, const at::Tensor& divergence) {
    return (z * normal_rows(Seed{10}, 0, 5, 7)).sum() +
           (divergence * at::arange(1, 6).to(at::kFloat)).sum();
  };
  const at::Tensor one = start.clone().set_requires_grad(true);
  const auto [z, divergence] = draw_code(one, noise);
  const at::Tensor by_pass = torch::autograd::grad({weighted(z, divergence)}, {one})[0];

  const at::Tensor two = start.clone().set_requires_grad(true);
  const VaeCode code{two.narrow(1, 0, 7), two.narrow(1, 7, 7).clamp(-20, 20)};
  const VaeCode standard{at::zeros({5, 7}), at::zeros({5, 7})};
  const at::Tensor drawn = code.mean + (code.log_variance * 0.5).exp() * noise;
  const at::Tensor cost = VaeObjective::divergence(code, standard);
  const at::Tensor by_formula = torch::autograd::grad({weighted(drawn, cost)}, {two})[0];

  EXPECT_TRUE(at::allclose(z, drawn, 1e-5, 1e-5));
  EXPECT_TRUE(at::allclose(divergence, cost, 1e-5, 1e-4));
  EXPECT_TRUE(at::allclose(by_pass, by_formula, 1e-5, 1e-4));
  EXPECT_EQ(by_pass.narrow(1, 9, 2).abs().max().item<double>(), 0);
}

TEST(Spans, ProbabilitiesSumToOneInEverySpan) {
  const Setting s;
  const at::Tensor logits = 100 * normal_rows(Seed{5}, 0, 7, s.codec.width() - 1);
  const at::Tensor p = Spans(s.codec, at::kCPU).probabilities(logits);
  for (const auto& span : s.codec.one_hots()) {
    const at::Tensor part = p.narrow(1, span.first - 1, span.width);
    EXPECT_LT((part.sum(1) - 1).abs().max().item<double>(), 1e-5);
    EXPECT_GE(part.min().item<double>(), 0);
  }
}

// The gradient of the whole loss against central differences, for a few entries of each parameter.
TEST(VaeObjective, GradientsMatchFiniteDifferences) {
  Setting s;
  const at::Tensor noise = normal_rows(Seed{6}, 0, 6, 3);
  const auto loss = [&] {
    const VaeCode code = s.net.encode(s.batch);
    const at::Tensor z = code.mean + (code.log_variance * 0.5).exp() * noise;
    return (s.objective.reconstruction(s.net, s.batch, s.net.decode(z, s.batch.condition)) +
            VaeObjective::divergence(code, s.net.prior(s.batch.condition)))
        .to(at::kDouble)
        .sum();
  };
  const auto& parameters = s.net.parameters().tensors();
  const auto gradients = torch::autograd::grad({loss()}, parameters);
  const c10::NoGradGuard guard;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    at::Tensor flat = parameters[p].view(-1);
    for (std::int64_t i = 0; i < flat.numel(); i += std::max<std::int64_t>(1, flat.numel() / 3)) {
      const double before = flat[i].item<double>();
      constexpr double kStep = 1e-3;
      flat[i].fill_(before + kStep);
      const double up = loss().item<double>();
      flat[i].fill_(before - kStep);
      const double down = loss().item<double>();
      flat[i].fill_(before);
      const double expected = (up - down) / (2 * kStep);
      EXPECT_NEAR(gradients[p].view(-1)[i].item<double>(), expected,
                  0.02 + 0.02 * std::abs(expected))
          << p << " " << i;
    }
  }
}

}  // namespace
}  // namespace semblance
