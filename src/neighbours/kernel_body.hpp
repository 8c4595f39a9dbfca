// SPDX-License-Identifier: Apache-2.0
// The screening kernel, once. A file that includes it has defined SEMBLANCE_TARGET, the attribute
// of its instruction set, and brings the registers as a class V:
//
//   F, I                              floats, integers; kWidth of them
//   load, load_codes, store           from and to memory
//   spread, spread_code               one value of memory, everywhere
//   add, least, subtract_product, add_distance, largest_distance, add_mismatch, add_gapped
//   within(sums, limits)              a mask, as an unsigned integer
//
// Every function here has that attribute: g++ lowers vectors before it inlines.
#pragma once

#include <cstring>

#include "neighbours/kernel.hpp"

#define SEMBLANCE_KERNEL __attribute__((always_inline)) SEMBLANCE_TARGET inline

namespace semblance {
namespace {

/// kRows queries against kVectors registers of references.
template <class V, int kRows, int kVectors>
struct Sums {
  typename V::F at[kRows][kVectors];
};

template <class V, int kRows, int kVectors>
SEMBLANCE_KERNEL void begin(Sums<V, kRows, kVectors>& sums, const float* a, const float* b) {
  for (int v = 0; v < kVectors; ++v) {
    const typename V::F bias = V::load(b + v * V::kWidth);
    for (int r = 0; r < kRows; ++r) sums.at[r][v] = V::add(bias, V::spread(a + r));
  }
}

template <class V, Screen kScreen, int kRows, int kVectors>
SEMBLANCE_KERNEL void add_number(Sums<V, kRows, kVectors>& sums, const float* a, const float* b) {
  typename V::F reference[kVectors];
  for (int v = 0; v < kVectors; ++v) reference[v] = V::load(b + v * V::kWidth);
  for (int r = 0; r < kRows; ++r) {
    const typename V::F query = V::spread(a + r);
    for (int v = 0; v < kVectors; ++v) {
      if constexpr (kScreen == Screen::kProduct) {
        V::subtract_product(sums.at[r][v], query, reference[v]);
      } else if constexpr (kScreen == Screen::kAbsolute) {
        V::add_distance(sums.at[r][v], query, reference[v]);
      } else {
        V::largest_distance(sums.at[r][v], query, reference[v]);
      }
    }
  }
}

template <class V, int kRows, int kVectors>
SEMBLANCE_KERNEL void add_gapped(Sums<V, kRows, kVectors>& sums, const float* a, const float* b) {
  for (int v = 0; v < kVectors; ++v) {
    const typename V::F value = V::load(b + v * V::kWidth);
    const typename V::I missing = V::load_codes(b + kPanel + v * V::kWidth);
    for (int r = 0; r < kRows; ++r) {
      V::add_gapped(sums.at[r][v], V::spread(a + r), value, V::spread_code(a + kPanel + r),
                    missing);
    }
  }
}

template <class V, int kRows, int kVectors>
SEMBLANCE_KERNEL void add_code(Sums<V, kRows, kVectors>& sums, const float* a, const float* b,
                               const float* weight) {
  const typename V::F cost = V::spread(weight);
  typename V::I reference[kVectors];
  for (int v = 0; v < kVectors; ++v) reference[v] = V::load_codes(b + v * V::kWidth);
  for (int r = 0; r < kRows; ++r) {
    const typename V::I query = V::spread_code(a + r);
    for (int v = 0; v < kVectors; ++v) {
      V::add_mismatch(sums.at[r][v], query, reference[v], cost);
    }
  }
}

/// All columns of one sub-tile.
template <class V, Screen kScreen, int kRows, int kVectors>
SEMBLANCE_KERNEL void sum_up(Sums<V, kRows, kVectors>& sums, const ScreenTask& task, const float* a,
                             const float* b) {
  begin(sums, a, b);
  a += kPanel;
  b += kPanel;
  for (std::int64_t j = 0; j < task.layout.numbers; ++j, a += kPanel, b += kPanel) {
    add_number<V, kScreen>(sums, a, b);
  }
  if constexpr (kScreen == Screen::kLargest) return;
  if constexpr (kScreen == Screen::kAbsolute) {
    for (std::int64_t j = 0; j < task.layout.gapped; ++j, a += 2 * kPanel, b += 2 * kPanel) {
      add_gapped(sums, a, b);
    }
  }
  for (std::int64_t j = 0; j < task.layout.codes; ++j, a += kPanel, b += kPanel) {
    add_code(sums, a, b, task.weights + j);
  }
}

template <class V, int kRows, int kVectors>
SEMBLANCE_KERNEL bool any_within(const Sums<V, kRows, kVectors>& sums, const float* limits,
                                 const float* mirrored) {
  std::uint32_t hit = 0;
  for (int r = 0; r < kRows; ++r) {
    typename V::F least = sums.at[r][0];
    for (int v = 1; v < kVectors; ++v) least = V::least(least, sums.at[r][v]);
    hit |= V::within(least, V::spread(limits + r));
  }
  if (mirrored == nullptr) return hit != 0;
  for (int v = 0; v < kVectors; ++v) {
    typename V::F least = sums.at[0][v];
    for (int r = 1; r < kRows; ++r) least = V::least(least, sums.at[r][v]);
    hit |= V::within(least, V::load(mirrored + v * V::kWidth));
  }
  return hit != 0;
}

template <class V, int kRows, int kVectors>
SEMBLANCE_KERNEL void hand_over(const Sums<V, kRows, kVectors>& sums, const float* limits,
                                const float* mirrored, int row, int lane, ScreenHit& hit) {
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) {
      const int shift = lane + v * V::kWidth;
      V::store(&hit.sums[row + r][shift], sums.at[r][v]);
      hit.queries[row + r] |= V::within(sums.at[r][v], V::spread(limits + r)) << shift;
      if (mirrored == nullptr) continue;
      const auto limit = V::load(mirrored + v * V::kWidth);
      hit.references[row + r] |= V::within(sums.at[r][v], limit) << shift;
    }
  }
}

