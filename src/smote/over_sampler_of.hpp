// SPDX-License-Identifier: Apache-2.0
// The bodies of OverSamplerOf<Config>. A method's .cpp has, in this order: `visit` of its
// configuration (detail/config.hpp), `options_of(config)`, `make_method(config, training)`, its
// registry entry, and `template class OverSamplerOf<Config>;`.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detail/config.hpp"
#include "semblance/registry.hpp"
#include "semblance/smote/over_sampler.hpp"
#include "smote/method.hpp"

namespace semblance {

inline const std::vector<std::pair<SmallClass, std::string>>& small_class_names() {
  static const std::vector<std::pair<SmallClass, std::string>> names = {
      {SmallClass::kClamp, "clamp"},
      {SmallClass::kError, "error"},
      {SmallClass::kDuplicate, "duplicate"}};
  return names;
}

/// An enum as one of the names that `names` gives its values, and back.
template <class Json, class Enum>
void enum_to_json(Json& json, Enum value, const std::vector<std::pair<Enum, std::string>>& names) {
  for (const auto& [known, name] : names) {
    if (known == value) json = name;
  }
}

template <class Json, class Enum>
void enum_from_json(const Json& json, Enum& value,
                    const std::vector<std::pair<Enum, std::string>>& names) {
  Json known;
  for (const auto& [each, name] : names) known[name] = static_cast<int>(each);
  value = static_cast<Enum>(known.at(json.template get<std::string>()).template get<int>());
}

// nlohmann-json finds these beside the enum.
template <class Json>
void to_json(Json& json, SmallClass value) {
  enum_to_json(json, value, small_class_names());
}

template <class Json>
void from_json(const Json& json, SmallClass& value) {
  enum_from_json(json, value, small_class_names());
}

inline constexpr const char* kStandardizeHelp = "Distances on columns of unit variance";
inline constexpr const char* kSmallClassHelp =
    "Classes of k rows or fewer: clamp, error or duplicate";

/// \param type    The configuration's name, for messages.
/// \param preset  What absent keys keep.
template <class Config>
RegistryEntry over_sampler_entry(std::string summary, std::string type, Config preset = {}) {
  return {options_of(preset).name, std::move(summary), parameters_of<Config>(preset),
          [type, preset](std::string_view json) {
            return std::make_unique<OverSamplerOf<Config>>(config_from_json(json, type, preset));
          }};
}

template <class Config>
OverSamplerOf<Config>::OverSamplerOf(Config config) : config_(std::move(config)) {
  config_.validate();
}

template <class Config>
std::string OverSamplerOf<Config>::do_name() const {
  return options_of(config_).name;
}

template <class Config>
std::string OverSamplerOf<Config>::do_config_json() const {
  return config_to_json(config_).dump();
}

template <class Config>
MethodOptions OverSamplerOf<Config>::do_options() const {
  return options_of(config_);
}

template <class Config>
std::unique_ptr<const Method> OverSamplerOf<Config>::do_method(const Training& training) const {
  return make_method(config_, training);
}

}  // namespace semblance
