// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <string>

#include "detail/check.hpp"
#include "detail/json.hpp"

namespace semblance {

/// The enumerator whose name a JSON text is: position i of `names` is enumerator i.
/// \throws InvalidArgument that names the field and lists the names.
template <class Enum, std::size_t n>
Enum named(const nlohmann::json& json, const std::array<const char*, n>& names, const char* field) {
  const std::string text = json.is_string() ? json.get<std::string>() : json.dump();
  const auto it = std::find(names.begin(), names.end(), text);
  std::string known;
  for (const char* name : names) known += (known.empty() ? "\"" : ", \"") + std::string(name) + '"';
  require(it != names.end(), "{} must be one of {}, got {}", field, known, json.dump());
  return static_cast<Enum>(it - names.begin());
}

}  // namespace semblance
