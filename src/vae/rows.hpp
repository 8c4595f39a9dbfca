// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "codec/feature_rows.hpp"
#include "codec/target_codec.hpp"
#include "vae/network.hpp"

namespace semblance {

/// Training rows of a Vae: four bytes a scalar, a one-hot span and the target, tensors as they are.
/// The codecs must outlive it.
class VaeRows {
 public:
  /// \param target  nullptr: none.
  VaeRows(const FeatureCodec& codec, const TargetCodec* target, Records::Place place);

  /// Tensor columns are encoded and copied whole: append such rows all at once.
  void append(const Dataset& rows, Seed seed);

  [[nodiscard]] std::int64_t size() const noexcept { return vectors_.size(); }
  /// On the CPU.
  [[nodiscard]] VaeBatch take(std::span<const std::int64_t> rows) const;

 private:
  [[nodiscard]] at::Tensor conditions(std::span<const std::int64_t> rows) const;

  const FeatureCodec* codec_;
  const TargetCodec* target_;
  FeatureRows vectors_;
  Records targets_;  // codes; -1: missing
  std::vector<at::Tensor> tensors_;
};

}  // namespace semblance
