// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "semblance/data/column.hpp"

namespace semblance::copula {

/// `column` with the values of `drawn`, a column of the same kind and length, where it has gaps.
inline Column fill_gaps(const Column& column, const Column& drawn) {
  const std::vector<Column> parts = {column, drawn};
  std::vector<std::int64_t> from;
  for (std::int64_t i = 0; i < column.size(); ++i)
    from.push_back(column.is_valid(i) ? i : column.size() + i);
  return Column::concat(parts).take(from);
}

}  // namespace semblance::copula
