// SPDX-License-Identifier: Apache-2.0
#include "codec/token_rows.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "detail/check.hpp"

namespace semblance {
namespace {

bool fits_16_bits(const TokenCodec& codec) {
  std::int32_t most = 0;
  for (std::int64_t c = 0; c < codec.size(); ++c) most = std::max(most, codec[c].size());
  return most <= std::numeric_limits<std::uint16_t>::max() + 1;
}

}  // namespace

TokenRows::TokenRows(const TokenCodec& codec, Records::Place place)
    : codec_(&codec),
      offsets_(codec.offsets()),
      small_(fits_16_bits(codec)),
      records_(static_cast<std::size_t>(codec.size()) * (small_ ? 2 : 4), place) {}

void TokenRows::append(const Dataset& rows, std::string_view call) {
  if (small_) {
    append_as<std::uint16_t>(rows, call);
  } else {
    append_as<std::uint32_t>(rows, call);
  }
}

at::Tensor TokenRows::take(std::span<const std::int64_t> rows) const {
  return small_ ? take_as<std::uint16_t>(rows) : take_as<std::uint32_t>(rows);
}

template <class Cell>
void TokenRows::append_as(const Dataset& rows, std::string_view call) {
  const auto columns = static_cast<std::size_t>(codec_->size());
  std::vector<Cell> cells(columns * static_cast<std::size_t>(rows.rows()));
  for (std::size_t c = 0; c < columns; ++c) {
    const auto column = static_cast<std::int64_t>(c);
    const auto tokens = (*codec_)[column].encode(rows.column(column));
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      require(tokens[i] >= 0, "{}: column '{}', row {}: '{}' is not in the first rows", call,
              rows.schema()[column].name, i,
              tokens[i] >= 0 ? "" : rows.cell(static_cast<std::int64_t>(i), column));
      cells[i * columns + c] = static_cast<Cell>(tokens[i]);
    }
  }
  records_.append(std::as_bytes(std::span(cells)), rows.rows());
}

template <class Cell>
at::Tensor TokenRows::take_as(std::span<const std::int64_t> rows) const {
  const auto bytes = records_.take(rows);
  const auto columns = static_cast<std::size_t>(codec_->size());
  at::Tensor out = at::empty({static_cast<std::int64_t>(rows.size()), codec_->size()}, at::kLong);
  auto* values = out.mutable_data_ptr<std::int64_t>();
  for (std::size_t i = 0; i < rows.size() * columns; ++i) {
    Cell cell;
    std::memcpy(&cell, bytes.data() + i * sizeof(Cell), sizeof(Cell));
    values[i] = static_cast<std::int64_t>(cell) + offsets_[i % columns];
  }
  return out;
}

}  // namespace semblance
