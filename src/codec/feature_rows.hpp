// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "core/records.hpp"
#include "semblance/codec/feature_codec.hpp"

namespace semblance {

/// Encoded rows, four bytes a scalar or one-hot span, however wide it is.
class FeatureRows {
 public:
  FeatureRows(const FeatureCodec& codec, Records::Place place);

  /// \param vectors  [n, width] as the codec encodes: scalars and one-hot spans.
  void append(const at::Tensor& vectors);
  /// Encodes and appends them, block by block; see FeatureCodec::encode.
  void append(const FeatureCodec& codec, const Dataset& rows, Seed seed);

  [[nodiscard]] std::int64_t size() const noexcept { return records_.size(); }
  [[nodiscard]] std::int64_t width() const noexcept { return width_; }
  /// [n, width] on the CPU: what was appended.
  [[nodiscard]] at::Tensor take(std::span<const std::int64_t> rows) const;
  /// [n, spans]: the slot of each span in those rows, -1 where all are 0.
  [[nodiscard]] std::vector<std::int32_t> slots(std::span<const std::int64_t> rows) const;

 private:
  std::int64_t width_, scalars_;
  std::vector<OneHotFeature> spans_;
  Records records_;
};

}  // namespace semblance
