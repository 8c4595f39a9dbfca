// SPDX-License-Identifier: Apache-2.0
#include "codec/span_loss.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "codec/slot_draw.hpp"

namespace semblance {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::tensor_list;
using Widths = std::vector<std::int64_t>;

/// exp of the logits, cut.
at::Tensor weights_of(const at::Tensor& logits, double bound) {
  const at::Tensor out = logits.clone(at::MemoryFormat::Contiguous);
  exponentials(out.mutable_data_ptr<float>(), out.numel(), static_cast<float>(bound));
  return out;
}

double sum_of(const float* values, std::int64_t count) {
  return std::accumulate(values, values + count, 0.0);
}

/// The loss of a row; weights become its slope in the logits.
float row_loss(const float* slot, const float* logit, float* weight, const Widths& widths,
               float bound) {
  double loss = 0;
  for (const std::int64_t width : widths) {
    const double has = sum_of(slot, width);
    if (has == 0) {
      std::fill(weight, weight + width, 0.0F);
    } else {
      const double sum = sum_of(weight, width);
      const auto scale = static_cast<float>(has / sum);
      float said = 0;
      for (std::int64_t k = 0; k < width; ++k) {
        said += slot[k] * std::min(std::max(logit[k], -bound), bound);
        const float slope = scale * weight[k] - slot[k];
        weight[k] = std::abs(logit[k]) <= bound ? slope : 0.0F;
      }
      loss += has * std::log(sum) - static_cast<double>(said);
    }
    slot += width;
    logit += width;
    weight += width;
  }
  return static_cast<float>(loss);
}

class CrossEntropy : public Function<CrossEntropy> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& slots,
                            const at::Tensor& given, const Widths& widths, double bound) {
    const at::Tensor logits = given.contiguous(), shown = slots.contiguous();
    const at::Tensor weights = weights_of(logits, bound);
    at::Tensor out = at::empty({logits.size(0)}, logits.options());
    const std::int64_t width = logits.size(1);
    for (std::int64_t i = 0; i < logits.size(0); ++i) {
      out.mutable_data_ptr<float>()[i] = row_loss(
          shown.const_data_ptr<float>() + i * width, logits.const_data_ptr<float>() + i * width,
          weights.mutable_data_ptr<float>() + i * width, widths, static_cast<float>(bound));
    }
    context->save_for_backward({weights});
    return out;
  }
  static tensor_list backward(AutogradContext* context, tensor_list gradients) {
    return {{}, context->get_saved_variables()[0] * gradients[0].unsqueeze(1), {}, {}};
  }
};

/// Calls visit(row, first slot, width) for all spans of n rows.
template <class Visit>
void for_spans(std::int64_t n, const Widths& widths, const Visit& visit) {
  std::int64_t at = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    for (const std::int64_t width : widths) {
      visit(at, width);
      at += width;
    }
  }
}

class Softmax : public Function<Softmax> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& logits,
                            const Widths& widths, double bound) {
    const at::Tensor weights = weights_of(logits, bound);
    float* weight = weights.mutable_data_ptr<float>();
    for_spans(logits.size(0), widths, [&](std::int64_t at, std::int64_t width) {
      const auto scale = static_cast<float>(1 / sum_of(weight + at, width));
      for (std::int64_t k = at; k < at + width; ++k) weight[k] *= scale;
    });
    context->save_for_backward({weights, logits.abs().le(bound)});
    context->saved_data["widths"] = widths;
    return weights;
  }
  static tensor_list backward(AutogradContext* context, tensor_list gradients) {
    const auto saved = context->get_saved_variables();
    const Widths widths = context->saved_data["widths"].toIntVector();
    at::Tensor out = gradients[0] * saved[0];
    float* slope = out.mutable_data_ptr<float>();
    const float* p = saved[0].const_data_ptr<float>();
    for_spans(out.size(0), widths, [&](std::int64_t at, std::int64_t width) {
      const auto sum = static_cast<float>(sum_of(slope + at, width));
      for (std::int64_t k = at; k < at + width; ++k) slope[k] -= p[k] * sum;
    });
    return {out * saved[1], {}, {}};
  }
};

}  // namespace

at::Tensor span_cross_entropy(const at::Tensor& slots, const at::Tensor& logits,
                              const Widths& widths, double bound) {
  return CrossEntropy::apply(slots, logits, widths, bound);
}

at::Tensor span_softmax(const at::Tensor& logits, const Widths& widths, double bound) {
  return Softmax::apply(logits, widths, bound);
}

}  // namespace semblance
