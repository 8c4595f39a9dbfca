// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "semblance/registry.hpp"

namespace semblance {

RegistryEntry vae_entry();
RegistryEntry tvae_entry();

}  // namespace semblance
