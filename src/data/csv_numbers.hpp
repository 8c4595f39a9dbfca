// SPDX-License-Identifier: Apache-2.0
// Numbers of CSV files: quick parsing, and how they were written.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "data/number_text.hpp"

namespace semblance::csv {

/// What a number's text says, before it is a value.
struct NumberText {
  std::uint64_t mantissa = 0;  ///< All digits, the point left out; exact if digits <= 19.
  int digits = 0;              ///< From the first that is not zero.
  int decimals = 0;            ///< After the point.
  int last = 0;                ///< The last digit.
  bool negative = false;
  bool point = false;
  bool exponent = false;
  bool leading_zero = false;  ///< "007": a code rather than a number.
  bool plain = true;          ///< No plus sign, no exponent, digits on both sides of a point.
};

/// Steps over digits and appends them to `mantissa`.
inline const char* take_digits(const char* p, const char* end, std::uint64_t& mantissa) {
  std::uint64_t value = mantissa;
  for (; p != end; ++p) {
    const auto digit = static_cast<unsigned char>(*p - '0');
    if (digit > 9) break;
    value = value * 10 + digit;
  }
  mantissa = value;
  return p;
}

/// Whether [p, end) is the rest of a number from its 'e' on.
inline bool is_exponent(const char* p, const char* end) {
  if (*p != 'e' && *p != 'E') return false;
  if (++p != end && (*p == '-' || *p == '+')) ++p;
  std::uint64_t ignored = 0;
  return p != end && take_digits(p, end, ignored) == end;
}

/// Splits a number's text up; false if it is none.
inline bool scan_number(std::string_view text, NumberText& out) {
  const char* p = text.data();
  const char* const end = p + text.size();
  if (p != end && (*p == '-' || *p == '+')) {
    out.negative = *p == '-';
    out.plain = out.negative;
    ++p;
  }
  const char* first = p;
  p = take_digits(p, end, out.mantissa);
  const auto whole = p - first;
  out.leading_zero = whole > 1 && *first == '0';
  if (p != end && *p == '.') {
    out.point = true;
    const char* const fraction = ++p;
    p = take_digits(p, end, out.mantissa);
    out.decimals = static_cast<int>(p - fraction);
    if (whole == 0 || out.decimals == 0) out.plain = false;
  }
  out.digits = static_cast<int>(whole) + out.decimals;
  if (out.digits == 0) return false;
  out.last = (out.point && out.decimals == 0 ? p[-2] : p[-1]) - '0';
  for (; first != p && (*first == '0' || *first == '.'); ++first)
    out.digits -= *first == '0' ? 1 : 0;
  if (p == end) return true;
  out.exponent = true;
  out.plain = false;
  return is_exponent(p, end);
}

inline constexpr std::array<double, 23> kPowersOfTen = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/// The nearest double. Exact operands and one division are correctly rounded [1].
///
/// [1] Clinger, "How to read floating point numbers accurately", PLDI 1990.
inline std::optional<double> to_real(const NumberText& number, std::string_view text) {
  constexpr std::uint64_t kExact = std::uint64_t{1} << 53;
  if (number.exponent || number.digits > 19 || number.mantissa > kExact || number.decimals > 22)
    return parse_real(text);
  const double value = static_cast<double>(number.mantissa) /
                       kPowersOfTen[static_cast<std::size_t>(number.decimals)];
  return number.negative ? -value : value;
}

/// A whole number of 64 bits, also written "880.0" or "1e+05".
inline std::optional<std::int64_t> to_integer(const NumberText& number, std::string_view text) {
  if (number.exponent) return parse_whole(text);
  if (number.point || number.digits > 18) return parse_integer(text);
  const auto value = static_cast<std::int64_t>(number.mantissa);
  return number.negative ? -value : value;
}

/// Finds the one style that all numbers of a column are written in.
class StyleFinder {
 public:
  /// \param value  What the text was read as.
  void add(const NumberText& number, std::string_view text, double value) {
    ++count_;
    if (number.decimals < least_) least_ = number.decimals;
    if (number.decimals > most_) most_ = number.decimals;
    const bool small = number.mantissa != 0 && number.digits + 4 <= number.decimals;
    if (!number.plain || small || number.digits > 15 || (number.negative && value == 0)) {
      add_odd(number, text, value);
      return;
    }
    if (number.decimals > 0 && number.last == 0) {
      shortest_ = compact_ = false;
      if (number.decimals > 1) point_ = false;
    }
    if (!number.point) point_ = false;
    const bool many_zeros =
        (number.last == 0 && number.mantissa >= 100'000) || number.digits + 2 <= number.decimals;
    if (compact_ && many_zeros) check_compact(text, value);
  }

  /// The style; nothing if no style fits all numbers.
  [[nodiscard]] std::optional<NumberFormat> format() const;
  /// Whether every number is exact with its own count of decimals.
  [[nodiscard]] bool exact_by_decimals() const noexcept { return fixed_; }
  [[nodiscard]] int decimals() const noexcept {
    return most_ > odd_decimals_ ? most_ : odd_decimals_;
  }

 private:
  void add_odd(const NumberText& number, std::string_view text, double value);
  void check_compact(std::string_view text, double value);

  std::int64_t count_ = 0;
  int least_ = 1 << 20;
  int most_ = 0;
  int odd_decimals_ = 0;
  bool shortest_ = true, point_ = true, fixed_ = true, compact_ = true;
};

}  // namespace semblance::csv
