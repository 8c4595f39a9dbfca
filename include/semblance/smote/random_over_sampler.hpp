// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "semblance/smote/over_sampler.hpp"

namespace semblance {

/// RandomOverSampler has no knobs.
struct RandomOverConfig {
  void validate() const {}  ///< Nothing can be wrong.
};

/// Random over-sampling: copies of rows drawn uniformly from the class. The baseline of every
/// comparison.
using RandomOverSampler = OverSamplerOf<RandomOverConfig>;

extern template class OverSamplerOf<RandomOverConfig>;

}  // namespace semblance
