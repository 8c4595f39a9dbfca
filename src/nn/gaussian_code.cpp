// SPDX-License-Identifier: Apache-2.0
#include "nn/gaussian_code.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "nn/code_lanes.hpp"

namespace semblance {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::tensor_list;

CodeTask task_of(const at::Tensor& code, const at::Tensor& deviation, const at::Tensor& noise) {
  return {code.const_data_ptr<float>(),
          deviation.const_data_ptr<float>(),
          noise.const_data_ptr<float>(),
          noise.size(0),
          noise.size(1),
          static_cast<float>(kLogVarianceBound)};
}

class Draw : public Function<Draw> {
 public:
  static tensor_list forward(AutogradContext* context, const at::Tensor& given,
                             const at::Tensor& noise) {
    const at::Tensor code = given.contiguous(), luck = noise.contiguous();
    const std::int64_t n = luck.size(0), width = luck.size(1);
    const at::Tensor deviation =
        code.narrow(1, width, width).clamp(-kLogVarianceBound, kLogVarianceBound).mul_(0.5).exp_();
    at::Tensor z = at::empty_like(luck), divergence = at::empty({n}, luck.options());
    draw_code_rows(task_of(code, deviation, luck), z.mutable_data_ptr<float>(),
                   divergence.mutable_data_ptr<float>());
    context->save_for_backward({code, deviation, luck});
    return {z, divergence};
  }

  static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor along = gradients[0].contiguous(), costs = gradients[1].contiguous();
    at::Tensor out = at::empty_like(saved[0]);
    code_slopes(task_of(saved[0], saved[1], saved[2]), along.const_data_ptr<float>(),
                costs.const_data_ptr<float>(), out.mutable_data_ptr<float>());
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
