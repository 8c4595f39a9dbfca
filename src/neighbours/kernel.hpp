// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "neighbours/panels.hpp"

namespace semblance {

/// What a screening kernel sums up over the columns of a pair, from the reference's bias on.
enum class Screen : std::uint8_t {
  kProduct,  ///< bias - a b for numbers, + weight [a != b] for codes. No gapped numbers.
  kAbsolute  ///< |a - b| for numbers, 1 where only one of two gapped numbers is missing, + weight
             ///< [a != b] for codes.
};

/// Sums of a tile of queries against a panel of references: estimates[kTile][kPanel].
///
/// Everything of a query stands kLanes times, ready for a register: g++ spreads scalars badly.
///
/// \param weights  One a code column, kLanes times each.
/// \param limits   kTile values, kLanes times each.
/// \return whether any estimate is <= its query's limit; only then `estimates` is written.
using ScreenKernel = bool (*)(const float* tile, const float* panel, const RowLayout& layout,
                              const float* weights, const float* limits, float* estimates);

/// The fastest kernel that this machine runs.
[[nodiscard]] ScreenKernel screen_kernel(Screen screen);

}  // namespace semblance
