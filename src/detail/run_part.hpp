// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "semblance/core/run.hpp"

namespace semblance {

/// A run's options for a part of it that changes some. The callback is the caller's own: a copy
/// would have a state of its own, and what it counted in one part would be lost in the next.
/// \param run  Outlives the part.
[[nodiscard]] inline RunOptions part_of(const RunOptions& run) {
  RunOptions out = {.stop = run.stop,
                    .threads = run.threads,
                    .device = run.device,
                    .budget = run.budget,
                    .checkpoint = run.checkpoint};
  if (run.on_progress) out.on_progress = std::cref(run.on_progress);
  return out;
}

}  // namespace semblance
