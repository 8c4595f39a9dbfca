// SPDX-License-Identifier: Apache-2.0
// The denoiser of tables: noisy rows to the means of clean ones.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "semblance/codec/feature_codec.hpp"
#include "semblance/diffusion/diffusion.hpp"
#include "semblance/nn/mlp.hpp"
#include "semblance/nn/parameters.hpp"

namespace semblance {

/// What the network says of clean rows.
struct CleanRows {
  at::Tensor numbers;  ///< [n, scalars] means.
  at::Tensor logits;   ///< [n, slots] of the one-hot spans.
};

class DenoiserNet {
 public:
  DenoiserNet(Parameters& parameters, std::int64_t scalars, std::int64_t slots,
              std::int64_t condition, const DiffusionConfig& config);

  /// \param x          [n, scalars + slots]: clean + sigma e.
  /// \param sigma      [n, 1], > 0.
  /// \param condition  [n, condition].
  /// \param mask       Of dropout, [n, width] of 0 or 1 / (1 - share), one a block; empty: none.
  [[nodiscard]] CleanRows operator()(const at::Tensor& x, const at::Tensor& sigma,
                                     const at::Tensor& condition,
                                     const std::vector<at::Tensor>& masks = {}) const;

 private:
  struct Block {
    Linear level, in, out;
    at::Tensor scale, shift;
  };
  [[nodiscard]] at::Tensor level_features(const at::Tensor& sigma) const;

  std::int64_t scalars_;
  Linear first_, level_first_;
  std::vector<Block> blocks_;
  at::Tensor scale_, shift_;
  Linear head_;
  at::Tensor frequencies_;  // [noise_dim / 2], fixed
};

}  // namespace semblance
