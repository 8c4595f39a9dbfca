// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "semblance/core/parallel.hpp"

namespace semblance {

/// Rows of one parallel task: fixed, so that sums do not depend on the threads.
inline constexpr std::int64_t kRowBlock = 4096;

inline std::int64_t row_blocks(std::int64_t n) { return (n + kRowBlock - 1) / kRowBlock; }

/// Calls task(block, first row, one past the last) for the fixed blocks of n rows.
template <class Task>
void for_row_blocks(Workers& workers, std::int64_t n, const Task& task) {
  workers.run(row_blocks(n), [&](std::int64_t block) {
    task(block, block * kRowBlock, std::min(n, (block + 1) * kRowBlock));
  });
}

}  // namespace semblance
