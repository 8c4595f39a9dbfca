// SPDX-License-Identifier: Apache-2.0
// 8 floats a register: 4 queries against 16 references at a time, their sums in 8 of the 16
// registers.
#include "neighbours/kernel.hpp"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define SEMBLANCE_TARGET __attribute__((target("avx2,fma")))
#include "neighbours/kernel_body.hpp"

namespace semblance {
namespace {

struct Avx2 {
  using F = __m256;
  using I = __m256i;
  static constexpr int kWidth = 8;

  SEMBLANCE_KERNEL static F load(const float* from) { return _mm256_loadu_ps(from); }
  SEMBLANCE_KERNEL static I load_codes(const float* from) {
    return _mm256_castps_si256(_mm256_loadu_ps(from));
  }
  SEMBLANCE_KERNEL static void store(float* to, F v) { _mm256_storeu_ps(to, v); }
  SEMBLANCE_KERNEL static F spread(const float* from) { return _mm256_broadcast_ss(from); }
  SEMBLANCE_KERNEL static I spread_code(const float* from) {
    return _mm256_castps_si256(_mm256_broadcast_ss(from));
  }
  SEMBLANCE_KERNEL static F add(F a, F b) { return _mm256_add_ps(a, b); }
  SEMBLANCE_KERNEL static F least(F a, F b) { return _mm256_min_ps(a, b); }
  SEMBLANCE_KERNEL static F apart(F a, F b) {
    return _mm256_andnot_ps(_mm256_set1_ps(-0.0F), _mm256_sub_ps(a, b));
  }
  SEMBLANCE_KERNEL static void subtract_product(F& sum, F a, F b) {
    sum = _mm256_fnmadd_ps(a, b, sum);
  }
  SEMBLANCE_KERNEL static void add_distance(F& sum, F a, F b) {
    sum = _mm256_add_ps(sum, apart(a, b));
  }
  SEMBLANCE_KERNEL static void largest_distance(F& most, F a, F b) {
    most = _mm256_max_ps(most, apart(a, b));
  }
  SEMBLANCE_KERNEL static void add_mismatch(F& sum, I a, I b, F cost) {
    const F same = _mm256_castsi256_ps(_mm256_cmpeq_epi32(a, b));
    sum = _mm256_add_ps(sum, _mm256_andnot_ps(same, cost));
  }
  SEMBLANCE_KERNEL static void add_gapped(F& sum, F a, F b, I no_a, I no_b) {
    const F same = _mm256_castsi256_ps(_mm256_cmpeq_epi32(no_a, no_b));
    sum = _mm256_add_ps(sum, _mm256_blendv_ps(_mm256_set1_ps(1), apart(a, b), same));
  }
  SEMBLANCE_KERNEL static std::uint32_t within(F sums, F limits) {
    return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(sums, limits, _CMP_LE_OQ)));
  }
};

}  // namespace

ScreenKernel avx2_kernel(Screen screen) { return choose<Avx2, 4, 2>(screen); }

}  // namespace semblance

#else

semblance::ScreenKernel semblance::avx2_kernel(Screen) { return nullptr; }

#endif
