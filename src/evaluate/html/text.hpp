// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace semblance::html {

/// Text for element content and quoted attributes: nothing in it can become markup.
inline std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? ' ' : c;
    }
  }
  return out;
}

/// The first code points of a text, with an ellipsis where it is longer; escaped.
inline std::string clip(std::string_view text, std::size_t most) {
  std::size_t count = 0, end = 0, cut = 0;
  for (; end < text.size(); ++end) {
    if ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) continue;
    if (++count == most) cut = end;
    if (count > most) return escape(text.substr(0, cut)) + "…";
  }
  return escape(text);
}

/// A number with about three significant digits, for people.
inline std::string shown(double value) {
  const double size = std::abs(value);
  if (size == 0) return "0";
  if (size >= 100) return fmt::format("{:.0f}", value);
  if (size >= 10) return fmt::format("{:.1f}", value);
  if (size >= 1) return fmt::format("{:.2f}", value);
  return size > 0 && size < 0.001 ? fmt::format("{:.2g}", value) : fmt::format("{:.3f}", value);
}

inline std::string shown(const std::optional<double>& value) { return value ? shown(*value) : "–"; }

/// 12345 as "12 345", with thin spaces.
inline std::string grouped(std::int64_t value) {
  std::string digits = std::to_string(value), out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += "\u202F";
    out += digits[i];
  }
  return out;
}

}  // namespace semblance::html
