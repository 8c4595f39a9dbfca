// SPDX-License-Identifier: Apache-2.0
#include "vae/row_loss.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <numbers>

#include "codec/slot_draw.hpp"
#include "codec/span_loss.hpp"
#include "codec/spans.hpp"

namespace semblance {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::tensor_list;

const auto kHalfLogTwoPi = static_cast<float>(0.5 * std::log(2 * std::numbers::pi));

/// One row's scalars: slopes[k] in the layer's answer, spread[k] in log_sigma.
float scalar_loss(const float* x, const float* mean, const float* log_sigma, const float* precision,
                  const RowLayout& layout, float* slopes, float* spread) {
  float loss = 0;
  for (std::size_t k = 0; k < layout.gates.size(); ++k) {
    const float there = layout.gates[k] < 0 ? 1 : 1 - x[layout.gates[k]];
    const float d = (x[k] - mean[k]) * precision[k];
    const float bend = layout.bounded ? 1 - mean[k] * mean[k] : 1;  // slope of tanh
    loss += there * (0.5F * d * d + log_sigma[k] + kHalfLogTwoPi);
    slopes[k] = -there * d * precision[k] * bend;
    spread[k] = there * (1 - d * d);
  }
  return loss;
}

class RowLoss : public Function<RowLoss> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& vector,
                            const at::Tensor& given, const at::Tensor& log_sigma,
                            const RowLayout& layout) {
    const at::Tensor rows = vector.contiguous(), head = given.contiguous();
    const std::int64_t n = head.size(0), width = head.size(1), scalars = std::ssize(layout.gates);
    const at::Tensor said = head.narrow(1, 0, scalars);
    const at::Tensor mean = layout.bounded ? said.tanh() : said.contiguous();
    const at::Tensor precision = (-log_sigma).exp(), own = log_sigma.contiguous();
    const at::Tensor slopes = head.clone(), spread = at::empty_like(mean),
                     out = at::empty({n}, head.options());
    auto* slope = slopes.mutable_data_ptr<float>();
    exponentials(slope, slopes.numel(), kLogitBound);
    for (std::int64_t i = 0; i < n; ++i, slope += width) {
      const float* x = rows.const_data_ptr<float>() + i * width;
      const float* logits = head.const_data_ptr<float>() + i * width + scalars;
      out.mutable_data_ptr<float>()[i] =
          scalar_loss(x, mean.const_data_ptr<float>() + i * scalars, own.const_data_ptr<float>(),
                      precision.const_data_ptr<float>(), layout, slope,
                      spread.mutable_data_ptr<float>() + i * scalars) +
          span_row_loss(x + scalars, logits, slope + scalars, layout.widths, kLogitBound);
    }
    context->save_for_backward({slopes, spread});
    return out;
  }

  static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor& g = gradients[0];
    return {{}, saved[0] * g.unsqueeze(1), at::mv(saved[1].t(), g), {}};
  }
};

}  // namespace

RowLayout::RowLayout(const FeatureCodec& codec) : bounded(codec.bounded()) {
  for (const auto& scalar : codec.scalars()) gates.push_back(scalar.gate);
  for (const auto& span : codec.one_hots()) widths.push_back(span.width);
}

at::Tensor row_loss(const at::Tensor& vector, const at::Tensor& head, const at::Tensor& log_sigma,
                    const RowLayout& layout) {
  return RowLoss::apply(vector, head, log_sigma, layout);
}

}  // namespace semblance
