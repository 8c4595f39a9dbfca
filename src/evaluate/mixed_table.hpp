// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "evaluate/tables.hpp"
#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// A table as a MixedView that owns its cells.
struct MixedTable {
  std::vector<double> numbers;      ///< [rows, numeric], NaN where missing.
  std::vector<std::int32_t> codes;  ///< [rows, categorical], -1 where missing.
  std::int64_t rows = 0, numeric = 0, categorical = 0;

  explicit MixedTable(const Dataset& data) {
    const Frame frame(data);
    rows = frame.rows;
    for (const auto& column : frame.columns) ++(column.number ? numeric : categorical);
    for (std::size_t i = 0; i < static_cast<std::size_t>(rows); ++i) {
      for (const auto& column : frame.columns) {
        if (column.number)
          numbers.push_back(column.numbers[i]);
        else
          codes.push_back(column.codes[i]);
      }
    }
  }

  [[nodiscard]] MixedView view() const {
    return {{numbers, rows, numeric}, {codes, rows, categorical}, rows};
  }
};

}  // namespace semblance
