// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "semblance/core/run.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/data/row_source.hpp"

namespace semblance {

/// Training rows dealt out for early stopping: those that judge, and those that teach.
struct Holdout {
  std::vector<std::int64_t> judging, teaching;
};

/// A share of the rows judges, but enough to judge by: 200 of them, or a fifth if that is less.
/// \param share  In [0, 1); 0: none.
[[nodiscard]] Holdout hold_back(std::int64_t rows, double share, Seed seed);

/// The same for rows that are not in memory, at most 20,000 of which judge: `judge` and `teach` get
/// each row once, in parts of the source's chunks. \throws Cancelled.
void deal(const RowSource& rows, double share, Seed seed, const RunOptions& run,
          const std::function<void(const Dataset&)>& judge,
          const std::function<void(const Dataset&)>& teach);

}  // namespace semblance
