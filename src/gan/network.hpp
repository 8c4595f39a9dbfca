// SPDX-License-Identifier: Apache-2.0
// The networks of Gan: noise to encoded rows, packs of encoded rows to scores.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "codec/spans.hpp"
#include "nn/frozen.hpp"
#include "semblance/codec/feature_codec.hpp"
#include "semblance/gan/gan.hpp"
#include "semblance/nn/mlp.hpp"
#include "semblance/nn/parameters.hpp"

namespace semblance {

/// A trained generator at fixed statistics, which the layers have taken in. The input of a layer is
/// the end of one array: what all layers have made, the last first, then noise.
class FrozenGenerator {
 public:
  /// \param pick  [n] int32: 1 + the position of the 1 among the codes, 0 for none.
  /// \return [outputs, n] float32.
  [[nodiscard]] at::Tensor operator()(const at::Tensor& noise, const at::Tensor& pick) const;

 private:
  friend class GanGenerator;
  std::vector<FrozenAffine> layers_;  // the head last
};

/// Residual blocks (linear, batch normalisation, ReLU; the input is appended) and a linear head.
class GanGenerator {
 public:
  GanGenerator(Parameters& parameters, std::int64_t inputs, std::int64_t outputs,
               const GanConfig& config);

  /// [n, inputs] -> [n, outputs], normalised by the statistics of these n rows.
  [[nodiscard]] at::Tensor train(at::Tensor x) const;
  /// The same, normalised by the fixed statistics, so that rows do not depend on each other.
  /// \param codes  The last so many inputs are one-hot or 0.
  [[nodiscard]] FrozenGenerator frozen(std::int64_t codes, bool bfloat16) const;

  /// Fixes the statistics to those of the rows that these inputs make.
  void settle(at::Tensor x);
  void save(Archive& archive) const;
  void load(const Archive& archive);

 private:
  struct Block {
    Linear linear;
    at::Tensor scale, shift;    // trained
    at::Tensor mean, variance;  // fixed by settle
  };
  [[nodiscard]] at::Tensor normalised(const Block& block, const at::Tensor& h, bool fixed) const;

  bool normalise_;
  std::vector<Block> blocks_;
  Linear head_;
};

/// What the critic makes of packs.
struct GanVerdict {
  at::Tensor score;     ///< [packs]
  at::Tensor features;  ///< [packs, last width]: its last hidden layer.
};

/// Layers with leaky ReLU and dropout, and a score.
class GanCritic {
 public:
  GanCritic(Parameters& parameters, std::int64_t inputs, const GanConfig& config);

  /// What packs are when they reach the first leaky ReLU: an affine map of them, so that mixtures
  /// of packs enter as the mixtures of what they enter as. [packs, inputs] -> [packs, width]
  [[nodiscard]] at::Tensor enter(const at::Tensor& packs) const;
  /// \param entered  Of packs.
  /// \param masks    One [packs, width] a layer, see dropout; empty: none.
  [[nodiscard]] GanVerdict judge(at::Tensor entered, const std::vector<at::Tensor>& masks) const;
  [[nodiscard]] GanVerdict operator()(const at::Tensor& packs,
                                      const std::vector<at::Tensor>& masks) const {
    return judge(enter(packs), masks);
  }
  /// The slope of the score with respect to packs, differentiable in the parameters; in closed
  /// form, since the critic is piecewise linear. [packs, inputs]
  [[nodiscard]] at::Tensor slope(at::Tensor entered, const std::vector<at::Tensor>& masks) const;
  /// Masks of a game's turn: 0 for units that are off, 1 / (1 - share) for the others.
  [[nodiscard]] std::vector<at::Tensor> dropout(std::int64_t packs, Seed stage,
                                                std::int64_t first) const;

 private:
  double dropout_;
  std::vector<std::int64_t> widths_;
  std::vector<Linear> layers_;
  Linear score_;
};

/// Splits a head's output and makes it an encoded row.
class GanOutput {
 public:
  GanOutput(const FeatureCodec& codec, double temperature, at::Device device);

  /// Differentiable rows: one-hot spans through a Gumbel-softmax. \param noise  [n, slots] uniform.
  [[nodiscard]] at::Tensor relaxed(const at::Tensor& head, const at::Tensor& noise) const;
  /// Makes a head by columns, [width, n], encoded rows whose spans hold weights; in place.
  [[nodiscard]] at::Tensor weighted(const at::Tensor& columns) const;
  /// [n]: minus the log probability of the slot that each row was asked for.
  /// \param asked  [n, width]: 1 at that slot, else 0.
  [[nodiscard]] at::Tensor disobedience(const at::Tensor& head, const at::Tensor& asked) const;
  [[nodiscard]] std::int64_t slots() const noexcept { return spans_.slots(); }

 private:
  [[nodiscard]] at::Tensor scalars(const at::Tensor& head) const;
  [[nodiscard]] at::Tensor logits(const at::Tensor& head) const;

  Spans spans_;
  bool bounded_;
  double temperature_;
};

}  // namespace semblance
