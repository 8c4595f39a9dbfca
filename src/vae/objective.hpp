// SPDX-License-Identifier: Apache-2.0
// The two terms of the evidence lower bound, and the distributions of p(x|z) in detail.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "codec/spans.hpp"
#include "semblance/codec/feature_codec.hpp"
#include "vae/network.hpp"
#include "vae/row_loss.hpp"

namespace semblance {

/// -log p(x|z) and KL terms for rows of one codec. Nothing is averaged here: sums over dimensions.
class VaeObjective {
 public:
  VaeObjective(const FeatureCodec& codec, at::Device device);

  /// [n]: minus the log density (scalars, tensors) and log probability (one-hot spans) of each row.
  [[nodiscard]] at::Tensor reconstruction(const VaeNet& net, const VaeBatch& batch,
                                          const VaeOutput& output) const;
  /// [n]: KL(code || prior).
  [[nodiscard]] static at::Tensor divergence(const VaeCode& code, const VaeCode& prior) {
    return divergences(code, prior).sum(1);
  }
  /// [n, latent]: its dimensions.
  [[nodiscard]] static at::Tensor divergences(const VaeCode& code, const VaeCode& prior);
  /// [n]: the same where each dimension whose mean over the rows is below `free` costs `free`, and
  /// is not pushed further.
  [[nodiscard]] static at::Tensor divergence(const VaeCode& code, const VaeCode& prior,
                                             double free);

 private:
  /// Of scalars and one-hot spans.
  [[nodiscard]] at::Tensor cells(const VaeNet& net, const at::Tensor& x,
                                 const VaeOutput& output) const;

  Spans spans_;
  RowLayout layout_;
  std::vector<std::int64_t> tensor_gates_;  // by tensor column
};

}  // namespace semblance
