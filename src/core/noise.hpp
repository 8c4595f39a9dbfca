// SPDX-License-Identifier: Apache-2.0
// Whole blocks of the random words of Stream, and normal numbers from them.
#pragma once

#include <cstdint>

#include "semblance/core/seed.hpp"

namespace semblance {

/// out[i * width + j] is the j-th word of Stream(stage, first + i), i < count.
void stream_rows(Seed stage, std::int64_t first, std::int64_t count, std::int64_t width,
                 std::uint32_t* out);
/// The same by columns: out[j * count + i].
void stream_columns(Seed stage, std::int64_t first, std::int64_t count, std::int64_t width,
                    std::uint32_t* out);

/// Standard normal numbers, a pair from each pair of words (Box-Muller in single precision); 32
/// bits reach out to 6.7 standard deviations.
void normal_pairs(const std::uint32_t* radius, const std::uint32_t* angle, std::int64_t count,
                  float* first, float* second);

}  // namespace semblance
