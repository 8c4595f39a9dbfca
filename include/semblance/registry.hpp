// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "semblance/generator.hpp"

namespace semblance {

/// One field of a generator's configuration, for help texts and docs.
struct Parameter {
  std::string name;
  std::string default_json;  ///< The default, as JSON.
  std::string help;          ///< Meaning, unit and range.
};

/// A generator that can be made by name.
struct RegistryEntry {
  std::string name;     ///< As on the command line: "any-order".
  std::string summary;  ///< One sentence.
  std::vector<Parameter> parameters;
  std::function<std::unique_ptr<Generator>(std::string_view config_json)> make;
};

/// All entries, ours first, then those that were added, in order.
[[nodiscard]] std::vector<RegistryEntry> registry();

/// Adds a generator of your own. \throws InvalidArgument if the name is taken.
void register_generator(RegistryEntry entry);

/// A generator by name, configured by a JSON object whose absent keys keep their defaults.
/// \throws InvalidArgument for an unknown name (the known ones are listed), an unknown key (the
/// nearest
///         one is named), or a value that the configuration does not allow.
[[nodiscard]] std::unique_ptr<Generator> make_generator(std::string_view name,
                                                        std::string_view config_json = "{}");

/// The generator that a model file holds, fitted.
/// \throws FileError if the file is damaged, of a newer format, or of an unregistered generator.
[[nodiscard]] std::unique_ptr<Generator> load_generator(const std::filesystem::path& file);

}  // namespace semblance
