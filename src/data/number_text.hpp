// SPDX-License-Identifier: Apache-2.0
// Numbers and their text, as CSV files and conditions have them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "semblance/data/schema.hpp"

namespace semblance {

/// A whole number of 64 bits: "-12", also with a zero fraction: "880.0".
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

/// The same from any notation of a whole number: "1e+05". Beyond 2^53 only where it is exact.
[[nodiscard]] std::optional<std::int64_t> parse_whole(std::string_view text);

/// A finite number: "1", "-0.5", ".5", "1e-3".
[[nodiscard]] std::optional<double> parse_real(std::string_view text);

/// An integer as CSV writes it under that format: "3", or "3.0" and "3.00".
[[nodiscard]] std::string format_integer(std::int64_t value, const NumberFormat& format);

}  // namespace semblance
