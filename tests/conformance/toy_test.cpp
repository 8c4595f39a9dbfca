// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "conformance/conformance.hpp"
#include "conformance/toy_generator.hpp"
#include "semblance/registry.hpp"

namespace {

semblance::RegistryEntry entry() {
  return {.name = "independent-columns",
          .summary = "Each column on its own",
          .parameters = {},
          .make = [](std::string_view config) -> std::unique_ptr<semblance::Generator> {
            if (config != "{}")
              throw semblance::InvalidArgument(
                  "independent-columns has no parameters: the JSON "
                  "must be {}, got " +
                  std::string(config));
            return std::make_unique<IndependentColumns>();
          }};
}

// The registry makes it by name and loads its files; the suite tests it.
const bool kAdded = [] {
  semblance::register_generator(entry());
  return semblance::conformance::add({.name = "IndependentColumns", .make = [] {
                                        return std::make_unique<IndependentColumns>();
                                      }});
}();

}  // namespace
