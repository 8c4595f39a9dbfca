// SPDX-License-Identifier: Apache-2.0
#include "semblance/core/parallel.hpp"

#include <ATen/Parallel.h>

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "detail/check.hpp"

namespace semblance {
namespace {

/// LibTorch's thread count is a property of the calling thread; this sets it to one and restores
/// it.
class SingleThreaded {
 public:
  SingleThreaded() : before_(at::get_num_threads()) {
    if (before_ != 1) at::set_num_threads(1);
  }
  ~SingleThreaded() {
    if (before_ != 1) at::set_num_threads(before_);
  }
  SingleThreaded(const SingleThreaded&) = delete;
  SingleThreaded& operator=(const SingleThreaded&) = delete;

 private:
  int before_;
};

}  // namespace

struct Workers::Impl {
  std::mutex mutex;
  std::condition_variable wake, done;
  std::vector<std::thread> team;
  const std::function<void(std::int64_t)>* task = nullptr;
  std::int64_t count = 0;
  std::atomic<std::int64_t> next{0};
  std::uint64_t round = 0;
  int busy = 0;       // threads of the team inside this round
  bool open = false;  // a round takes threads in; late wakers must not hold it up
  bool ending = false;
  std::exception_ptr error;

  void work() {
    for (;;) {
      const std::int64_t i = next.fetch_add(1);
      if (i >= count) return;
      try {
        (*task)(i);
      } catch (...) {
        next = count;
        const std::lock_guard lock(mutex);
        if (!error) error = std::current_exception();
      }
    }
  }

  void serve() {
    at::set_num_threads(1);
    std::uint64_t seen = 0;
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [&] { return ending || (open && round != seen); });
      if (ending) return;
      seen = round;
      ++busy;
      lock.unlock();
      work();
      lock.lock();
      if (--busy == 0) done.notify_one();
    }
  }
};

Workers::Workers(int threads) : impl_(std::make_unique<Impl>()) {
  require(threads >= 1, "Workers: threads must be >= 1, got {}", threads);
  try {
    for (int i = 1; i < threads; ++i) {
      impl_->team.emplace_back([impl = impl_.get()] { impl->serve(); });
    }
  } catch (const std::system_error&) {  // the machine gives no more: a smaller team does the same
  }
}

Workers::~Workers() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->ending = true;
  }
  impl_->wake.notify_all();
  for (auto& thread : impl_->team) thread.join();
}

void Workers::run(std::int64_t n, const std::function<void(std::int64_t)>& task) {
  const SingleThreaded guard;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->task = &task;
    impl_->count = n;
    impl_->next = 0;
    impl_->error = nullptr;
    impl_->open = true;
    ++impl_->round;
  }
  impl_->wake.notify_all();
  impl_->work();
  std::unique_lock lock(impl_->mutex);
  impl_->open = false;
  impl_->done.wait(lock, [&] { return impl_->busy == 0; });
  if (impl_->error) std::rethrow_exception(impl_->error);
}

int Workers::threads() const noexcept { return static_cast<int>(impl_->team.size()) + 1; }

void parallel_for(int threads, std::int64_t n, const std::function<void(std::int64_t)>& task) {
  Workers(static_cast<int>(std::min<std::int64_t>(threads, std::max<std::int64_t>(n, 1))))
      .run(n, task);
}

}  // namespace semblance
