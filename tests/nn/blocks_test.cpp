// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "nn/chain.hpp"
#include "nn/frozen.hpp"
#include "nn/product.hpp"
#include "semblance/core/archive.hpp"
#include "semblance/core/error.hpp"
#include "semblance/nn/mlp.hpp"
#include "semblance/nn/parameters.hpp"
#include "semblance/nn/pyramid.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

// n = 200,000; 6 standard errors of each moment and share: false alarm below 1e-8.
TEST(NormalRows, AreStandardNormal) {
  const at::Tensor x = normal_rows(Seed{1}, 0, 2000, 100).to(at::kDouble);
  const double n = 200'000;
  const auto mean = [](const at::Tensor& t) { return t.to(at::kDouble).mean().item<double>(); };
  EXPECT_NEAR(mean(x), 0, 6 / std::sqrt(n));
  EXPECT_NEAR(mean(x.square()), 1, 6 * std::sqrt(2 / n));
  EXPECT_NEAR(mean(x.pow(4)), 3, 6 * std::sqrt(96 / n));
  EXPECT_NEAR(mean(x.abs() > 1.959964), 0.05, 6 * std::sqrt(0.05 * 0.95 / n));
  // Neighbours come from one pair: they must not correlate, nor their squares.
  const at::Tensor a = x.slice(1, 0, 100, 2), b = x.slice(1, 1, 100, 2);
  EXPECT_NEAR(mean(a * b), 0, 6 / std::sqrt(n / 2));
  EXPECT_NEAR(mean(a.square() * b.square()), 1, 6 * std::sqrt(8 / (n / 2)));
}

TEST(NormalRows, DependOnTheRowOnly) {
  const at::Tensor whole = normal_rows(Seed{1}, 0, 10, 7);
  EXPECT_TRUE(at::equal(normal_rows(Seed{1}, 4, 3, 7), whole.narrow(0, 4, 3)));
  EXPECT_TRUE(
      at::equal(uniform_rows(Seed{1}, 4, 3, 5), uniform_rows(Seed{1}, 0, 10, 5).narrow(0, 4, 3)));
  EXPECT_FALSE(at::equal(whole[0], whole[1]));
}

TEST(Parameters, LoadRefusesAnotherShape) {
  Parameters small(Seed{1}), large(Seed{1});
  (void)small.uniform("w", {2}, 1);
  (void)large.uniform("w", {3}, 1);
  Archive archive;
  small.save(archive);
  EXPECT_EQ(message_of<FileError>([&] { large.load(archive); }),
            "the model file's tensor 'w' has the wrong shape or type");
}

TEST(Mlp, IsAffineMapsWithReluBehind) {
  Parameters p(Seed{1});
  const Mlp mlp(p, "m", 2, {3});
  const at::Tensor x = normal_rows(Seed{2}, 0, 5, 2);
  const at::Tensor expected = (at::matmul(x, p.tensors()[0].t()) + p.tensors()[1]).clamp_min(0);
  EXPECT_LT((mlp(x) - expected).abs().max().item<double>(), 1e-6);
  EXPECT_LE(p.tensors()[0].abs().max().item<double>(), std::sqrt(3.0));
  EXPECT_EQ(Mlp(p, "empty", 4, {}).outputs(), 4);
}

// Values and gradients of the one step against those of its layers; 0 layers too.
TEST(Chain, IsTheLayersAndTheirGradients) {
  for (const std::vector<std::int64_t>& hidden : {std::vector<std::int64_t>{33, 18}, {}}) {
    Parameters p(Seed{1});
    const Mlp mlp(p, "m", 7, hidden);
    const Linear head(p, "head", mlp.outputs(), 5);
    const at::Tensor x = normal_rows(Seed{2}, 0, 50, 7).requires_grad_();
    std::vector<at::Tensor> inputs = p.tensors();
    inputs.push_back(x);
    const auto gradients = [&](const at::Tensor& y) {
      return torch::autograd::grad({(y * y.detach().cos()).sum()}, inputs);
    };
    const at::Tensor y = head(mlp(x)), z = chain(x, mlp, head);
    EXPECT_TRUE(at::allclose(z, y, 1e-5, 1e-5));
    const auto expected = gradients(y), got = gradients(z);
    at::Tensor rounded;
    {
      const ProductScope scope(true);
      rounded = chain(x, mlp, head);
    }
    const auto coarse = gradients(rounded);
    EXPECT_FALSE(at::equal(rounded, z));
    EXPECT_LT((rounded - y).norm().item<double>(), 0.02 * y.norm().item<double>());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      EXPECT_TRUE(at::allclose(got[i], expected[i], 1e-4, 1e-4)) << i;
      EXPECT_LT((coarse[i] - expected[i]).norm().item<double>(),
                0.1 * expected[i].norm().item<double>())
          << i;
    }
  }
}

