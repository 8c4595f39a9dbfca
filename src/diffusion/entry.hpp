// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "semblance/registry.hpp"

namespace semblance {

RegistryEntry diffusion_entry();
RegistryEntry tabddpm_entry();
RegistryEntry tabdiff_entry();
RegistryEntry tabsyn_entry();

}  // namespace semblance
