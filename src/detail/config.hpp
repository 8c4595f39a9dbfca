// SPDX-License-Identifier: Apache-2.0
// Configuration structs and JSON. A family writes one function
//
//   template <class Visitor> void visit(VaeConfig& c, Visitor&& v) {
//     v("latent_dim", c.latent_dim, "Width of z, >= 1");
//     ...
//   }
//
// in its .cpp, and gets reading, writing and the parameter table from it.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "detail/check.hpp"
#include "detail/json.hpp"
#include "detail/names.hpp"
#include "semblance/registry.hpp"

namespace semblance {

/// The configuration as a JSON object, one key a field.
template <class Config>
nlohmann::ordered_json config_to_json(Config config) {
  nlohmann::ordered_json out = nlohmann::ordered_json::object();
  visit(config, [&](const char* name, const auto& value, const char*) { out[name] = value; });
  return out;
}

/// The parameter table of a configuration: its values are the defaults.
template <class Config>
std::vector<Parameter> parameters_of(Config config = {}) {
  std::vector<Parameter> out;
  visit(config, [&](const char* name, const auto& value, const char* help) {
    out.push_back({name, nlohmann::json(value).dump(), help});
  });
  return out;
}

/// A JSON value as a C++ one; an integer takes no fraction, no boolean and nothing beyond 64 bits.
template <class T>
void read_exactly(const nlohmann::json& json, T& value) {
  if constexpr (requires {
                  value.front();
                  value.resize(0);
                } && !std::is_same_v<T, std::string>) {
    if (!json.is_array()) throw nlohmann::json::type_error::create(302, "not a list", &json);
    value.resize(json.size());
    for (std::size_t i = 0; i < json.size(); ++i) read_exactly(json[i], value[i]);
  } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    const bool fits =
        json.is_number_integer() &&
        (!json.is_number_unsigned() ||
         json.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<T>::max()));
    if (!fits) throw nlohmann::json::type_error::create(302, "not an integer", &json);
    json.get_to(value);
  } else {
    json.get_to(value);
  }
}

/// A configuration from a JSON object; absent keys keep the values of `config`; validated.
/// \param type  The struct's name, for messages.
template <class Config>
Config config_from_json(std::string_view text, const std::string& type, Config config = {}) {
  const auto json = parse_json<nlohmann::json, InvalidArgument>(
      text.empty() ? std::string_view("{}") : text, type);
  if (!json.is_object())
    fail("{}: the configuration must be a JSON object, got {}", type, json.type_name());
  std::vector<std::string> known;
  visit(config, [&](const char* name, auto& value, const char* help) {
    known.emplace_back(name);
    const auto it = json.find(name);
    if (it == json.end()) return;
    try {
      read_exactly(*it, value);
    } catch (const nlohmann::json::exception&) {
      fail("{}.{}: {} does not fit ({})", type, name, it->dump(), help);
    }
  });
  for (const auto& [key, value] : json.items()) {
    require(std::find(known.begin(), known.end(), key) != known.end(), "{} has no field '{}'; {}",
            type, key, did_you_mean(key, known));
  }
  config.validate();
  return config;
}

}  // namespace semblance
