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
  at::Tensor numbers;  ///< [n, numbers] means.
  at::Tensor logits;   ///< [n, slots] of the one-hot spans.
};

/// The widths of what goes in and out of a denoiser.
struct DenoiserShape {
  std::int64_t noisy = 0;    ///< Values with Gaussian noise; the first are the numbers.
  std::int64_t codes = 0;    ///< Values with another noise.
  std::int64_t told = 0;     ///< Values without noise.
  std::int64_t numbers = 0;  ///< That are answered by means.
  std::int64_t slots = 0;    ///< That are answered by logits.
};

/// A batch of noisy rows.
struct NoisyRows {
  at::Tensor x;      ///< [n, noisy]: clean + sigma e.
  at::Tensor codes;  ///< [n, codes]
  at::Tensor sigma;  ///< [n, 1], or [1, 1] for all rows, > 0.
  at::Tensor told;   ///< [n, told]
};

class DenoiserNet {
 public:
  DenoiserNet(Parameters& parameters, const DenoiserShape& shape, const DiffusionConfig& config);

  /// \param masks  Of dropout, [n, width] of 0 or 1 / (1 - share), one a block; empty: none.
  [[nodiscard]] CleanRows operator()(const NoisyRows& rows,
                                     const std::vector<at::Tensor>& masks = {}) const;
  /// [n, 1] or [1, 1]: the weight of the squared error of numbers at which every level counts
  /// alike.
  [[nodiscard]] at::Tensor weight(const at::Tensor& sigma) const;

 private:
  struct Block {
    Linear level, in, out;
    at::Tensor scale, shift;
  };
  [[nodiscard]] at::Tensor level_features(const at::Tensor& sigma) const;
  /// What the first layer makes of x of unit deviation, of waves of its numbers, and the rest.
  [[nodiscard]] at::Tensor enter(const at::Tensor& x, const NoisyRows& rows) const;

  std::int64_t numbers_;
  DiffusionConfig::Prediction prediction_;
  Linear first_, of_waves_, level_first_;
  std::vector<Block> blocks_;
  at::Tensor scale_, shift_;
  Linear head_;
  at::Tensor frequencies_;  // [noise_dim / 2], fixed
  at::Tensor waves_;        // [config.waves], angles a unit, fixed
};

}  // namespace semblance
