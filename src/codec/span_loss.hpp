// SPDX-License-Identifier: Apache-2.0
// Softmax and cross-entropy of all one-hot spans of a batch in one pass over its rows, on the CPU.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace semblance {

/// [n]: -log of the probability of each row's slots, summed over the spans that have one;
/// differentiable once in the logits.
/// \param slots   [n, slots] float32 on the CPU, one-hot or zero in each span.
/// \param logits  [n, slots]; beyond -bound and bound they count as these.
/// \param widths  Of the spans; their sum is the number of slots.
[[nodiscard]] at::Tensor span_cross_entropy(const at::Tensor& slots, const at::Tensor& logits,
                                            const std::vector<std::int64_t>& widths, double bound);

/// The same of one row. \param weights  exp of the row's cut logits; they become its slopes in the
/// logits.
[[nodiscard]] float span_row_loss(const float* slots, const float* logits, float* weights,
                                  const std::vector<std::int64_t>& widths, float bound);

/// [n, slots]: a softmax within each span; differentiable once.
[[nodiscard]] at::Tensor span_softmax(const at::Tensor& logits,
                                      const std::vector<std::int64_t>& widths, double bound);

}  // namespace semblance
