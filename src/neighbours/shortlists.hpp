// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "detail/arena.hpp"
#include "neighbours/panels.hpp"
#include "neighbours/search.hpp"

namespace semblance {

/// The smallest float not below `value`.
inline float round_up(double value) {
  return std::nextafter(static_cast<float>(value), std::numeric_limits<float>::infinity());
}

/// Candidates of the queries at positions [first, first + count) of a packed store.
///
/// A pair comes with its screened sum and an error bound. A query keeps the k smallest upper bounds
/// that it was offered: the largest of them, `worst`, bounds its k-th neighbour, and a pair whose
/// lower bound is above it is none. The others are decided by float64 keys, a batch at a time; the
/// best k by (key, row) stand in the result.
template <class Metric>
class Shortlists {
 public:
  Shortlists(const Metric& metric, const NeighbourOptions& options, std::int64_t first,
             std::int64_t count, Neighbours& out)
      : metric_(metric),
        out_(out),
        first_(first),
        count_(count),
        bounds_each_(out.k <= kMostBounds ? out.k : 0),
        capacity_(std::clamp<std::int64_t>(2 * out.k, 24, kMostCandidates)),
        bounds_(static_cast<std::size_t>(count * bounds_each_), kNone),
        state_(static_cast<std::size_t>(count)),
        candidates_(Arena(Arena::bytes_of<Candidate>(count * capacity_))
                        .take<Candidate>(count * capacity_)) {
    for (std::int64_t i = 0; i < count && !options.excluded.empty(); ++i) {
      const std::int64_t row = excluded_row(options, metric.queries().row(first + i));
      state_[static_cast<std::size_t>(i)].excluded = static_cast<std::int32_t>(row);
    }
  }

  /// Sums above it need no offer.
  [[nodiscard]] float limit(std::int64_t position, float error) const noexcept {
    return limit_above(state_[slot(position)].worst, error);
  }

  /// Sums of `bits` above it need no offer either once the others of them were offered to the same
  /// query: worth asking where many pass, as all do before a query's first offers.
  [[nodiscard]] float limit_of(const float* sums, std::uint32_t bits, float error) const noexcept {
    if (bounds_each_ == 0 || std::popcount(bits) < 2 * (bounds_each_ + 1)) return kNone;
    std::array<float, kMostBounds + 1> least;  // one more than k: an excluded row may be among them
    const auto end = least.begin() + bounds_each_ + 1;
    std::fill(least.begin(), end, kNone);
    for (; bits != 0; bits &= bits - 1) {
      const float sum = sums[std::countr_zero(bits)];
      if (sum < *(end - 1)) insert(least.data(), bounds_each_, sum);
    }
    return limit_above(upper(*(end - 1), error), error);
  }

  /// \return whether the query's limit may have changed.
  bool offer(std::int64_t position, float sum, float error, std::int32_t row) {
    const std::size_t at = slot(position);
    State& state = state_[at];
    if (row == state.excluded) return false;
    candidates_.get()[at * static_cast<std::size_t>(capacity_) + state.used] = {
        sum - error - rounding(sum, error), row};
    const bool lower = bound(at, upper(sum, error));
    if (++state.used < static_cast<std::uint32_t>(capacity_)) return lower;
    decide(position);
    return true;
  }

  /// Decides what is left of a query and turns its keys into distances.
  void finish(std::int64_t position) {
    decide(position);
    for (double& value : keys(position)) value = metric_.distance(value);
  }

  [[nodiscard]] std::int64_t first() const noexcept { return first_; }
  [[nodiscard]] std::int64_t count() const noexcept { return count_; }

 private:
  static constexpr std::int64_t kMostBounds = 16, kMostCandidates = 256;
  static constexpr float kNone = std::numeric_limits<float>::max();
  static constexpr float kSlack = 1 + 0x1p-21F;  ///< Covers the rounding of what it multiplies.

