// SPDX-License-Identifier: Apache-2.0
#include "semblance/resample/resampler.hpp"

#include "detail/check.hpp"

namespace semblance {

Resampler::~Resampler() = default;

Resampled Resampler::resample(const Dataset& data, Seed seed,
                              const ResampleOptions& options) const {
  require(data.rows() > 0, "{}: data must have rows, got 0", name());
  require(data.schema().target() >= 0, "{}: data must have a target column; set Field.role",
          name());
  return do_resample(data, seed, options);
}

}  // namespace semblance
