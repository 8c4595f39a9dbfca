// SPDX-License-Identifier: Apache-2.0
#include "core/noise.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "detail/lanes.hpp"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define SEMBLANCE_AVX512
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // GCC bug 105593, in the intrinsics
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#endif

namespace semblance {
namespace {

constexpr int kLanes = 32;
constexpr std::uint64_t kFirst = 0xD2511F53ULL, kSecond = 0xCD9E8D57ULL;  // see detail::philox

/// Philox of so many counters at once: `position` and `index` of the first, and what they grow by.
struct Counters {
  std::uint64_t position, index;
  std::uint32_t position_step, index_step;
};

using Words = std::uint32_t[4][kLanes];

/// Ten rounds of Philox over all lanes.
using Rounds = void (*)(std::uint64_t key, Words& words);

SEMBLANCE_LANES void plain_rounds(std::uint64_t key, Words& words) {
  auto k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    for (int l = 0; l < kLanes; ++l) {
      const std::uint64_t a = kFirst * words[0][l], b = kSecond * words[2][l];
      words[0][l] = static_cast<std::uint32_t>(b >> 32) ^ words[1][l] ^ k0;
      words[2][l] = static_cast<std::uint32_t>(a >> 32) ^ words[3][l] ^ k1;
      words[1][l] = static_cast<std::uint32_t>(b);
      words[3][l] = static_cast<std::uint32_t>(a);
    }
    k0 += 0x9E3779B9U;
    k1 += 0xBB67AE85U;
  }
}

#ifdef SEMBLANCE_AVX512
/// Both halves of the products of 16 words with a constant.
__attribute__((target("avx512f"), always_inline)) inline void products(__m512i words, __m512i by,
                                                                       __m512i& high,
                                                                       __m512i& low) {
  const __m512i even = _mm512_mul_epu32(words, by);
  const __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64(words, 32), by);
  high = _mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64(even, 32), odd);
  low = _mm512_mask_blend_epi32(0xAAAA, even, _mm512_slli_epi64(odd, 32));
}

/// The same, since g++ makes too much of products of 32-bit words.
__attribute__((target("avx512f"))) void avx512_rounds(std::uint64_t key, Words& words) {
  const __m512i first = _mm512_set1_epi64(kFirst), second = _mm512_set1_epi64(kSecond);
  for (int l = 0; l < kLanes; l += 16) {
    __m512i w[4], a, b;
    for (int k = 0; k < 4; ++k) w[k] = _mm512_loadu_si512(&words[k][l]);
    __m512i k0 = _mm512_set1_epi32(static_cast<int>(key & 0xFFFFFFFFU));
    __m512i k1 = _mm512_set1_epi32(static_cast<int>(key >> 32));
    for (int round = 0; round < 10; ++round) {
      __m512i a_low, b_low;
      products(w[0], first, a, a_low);
      products(w[2], second, b, b_low);
      w[0] = _mm512_ternarylogic_epi32(b, w[1], k0, 0x96);  // of three: exclusive or
      w[2] = _mm512_ternarylogic_epi32(a, w[3], k1, 0x96);
      w[1] = b_low;
      w[3] = a_low;
      k0 = _mm512_add_epi32(k0, _mm512_set1_epi32(static_cast<int>(0x9E3779B9U)));
      k1 = _mm512_add_epi32(k1, _mm512_set1_epi32(static_cast<int>(0xBB67AE85U)));
    }
    for (int k = 0; k < 4; ++k) _mm512_storeu_si512(&words[k][l], w[k]);
  }
}
#endif

Rounds best_rounds() {
#ifdef SEMBLANCE_AVX512
  static const bool has_avx512 = __builtin_cpu_supports("avx512f");
  if (has_avx512) return avx512_rounds;
#endif
  return plain_rounds;
}

/// Always inside a function that is built for the machine's lanes.
inline __attribute__((always_inline)) void draw(std::uint64_t key, const Counters& from,
                                                Rounds rounds, Words& words) {
  for (int l = 0; l < kLanes; ++l) {
    const auto lane = static_cast<std::uint64_t>(l);
    const std::uint64_t position = from.position + lane * from.position_step;
    const std::uint64_t index = from.index + lane * from.index_step;
    words[0][l] = static_cast<std::uint32_t>(position);
    words[1][l] = static_cast<std::uint32_t>(position >> 32);
    words[2][l] = static_cast<std::uint32_t>(index);
    words[3][l] = static_cast<std::uint32_t>(index >> 32);
  }
  rounds(key, words);
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
  const Rounds rounds = best_rounds();
  alignas(64) Words words;
  alignas(64) std::uint32_t flat[kTurn];
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t j = 0; j < width; j += kTurn) {
      draw(static_cast<std::uint64_t>(stage),
           {static_cast<std::uint64_t>(j / 4), static_cast<std::uint64_t>(first + i), 1, 0}, rounds,
           words);
      const std::int64_t left = std::min(kTurn, width - j);
      std::uint32_t* to = left == kTurn ? out : flat;
      for (int l = 0; l < kLanes; ++l) {
        for (int k = 0; k < 4; ++k) to[4 * l + k] = words[k][l];
      }
      if (left < kTurn) std::copy_n(flat, left, out);
      out += left;
    }
  }
}

SEMBLANCE_LANES void stream_columns(Seed stage, std::int64_t first, std::int64_t count,
                                    std::int64_t width, std::uint32_t* out) {
  const Rounds rounds = best_rounds();
  alignas(64) Words words;
  for (std::int64_t j = 0; j < width; j += 4) {
    for (std::int64_t i = 0; i < count; i += kLanes) {
      draw(static_cast<std::uint64_t>(stage),
           {static_cast<std::uint64_t>(j / 4), static_cast<std::uint64_t>(first + i), 0, 1}, rounds,
           words);
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
