// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "semblance/registry.hpp"

namespace semblance {

RegistryEntry copula_entry();
RegistryEntry independent_entry();
RegistryEntry bootstrap_entry();

}  // namespace semblance
