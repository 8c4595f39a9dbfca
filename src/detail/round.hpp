// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

#include "semblance/data/schema.hpp"

namespace semblance {

/// `value` with the digits after its point that the format's source had; unchanged where unknown.
inline double round_to(double value, const NumberFormat& format) {
  if (format.decimals < 0 || format.decimals > 15) return value;
  const double tens = std::pow(10.0, format.decimals);
  const double rounded = std::round(value * tens) / tens;
  return std::isfinite(rounded) ? rounded : value;
}

}  // namespace semblance