  struct Candidate {
    float least;  ///< Lower bound of its exact sum.
    std::int32_t row;
  };
  /// What a query knows; together, since offers come in any order.
  struct State {
    float worst = kNone;
    std::uint32_t used = 0;      ///< Candidates.
    std::int32_t excluded = -1;  ///< Row; -1: none.
  };
  using Decided = std::pair<double, std::int64_t>;

  [[nodiscard]] std::size_t slot(std::int64_t position) const noexcept {
    return static_cast<std::size_t>(position - first_);
  }
  [[nodiscard]] std::span<double> keys(std::int64_t position) const {
    const std::int64_t query = metric_.queries().row(position);
    return std::span(out_.distance)
        .subspan(static_cast<std::size_t>(query * out_.k), static_cast<std::size_t>(out_.k));
  }

  [[nodiscard]] static float limit_above(float worst, float error) noexcept {
    return std::min((worst + error) * kSlack, kNone);
  }
  [[nodiscard]] static float rounding(float sum, float error) noexcept {
    return (std::abs(sum) + error) * (kSlack - 1);
  }
  /// An upper bound of the sums of pairs with the key of one that has this sum.
  [[nodiscard]] float upper(float sum, float error) const noexcept {
    return (sum + error + rounding(sum, error)) * metric_.spread();
  }

  /// Puts a value in its place among ascending ones, of which the last, at `i`, falls out.
  static void insert(float* ascending, std::int64_t i, float value) noexcept {
    for (; i > 0 && value < ascending[i - 1]; --i) ascending[i] = ascending[i - 1];
    ascending[i] = value;
  }

  bool bound(std::size_t at, float upper) noexcept {
    if (bounds_each_ == 0) return false;
    float* bounds = bounds_.data() + at * static_cast<std::size_t>(bounds_each_);
    if (!(upper < bounds[bounds_each_ - 1])) return false;
    insert(bounds, bounds_each_ - 1, upper);
    state_[at].worst = std::min(state_[at].worst, bounds[bounds_each_ - 1]);
    return true;
  }

  void decide(std::int64_t position) {
    const std::size_t at = slot(position);
    const std::int64_t query = metric_.queries().row(position);
    const Candidate* candidates = candidates_.get() + at * static_cast<std::size_t>(capacity_);
    std::array<Decided, kMostCandidates> batch;
    std::size_t size = 0;
    for (std::uint32_t i = 0; i < state_[at].used; ++i) {
      const auto& [least, row] = candidates[i];
      if (least <= state_[at].worst) batch[size++] = {metric_.key(query, row), row};
    }
    state_[at].used = 0;
    merge(position, std::span(batch).first(size));
    const double last = keys(position).back();
    if (last < std::numeric_limits<double>::infinity()) {
      state_[at].worst = std::min(state_[at].worst, metric_.bound(last));
    }
  }

  /// Merges from behind: room for what comes in is made by what falls out.
  void merge(std::int64_t position, std::span<Decided> batch) {
    std::sort(batch.begin(), batch.end());
    const std::span<double> key = keys(position);
    std::int64_t* row = out_.index.data() + (key.data() - out_.distance.data());
    std::size_t taken = 0, kept = key.size();  // of batch and list, in the first k
    while (taken < batch.size() && kept > 0 &&
           batch[taken] < Decided{key[kept - 1], row[kept - 1]}) {
      ++taken;
      --kept;
    }
    for (std::size_t to = key.size(); to-- > 0 && taken > 0;) {
      const bool from_list = kept > 0 && batch[taken - 1] < Decided{key[kept - 1], row[kept - 1]};
      const Decided next = from_list ? Decided{key[kept - 1], row[kept - 1]} : batch[taken - 1];
      --(from_list ? kept : taken);
      key[to] = next.first;
      row[to] = next.second;
    }
  }

  const Metric& metric_;
  Neighbours& out_;
  std::int64_t first_, count_, bounds_each_, capacity_;
  std::vector<float> bounds_;  ///< [count, k] ascending; none where k is large.
  std::vector<State> state_;
  std::shared_ptr<Candidate[]> candidates_;
};

}  // namespace semblance
