// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "semblance/core/run.hpp"
#include "semblance/smote/smote.hpp"
#include "smote/table.hpp"

namespace semblance {

/// The neighbours of every row in its class.
struct Neighbourhood {
  std::int64_t k = 0;
  std::vector<std::int64_t> rows;  ///< [n, k], nearest first; -1 where a class has too few rows.

  /// Those of one row.
  [[nodiscard]] std::span<const std::int64_t> of(std::int64_t row) const {
    const auto all =
        std::span(rows).subspan(static_cast<std::size_t>(row * k), static_cast<std::size_t>(k));
    std::size_t count = 0;
    while (count < all.size() && all[count] >= 0) ++count;
    return all.first(count);
  }
};

/// \throws InvalidArgument for a small class under SmallClass::kError; Cancelled.
[[nodiscard]] Neighbourhood find_neighbours(const Dataset& data, const Classes& classes,
                                            const SmoteConfig& config, const RunOptions& run);

}  // namespace semblance
