// SPDX-License-Identifier: Apache-2.0
#include "semblance/core/run.hpp"

#include <algorithm>
#include <thread>

#include "detail/check.hpp"

namespace semblance {

int worker_threads(const RunOptions& run) {
  require(run.threads >= 0 && run.threads <= 1024,
          "RunOptions.threads must be in [0, 1024], got {}", run.threads);
  if (run.threads > 0) return run.threads;
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 8);
}

Reporter::Reporter(const RunOptions& run, std::string_view stage, std::int64_t total)
    : run_(run), stage_(stage), total_(total), start_(std::chrono::steady_clock::now()) {}

void Reporter::step(std::int64_t done, double loss) {
  require<Cancelled>(!run_.stop.stop_requested(), "{} was cancelled at step {} of {}", stage_, done,
                     total_);
  if (!run_.on_progress) return;
  const Progress progress{stage_, done, total_, loss, seconds()};
  require<Cancelled>(run_.on_progress(progress) == Flow::kContinue,
                     "{} was cancelled at step {} of {}", stage_, done, total_);
}

double Reporter::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

}  // namespace semblance
