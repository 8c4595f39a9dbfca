// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "semblance/data/dataset.hpp"
#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// The columns of a table as numbers (real, integer, datetime; NaN where missing) and codes
/// (categorical; -1 where missing).
struct TableCells {
  std::vector<double> numbers;
  std::vector<std::int32_t> codes;
  std::int64_t numeric = 0, categorical = 0, rows = 0;

  [[nodiscard]] MixedView view() const {
    return {{numbers, rows, numeric}, {codes, rows, categorical}, rows};
  }
};

/// The columns of `schema`, found in `rows` by name; categories have the codes of `schema`, those
/// that it does not know codes of their own beyond.
/// \param who  The metric, for the messages.
/// \throws InvalidArgument for a text or tensor column, or one of another kind.
[[nodiscard]] TableCells table_cells(const Dataset& rows, const Schema& schema,
                                     std::string_view who);

}  // namespace semblance
