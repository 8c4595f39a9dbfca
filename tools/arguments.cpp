// SPDX-License-Identifier: Apache-2.0
#include "arguments.hpp"

#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "detail/check.hpp"

namespace semblance::command {

std::optional<std::chrono::duration<double>> parse_budget(const std::string& text) {
  if (text.empty()) return {};
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const double scale = unit.empty() || unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  require(error == std::errc{} && scale > 0 && value > 0 && std::isfinite(value),
          "--budget must be a time like 90s, 3m or 1h, got '{}'", text);
  return std::chrono::duration<double>(value * scale);
}

std::string text_or_file(const std::string& argument) {
  if (!argument.starts_with('@')) return argument;
  const std::filesystem::path file = argument.substr(1);
  std::ifstream in(file, std::ios::binary);
  require<FileError>(in.good() && !std::filesystem::is_directory(file), "{}: cannot be read",
                     file.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace semblance::command
