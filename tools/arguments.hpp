// SPDX-License-Identifier: Apache-2.0
// Arguments as the user types them.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace semblance::command {

/// "90", "90s", "3m", "1.5h" -> seconds; empty -> nothing.
/// \throws InvalidArgument for anything else, or a time that is not > 0.
[[nodiscard]] std::optional<std::chrono::duration<double>> parse_budget(const std::string& text);

/// "@FILE" -> the file's text; anything else is the text itself.
/// \throws FileError if the file cannot be read.
[[nodiscard]] std::string text_or_file(const std::string& argument);

}  // namespace semblance::command
