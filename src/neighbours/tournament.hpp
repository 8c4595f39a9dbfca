// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace semblance {

/// Hands out every pair of `blocks` blocks once, and every block with itself, in the rounds of a
/// tournament. No block is in two hands at a time, so that what a thread does with a pair may write
/// to both.
class Tournament {
 public:
  using Pair = std::pair<std::int64_t, std::int64_t>;

  explicit Tournament(std::int64_t blocks)
      : blocks_(blocks), busy_(static_cast<std::size_t>(blocks), false) {
    for (std::int64_t i = 0; i < blocks; ++i) pending_.emplace_back(i, i);
  }

  /// Calls `play(i, j)`, i <= j, until no pair is left; for each thread of a team.
  template <class Play>
  void join(const Play& play) {
    Pair pair;
    while (take(pair)) {
      const Hand hand{*this, pair};
      play(pair.first, pair.second);
    }
  }

 private:
  /// Gives the blocks back, also when `play` throws.
  struct Hand {
    Tournament& owner;
    Pair pair;
    ~Hand() {
      const std::lock_guard lock(owner.mutex_);
      owner.set_busy(pair, false);
      owner.returned_.notify_all();
    }
  };

  bool take(Pair& out) {
    std::unique_lock lock(mutex_);
    for (;;) {
      const auto found = std::find_if(pending_.begin(), pending_.end(),
                                      [&](const Pair& pair) { return !is_busy(pair); });
      if (found != pending_.end()) {
        out = *found;
        pending_.erase(found);
        set_busy(out, true);
        return true;
      }
      if (round_ < rounds()) {
        open_round();
      } else if (pending_.empty()) {
        return false;
      } else {
        returned_.wait(lock);
      }
    }
  }

  [[nodiscard]] std::int64_t even() const { return blocks_ + blocks_ % 2; }
  [[nodiscard]] std::int64_t rounds() const { return even() - 1; }

  /// Over the rounds, every two of an even number of blocks meet once.
  [[nodiscard]] std::int64_t opponent(std::int64_t i) const {
    const std::int64_t others = rounds();
    if (i == others) {  // the one that stays meets the block with 2 j = round
      return round_ % 2 == 0 ? round_ / 2 : (round_ + others) / 2;
    }
    const std::int64_t j = ((round_ - i) % others + others) % others;
    return j == i ? others : j;
  }

  void open_round() {
    for (std::int64_t i = 0; i < blocks_; ++i) {
      const std::int64_t j = opponent(i);
      if (i < j && j < blocks_) pending_.emplace_back(i, j);
    }
    ++round_;
  }

  [[nodiscard]] bool is_busy(const Pair& pair) const {
    return busy_[static_cast<std::size_t>(pair.first)] ||
           busy_[static_cast<std::size_t>(pair.second)];
  }
  void set_busy(const Pair& pair, bool busy) {
    busy_[static_cast<std::size_t>(pair.first)] = busy;
    busy_[static_cast<std::size_t>(pair.second)] = busy;
  }

  std::int64_t blocks_, round_ = 0;  ///< The next round.
  std::vector<Pair> pending_;        ///< Of the rounds that are open.
  std::vector<bool> busy_;
  std::mutex mutex_;
  std::condition_variable returned_;
};

}  // namespace semblance
