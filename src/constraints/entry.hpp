// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "semblance/registry.hpp"

namespace semblance {

RegistryEntry constrained_entry();

}  // namespace semblance