/// See ScreenKernel; a tile is walked in sub-tiles of kRows queries and kVectors registers.
template <class V, Screen kScreen, int kRows, int kVectors>
SEMBLANCE_TARGET std::int64_t walk(const ScreenTask& task, std::int64_t from, ScreenHit& hit) {
  constexpr int kLanes = kVectors * V::kWidth;
  const std::int64_t stride = (task.layout.width() + 1) * kPanel;
  for (std::int64_t p = from; p < task.count; ++p) {
    bool found = false;
    for (int lane = 0; lane < kPanel; lane += kLanes) {
      const float* mirrored = task.mirrored ? task.mirrored + p * kPanel + lane : nullptr;
      for (int row = 0; row < kTile; row += kRows) {
        Sums<V, kRows, kVectors> sums;
        sum_up<V, kScreen>(sums, task, task.tile + row, task.panels + p * stride + lane);
        if (!any_within(sums, task.limits + row, mirrored)) continue;
        if (!found) std::memset(hit.queries, 0, sizeof hit.queries + sizeof hit.references);
        found = true;
        hand_over(sums, task.limits + row, mirrored, row, lane, hit);
      }
    }
    if (found) return p;
  }
  return task.count;
}

template <class V, int kRows, int kVectors>
ScreenKernel choose(Screen screen) {
  switch (screen) {
    case Screen::kProduct:
      return walk<V, Screen::kProduct, kRows, kVectors>;
    case Screen::kAbsolute:
      return walk<V, Screen::kAbsolute, kRows, kVectors>;
    case Screen::kLargest:
      return walk<V, Screen::kLargest, kRows, kVectors>;
  }
  return nullptr;
}

}  // namespace
}  // namespace semblance
