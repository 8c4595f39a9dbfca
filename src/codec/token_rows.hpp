// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/records.hpp"
#include "semblance/codec/token_codec.hpp"

namespace semblance {

/// Rows as tokens, two or four bytes a cell.
class TokenRows {
 public:
  TokenRows(const TokenCodec& codec, Records::Place place);

  /// \param call  Named in the message: "any-order.refit".
  /// \throws InvalidArgument that names column and row of a cell that has no token.
  void append(const Dataset& rows, std::string_view call);

  [[nodiscard]] std::int64_t size() const noexcept { return records_.size(); }
  /// [n, columns] int64: positions in the concatenated vocabularies.
  [[nodiscard]] at::Tensor take(std::span<const std::int64_t> rows) const;

 private:
  template <class Cell>
  void append_as(const Dataset& rows, std::string_view call);
  template <class Cell>
  [[nodiscard]] at::Tensor take_as(std::span<const std::int64_t> rows) const;

  const TokenCodec* codec_;
  std::vector<std::int64_t> offsets_;
  bool small_;  // tokens fit into 16 bits
  Records records_;
};

}  // namespace semblance
