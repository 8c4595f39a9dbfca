// SPDX-License-Identifier: Apache-2.0
// One-hot spans drawn for many rows at once; arrays are by slot, then by row.
#pragma once

#include <cstdint>

namespace semblance {

/// The slot of each row, drawn by its weights: one that has any, the first if none has.
/// \param weights  [slots, rows], >= 0; the slots are `stride` apart.
/// \param luck     [rows] random words. \param out  [rows].
void draw_slots(const float* weights, std::int64_t stride, std::int64_t slots, std::int64_t rows,
                const std::uint32_t* luck, std::int32_t* out);

/// The largest weight of each row, the first of several, becomes 1 and all others 0.
void keep_largest(float* weights, std::int64_t stride, std::int64_t slots, std::int64_t rows);

/// logits[i] becomes its exponential, those beyond -bound and bound counted as these.
/// \param bound  <= 80.
void exponentials(float* logits, std::int64_t count, float bound);

}  // namespace semblance
