// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "semblance/registry.hpp"

namespace semblance {

/// The generators that come with the library, in the order of the docs.
std::vector<RegistryEntry> builtin_generators();

}  // namespace semblance
