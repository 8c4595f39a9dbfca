// SPDX-License-Identifier: Apache-2.0
// What a CSV column holds, narrowed down value by value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace semblance::csv {

/// How a column's fields are read.
enum class Reading : std::uint8_t { kUnknown, kInteger, kReal, kDatetime, kString, kText };

struct Guess {
  Reading reading = Reading::kUnknown;
  std::string datetime_format = {};
};

/// Whether the field is a number or date of that guess.
[[nodiscard]] bool fits(const Guess& guess, std::string_view text);

/// The next wider guess that takes this text: integer, real, string; a datetime in another format,
/// string.
[[nodiscard]] Guess widened(const Guess& guess, std::string_view text);

}  // namespace semblance::csv
