// SPDX-License-Identifier: Apache-2.0
// Eight floats at a time. A kernel is written once, as an always-inlined template over these types,
// and wrapped in two functions: one for the machine the build is for, one for AVX2 with FMA.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)
#define SEMBLANCE_AVX2 __attribute__((target("avx2,fma")))
#else
#define SEMBLANCE_AVX2
#endif
#define SEMBLANCE_INLINE [[gnu::always_inline]] inline

namespace semblance::simd {

inline constexpr int kLanes = 8;
using Floats = float __attribute__((vector_size(32)));
using Ints = std::int32_t __attribute__((vector_size(32)));

/// Whether the machine runs functions marked SEMBLANCE_AVX2.
inline bool has_avx2() {
#if defined(__x86_64__) && defined(__GNUC__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

template <class Vector>
SEMBLANCE_INLINE void load(Vector& v, const void* from) {
  std::memcpy(&v, from, sizeof v);
}

SEMBLANCE_INLINE bool any(const Ints& mask) {
  std::int64_t parts[4];
  std::memcpy(parts, &mask, sizeof parts);
  return (parts[0] | parts[1] | parts[2] | parts[3]) != 0;
}

}  // namespace semblance::simd