TEST(FrozenMlp, IsTheMlp) {
  Parameters p(Seed{1});
  const Mlp mlp(p, "m", 7, {33, 18});
  const at::Tensor x = normal_rows(Seed{2}, 0, 50, 7);
  EXPECT_TRUE(at::allclose(FrozenMlp(mlp, false)(x), mlp(x), 1e-5, 1e-5));
  const at::Tensor rounded = FrozenMlp(mlp, true)(x.to(at::kBFloat16)).to(at::kFloat);
  EXPECT_LT((rounded - mlp(x)).norm().item<double>(), 0.02 * mlp(x).norm().item<double>());
}

// Operands have 8 significant bits: of 64 products, errors of some 2^-9 each.
TEST(ProductScope, RoundsProductsAndNothingElse) {
  Parameters p(Seed{1});
  const Linear linear(p, "l", 64, 32);
  const at::Tensor x = normal_rows(Seed{2}, 0, 10, 64), exact = linear(x);
  const at::Tensor weight = p.tensors()[0];
  const auto slope_of = [&](const at::Tensor& y) {
    return torch::autograd::grad({y.square().sum()}, {weight}, {}, true)[0];
  };
  at::Tensor rounded, gradient;
  {
    const ProductScope scope(true);
    rounded = linear(x);
    EXPECT_EQ(rounded.scalar_type(), at::kFloat);
    EXPECT_TRUE(at::allclose(linear.slope(rounded), at::mm(rounded, weight), 0.05, 0.1));
  }
  EXPECT_FALSE(at::equal(rounded, exact));
  EXPECT_TRUE(at::allclose(rounded, exact, 0.02, 0.02));
  EXPECT_TRUE(at::allclose(slope_of(rounded), slope_of(exact), 0.05, 0.3));
  EXPECT_TRUE(at::equal(linear(x), exact));
}

TEST(Linear, TakesNoInputs) {
  Parameters p(Seed{1});
  const Linear linear(p, "l", 0, 3);
  EXPECT_EQ(linear(at::zeros({2, 0})).sizes(), (std::vector<std::int64_t>{2, 3}));
}

TEST(Pyramid, HalvesAndReturnsEveryShape) {
  for (const auto& shape : std::vector<std::vector<std::int64_t>>{{1, 8, 8},
                                                                  {1, 28, 28},
                                                                  {3, 7, 5},
                                                                  {2, 1, 1},
                                                                  {1, 4, 30},
                                                                  {50, 3},
                                                                  {1, 2},
                                                                  {9},
                                                                  {2, 2, 2, 2}}) {
    Parameters p(Seed{1});
    const PyramidShape pyramid(shape);
    const PyramidEncoder encoder(p, "e", pyramid, 4);
    const PyramidDecoder decoder(p, "d", 6, pyramid, 4);
    std::vector<std::int64_t> sizes = {2};
    sizes.insert(sizes.end(), shape.begin(), shape.end());
    EXPECT_EQ(encoder(at::ones(sizes)).sizes(), (std::vector<std::int64_t>{2, encoder.outputs()}));
    EXPECT_EQ(decoder(at::ones({2, 6})).sizes(), sizes);
    const at::Tensor x = at::arange(2 * at::zeros(shape).numel()).reshape(sizes);
    EXPECT_TRUE(at::equal(pyramid.from_image(pyramid.to_image(x)), x));
  }
}

TEST(Pyramid, SignalsKeepChannelsApart) {
  const PyramidShape pyramid({4, 2});
  const at::Tensor image = pyramid.to_image(at::arange(8).reshape({1, 4, 2}));
  EXPECT_TRUE(at::equal(image, at::tensor({0, 2, 4, 6, 1, 3, 5, 7}).reshape({1, 2, 1, 4})));
}

}  // namespace
}  // namespace semblance
