// SPDX-License-Identifier: Apache-2.0
#include "neighbours/kernel.hpp"

#include "detail/simd.hpp"

namespace semblance {
namespace {

using simd::Floats;
using simd::Ints;

constexpr std::int64_t kCell = kTile * simd::kLanes;  ///< Floats of one column of a tile.

/// Sums of 6 queries against 2 x 8 references: 12 registers.
struct Sums {
  Floats at[kTile][2];
};

template <Screen kScreen>
SEMBLANCE_INLINE void add_number(Sums& sums, const float* a, const float* b) {
  Floats low, high, query;
  simd::load(low, b);
  simd::load(high, b + simd::kLanes);
  for (int r = 0; r < kTile; ++r) {
    simd::load(query, a + r * simd::kLanes);
    if constexpr (kScreen == Screen::kProduct) {
      sums.at[r][0] -= query * low;
      sums.at[r][1] -= query * high;
    } else {
      const Floats d0 = query - low, d1 = query - high;
      sums.at[r][0] += reinterpret_cast<Floats>(reinterpret_cast<Ints>(d0) & 0x7FFFFFFF);
      sums.at[r][1] += reinterpret_cast<Floats>(reinterpret_cast<Ints>(d1) & 0x7FFFFFFF);
    }
  }
}

SEMBLANCE_INLINE void add_gapped(Sums& sums, const float* a, const float* b) {
  const Floats one = {1, 1, 1, 1, 1, 1, 1, 1};
  for (int half = 0; half < 2; ++half) {
    Floats value, query;
    Ints flag;
    simd::load(value, b + half * simd::kLanes);
    simd::load(flag, b + kPanel + half * simd::kLanes);
    for (int r = 0; r < kTile; ++r) {
      Ints own;
      simd::load(own, a + (kTile + r) * simd::kLanes);
      simd::load(query, a + r * simd::kLanes);
      const Ints differ = flag != own;
      const Floats d = query - value;
      const Ints size = reinterpret_cast<Ints>(d) & 0x7FFFFFFF;
      sums.at[r][half] +=
          reinterpret_cast<Floats>((size & ~differ) | (reinterpret_cast<Ints>(one) & differ));
    }
  }
}

SEMBLANCE_INLINE void add_code(Sums& sums, const float* a, const float* b, const float* weight) {
  Ints low, high;
  Floats w;
  simd::load(low, b);
  simd::load(high, b + simd::kLanes);
  simd::load(w, weight);
  for (int r = 0; r < kTile; ++r) {
    Ints own;
    simd::load(own, a + r * simd::kLanes);
    sums.at[r][0] += reinterpret_cast<Floats>((low != own) & reinterpret_cast<Ints>(w));
    sums.at[r][1] += reinterpret_cast<Floats>((high != own) & reinterpret_cast<Ints>(w));
  }
}

SEMBLANCE_INLINE bool hand_over(const Sums& sums, const float* limits, float* estimates) {
  Ints hit = {};
  for (int r = 0; r < kTile; ++r) {
    Floats limit;
    simd::load(limit, limits + r * simd::kLanes);
    hit |= (sums.at[r][0] <= limit) | (sums.at[r][1] <= limit);
  }
  if (!simd::any(hit)) return false;
  std::memcpy(estimates, &sums, sizeof sums);
  return true;
}

template <Screen kScreen>
SEMBLANCE_INLINE bool screen(const float* tile, const float* panel, const RowLayout& layout,
                             const float* weights, const float* limits, float* estimates) {
  Sums sums;
  for (int r = 0; r < kTile; ++r) std::memcpy(sums.at[r], panel, sizeof sums.at[r]);
  panel += kPanel;
  for (std::int64_t j = 0; j < layout.numbers; ++j, tile += kCell, panel += kPanel) {
    add_number<kScreen>(sums, tile, panel);
  }
  if constexpr (kScreen == Screen::kAbsolute) {
    for (std::int64_t j = 0; j < layout.gapped; ++j, tile += 2 * kCell, panel += 2 * kPanel) {
      add_gapped(sums, tile, panel);
    }
  }
  for (std::int64_t j = 0; j < layout.codes; ++j, tile += kCell, panel += kPanel) {
    add_code(sums, tile, panel, weights + j * simd::kLanes);
  }
  return hand_over(sums, limits, estimates);
}

template <Screen kScreen>
bool portable(const float* tile, const float* panel, const RowLayout& layout, const float* weights,
              const float* limits, float* estimates) {
  return screen<kScreen>(tile, panel, layout, weights, limits, estimates);
}

template <Screen kScreen>
SEMBLANCE_AVX2 bool avx2(const float* tile, const float* panel, const RowLayout& layout,
                         const float* weights, const float* limits, float* estimates) {
  return screen<kScreen>(tile, panel, layout, weights, limits, estimates);
}

template <Screen kScreen>
ScreenKernel best() {
  return simd::has_avx2() ? avx2<kScreen> : portable<kScreen>;
}

}  // namespace

ScreenKernel screen_kernel(Screen screen) {
  return screen == Screen::kProduct ? best<Screen::kProduct>() : best<Screen::kAbsolute>();
}

}  // namespace semblance
