// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "semblance/smote/rose.hpp"
#include "smote/method.hpp"

namespace semblance {

/// The standard deviation of ROSE's noise in each numeric column of the space, in its units.
[[nodiscard]] std::vector<double> rose_bandwidths(const RoseConfig& config,
                                                  const Training& training, std::int32_t label);

}  // namespace semblance
