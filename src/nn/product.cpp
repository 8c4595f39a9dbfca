// SPDX-License-Identifier: Apache-2.0
#include "nn/product.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>

#include <utility>
#include <vector>

namespace semblance {
namespace {

/// Of this thread.
struct Rounding {
  bool on = false;
  std::vector<std::pair<at::Tensor, at::Tensor>> weights;  // and their rounded selves
};
thread_local Rounding rounding;

/// A weight in bfloat16, through which its gradient passes.
at::Tensor rounded(const at::Tensor& weight) {
  for (const auto& [from, to] : rounding.weights) {
    if (from.is_same(weight)) return to;
  }
  const c10::AutoGradMode guard(!c10::InferenceMode::is_enabled());
  rounding.weights.emplace_back(weight, weight.to(at::kBFloat16));
  return rounding.weights.back().second;
}

}  // namespace

ProductScope::ProductScope(bool bfloat16) : before_(std::exchange(rounding.on, bfloat16)) {}

ProductScope::~ProductScope() {
  rounding.on = before_;
  rounding.weights.clear();
}

bool rounds_products() { return rounding.on; }

at::Tensor affine(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  if (!rounding.on) return at::linear(x, weight, bias);
  return at::linear(x.to(at::kBFloat16), rounded(weight), rounded(bias)).to(at::kFloat);
}

at::Tensor affine_slope(const at::Tensor& g, const at::Tensor& weight) {
  if (!rounding.on) return at::mm(g, weight);
  return at::mm(g.to(at::kBFloat16), rounded(weight)).to(at::kFloat);
}

}  // namespace semblance
