// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "semblance/data/column.hpp"

namespace semblance {

/// Rows of each category (none where the field is of another kind), then rows where it is missing:
/// what RowDigest::counts has of a column.
[[nodiscard]] inline std::vector<std::int64_t> counts_of(const Column& column, const Field& field) {
  std::vector<std::int64_t> out(static_cast<std::size_t>(field.categories.size()) + 1);
  out.back() = column.null_count();
  if (field.kind != Kind::kCategorical) return out;
  const auto codes = column.codes();
  for (std::int64_t i = 0; i < column.size(); ++i) {
    if (column.is_valid(i)) ++out[static_cast<std::size_t>(codes[static_cast<std::size_t>(i)])];
  }
  return out;
}

}  // namespace semblance
