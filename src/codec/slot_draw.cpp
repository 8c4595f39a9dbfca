// SPDX-License-Identifier: Apache-2.0
#include "codec/slot_draw.hpp"

#include <algorithm>
#include <bit>

#include "detail/lanes.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kTile = 64;  // rows whose sums stay in registers

/// NaN is no weight.
inline float weight_of(float given) { return given > 0 ? given : 0; }

}  // namespace

SEMBLANCE_LANES void draw_slots(const float* weights, std::int64_t stride, std::int64_t slots,
                                std::int64_t rows, const std::uint32_t* luck, std::int32_t* out) {
  for (std::int64_t first = 0; first < rows; first += kTile) {
    const std::int64_t n = std::min(kTile, rows - first);
    float reach[kTile] = {}, sum[kTile] = {};
    std::int32_t passed[kTile] = {}, last[kTile] = {};
    for (std::int64_t s = 0; s < slots; ++s) {
      const float* w = weights + s * stride + first;
      for (std::int64_t i = 0; i < n; ++i) reach[i] += weight_of(w[i]);
    }
    for (std::int64_t i = 0; i < n; ++i) {
      reach[i] *= (static_cast<float>(luck[first + i] >> 8) + 0.5F) * 0x1.0p-24F;
    }
    for (std::int64_t s = 0; s < slots; ++s) {
      const float* w = weights + s * stride + first;
      for (std::int64_t i = 0; i < n; ++i) {
        sum[i] += weight_of(w[i]);
        passed[i] += sum[i] <= reach[i] ? 1 : 0;
        last[i] = w[i] > 0 ? static_cast<std::int32_t>(s) : last[i];
      }
    }
    for (std::int64_t i = 0; i < n; ++i) out[first + i] = std::min(passed[i], last[i]);
  }
}

SEMBLANCE_LANES void keep_largest(float* weights, std::int64_t stride, std::int64_t slots,
                                  std::int64_t rows) {
  for (std::int64_t first = 0; first < rows; first += kTile) {
    const std::int64_t n = std::min(kTile, rows - first);
    float best[kTile] = {};
    std::int32_t place[kTile] = {};
    std::copy_n(weights + first, n, best);
    for (std::int64_t s = 1; s < slots; ++s) {
      const float* w = weights + s * stride + first;
      for (std::int64_t i = 0; i < n; ++i) {
        place[i] = w[i] > best[i] ? static_cast<std::int32_t>(s) : place[i];
        best[i] = w[i] > best[i] ? w[i] : best[i];
      }
    }
    for (std::int64_t s = 0; s < slots; ++s) {
      float* w = weights + s * stride + first;
      for (std::int64_t i = 0; i < n; ++i) w[i] = place[i] == s ? 1.0F : 0.0F;
    }
  }
}

SEMBLANCE_LANES void exponentials(float* logits, std::int64_t count, float bound) {
  constexpr float kLog2e = 1.44269504F, kRound = 12582912.0F;  // 1.5 * 2^23: adding it rounds
  constexpr float kLn2High = 0.693359375F, kLn2Low = -2.12194440e-4F;
  for (std::int64_t i = 0; i < count; ++i) {
    const float low = logits[i] > -bound ? logits[i] : -bound;
    const float x = low < bound ? low : bound;
    const float shifted = x * kLog2e + kRound, n = shifted - kRound;
    const float r = (x - n * kLn2High) - n * kLn2Low;  // in [-ln 2 / 2, ln 2 / 2]
    const float tail =
        r * r * (0.5F + r * (1.0F / 6 + r * (1.0F / 24 + r * (1.0F / 120 + r / 720))));
    const auto power = static_cast<std::uint32_t>(static_cast<std::int32_t>(n) + 127) << 23;
    logits[i] = (1 + r + tail) * std::bit_cast<float>(power);
  }
}

}  // namespace semblance
