// SPDX-License-Identifier: Apache-2.0
// The only file that knows all families. Each contributes one function, declared here.
#include "registry/builtin.hpp"

#include "autoregressive/entry.hpp"
#include "gan/entry.hpp"
#include "simulation/entry.hpp"
#include "smote/entry.hpp"
#include "vae/entry.hpp"

namespace semblance {

std::vector<RegistryEntry> builtin_generators() {
  return {any_order_entry(),     vae_entry(),   tvae_entry(),  gan_entry(),   ctgan_entry(),
          ctab_gan_plus_entry(), r3gan_entry(), smote_entry(), credit_entry()};
}

}  // namespace semblance
