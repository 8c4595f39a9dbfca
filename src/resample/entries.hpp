// SPDX-License-Identifier: Apache-2.0
// One function a method: what resamplers() lists.
#pragma once

#include "semblance/resample/resamplers.hpp"

namespace semblance {

ResamplerEntry tomek_entry();
ResamplerEntry enn_entry();
ResamplerEntry renn_entry();
ResamplerEntry all_knn_entry();
ResamplerEntry ncr_entry();
ResamplerEntry condensed_entry();
ResamplerEntry one_sided_entry();
ResamplerEntry random_under_entry();
ResamplerEntry near_miss_entry(std::int64_t version);
ResamplerEntry hardness_entry();
ResamplerEntry cluster_centroids_entry();
ResamplerEntry partitioning_entry();
ResamplerEntry smoter_entry();
ResamplerEntry smogn_entry();

}  // namespace semblance
