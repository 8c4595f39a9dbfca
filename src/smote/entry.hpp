// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "semblance/registry.hpp"

namespace semblance {

/// All over-samplers, in the order of docs/over-sampling.md.
std::vector<RegistryEntry> over_sampler_entries();

RegistryEntry smote_entry();
RegistryEntry smote_nc_entry();
RegistryEntry smote_n_entry();
RegistryEntry borderline_1_entry();
RegistryEntry borderline_2_entry();
RegistryEntry svm_smote_entry();
RegistryEntry kmeans_smote_entry();
RegistryEntry adasyn_entry();
RegistryEntry random_entry();
RegistryEntry rose_entry();
RegistryEntry safe_level_entry();
RegistryEntry geometric_entry();
RegistryEntry polynom_fit_entry();
RegistryEntry prowsyn_entry();
RegistryEntry lee_entry();
RegistryEntry smobd_entry();
RegistryEntry ccr_entry();
RegistryEntry mgs_entry();
RegistryEntry simplicial_entry();

}  // namespace semblance
