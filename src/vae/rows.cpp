// SPDX-License-Identifier: Apache-2.0
#include "vae/rows.hpp"

#include <ATen/ATen.h>

#include <cstring>
#include <utility>

#include "nn/rows.hpp"

namespace semblance {

VaeRows::VaeRows(const FeatureCodec& codec, const TargetCodec* target, Records::Place place)
    : codec_(&codec),
      target_(target),
      vectors_(codec, place),
      targets_(target == nullptr ? 0 : sizeof(std::int32_t), place) {}

void VaeRows::append(const Dataset& rows, Seed seed) {
  if (codec_->tensors().empty()) {
    vectors_.append(*codec_, rows, seed);
  } else {
    Features all = codec_->encode(rows, seed);
    vectors_.append(all.vector);
    for (std::size_t i = 0; i < tensors_.size(); ++i)
      all.tensors[i] = at::cat({tensors_[i], all.tensors[i]});
    tensors_ = std::move(all.tensors);
  }
  if (target_ == nullptr) return;
  const Column& column = rows.column(target_->column());
  std::vector<std::int32_t> codes(column.codes().begin(), column.codes().end());
  for (std::int64_t i = 0; column.null_count() > 0 && i < column.size(); ++i) {
    if (!column.is_valid(i)) codes[static_cast<std::size_t>(i)] = -1;
  }
  targets_.append(std::as_bytes(std::span(codes)), rows.rows());
}

at::Tensor VaeRows::conditions(std::span<const std::int64_t> rows) const {
  if (target_ == nullptr) return at::zeros({std::ssize(rows), 0}, at::kFloat);
  const auto bytes = targets_.take(rows);
  std::vector<std::int32_t> codes(rows.size());
  std::memcpy(codes.data(), bytes.data(), bytes.size());
  Bitmap valid(std::ssize(rows), true);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (codes[i] >= 0) continue;
    codes[i] = 0;
    valid.set(static_cast<std::int64_t>(i), false);
  }
  return target_->encode(Column::categories(std::move(codes), std::move(valid)));
}

VaeBatch VaeRows::take(std::span<const std::int64_t> rows) const {
  VaeBatch out{{vectors_.take(rows), {}}, conditions(rows)};
  for (const at::Tensor& tensor : tensors_)
    out.rows.tensors.push_back(tensor.index_select(0, row_index(rows, at::kCPU)));
  return out;
}

}  // namespace semblance
