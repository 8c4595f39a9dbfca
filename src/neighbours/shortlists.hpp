// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <utility>
#include <vector>

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
        options_(options),
        out_(out),
        first_(first),
        count_(count),
        bounds_each_(out.k <= kMostBounds ? out.k : 0),
        capacity_(std::clamp<std::int64_t>(2 * out.k, 24, kMostCandidates)),
        bounds_(static_cast<std::size_t>(count * bounds_each_), kNone),
        worst_(static_cast<std::size_t>(count), kNone),
        used_(static_cast<std::size_t>(count), 0),
        candidates_(std::make_unique_for_overwrite<Candidate[]>(
            static_cast<std::size_t>(count * capacity_))) {}

  /// Sums above it need no offer.
  [[nodiscard]] float limit(std::int64_t position, float error) const noexcept {
    return std::min((worst_[slot(position)] + error) * kSlack, kNone);
  }

  /// \return whether the query's limit may have changed.
  bool offer(std::int64_t position, float sum, float error, std::int32_t row) {
    if (row == excluded_row(options_, metric_.queries().row(position))) return false;
    const std::size_t at = slot(position);
    const float rounding = (std::abs(sum) + error) * (kSlack - 1);
    candidates_[at * static_cast<std::size_t>(capacity_) + used_[at]] = {sum - error - rounding,
                                                                         row};
    const bool lower = bound(at, (sum + error + rounding) * metric_.spread());
    if (++used_[at] < static_cast<std::uint32_t>(capacity_)) return lower;
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
  using Decided = std::pair<double, std::int64_t>;

  [[nodiscard]] std::size_t slot(std::int64_t position) const noexcept {
    return static_cast<std::size_t>(position - first_);
  }
  [[nodiscard]] std::span<double> keys(std::int64_t position) const {
    const std::int64_t query = metric_.queries().row(position);
    return std::span(out_.distance)
        .subspan(static_cast<std::size_t>(query * out_.k), static_cast<std::size_t>(out_.k));
  }

  bool bound(std::size_t at, float upper) noexcept {
    if (bounds_each_ == 0) return false;
    float* bounds = bounds_.data() + at * static_cast<std::size_t>(bounds_each_);
    std::int64_t i = bounds_each_ - 1;
    if (!(upper < bounds[i])) return false;
    for (; i > 0 && upper < bounds[i - 1]; --i) bounds[i] = bounds[i - 1];
    bounds[i] = upper;
    worst_[at] = std::min(worst_[at], bounds[bounds_each_ - 1]);
    return true;
  }

  void decide(std::int64_t position) {
    const std::size_t at = slot(position);
    const std::int64_t query = metric_.queries().row(position);
    const Candidate* candidates = candidates_.get() + at * static_cast<std::size_t>(capacity_);
    std::array<Decided, kMostCandidates> batch;
    std::size_t size = 0;
    for (std::uint32_t i = 0; i < used_[at]; ++i) {
      const auto& [least, row] = candidates[i];
      if (least <= worst_[at]) batch[size++] = {metric_.key(query, row), row};
    }
    used_[at] = 0;
    merge(position, std::span(batch).first(size));
    const double last = keys(position).back();
    if (last < std::numeric_limits<double>::infinity()) {
      worst_[at] = std::min(worst_[at], metric_.bound(last));
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
  const NeighbourOptions& options_;
  Neighbours& out_;
  std::int64_t first_, count_, bounds_each_, capacity_;
  std::vector<float> bounds_;  ///< [count, k] ascending; none where k is large.
  std::vector<float> worst_;
  std::vector<std::uint32_t> used_;
  std::unique_ptr<Candidate[]> candidates_;
};

}  // namespace semblance
