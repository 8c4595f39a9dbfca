// SPDX-License-Identifier: Apache-2.0
#include "nn/gaussian_code.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

namespace semblance {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::tensor_list;

constexpr auto kBound = static_cast<float>(kLogVarianceBound);

class Draw : public Function<Draw> {
 public:
  static tensor_list forward(AutogradContext* context, const at::Tensor& given,
                             const at::Tensor& noise) {
    const at::Tensor code = given.contiguous(), luck = noise.contiguous();
    const std::int64_t n = luck.size(0), width = luck.size(1);
    const at::Tensor deviation =
        code.narrow(1, width, width).clamp(-kLogVarianceBound, kLogVarianceBound).mul_(0.5).exp_();
    at::Tensor z = at::empty_like(luck), divergence = at::empty({n}, luck.options());
    for (std::int64_t i = 0; i < n; ++i) {
      const float* mean = code.const_data_ptr<float>() + 2 * i * width;
      const float* spread = mean + width;
      const float* s = deviation.const_data_ptr<float>() + i * width;
      const float* e = luck.const_data_ptr<float>() + i * width;
      float* out = z.mutable_data_ptr<float>() + i * width;
      float twice = 0;
      for (std::int64_t k = 0; k < width; ++k) {
        out[k] = mean[k] + s[k] * e[k];
        const float log_variance = std::min(std::max(spread[k], -kBound), kBound);
        twice += mean[k] * mean[k] + (s[k] * s[k] - 1 - log_variance);
      }
      divergence.mutable_data_ptr<float>()[i] = 0.5F * twice;
    }
    context->save_for_backward({code, deviation, luck});
    return {z, divergence};
  }

  static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor along = gradients[0].contiguous(), costs = gradients[1].contiguous();
    at::Tensor out = at::empty_like(saved[0]);
    const std::int64_t n = along.size(0), width = along.size(1);
    for (std::int64_t i = 0; i < n; ++i) {
      const float* mean = saved[0].const_data_ptr<float>() + 2 * i * width;
      const float* spread = mean + width;
      const float* s = saved[1].const_data_ptr<float>() + i * width;
      const float* e = saved[2].const_data_ptr<float>() + i * width;
      const float* slope = along.const_data_ptr<float>() + i * width;
      const float cost = costs.const_data_ptr<float>()[i];
      float* to = out.mutable_data_ptr<float>() + 2 * i * width;
      for (std::int64_t k = 0; k < width; ++k) {
        to[k] = slope[k] + cost * mean[k];
        const float moves = 0.5F * (slope[k] * e[k] * s[k] + cost * (s[k] * s[k] - 1));
        to[width + k] = std::abs(spread[k]) <= kBound ? moves : 0.0F;
      }
    }
    return {out, {}};
  }
};

}  // namespace

CodeDraw draw_code(const at::Tensor& code, const at::Tensor& noise) {
  if (code.is_cpu()) {
    const tensor_list out = Draw::apply(code, noise);
    return {out[0], out[1]};
  }
  const std::int64_t width = noise.size(1);
  const at::Tensor mean = code.narrow(1, 0, width);
  const at::Tensor spread =
      code.narrow(1, width, width).clamp(-kLogVarianceBound, kLogVarianceBound);
  return {mean + (spread * 0.5).exp() * noise,
          (mean.square() + spread.exp() - 1 - spread).sum(1) * 0.5};
}

}  // namespace semblance
