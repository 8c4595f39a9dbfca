// SPDX-License-Identifier: Apache-2.0
// The only file that knows all families. Each contributes its entries, declared here.
#include "registry/builtin.hpp"

#include "autoregressive/entry.hpp"
#include "constraints/entry.hpp"
#include "copula/entry.hpp"
#include "diffusion/entry.hpp"
#include "forest/entry.hpp"
#include "gan/entry.hpp"
#include "simulation/entry.hpp"
#include "smote/entry.hpp"
#include "tune/entry.hpp"
#include "vae/entry.hpp"

namespace semblance {

std::vector<RegistryEntry> builtin_generators() {
  std::vector<RegistryEntry> out = {auto_entry(),    any_order_entry(),     diffusion_entry(),
                                    tabddpm_entry(), tabdiff_entry(),       tabsyn_entry(),
                                    vae_entry(),     tvae_entry(),          gan_entry(),
                                    ctgan_entry(),   ctab_gan_plus_entry(), r3gan_entry()};
  for (RegistryEntry& entry : over_sampler_entries()) out.push_back(std::move(entry));
  for (RegistryEntry& entry : copula_entries()) out.push_back(std::move(entry));
  out.push_back(forest_flow_entry());
  out.push_back(constrained_entry());
  out.push_back(credit_entry());
  return out;
}

}  // namespace semblance
