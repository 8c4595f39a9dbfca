// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

#include "semblance/data/schema.hpp"

namespace semblance {

/// 10 to the digits after the point that the format's source had; 0 where unknown.
inline double tens_of(const NumberFormat& format) {
  return format.decimals < 0 || format.decimals > 15 ? 0 : std::pow(10.0, format.decimals);
}

/// `value` as a multiple of 1 / tens; unchanged for tens = 0.
inline double round_by(double value, double tens) {
  if (tens == 0) return value;
  const double rounded = std::round(value * tens) / tens;
  return std::isfinite(rounded) ? rounded : value;
}

/// `value` with the digits after its point that the format's source had; unchanged where unknown.
inline double round_to(double value, const NumberFormat& format) {
  return round_by(value, tens_of(format));
}

}  // namespace semblance
