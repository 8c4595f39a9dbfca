// SPDX-License-Identifier: Apache-2.0
// The networks of Vae: encoded rows to codes, codes to distributions over encoded rows.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "nn/frozen.hpp"
#include "semblance/codec/feature_codec.hpp"
#include "semblance/nn/mlp.hpp"
#include "semblance/nn/parameters.hpp"
#include "semblance/nn/pyramid.hpp"
#include "semblance/vae/vae.hpp"

namespace semblance {

/// Encoded rows, all parts on one device.
struct VaeBatch {
  Features rows;
  at::Tensor condition;  ///< [n, c]: the target's one-hot code; c may be 0.
};

/// A normal distribution of z a row: q(z|x), or the prior.
struct VaeCode {
  at::Tensor mean, log_variance;  ///< [n, latent]
};

/// p(x|z), as its networks give it.
struct VaeOutput {
  at::Tensor head;  ///< [n, width]: what the decoder says of scalars, then logits of the spans.
  std::int64_t count = 0;                ///< Of scalars.
  bool bounded = false;                  ///< Whether their means are in (-1, 1).
  std::vector<at::Tensor> tensors = {};  ///< [n, shape...] means, in (-1, 1).

  /// [n, scalars] means.
  [[nodiscard]] at::Tensor scalars() const;
  /// [n, width - scalars] of the one-hot spans, a view.
  [[nodiscard]] at::Tensor logits() const;
};

class VaeNet {
 public:
  /// The decoder, made ready for many blocks.
  struct Frozen {
    FrozenMlp hidden;
    FrozenAffine head;
    at::Tensor sigma;  ///< [scalars] deviations.
  };

  VaeNet(const FeatureCodec& codec, std::int64_t condition_width, const VaeConfig& config,
         Parameters parameters);

  [[nodiscard]] const Parameters& parameters() const noexcept { return parameters_; }
  [[nodiscard]] at::Device device() const { return scalar_spread_.device(); }
  [[nodiscard]] std::int64_t latent_dim() const noexcept { return latent_dim_; }
  [[nodiscard]] std::int64_t condition_width() const noexcept { return condition_width_; }

  [[nodiscard]] VaeCode encode(const VaeBatch& batch) const;
  /// [n, 2 latent]: the same, means beside log variances that are not cut yet.
  [[nodiscard]] at::Tensor code(const VaeBatch& batch) const;
  /// p(z | condition): a normal distribution for each value of the target, N(0, I) without one.
  [[nodiscard]] VaeCode prior(const at::Tensor& condition) const;
  /// \param z  [n, latent].
  [[nodiscard]] VaeOutput decode(const at::Tensor& z, const at::Tensor& condition) const;
  [[nodiscard]] Frozen frozen(bool bfloat16) const {
    return {{decoder_, bfloat16}, {head_, bfloat16}, scalar_log_sigma().exp()};
  }
  /// decode with the frozen decoder; the head is by columns in memory.
  [[nodiscard]] VaeOutput decode(const Frozen& decoder, const at::Tensor& z,
                                 const at::Tensor& condition) const;

  /// Log deviations of the scalars [scalars], and of tensor column i [].
  [[nodiscard]] at::Tensor scalar_log_sigma() const;
  [[nodiscard]] at::Tensor tensor_log_sigma(std::size_t i) const;

 private:
  [[nodiscard]] VaeCode split(const at::Tensor& code) const;
  [[nodiscard]] VaeOutput output(const at::Tensor& head, const at::Tensor& hidden) const;

  Parameters parameters_;
  std::int64_t latent_dim_, condition_width_, scalars_;
  bool bounded_;
  std::vector<PyramidEncoder> tensor_encoders_;
  std::vector<PyramidDecoder> tensor_decoders_;
  Mlp encoder_, decoder_;
  Linear code_, head_;
  at::Tensor prior_;                       // [condition, 2 latent]; starts as 0
  at::Tensor scalar_spread_;               // [scalars], see log_sigma
  std::vector<at::Tensor> tensor_spread_;  // [] each
};

}  // namespace semblance
