// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "semblance/registry.hpp"

namespace semblance {

RegistryEntry auto_entry();

}  // namespace semblance
