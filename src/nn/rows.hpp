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
#include "semblance/generator.hpp"

namespace semblance {

/// Row numbers as an index tensor on `device`. On the CPU a view: `rows` must outlive it.
[[nodiscard]] at::Tensor row_index(std::span<const std::int64_t> rows, at::Device device);

/// Calls `task(i)` once for each i in [0, n) in inference mode, and reports progress after every
/// few, on the caller's thread. \throws Cancelled.
void run_blocks(Workers& workers, const RunOptions& run, std::string_view stage, std::int64_t n,
                const std::function<void(std::int64_t)>& task);

/// Rows that networks compute together when they draw, aligned to the numbers of the stream, so
/// that no row depends on the call that draws it.
inline constexpr std::int64_t kSampleBlock = 1024;

/// The rows of a range from one call of `block` for each block that it touches, with the part of
/// the range in that block. On one thread where `device` is a GPU. \throws Cancelled.
[[nodiscard]] Dataset sample_blocks(RowRange rows, const RunOptions& run, at::Device device,
                                    const std::function<Dataset(RowRange)>& block);

}  // namespace semblance
