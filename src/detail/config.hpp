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

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "detail/check.hpp"
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

/// A configuration from a JSON object; absent keys keep the values of `config`; validated.
/// \param type  The struct's name, for messages.
template <class Config>
Config config_from_json(std::string_view text, const std::string& type, Config config = {}) {
  nlohmann::json json;
  try {
    json = nlohmann::json::parse(text.empty() ? std::string_view("{}") : text);
  } catch (const nlohmann::json::exception& e) {
    fail("{}: the configuration is not valid JSON ({})", type, e.what());
  }
  require(json.is_object(), "{}: the configuration must be a JSON object, got {}", type,
          json.dump());
  std::vector<std::string> known;
  visit(config, [&](const char* name, auto& value, const char* help) {
    known.emplace_back(name);
    const auto it = json.find(name);
    if (it == json.end()) return;
    try {
      it->get_to(value);
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
