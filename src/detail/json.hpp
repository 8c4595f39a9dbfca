// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "detail/check.hpp"

namespace semblance {

/// JSON text -> value, nested at most 64 deep, so that no text can exhaust the stack.
/// \param origin  Named in the message: a file, a struct.
template <class Json = nlohmann::json, class Exception = FileError>
Json parse_json(std::string_view text, std::string_view origin) {
  constexpr int kMaxDepth = 64;
  const auto bounded = [](int depth, typename Json::parse_event_t, Json&) {
    if (depth > kMaxDepth) throw FileError("nested too deeply");
    return true;
  };
  try {
    return Json::parse(text, bounded);
  } catch (const std::exception& e) {
    fail<Exception>("{}: not valid JSON ({})", origin, e.what());
  }
}

}  // namespace semblance
