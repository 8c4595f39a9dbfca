// SPDX-License-Identifier: Apache-2.0
// What follows a matrix product, in one pass. Numbers in bfloat16 are given by their bits.
#pragma once

#include <cstdint>

namespace semblance {

/// A product of n rows, and a table of what is added: row pick[i] of it to row i; without `pick`
/// the first to all.
template <class Number>
struct AffineTask {
  const Number* product;  ///< [n, width], or [width, n].
  std::int64_t n, width;
  const float* table;  ///< [choices, width], or [width, choices].
  std::int64_t choices;
  const std::int32_t* pick;  ///< [n] positions in the table, or null.
};

/// out[i * stride + j] = max(0, product[i, j] + table[pick[i], j]).
void add_and_cut(const AffineTask<float>& task, float* out, std::int64_t stride);
void add_and_cut(const AffineTask<std::uint16_t>& task, std::uint16_t* out, std::int64_t stride);

/// gradient[i, j] where shown[i, j] > 0, else 0, in place; sums[j] grows by the column's sum.
void gate_and_sum(const float* shown, std::int64_t n, std::int64_t width, float* gradient,
                  float* sums);
void gate_and_sum(const std::uint16_t* shown, std::int64_t n, std::int64_t width,
                  std::uint16_t* gradient, float* sums);

/// out[j, i] = product[j, i] + table[j, pick[i]].
void add_to_columns(const AffineTask<float>& task, float* out);
void add_to_columns(const AffineTask<std::uint16_t>& task, float* out);

}  // namespace semblance
