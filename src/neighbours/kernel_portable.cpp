// SPDX-License-Identifier: Apache-2.0
// 4 floats a register, which any machine has: 4 queries against 8 references at a time.
#include "neighbours/kernel.hpp"

#define SEMBLANCE_TARGET
#include "neighbours/kernel_body.hpp"

namespace semblance {
namespace {

struct Portable {
  using F = float __attribute__((vector_size(16)));
  using I = std::int32_t __attribute__((vector_size(16)));
  static constexpr int kWidth = 4;

  SEMBLANCE_KERNEL static F load(const float* from) {
    F v;
    std::memcpy(&v, from, sizeof v);
    return v;
  }
  SEMBLANCE_KERNEL static I load_codes(const float* from) {
    return reinterpret_cast<I>(load(from));
  }
  SEMBLANCE_KERNEL static void store(float* to, F v) { std::memcpy(to, &v, sizeof v); }
  SEMBLANCE_KERNEL static F spread(const float* from) { return F{*from, *from, *from, *from}; }
  SEMBLANCE_KERNEL static I spread_code(const float* from) {
    return reinterpret_cast<I>(spread(from));
  }
  SEMBLANCE_KERNEL static F add(F a, F b) { return a + b; }
  SEMBLANCE_KERNEL static F least(F a, F b) { return a < b ? a : b; }
  SEMBLANCE_KERNEL static F apart(F a, F b) {
    return reinterpret_cast<F>(reinterpret_cast<I>(a - b) & 0x7FFFFFFF);
  }
  SEMBLANCE_KERNEL static void subtract_product(F& sum, F a, F b) { sum -= a * b; }
  SEMBLANCE_KERNEL static void add_distance(F& sum, F a, F b) { sum += apart(a, b); }
  SEMBLANCE_KERNEL static void largest_distance(F& most, F a, F b) {
    const F d = apart(a, b);
    most = d > most ? d : most;
  }
  SEMBLANCE_KERNEL static void add_mismatch(F& sum, I a, I b, F cost) {
    sum += reinterpret_cast<F>((a != b) & reinterpret_cast<I>(cost));
  }
  SEMBLANCE_KERNEL static void add_gapped(F& sum, F a, F b, I no_a, I no_b) {
    const I differ = no_a != no_b;
    const F one = {1, 1, 1, 1};
    sum += reinterpret_cast<F>((reinterpret_cast<I>(apart(a, b)) & ~differ) |
                               (reinterpret_cast<I>(one) & differ));
  }
  SEMBLANCE_KERNEL static std::uint32_t within(F sums, F limits) {
    const I bits = (sums <= limits) & I{1, 2, 4, 8};
    return static_cast<std::uint32_t>(bits[0] | bits[1] | bits[2] | bits[3]);
  }
};

}  // namespace

ScreenKernel portable_kernel(Screen screen) { return choose<Portable, 4, 2>(screen); }

}  // namespace semblance
