// SPDX-License-Identifier: Apache-2.0
// The two terms of the evidence lower bound, and the distributions of p(x|z) in detail.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "codec/spans.hpp"
#include "semblance/codec/feature_codec.hpp"
#include "vae/network.hpp"

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

  /// [n, width - scalars]: the probabilities of the one-hot slots.
  [[nodiscard]] at::Tensor probabilities(const at::Tensor& logits) const {
    return spans_.probabilities(logits);
  }

 private:
  [[nodiscard]] at::Tensor scalar_terms(const VaeNet& net, const at::Tensor& x,
                                        const at::Tensor& mean) const;

  Spans spans_;
  std::vector<std::int64_t> tensor_gates_;  // by tensor column
};

}  // namespace semblance
