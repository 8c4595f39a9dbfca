// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "semblance/codec/feature_codec.hpp"
#include "semblance/data/column.hpp"

namespace semblance::detail {

/// One tensor column, scaled linearly to the interval of a TensorScale.
class TensorCodec {
 public:
  /// \throws InvalidArgument that names the column if a present value is not finite.
  TensorCodec(const Column& column, const Field& field, TensorScale scale);

  /// [n, shape...] float32; gaps are filled with the middle of the interval.
  [[nodiscard]] at::Tensor encode(const Column& column) const;
  /// Values rounded (uint8) and clamped to the range of the training rows.
  [[nodiscard]] Column decode(const at::Tensor& values, Bitmap valid) const;

  [[nodiscard]] nlohmann::json to_json() const;
  static TensorCodec from_json(const nlohmann::json& json, const Field& field);

 private:
  explicit TensorCodec(const Field& field);
  void learn_ranges(const Column& column);
  void set_factors();

  std::string name_;
  ElementType element_;
  std::vector<std::int64_t> shape_;
  std::vector<std::int64_t> channel_shape_;  // shape_ with every extent but the channels' set to 1
  TensorScale scale_ = TensorScale::kSigned;
  std::vector<float> low_, high_;  // by channel
  at::Tensor lows_, spans_;        // [channel_shape_]
};

}  // namespace semblance::detail
