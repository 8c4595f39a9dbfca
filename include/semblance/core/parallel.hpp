// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace semblance {

/// A team of threads that runs numbered tasks; the caller is one of them.
///
/// Inside a task LibTorch runs single-threaded, so a task's result never depends on the team's
/// size. The threads end with the object. Not thread-safe: one `run` at a time.
class Workers {
 public:
  /// \param threads  >= 1, the caller included.
  explicit Workers(int threads);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Calls `task(i)` once for each i in [0, n) and waits. The first exception is rethrown here.
  void run(std::int64_t n, const std::function<void(std::int64_t)>& task);

  [[nodiscard]] int threads() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// One `Workers(threads).run(n, task)`.
void parallel_for(int threads, std::int64_t n, const std::function<void(std::int64_t)>& task);

}  // namespace semblance
