// SPDX-License-Identifier: Apache-2.0
#include "codec/span_loss.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

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

class CrossEntropy : public Function<CrossEntropy> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& slots,
                            const at::Tensor& given, const Widths& widths, double bound) {
    const at::Tensor logits = given.contiguous(), shown = slots.contiguous();
    const at::Tensor weights = weights_of(logits, bound);
    at::Tensor out = at::empty({logits.size(0)}, logits.options());
    const std::int64_t width = logits.size(1);
    for (std::int64_t i = 0; i < logits.size(0); ++i) {
      out.mutable_data_ptr<float>()[i] = span_row_loss(
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

float span_row_loss(const float* slot, const float* logit, float* weight, const Widths& widths,
                    float bound) {
  constexpr int kMostFactors = 10;  // sums of a span are within e^-40 and 1e20
  double factors = 1, loss = 0;
  int count = 0;
  for (const std::int64_t width : widths) {
    float has = 0, sum = 0, said = 0;
    for (std::int64_t k = 0; k < width; ++k) {
      has += slot[k];
      sum += weight[k];
      said += slot[k] * std::min(std::max(logit[k], -bound), bound);
    }
    const float scale = has / sum;
    for (std::int64_t k = 0; k < width; ++k) {
      const bool inside = std::abs(logit[k]) <= bound;
      weight[k] = inside ? scale * weight[k] - slot[k] : 0.0F;
    }
    if (has != 0) factors *= static_cast<double>(sum);
    if (++count % kMostFactors == 0) loss += std::log(std::exchange(factors, 1));
    loss -= static_cast<double>(said);
    slot += width;
    logit += width;
    weight += width;
  }
  return static_cast<float>(loss + std::log(factors));
}

at::Tensor span_cross_entropy(const at::Tensor& slots, const at::Tensor& logits,
                              const Widths& widths, double bound) {
  return CrossEntropy::apply(slots, logits, widths, bound);
}

at::Tensor span_softmax(const at::Tensor& logits, const Widths& widths, double bound) {
  return Softmax::apply(logits, widths, bound);
}

}  // namespace semblance
