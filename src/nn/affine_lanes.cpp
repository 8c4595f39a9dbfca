// SPDX-License-Identifier: Apache-2.0
#include "nn/affine_lanes.hpp"

#include <bit>

#include "detail/lanes.hpp"

namespace semblance {
namespace {

#define SEMBLANCE_INSIDE inline __attribute__((always_inline))

SEMBLANCE_INSIDE float value_of(float x) { return x; }
SEMBLANCE_INSIDE float value_of(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

SEMBLANCE_INSIDE void put(float x, float& out) { out = x; }
/// To the nearest, ties to even; x is no NaN.
SEMBLANCE_INSIDE void put(float x, std::uint16_t& out) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  out = static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16);
}

template <class Number>
SEMBLANCE_INSIDE void cut_rows(const AffineTask<Number>& task, Number* out, std::int64_t stride) {
  for (std::int64_t i = 0; i < task.n; ++i) {
    const Number* from = task.product + i * task.width;
    const float* more = task.table + (task.pick == nullptr ? 0 : task.pick[i]) * task.width;
    Number* to = out + i * stride;
    for (std::int64_t j = 0; j < task.width; ++j) {
      const float sum = value_of(from[j]) + more[j];
      put(sum > 0 ? sum : 0, to[j]);  // NaN gives 0
    }
  }
}

template <class Number>
SEMBLANCE_INSIDE void gate_rows(const Number* shown, std::int64_t n, std::int64_t width,
                                Number* gradient, float* sums) {
  for (std::int64_t i = 0; i < n; ++i, shown += width, gradient += width) {
    for (std::int64_t j = 0; j < width; ++j) {
      const Number passed = value_of(shown[j]) > 0 ? gradient[j] : Number{0};
      gradient[j] = passed;
      sums[j] += value_of(passed);
    }
  }
}

template <class Number>
SEMBLANCE_INSIDE void add_columns(const AffineTask<Number>& task, float* out) {
  for (std::int64_t j = 0; j < task.width; ++j) {
    const Number* from = task.product + j * task.n;
    const float* more = task.table + j * task.choices;
    float* to = out + j * task.n;
    if (task.pick == nullptr) {
      for (std::int64_t i = 0; i < task.n; ++i) to[i] = value_of(from[i]) + more[0];
    } else {
      for (std::int64_t i = 0; i < task.n; ++i) to[i] = value_of(from[i]) + more[task.pick[i]];
    }
  }
}

}  // namespace

SEMBLANCE_LANES void add_and_cut(const AffineTask<float>& task, float* out, std::int64_t stride) {
  cut_rows(task, out, stride);
}

SEMBLANCE_LANES void add_and_cut(const AffineTask<std::uint16_t>& task, std::uint16_t* out,
                                 std::int64_t stride) {
  cut_rows(task, out, stride);
}

SEMBLANCE_LANES void gate_and_sum(const float* shown, std::int64_t n, std::int64_t width,
                                  float* gradient, float* sums) {
  gate_rows(shown, n, width, gradient, sums);
}

SEMBLANCE_LANES void gate_and_sum(const std::uint16_t* shown, std::int64_t n, std::int64_t width,
                                  std::uint16_t* gradient, float* sums) {
  gate_rows(shown, n, width, gradient, sums);
}

SEMBLANCE_LANES void add_to_columns(const AffineTask<float>& task, float* out) {
  add_columns(task, out);
}

SEMBLANCE_LANES void add_to_columns(const AffineTask<std::uint16_t>& task, float* out) {
  add_columns(task, out);
}

}  // namespace semblance
