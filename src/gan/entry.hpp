// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "semblance/registry.hpp"

namespace semblance {

RegistryEntry gan_entry();
RegistryEntry ctgan_entry();
RegistryEntry ctab_gan_plus_entry();
RegistryEntry r3gan_entry();

}  // namespace semblance
