// SPDX-License-Identifier: Apache-2.0
#include "copula/entry.hpp"

namespace semblance {

std::vector<RegistryEntry> copula_entries() {
  return {copula_entry(), independent_entry(), bootstrap_entry()};
}

}  // namespace semblance
