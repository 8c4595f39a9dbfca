// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "semblance/registry.hpp"

namespace semblance {

RegistryEntry smote_entry();

}  // namespace semblance
