// SPDX-License-Identifier: Apache-2.0
#include "nn/rows.hpp"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>

namespace semblance {

at::Tensor row_index(std::span<const std::int64_t> rows, at::Device device) {
  const auto size = static_cast<std::int64_t>(rows.size());
  return at::from_blob(const_cast<std::int64_t*>(rows.data()), {size}, at::kLong).to(device);
}

void run_blocks(Workers& workers, const RunOptions& run, std::string_view stage, std::int64_t n,
                const std::function<void(std::int64_t)>& task) {
  Reporter report(run, stage, n);
  const std::int64_t wave = 4 * static_cast<std::int64_t>(workers.threads());
  for (std::int64_t first = 0; first < n; first += wave) {
    const std::int64_t count = std::min(wave, n - first);
    workers.run(count, [&](std::int64_t i) {
      const c10::InferenceMode guard;
      task(first + i);
    });
    report.step(first + count);
  }
}

Dataset sample_blocks(RowRange rows, const RunOptions& run, at::Device device,
                      const std::function<Dataset(RowRange)>& block) {
  const std::int64_t start = rows.first / kSampleBlock, end = rows.first + rows.count;
  const std::int64_t blocks =
      std::max<std::int64_t>((end + kSampleBlock - 1) / kSampleBlock - start, 1);
  std::vector<Dataset> parts(static_cast<std::size_t>(blocks));
  const std::int64_t threads = device.is_cuda() ? 1 : worker_threads(run);
  Workers workers(static_cast<int>(std::clamp<std::int64_t>(blocks, 1, threads)));
  run_blocks(workers, run, "sample", blocks, [&](std::int64_t b) {
    const std::int64_t first = std::max(rows.first, (start + b) * kSampleBlock);
    const std::int64_t count = std::min(end, (start + b + 1) * kSampleBlock) - first;
    parts[static_cast<std::size_t>(b)] = block({first, count});
  });
  return Dataset::concat(parts);
}

}  // namespace semblance
