// SPDX-License-Identifier: Apache-2.0
#include "smote/entry.hpp"

namespace semblance {

std::vector<RegistryEntry> over_sampler_entries() {
  return {smote_entry(),        smote_nc_entry(),  smote_n_entry(),      borderline_1_entry(),
          borderline_2_entry(), svm_smote_entry(), kmeans_smote_entry(), adasyn_entry(),
          random_entry(),       rose_entry(),      safe_level_entry(),   geometric_entry(),
          polynom_fit_entry(),  prowsyn_entry(),   lee_entry(),          smobd_entry(),
          ccr_entry(),          mgs_entry(),       simplicial_entry()};
}

}  // namespace semblance
