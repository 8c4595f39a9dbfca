// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "semblance/registry.hpp"

namespace semblance {

/// The copula and the two floors, in the order of docs/copula.md.
std::vector<RegistryEntry> copula_entries();

RegistryEntry copula_entry();
RegistryEntry independent_entry();
RegistryEntry bootstrap_entry();

}  // namespace semblance
