// SPDX-License-Identifier: Apache-2.0
#include "data/csv_numbers.hpp"

#include <algorithm>
#include <charconv>

#include "semblance/data/dataset.hpp"

namespace semblance::csv {
namespace {

using Style = NumberFormat::Style;

/// Digits after the point if the exponent were written out.
int written_out(const NumberText& number, std::string_view text) {
  const auto mark = text.find_first_of("eE");
  if (mark == std::string_view::npos) return number.decimals;
  int exponent = 0;
  const char* first = text.data() + mark + 1;
  if (*first == '+') ++first;
  std::from_chars(first, text.data() + text.size(), exponent);
  return std::clamp(number.decimals - std::clamp(exponent, -400, 400), 0, 400);
}

}  // namespace

void StyleFinder::check_compact(std::string_view text, double value) {
  compact_ = format_number(value, {Style::kCompact}) == text;
}

void StyleFinder::add_odd(const NumberText& number, std::string_view text, double value) {
  odd_decimals_ = std::max(odd_decimals_, written_out(number, text));
  if (shortest_) shortest_ = format_number(value, {Style::kShortest}) == text;
  if (point_) point_ = format_number(value, {Style::kPoint}) == text;
  if (fixed_) {
    fixed_ = !number.exponent && number.decimals <= 100 &&
             format_number(value, {Style::kFixed, number.decimals}) == text;
  }
  if (compact_) check_compact(text, value);
}

std::optional<NumberFormat> StyleFinder::format() const {
  if (count_ == 0) return NumberFormat{};
  if (fixed_ && least_ == most_ && most_ > 0) return NumberFormat{Style::kFixed, most_};
  if (shortest_) return NumberFormat{Style::kShortest, decimals()};
  if (point_) return NumberFormat{Style::kPoint, decimals()};
  if (compact_) return NumberFormat{Style::kCompact, decimals()};
  return {};
}

}  // namespace semblance::csv
