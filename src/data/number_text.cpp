// SPDX-License-Identifier: Apache-2.0
#include "data/number_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

#include "semblance/data/dataset.hpp"

namespace semblance {
namespace {

using Style = NumberFormat::Style;

/// from_chars takes no plus sign; "+-1" stays wrong.
std::string_view without_plus(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  return text;
}

/// Exactly `decimals` digits after the point.
std::string fixed(double value, int decimals) {
  std::array<char, 800> out;  // 309 digits before the point, at most 400 behind it
  const auto end = std::to_chars(out.data(), out.data() + out.size(), value,
                                 std::chars_format::fixed, std::min(decimals, 400));
  return {out.data(), end.ptr};
}

/// Plain digits from 1e-5 up to 1e16, scientific outside.
std::string shortest(double value) {
  const double size = std::abs(value);
  const bool plain = size == 0 || (size >= 1e-5 && size < 1e16);
  std::array<char, 64> out{};
  const auto end = std::to_chars(out.data(), out.data() + out.size(), value,
                                 plain ? std::chars_format::fixed : std::chars_format::scientific);
  return {out.data(), end.ptr};
}

std::string compact(double value) {
  std::array<char, 64> out{};
  return {out.data(), std::to_chars(out.data(), out.data() + out.size(), value).ptr};
}

int decimals_of(std::string_view text) {
  const auto point = text.find('.');
  return point == std::string_view::npos ? 0 : static_cast<int>(text.size() - point - 1);
}

std::string without_trailing_zeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  text.resize(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  text = without_plus(text);
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{}) return {};
  if (rest == end) return value;
  const bool zeros = *rest == '.' && rest + 1 != end &&
                     std::all_of(rest + 1, end, [](char c) { return c == '0'; });
  if (!zeros) return {};
  return value;
}

std::optional<std::int64_t> parse_whole(std::string_view text) {
  if (const auto value = parse_integer(text)) return value;
  const auto value = parse_real(text);
  if (!value || std::floor(*value) != *value || std::abs(*value) > 0x1p53) return {};
  return static_cast<std::int64_t>(*value);
}

std::optional<double> parse_real(std::string_view text) {
  text = without_plus(text);
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end || !std::isfinite(value)) return {};
  return value;
}

std::string format_integer(std::int64_t value, const NumberFormat& format) {
  std::string out = std::to_string(value);
  if (format.style == Style::kPoint) return out + ".0";
  if (format.style == Style::kCompact && out.size() > 5 && value > -(1LL << 53) &&
      value < (1LL << 53))
    return compact(static_cast<double>(value));
  if (format.style == Style::kFixed && format.decimals > 0)
    out += "." + std::string(static_cast<std::size_t>(format.decimals), '0');
  return out;
}

std::string format_number(double value, const NumberFormat& format) {
  if (!std::isfinite(value)) return {};
  if (format.style == Style::kFixed) return fixed(value, std::max(format.decimals, 0));
  std::string out = format.style == Style::kCompact ? compact(value) : shortest(value);
  const bool scientific = out.find('e') != std::string::npos;
  if (format.decimals >= 0 && !scientific && decimals_of(out) > format.decimals)
    out = without_trailing_zeros(fixed(value, format.decimals));
  const bool whole = !scientific && out.find('.') == std::string::npos;
  return format.style == Style::kPoint && whole ? out + ".0" : out;
}

}  // namespace semblance
