// SPDX-License-Identifier: Apache-2.0
// Minus log p(x|z) of encoded rows, from the decoder's last layer in one pass over them.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "semblance/codec/feature_codec.hpp"

namespace semblance {

/// What stands where in an encoded row, and in the decoder's last layer.
struct RowLayout {
  std::vector<std::int64_t> gates;   ///< By scalar: the slot that says it is missing, or -1.
  std::vector<std::int64_t> widths;  ///< Of the one-hot spans behind the scalars.
  bool bounded = false;              ///< Means of scalars are the tanh of what the layer says.

  explicit RowLayout(const FeatureCodec& codec);
};

/// [n]: minus the log density of the scalars that are there, and minus the log probability of the
/// one-hot slots. On the CPU, in float32; differentiable once in head and log_sigma.
/// \param vector     [n, width] encoded rows.
/// \param head       [n, width]: means of scalars (before tanh), then logits.
/// \param log_sigma  [scalars].
[[nodiscard]] at::Tensor row_loss(const at::Tensor& vector, const at::Tensor& head,
                                  const at::Tensor& log_sigma, const RowLayout& layout);

}  // namespace semblance
