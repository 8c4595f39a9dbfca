// SPDX-License-Identifier: Apache-2.0
// Noise on categories that stay categories: multinomial [1, 2] and masked [3, 4] diffusion, driven
// by the noise level of the EDM frame, so that numbers and categories of a row share one level.
//
// [1] Hoogeboom et al., "Argmax flows and multinomial diffusion", NeurIPS 2021.
// [2] Kotelnikov, Baranchuk, Rubachev, Babenko, "TabDDPM", ICML 2023.
// [3] Sahoo et al., "Simple and effective masked diffusion language models", NeurIPS 2024.
// [4] Shi et al., "TabDiff: a mixed-type diffusion model for tabular data generation", ICLR 2025.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "codec/spans.hpp"
#include "semblance/codec/feature_codec.hpp"
#include "semblance/diffusion/diffusion.hpp"

namespace semblance {

/// The sampling grid at t in (0, 1], from sigma_min (or 0) to the first level. Element-wise.
[[nodiscard]] at::Tensor grid_level(const DiffusionConfig& config, const at::Tensor& t);
/// `config.steps` levels of the grid from the first one down, then 0.
[[nodiscard]] std::vector<double> grid_levels(const DiffusionConfig& config);

/// The forward and backward step of one-hot spans, which stay one-hot (masked: or become all 0).
class CategoryProcess {
 public:
  CategoryProcess(const DiffusionConfig& config, const FeatureCodec& codec, at::Device device);

  /// Share of cells that still say what they are. \param sigma  Of any shape, >= 0.
  [[nodiscard]] at::Tensor kept(const at::Tensor& sigma) const;

  /// \param slots  [n, slots] one-hot spans. \param sigma  [n, 1].
  /// \param u      [n, 2 spans] uniform.
  [[nodiscard]] at::Tensor noisy(const at::Tensor& slots, const at::Tensor& sigma,
                                 const at::Tensor& u) const;
  /// [n]: what the rows' noisy spans cost, in nats: a sum over spans that estimates the negative
  /// evidence lower bound.
  /// \param slots   [n, slots] clean spans; a span of zeros costs nothing.
  /// \param logits  Of the clean slots.
  [[nodiscard]] at::Tensor loss(const at::Tensor& slots, const at::Tensor& noisy,
                                const at::Tensor& logits, const at::Tensor& sigma) const;

  /// The spans of pure noise. \param u  [n, 2 spans] uniform.
  [[nodiscard]] at::Tensor start(const at::Tensor& u) const;
  /// The spans at the lower level `to`, given those at `from` and what the clean ones seem to be.
  /// \param clean  [n, slots] probabilities. \param u  [n, 2 spans] uniform.
  [[nodiscard]] at::Tensor step(const at::Tensor& noisy, const at::Tensor& clean, double from,
                                double to, const at::Tensor& u) const;

  [[nodiscard]] std::int64_t spans() const { return std::ssize(width_); }

 private:
  /// One-hot spans, drawn from weights >= 0; a span without weight stays 0.
  [[nodiscard]] at::Tensor draw(const at::Tensor& weights, const at::Tensor& u) const;
  /// [n, slots]: q(x_to | x_from, clean), not normalised; each level [n, 1] or [1, 1].
  [[nodiscard]] at::Tensor posterior(const at::Tensor& noisy, const at::Tensor& clean,
                                     const at::Tensor& from, const at::Tensor& to) const;
  [[nodiscard]] at::Tensor multinomial_loss(const at::Tensor& slots, const at::Tensor& noisy,
                                            const at::Tensor& logits,
                                            const at::Tensor& sigma) const;
  [[nodiscard]] at::Tensor of_spans(const at::Tensor& per_slot) const;  // sums, spread over slots

  DiffusionConfig config_;
  std::vector<std::int64_t> width_;  // by span
  Spans span_terms_;
  at::Tensor membership_;  // [slots, spans]: 1 where the slot is of the span
  at::Tensor share_;       // [slots]: 1 / width of the slot's span
};

}  // namespace semblance
