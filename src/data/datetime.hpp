// SPDX-License-Identifier: Apache-2.0
// Dates, times and their text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace semblance {

/// Microseconds since 1970-01-01T00:00:00 UTC.
///
/// \param format  A pattern of %Y %m %d %H %M %S, %f (1 to 6 digits of a second's fraction), %3f
///                (exactly 3), %z ("Z" or "+01:00") and literal characters. Empty: ISO 8601.
[[nodiscard]] std::optional<std::int64_t> parse_datetime(std::string_view text,
                                                         std::string_view format);

/// The inverse; %f writes 6 digits, %z "Z".
[[nodiscard]] std::string format_datetime(std::int64_t microseconds, std::string_view format);

}  // namespace semblance
