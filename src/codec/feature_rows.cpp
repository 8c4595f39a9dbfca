// SPDX-License-Identifier: Apache-2.0
#include "codec/feature_rows.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>

namespace semblance {
namespace {

constexpr std::int64_t kBlockValues = 1 << 22;  // of the encoded rows of one block
constexpr std::size_t kCell = 4;                // bytes

static_assert(sizeof(float) == kCell && sizeof(std::int32_t) == kCell);

}  // namespace

FeatureRows::FeatureRows(const FeatureCodec& codec, Records::Place place)
    : width_(codec.width()),
      scalars_(std::ssize(codec.scalars())),
      spans_(codec.one_hots()),
      records_((codec.scalars().size() + codec.one_hots().size()) * kCell, place) {}

void FeatureRows::append(const at::Tensor& vectors) {
  const at::Tensor whole = vectors.contiguous();
  const float* row = whole.const_data_ptr<float>();
  std::vector<std::byte> bytes(static_cast<std::size_t>(whole.size(0)) * records_.width());
  std::byte* to = bytes.data();
  for (std::int64_t i = 0; i < whole.size(0); ++i, row += width_) {
    std::memcpy(to, row, static_cast<std::size_t>(scalars_) * kCell);
    to += static_cast<std::size_t>(scalars_) * kCell;
    for (const OneHotFeature& span : spans_) {
      const float* const first = row + span.first;
      const float* const hot =
          std::find_if(first, first + span.width, [](float x) { return x > 0; });
      const auto slot = static_cast<std::int32_t>(hot == first + span.width ? -1 : hot - first);
      std::memcpy(to, &slot, kCell);
      to += kCell;
    }
  }
  records_.append(bytes, whole.size(0));
}

void FeatureRows::append(const FeatureCodec& codec, const Dataset& rows, Seed seed) {
  const std::int64_t before = size();
  const std::int64_t block =
      std::clamp<std::int64_t>(kBlockValues / std::max<std::int64_t>(1, width_), 64, 8192);
  for (std::int64_t first = 0; first < rows.rows(); first += block) {
    const std::int64_t count = std::min(block, rows.rows() - first);
    append(codec.encode(rows.slice(first, count), seed, before + first).vector);
  }
}

at::Tensor FeatureRows::take(std::span<const std::int64_t> rows) const {
  at::Tensor out = at::zeros({std::ssize(rows), width_}, at::kFloat);
  float* row = out.mutable_data_ptr<float>();
  const auto bytes = records_.take(rows);
  const std::byte* from = bytes.data();
  for (std::size_t i = 0; i < rows.size(); ++i, row += width_) {
    std::memcpy(row, from, static_cast<std::size_t>(scalars_) * kCell);
    from += static_cast<std::size_t>(scalars_) * kCell;
    for (const OneHotFeature& span : spans_) {
      std::int32_t slot = 0;
      std::memcpy(&slot, from, kCell);
      from += kCell;
      if (slot >= 0) row[span.first + slot] = 1;
    }
  }
  return out;
}

std::vector<std::int32_t> FeatureRows::slots(std::span<const std::int64_t> rows) const {
  const auto bytes = records_.take(rows);
  std::vector<std::int32_t> out(rows.size() * spans_.size());
  for (std::size_t i = 0; i < rows.size() && !spans_.empty(); ++i) {
    std::memcpy(out.data() + i * spans_.size(),
                bytes.data() + i * records_.width() + static_cast<std::size_t>(scalars_) * kCell,
                spans_.size() * kCell);
  }
  return out;
}

}  // namespace semblance
