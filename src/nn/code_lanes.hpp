// SPDX-License-Identifier: Apache-2.0
// The loops of draw_code over the rows of a code.
#pragma once

#include <cstdint>

namespace semblance {

/// Rows of a code, and what is known of them.
struct CodeTask {
  const float* code;       ///< [n, 2 width]: means, then log variances.
  const float* deviation;  ///< [n, width].
  const float* noise;      ///< [n, width].
  std::int64_t n, width;
  float bound;  ///< Log variances beyond -bound and bound count as these, and have no slope.
};

/// z = mean + deviation * noise. \param divergences  [n]: KL(code || N(0, I)).
void draw_code_rows(const CodeTask& task, float* z, float* divergences);
/// What moves the code. \param along  [n, width]: slopes in z. \param costs  [n]: slopes in the
/// divergences. \param slopes  [n, 2 width], overwritten.
void code_slopes(const CodeTask& task, const float* along, const float* costs, float* slopes);

}  // namespace semblance
