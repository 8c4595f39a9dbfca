// SPDX-License-Identifier: Apache-2.0
// 16 floats a register: all 8 queries of a tile against the 32 references of a panel at once, their
// sums in 16 of the 32 registers.
#include "neighbours/kernel.hpp"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // GCC bug 105593, in the intrinsics
#endif

#define SEMBLANCE_TARGET __attribute__((target("avx512f,avx512dq,avx2,fma")))
#include "neighbours/kernel_body.hpp"

namespace semblance {
namespace {

struct Avx512 {
  using F = __m512;
  using I = __m512i;
  static constexpr int kWidth = 16;

  SEMBLANCE_KERNEL static F load(const float* from) { return _mm512_loadu_ps(from); }
  SEMBLANCE_KERNEL static I load_codes(const float* from) { return _mm512_loadu_si512(from); }
  SEMBLANCE_KERNEL static void store(float* to, F v) { _mm512_storeu_ps(to, v); }
  SEMBLANCE_KERNEL static F spread(const float* from) { return _mm512_set1_ps(*from); }
  SEMBLANCE_KERNEL static I spread_code(const float* from) {
    std::int32_t code = 0;
    std::memcpy(&code, from, sizeof code);
    return _mm512_set1_epi32(code);
  }
  SEMBLANCE_KERNEL static F add(F a, F b) { return _mm512_add_ps(a, b); }
  SEMBLANCE_KERNEL static F least(F a, F b) { return _mm512_min_ps(a, b); }
  SEMBLANCE_KERNEL static F apart(F a, F b) { return _mm512_abs_ps(_mm512_sub_ps(a, b)); }
  SEMBLANCE_KERNEL static void subtract_product(F& sum, F a, F b) {
    sum = _mm512_fnmadd_ps(a, b, sum);
  }
  SEMBLANCE_KERNEL static void add_distance(F& sum, F a, F b) {
    sum = _mm512_add_ps(sum, apart(a, b));
  }
  SEMBLANCE_KERNEL static void largest_distance(F& most, F a, F b) {
    most = _mm512_max_ps(most, apart(a, b));
  }
  SEMBLANCE_KERNEL static void add_mismatch(F& sum, I a, I b, F cost) {
    sum = _mm512_mask_add_ps(sum, _mm512_cmpneq_epi32_mask(a, b), sum, cost);
  }
  SEMBLANCE_KERNEL static void add_gapped(F& sum, F a, F b, I no_a, I no_b) {
    const __mmask16 differ = _mm512_cmpneq_epi32_mask(no_a, no_b);
    sum = _mm512_add_ps(sum, _mm512_mask_mov_ps(apart(a, b), differ, _mm512_set1_ps(1)));
  }
  SEMBLANCE_KERNEL static std::uint32_t within(F sums, F limits) {
    return _mm512_cmp_ps_mask(sums, limits, _CMP_LE_OQ);
  }
};

}  // namespace

ScreenKernel avx512_kernel(Screen screen) { return choose<Avx512, 8, 2>(screen); }

}  // namespace semblance

#else

semblance::ScreenKernel semblance::avx512_kernel(Screen) { return nullptr; }

#endif
