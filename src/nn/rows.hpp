// SPDX-License-Identifier: Apache-2.0
// What all network families do with rows: pick them for training, compute them in blocks for
// drawing.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "semblance/core/parallel.hpp"
#include "semblance/core/run.hpp"

namespace semblance {

/// Row numbers as an index tensor on `device`. On the CPU a view: `rows` must outlive it.
[[nodiscard]] at::Tensor row_index(std::span<const std::int64_t> rows, at::Device device);

/// Calls `task(i)` once for each i in [0, n) in inference mode, and reports progress after every
/// few, on the caller's thread. \throws Cancelled.
void run_blocks(Workers& workers, const RunOptions& run, std::string_view stage, std::int64_t n,
                const std::function<void(std::int64_t)>& task);

}  // namespace semblance
