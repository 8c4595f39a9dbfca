// SPDX-License-Identifier: Apache-2.0
#include "codec/tensor_codec.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "detail/check.hpp"

namespace semblance::detail {
namespace {

/// The column's memory as a tensor [n, shape...]; shares memory.
at::Tensor view(const Column& column, const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> sizes = {column.size()};
  sizes.insert(sizes.end(), shape.begin(), shape.end());
  const bool bytes = column.element() == ElementType::kUInt8;
  const void* data = bytes ? static_cast<const void*>(column.bytes().data())
                           : static_cast<const void*>(column.floats().data());
  return at::from_blob(const_cast<void*>(data), sizes, bytes ? at::kByte : at::kFloat);
}

/// [n, 1, ...]: 1 where the row is present.
at::Tensor presence(const Column& column, std::size_t dimensions) {
  at::Tensor out = at::ones({column.size()}, at::kFloat);
  float* values = out.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < column.size(); ++i) values[i] = column.is_valid(i) ? 1.0F : 0.0F;
  std::vector<std::int64_t> sizes(dimensions + 1, 1);
  sizes[0] = column.size();
  return out.reshape(sizes);
}

}  // namespace

/// Channels are the first of three extents (images) and the last of two (signals).
TensorCodec::TensorCodec(const Field& field)
    : name_(field.name),
      element_(field.element),
      shape_(field.shape),
      channel_shape_(field.shape.size(), 1) {
  if (shape_.size() == 3) channel_shape_[0] = shape_[0];
  if (shape_.size() == 2) channel_shape_[1] = shape_[1];
}

TensorCodec::TensorCodec(const Column& column, const Field& field, TensorScale scale)
    : TensorCodec(field) {
  scale_ = scale;
  const auto channels = static_cast<std::size_t>(elements(channel_shape_));
  low_.assign(channels, 0);
  high_.assign(channels, element_ == ElementType::kUInt8 ? 255.0F : 0.0F);
  if (element_ == ElementType::kFloat32 && column.null_count() < column.size())
    learn_ranges(column);
  set_factors();
}

void TensorCodec::learn_ranges(const Column& column) {
  std::vector<std::int64_t> present;
  for (std::int64_t i = 0; i < column.size(); ++i) {
    if (column.is_valid(i)) present.push_back(i);
  }
  at::Tensor values = view(column, shape_);
  if (column.null_count() > 0) values = values.index_select(0, at::tensor(present));
  std::vector<std::int64_t> others = {0};
  for (std::size_t d = 0; d < shape_.size(); ++d) {
    if (channel_shape_[d] == 1) others.push_back(static_cast<std::int64_t>(d) + 1);
  }
  const at::Tensor low = values.amin(others).reshape(-1), high = values.amax(others).reshape(-1);
  for (std::size_t c = 0; c < low_.size(); ++c) {
    low_[c] = low[static_cast<std::int64_t>(c)].item<float>();
    high_[c] = high[static_cast<std::int64_t>(c)].item<float>();
    require(std::isfinite(low_[c]) && std::isfinite(high_[c]),
            "column '{}' must be finite, got NaN or infinity", name_);
  }
}

void TensorCodec::set_factors() {
  lows_ = at::tensor(low_).reshape(channel_shape_);
  spans_ = (at::tensor(high_) - at::tensor(low_)).reshape(channel_shape_);
}

at::Tensor TensorCodec::encode(const Column& column) const {
  const at::Tensor spans = at::where(spans_ > 0, spans_, at::ones_like(spans_));
  at::Tensor unit = (view(column, shape_).to(at::kFloat) - lows_) / spans;
  if (column.null_count() > 0)
    unit = at::where(presence(column, shape_.size()) > 0, unit, at::full({}, 0.5F));
  require(at::isfinite(unit).all().item<bool>(), "column '{}' must be finite, got NaN or infinity",
          name_);
  return scale_ == TensorScale::kUnit ? unit : unit * 2 - 1;
}

Column TensorCodec::decode(const at::Tensor& values, Bitmap valid) const {
  at::Tensor unit = scale_ == TensorScale::kUnit ? values : (values + 1) / 2;
  unit = at::nan_to_num(unit).clamp(0, 1) * spans_ + lows_;
  if (element_ == ElementType::kUInt8) {
    const at::Tensor bytes = unit.round().to(at::kByte).contiguous();
    const auto* data = bytes.const_data_ptr<std::uint8_t>();
    return Column::tensors(std::vector<std::uint8_t>(data, data + bytes.numel()), shape_,
                           std::move(valid));
  }
  const at::Tensor floats = at::minimum(unit, lows_ + spans_).contiguous();
  const auto* data = floats.const_data_ptr<float>();
  return Column::tensors(std::vector<float>(data, data + floats.numel()), shape_, std::move(valid));
}

nlohmann::json TensorCodec::to_json() const {
  return {{"signed", scale_ == TensorScale::kSigned}, {"low", low_}, {"high", high_}};
}

TensorCodec TensorCodec::from_json(const nlohmann::json& json, const Field& field) {
  TensorCodec out(field);
  out.scale_ = json.at("signed").get<bool>() ? TensorScale::kSigned : TensorScale::kUnit;
  json.at("low").get_to(out.low_);
  json.at("high").get_to(out.high_);
  const auto channels = static_cast<std::size_t>(elements(out.channel_shape_));
  require(out.low_.size() == channels && out.high_.size() == channels,
          "column '{}' has {} channel ranges", field.name, out.low_.size());
  out.set_factors();
  return out;
}

}  // namespace semblance::detail
