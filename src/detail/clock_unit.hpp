// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "semblance/data/column.hpp"

namespace semblance {

/// The coarsest clock unit (day, hour, minute, second, millisecond, microsecond), in microseconds,
/// that divides all values of a datetime column: dates stay dates.
inline std::int64_t clock_unit(const Column& column) {
  constexpr std::int64_t kSecond = 1'000'000;
  for (const std::int64_t unit :
       {86'400 * kSecond, 3'600 * kSecond, 60 * kSecond, kSecond, std::int64_t{1'000}}) {
    bool divides = true;
    for (std::int64_t i = 0; i < column.size() && divides; ++i) {
      divides = !column.is_valid(i) || column.integers()[static_cast<std::size_t>(i)] % unit == 0;
    }
    if (divides) return unit;
  }
  return 1;
}

}  // namespace semblance
