// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <stop_token>
#include <thread>

#include "command_line.hpp"

namespace {

using semblance::command::Exit;

/// Turns Ctrl-C and SIGTERM into a stop request; a second one ends the process at once. Handled by
/// a thread of its own, because little may be done in a signal handler.
class Interrupts {
 public:
  Interrupts() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);  // inherited by every thread started later
    watcher_ = std::jthread([this](const std::stop_token& end) { watch(end); });
  }

  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

 private:
  void watch(const std::stop_token& end) {
    using Clock = std::chrono::steady_clock;
    constexpr timespec kPoll{.tv_sec = 0, .tv_nsec = 20'000'000};
    constexpr std::chrono::milliseconds kOnePress{500};  // some senders signal process and group
    Clock::time_point first;
    while (!end.stop_requested()) {
      if (sigtimedwait(&signals_, nullptr, &kPoll) < 0) continue;
      if (!source_.stop_requested()) {
        first = Clock::now();
        source_.request_stop();
      } else if (Clock::now() - first > kOnePress) {
        _exit(static_cast<int>(Exit::kInterrupted));
      }
    }
  }

  sigset_t signals_{};
  std::stop_source source_;
  std::jthread watcher_;  // last: ends first
};

}  // namespace

int main(int argc, char** argv) {
  const Interrupts interrupts;
  return static_cast<int>(semblance::command::run_command_line(argc, argv, interrupts.token()));
}
