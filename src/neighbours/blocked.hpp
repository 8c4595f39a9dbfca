// SPDX-License-Identifier: Apache-2.0
// The exact search over all pairs. A metric brings
//
//   const Panels& panels() const              its references, packed
//   std::int64_t queries() const
//   static constexpr Screen kScreen; const float* weights() const  (each kLanes times)
//   void fill(query, FlatRow&) const          a query as the kernel wants it
//   float limit(query, block, key) const      pairs of this block of panels whose float32 estimate
//                                             is above it have a key above `key`, rounding included
//   double key(query, reference) const        in float64, monotone in the distance
//   double distance(key) const
//
// The kernel estimates 96 pairs at a time; a pair within its query's limit is decided by its key.
#pragma once

#include <cmath>

#include "detail/simd.hpp"
#include "neighbours/kernel.hpp"
#include "neighbours/search.hpp"

namespace semblance {

inline constexpr std::int64_t kTilesPerTask = 16;  ///< 96 queries share one walk of the references.

/// The queries of one task and what they have found.
template <class Metric>
class QueryBlock {
 public:
  QueryBlock(const Metric& metric, std::int64_t first, std::int64_t count, std::int64_t k,
             const NeighbourOptions& options)
      : metric_(metric),
        options_(options),
        first_(first),
        count_(count),
        stride_(metric.panels().layout().width() * kTile * simd::kLanes),
        tiles_((count + kTile - 1) / kTile),
        cells_(static_cast<std::size_t>(tiles_ * stride_)),
        limits_(static_cast<std::size_t>(tiles_ * kTile * simd::kLanes),
                -std::numeric_limits<float>::max()),
        top_(static_cast<std::size_t>(count), TopK(k)) {
    FlatRow flat{std::vector<float>(static_cast<std::size_t>(metric.panels().layout().width())), 0};
    for (std::int64_t q = 0; q < count; ++q) {
      metric.fill(first + q, flat);
      scatter(flat, cells_.data() + q / kTile * stride_ + q % kTile * simd::kLanes,
              kTile * simd::kLanes, simd::kLanes);
    }
  }

  void search() {
    const Panels& panels = metric_.panels();
    const std::int64_t size = panels.per_block();
    for (std::int64_t block = 0; block * size < panels.count(); ++block) {
      block_ = block;
      for (std::int64_t q = 0; q < count_; ++q) update_limit(q);
      for (std::int64_t tile = 0; tile < tiles_; ++tile) {
        walk(tile, block * size, std::min(size, panels.count() - block * size));
      }
    }
  }

  void store_in(Neighbours& out) const {
    for (std::int64_t q = 0; q < count_; ++q) {
      store(top_[static_cast<std::size_t>(q)], first_ + q, out,
            [&](double key) { return metric_.distance(key); });
    }
  }

 private:
  void update_limit(std::int64_t q) {
    const double worst = top_[static_cast<std::size_t>(q)].worst();
    std::fill_n(limits_.begin() + q * simd::kLanes, simd::kLanes,
                std::isinf(worst) ? std::numeric_limits<float>::max()
                                  : metric_.limit(first_ + q, block_, worst));
  }

  [[nodiscard]] float limit(std::int64_t q) const {
    return limits_[static_cast<std::size_t>(q * simd::kLanes)];
  }

  void walk(std::int64_t tile, std::int64_t first_panel, std::int64_t panels) {
    const float* cells = cells_.data() + tile * stride_;
    const float* limits = limits_.data() + tile * kTile * simd::kLanes;
    const Panels& store = metric_.panels();
    float estimates[kTile * kPanel];
    for (std::int64_t p = first_panel; p < first_panel + panels; ++p) {
      if (kernel_(cells, store.panel(p), store.layout(), metric_.weights(), limits, estimates)) {
        decide(tile * kTile, p, estimates);
      }
    }
  }

  void decide(std::int64_t q0, std::int64_t panel, const float* estimates) {
    for (std::int64_t q = q0; q < std::min(q0 + kTile, count_); ++q, estimates += kPanel) {
      for (std::int64_t lane = 0; lane < kPanel; ++lane) {
        if (estimates[lane] <= limit(q)) {
          try_pair(q, metric_.panels().row(panel, lane));
        }
      }
    }
  }

  void try_pair(std::int64_t q, std::int64_t reference) {
    if (reference == excluded_row(options_, first_ + q)) return;
    if (top_[static_cast<std::size_t>(q)].offer(metric_.key(first_ + q, reference), reference)) {
      update_limit(q);
    }
  }

  const Metric& metric_;
  const NeighbourOptions& options_;
  std::int64_t first_, count_, stride_, tiles_, block_ = 0;
  ScreenKernel kernel_ = screen_kernel(Metric::kScreen);
  std::vector<float> cells_, limits_;
  std::vector<TopK> top_;
};

template <class Metric>
Neighbours search_blocked(const Metric& metric, std::int64_t k, const NeighbourOptions& options) {
  check_search(metric.queries(), metric.panels().rows(), k, options);
  Neighbours out = empty_result(metric.queries(), k);
  for_query_blocks(metric.queries(), kTilesPerTask * kTile, options.run,
                   [&](std::int64_t first, std::int64_t count) {
                     QueryBlock<Metric> block(metric, first, count, k, options);
                     block.search();
                     block.store_in(out);
                   });
  return out;
}

/// The smallest float not below `value`.
inline float round_up(double value) {
  return std::nextafter(static_cast<float>(value), std::numeric_limits<float>::infinity());
}

}  // namespace semblance
