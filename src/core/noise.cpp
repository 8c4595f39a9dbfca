// SPDX-License-Identifier: Apache-2.0
#include "core/noise.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "detail/lanes.hpp"

namespace semblance {
namespace {

constexpr int kLanes = 32;

/// Philox of so many counters at once: `position` and `index` of the first, and what they grow by.
struct Counters {
  std::uint64_t position, index;
  std::uint32_t position_step, index_step;
};

using Words = std::uint32_t[4][kLanes];

inline __attribute__((always_inline)) void draw(std::uint64_t key, const Counters& from,
                                                Words& words) {
  auto k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  for (int l = 0; l < kLanes; ++l) {
    const auto lane = static_cast<std::uint64_t>(l);
    const std::uint64_t position = from.position + lane * from.position_step;
    const std::uint64_t index = from.index + lane * from.index_step;
    words[0][l] = static_cast<std::uint32_t>(position);
    words[1][l] = static_cast<std::uint32_t>(position >> 32);
    words[2][l] = static_cast<std::uint32_t>(index);
    words[3][l] = static_cast<std::uint32_t>(index >> 32);
  }
  for (int round = 0; round < 10; ++round) {
    for (int l = 0; l < kLanes; ++l) {
      const std::uint64_t a = 0xD2511F53ULL * words[0][l], b = 0xCD9E8D57ULL * words[2][l];
      words[0][l] = static_cast<std::uint32_t>(b >> 32) ^ words[1][l] ^ k0;
      words[2][l] = static_cast<std::uint32_t>(a >> 32) ^ words[3][l] ^ k1;
      words[1][l] = static_cast<std::uint32_t>(b);
      words[3][l] = static_cast<std::uint32_t>(a);
    }
    k0 += 0x9E3779B9U;
    k1 += 0xBB67AE85U;
  }
}

/// log of a word as a fraction of 2^32, a half added: in (-23, 0].
inline __attribute__((always_inline)) float log_of(std::uint32_t word) {
  const float u = (static_cast<float>(word) + 0.5F) * 0x1.0p-32F;
  // u = 2^e m with m in [sqrt(1/2), sqrt(2))
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(u) + (0x3F800000U - 0x3F3504F3U);
  const float e = static_cast<float>(static_cast<std::int32_t>(bits >> 23) - 127);
  const float f = std::bit_cast<float>((bits & 0x007FFFFFU) + 0x3F3504F3U) - 1;
  const float s = f / (2 + f), z = s * s;  // log(1 + f) = 2 artanh(s)
  const float tail = z * (2.0F / 3 + z * (2.0F / 5 + z * (2.0F / 7 + z * (2.0F / 9))));
  return e * std::numbers::ln2_v<float> + s * (2 + tail);
}

/// cos and sin of a word as a fraction 2^-32 of the full circle.
inline __attribute__((always_inline)) void turn(std::uint32_t word, float& cosine, float& sine) {
  const std::uint32_t quarter = (word + 0x20000000U) >> 30;
  const auto rest = static_cast<std::int32_t>(word - (quarter << 30));
  const float x = static_cast<float>(rest) * static_cast<float>(2 * std::numbers::pi * 0x1.0p-32);
  const float z = x * x;  // x in [-pi / 4, pi / 4]: the next terms of both series are below 2^-24
  const float s = x + x * z * (-1.0F / 6 + z * (1.0F / 120 + z * (-1.0F / 5040 + z / 362880)));
  const float c = 1 + z * (-0.5F + z * (1.0F / 24 + z * (-1.0F / 720 + z / 40320)));
  const bool swapped = (quarter & 1) != 0;
  const auto cosine_sign = ((quarter + 1) & 2) << 30, sine_sign = (quarter & 2) << 30;
  cosine = std::bit_cast<float>(std::bit_cast<std::uint32_t>(swapped ? s : c) ^ cosine_sign);
  sine = std::bit_cast<float>(std::bit_cast<std::uint32_t>(swapped ? c : s) ^ sine_sign);
}

}  // namespace

SEMBLANCE_LANES void stream_rows(Seed stage, std::int64_t first, std::int64_t count,
                                 std::int64_t width, std::uint32_t* out) {
  constexpr std::int64_t kTurn = 4 * kLanes;
  alignas(64) Words words;
  alignas(64) std::uint32_t flat[kTurn];
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t j = 0; j < width; j += kTurn) {
      draw(static_cast<std::uint64_t>(stage),
           {static_cast<std::uint64_t>(j / 4), static_cast<std::uint64_t>(first + i), 1, 0}, words);
      for (int l = 0; l < kLanes; ++l) {
        for (int k = 0; k < 4; ++k) flat[4 * l + k] = words[k][l];
      }
      out = std::copy_n(flat, std::min(kTurn, width - j), out);
    }
  }
}

SEMBLANCE_LANES void stream_columns(Seed stage, std::int64_t first, std::int64_t count,
                                    std::int64_t width, std::uint32_t* out) {
  alignas(64) Words words;
  for (std::int64_t j = 0; j < width; j += 4) {
    for (std::int64_t i = 0; i < count; i += kLanes) {
      draw(static_cast<std::uint64_t>(stage),
           {static_cast<std::uint64_t>(j / 4), static_cast<std::uint64_t>(first + i), 0, 1}, words);
      for (std::int64_t k = 0; k < std::min<std::int64_t>(4, width - j); ++k) {
        std::copy_n(words[k], std::min<std::int64_t>(kLanes, count - i), out + (j + k) * count + i);
      }
    }
  }
}

SEMBLANCE_LANES void normal_pairs(const std::uint32_t* radius, const std::uint32_t* angle,
                                  std::int64_t count, float* first, float* second) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float r = std::sqrt(-2 * log_of(radius[i]));
    float cosine = 0, sine = 0;
    turn(angle[i], cosine, sine);
    first[i] = r * cosine;
    second[i] = r * sine;
  }
}

}  // namespace semblance
