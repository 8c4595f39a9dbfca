// SPDX-License-Identifier: Apache-2.0
// The code that latent diffusion adds noise to: a variational autoencoder whose divergence fades
// away as it learns, so that codes are smooth and still say nearly all [1].
//
// [1] Zhang et al., "Mixed-type tabular data synthesis with score-based diffusion in latent space"
//     (TabSyn), ICLR 2024.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <span>

#include "codec/spans.hpp"
#include "semblance/diffusion/diffusion.hpp"
#include "semblance/nn/mlp.hpp"
#include "semblance/nn/parameters.hpp"
#include "semblance/train/trainer.hpp"

namespace semblance {

class RowAutoencoder {
 public:
  /// \param codes  Width of the code.
  RowAutoencoder(Parameters parameters, const FeatureCodec& codec, std::int64_t codes,
                 const DiffusionConfig& config);

  /// Encoded rows, on the network's device.
  using Vectors = std::function<at::Tensor(std::span<const std::int64_t> rows)>;

  /// Learns from rows [0, n), and what unit deviation of their codes is. Takes at most a third of
  /// a time budget.
  void train(std::int64_t n, const Vectors& vectors, Seed seed, const RunOptions& whole);

  [[nodiscard]] std::int64_t codes() const noexcept { return codes_; }
  /// Codes with mean 0 and deviation 1 over the training rows. [n, width] -> [n, codes]
  [[nodiscard]] at::Tensor encode(const at::Tensor& vectors) const;
  /// Means of scalars and probabilities of slots. [n, codes] -> [n, width]
  [[nodiscard]] at::Tensor decode(const at::Tensor& codes) const;

  void save(Archive& archive) const;
  /// Reads what is not in the parameters. \throws FileError.
  void load_scale(const Archive& archive);

 private:
  struct Output {
    at::Tensor scalars, logits;
  };
  [[nodiscard]] Output output(const at::Tensor& codes) const;
  /// Sets mean and deviation by the codes of rows [0, n), or of many of them.
  void standardise(std::int64_t n, const Vectors& vectors, Seed seed);
  [[nodiscard]] at::Tensor loss(const at::Tensor& rows, const at::Tensor& noise, double beta) const;

  DiffusionConfig config_;
  std::int64_t codes_;
  Spans spans_;
  std::int64_t columns_;
  Parameters parameters_;
  Mlp encoder_, decoder_;
  Linear code_, head_;
  at::Tensor mean_, deviation_;  // [codes] of the training rows
};

}  // namespace semblance
