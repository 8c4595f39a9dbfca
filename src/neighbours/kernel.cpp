// SPDX-License-Identifier: Apache-2.0
#include "neighbours/kernel.hpp"

namespace semblance {
namespace {

bool runs(Machine machine) {
#if defined(__x86_64__) && defined(__GNUC__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (machine == Machine::kAvx2) return avx2;
  if (machine == Machine::kAvx512) {
    return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
  }
#endif
  return machine == Machine::kPortable;
}

}  // namespace

Machine best_machine() {
  if (runs(Machine::kAvx512)) return Machine::kAvx512;
  return runs(Machine::kAvx2) ? Machine::kAvx2 : Machine::kPortable;
}

ScreenKernel screen_kernel(Screen screen, Machine machine) {
  require(runs(machine), "screen_kernel: this machine cannot run kernel {}",
          static_cast<int>(machine));
  if (machine == Machine::kAvx512) return avx512_kernel(screen);
  return machine == Machine::kAvx2 ? avx2_kernel(screen) : portable_kernel(screen);
}

}  // namespace semblance
