// SPDX-License-Identifier: Apache-2.0
// New values of numeric columns: between two old ones, or some way from one.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "detail/clock_unit.hpp"
#include "detail/round.hpp"

namespace semblance {

inline constexpr double kFinestStep =
    0x1p52;  ///< No double between 0 and 1 tells more steps apart.
inline constexpr double kLargestInteger =
    0x1p62;  ///< Integers stay below it, so that sums do not overflow.

/// How new values of a numeric column are written.
struct NumberRule {
  double tens = 0;        ///< Reals are multiples of 1 / tens; 0: of anything.
  std::int64_t unit = 1;  ///< Integers and datetimes are multiples of it.
  double low = -std::numeric_limits<double>::infinity();  ///< The field's range.
  double high = std::numeric_limits<double>::infinity();
};

/// The rule of a column of reals, integers or datetimes.
inline NumberRule number_rule(const Field& field, const Column& column) {
  NumberRule rule{.tens = tens_of(field.format)};
  if (field.kind == Kind::kDatetime) rule.unit = clock_unit(column);
  if (field.range) rule.low = field.range->min;
  if (field.range) rule.high = field.range->max;
  return rule;
}

/// The nearest integer.
inline std::int64_t whole(double value) {
  return std::llround(std::clamp(value, -kLargestInteger, kLargestInteger));
}

/// a + u (b - a) as the column writes it: between a and b where u is in [0, 1], else in range.
inline double blend(double a, double b, double u, const NumberRule& rule) {
  const double value = round_by(a + u * (b - a), rule.tens);
  // As minima, since which parent is the larger is a coin: std::clamp would branch on it.
  return u >= 0 && u <= 1 ? std::min(std::max(value, std::min(a, b)), std::max(a, b))
                          : std::clamp(value, rule.low, rule.high);
}

/// The multiple of the unit nearest to a + u (b - a).
inline std::int64_t blend(std::int64_t a, std::int64_t b, double u, const NumberRule& rule) {
  const double steps =
      (static_cast<double>(b) - static_cast<double>(a)) / static_cast<double>(rule.unit);
  if (std::abs(steps) > kFinestStep) return u < 0.5 ? a : b;
  const std::int64_t value = a + std::llround(u * steps) * rule.unit;
  if (u >= 0 && u <= 1) return std::clamp(value, std::min(a, b), std::max(a, b));
  return std::clamp(value, whole(std::ceil(rule.low)), whole(std::floor(rule.high)));
}

/// a plus a distance, in range.
inline double shift(double a, double by, const NumberRule& rule) {
  return by == 0 ? a : std::clamp(round_by(a + by, rule.tens), rule.low, rule.high);
}

inline std::int64_t shift(std::int64_t a, double by, const NumberRule& rule) {
  const std::int64_t steps = whole(by / static_cast<double>(rule.unit));
  if (steps == 0) return a;
  const double about = static_cast<double>(a) + by;
  const std::int64_t value =
      std::abs(about) < kLargestInteger ? a + steps * rule.unit : whole(about);
  return std::clamp(value, whole(std::ceil(rule.low)), whole(std::floor(rule.high)));
}

}  // namespace semblance
