// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "semblance/core/seed.hpp"

namespace semblance {

/// Training rows dealt out for early stopping: those that judge, and those that teach.
struct Holdout {
  std::vector<std::int64_t> judging, teaching;
};

/// A share of the rows judges, but enough to judge by: 200 of them, or a fifth if that is less.
/// \param share  In [0, 1); 0: none.
[[nodiscard]] Holdout hold_back(std::int64_t rows, double share, Seed seed);

}  // namespace semblance
