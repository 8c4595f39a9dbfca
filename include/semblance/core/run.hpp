// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>

namespace semblance {

/// A progress callback's answer.
enum class Flow { kContinue, kStop };

/// Where tensors live and are computed.
enum class Device { kCpu, kCuda };

/// What a progress callback receives after every step.
struct Progress {
  std::string_view stage;  ///< What is going on: "fit", "sample", "evaluate" or a part of it.
  std::int64_t step = 0;   ///< Steps finished, 1 to `total`.
  std::int64_t total = 0;  ///< Steps planned; an early stop may end sooner.
  double loss = 0;         ///< Training loss of this step; 0 where there is none.
  double seconds = 0;      ///< Wall time since the stage began.

  /// Steps per second so far; 0 before the clock has moved.
  [[nodiscard]] double rate() const noexcept {
    return seconds > 0 ? static_cast<double>(step) / seconds : 0;
  }
  /// Estimated seconds to the end of the stage; 0 while the rate is unknown.
  [[nodiscard]] double eta() const noexcept {
    return rate() > 0 ? static_cast<double>(total - step) / rate() : 0;
  }
};

/// Where a long fit keeps its state, so that it can be killed and resumed.
struct Checkpoint {
  std::filesystem::path file;  ///< Written atomically; removed when `fit` succeeds.
  std::chrono::duration<double> every{
      60.0};  ///< Wall time between two writes; 0 writes after every epoch.
};

/// How a call runs. Calls that differ only in `on_progress`, `stop` and `threads` give the same
/// rows; a time budget may end training sooner on a slower machine.
struct RunOptions {
  std::function<Flow(const Progress&)> on_progress = {};  ///< Called on the caller's thread.
  std::stop_token stop = {};                              ///< Ask to stop from another thread.
  int threads = 0;  ///< Worker threads, at most 1024; 0: as many as the machine has, at most 8.
  Device device = Device::kCpu;  ///< kCuda needs a CUDA build of LibTorch and a device.
  std::optional<std::chrono::duration<double>> budget =
      {};  ///< Wall time for `fit`, > 0; best model so far is kept.
  std::optional<Checkpoint> checkpoint = {};  ///< Resume from here if the file exists.
};

/// The number of worker threads a call with these options uses.
[[nodiscard]] int worker_threads(const RunOptions& run);

/// Reports the progress of one stage: counts time, calls the callback, turns a stop into Cancelled.
class Reporter {
 public:
  Reporter(const RunOptions& run, std::string_view stage, std::int64_t total);

  /// \throws Cancelled if the callback answers kStop or the stop token was triggered.
  void step(std::int64_t done, double loss = 0);

  [[nodiscard]] double seconds() const;

 private:
  const RunOptions& run_;
  std::string_view stage_;
  std::int64_t total_;
  std::chrono::steady_clock::time_point start_;
};

/// A callback that draws a progress bar with rate and remaining time on standard error where that
/// is a terminal, and is silent elsewhere.
[[nodiscard]] std::function<Flow(const Progress&)> progress_bar();

}  // namespace semblance
