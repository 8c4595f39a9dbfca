// SPDX-License-Identifier: Apache-2.0
// The bodies of SelectorOf<Config>. A method writes, in its .cpp,
//
//   template <class Visitor> void visit(EnnConfig& c, Visitor&& v);    // see detail/config.hpp
//   std::string name_of(const EnnConfig&);
//   std::vector<std::int64_t> select(const EnnConfig&, const Selection&);
//
// and `template class SelectorOf<EnnConfig>;` after them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "detail/config.hpp"
#include "resample/selection.hpp"
#include "semblance/resample/resamplers.hpp"

namespace semblance {

template <class Config>
SelectorOf<Config>::SelectorOf(Config config) : config_(std::move(config)) {
  config_.validate();
}

template <class Config>
std::vector<std::int64_t> SelectorOf<Config>::do_select(const Dataset& data, Seed seed,
                                                        const ResampleOptions& options) const {
  return select(config_, Selection(data, seed, options, this->name()));
}

template <class Config>
std::string SelectorOf<Config>::do_name() const {
  return name_of(config_);
}

/// The entry of a resampler with a configuration.
/// \param type      The configuration's name, for messages.
/// \param defaults  What absent fields have.
template <class Method, class Config>
ResamplerEntry entry_of(ResamplerGroup group, const char* summary, const std::string& type,
                        Config defaults = {}) {
  return {name_of(defaults), group, summary, parameters_of<Config>(defaults),
          [type, defaults](std::string_view json) -> std::unique_ptr<Resampler> {
            return std::make_unique<Method>(config_from_json<Config>(json, type, defaults));
          }};
}

/// The entry of a selector.
template <class Config>
ResamplerEntry selector_entry(ResamplerGroup group, const char* summary, const std::string& type,
                              Config defaults = {}) {
  return entry_of<SelectorOf<Config>, Config>(group, summary, type, std::move(defaults));
}

/// The names of an enumeration's values, in their order: how it reads in JSON.
template <class Json, class Enum, std::size_t n>
void write_name(Json& json, Enum value, const char* const (&names)[n]) {
  json = names[static_cast<std::size_t>(value)];
}

/// \throws nlohmann's type_error for any other text, so that config_from_json explains the field.
template <class Json, class Enum, std::size_t n>
void read_name(const Json& json, Enum& value, const char* const (&names)[n]) {
  for (std::size_t i = 0; i < n; ++i) {
    if (json.is_string() && json.template get<std::string>() == names[i]) {
      value = static_cast<Enum>(i);
      return;
    }
  }
  throw nlohmann::json::type_error::create(302, "not one of the names", &json);
}

}  // namespace semblance
