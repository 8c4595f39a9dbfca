// SPDX-License-Identifier: Apache-2.0
// What networks do with encoded rows: distributions over one-hot spans, scalars with gaps.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "semblance/codec/feature_codec.hpp"

namespace semblance {

/// Logits beyond -40 and 40 count as these: far from overflow, and beyond any probability that
/// matters.
inline constexpr float kLogitBound = 40;

/// The one-hot spans of a codec, and the gates of its scalars.
class Spans {
 public:
  Spans(const FeatureCodec& codec, at::Device device);

  [[nodiscard]] std::int64_t scalars() const noexcept { return scalars_; }
  [[nodiscard]] std::int64_t slots() const noexcept { return slots_; }

  /// [n, slots]: a softmax of the logits within each span.
  [[nodiscard]] at::Tensor probabilities(const at::Tensor& logits) const;
  /// Replaces logits by weights that are as the probabilities within each span. Contiguous, of any
  /// shape.
  static void weigh_(const at::Tensor& logits);
  /// [n]: -log of the probability of each row's slots, summed over the spans that have one.
  /// \param vector  [n, scalars + slots] encoded rows.
  [[nodiscard]] at::Tensor cross_entropy(const at::Tensor& vector, const at::Tensor& logits) const;
  /// [n, scalars]: the terms of scalars that are there; 0 for those in a gap.
  [[nodiscard]] at::Tensor present(const at::Tensor& vector, const at::Tensor& terms) const;

 private:
  std::int64_t scalars_, slots_;
  std::vector<std::int64_t> widths_;
  at::Tensor membership_;     // [slots, spans]: 1 where the slot is of the span
  at::Tensor gated_, gates_;  // scalars with a gate, and their gates' positions
};

}  // namespace semblance
