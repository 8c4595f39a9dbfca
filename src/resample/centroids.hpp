// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "semblance/data/dataset.hpp"

namespace semblance {

/// A row for each list of rows: the mean of the numbers, rounded as their column is, and the most
/// frequent categories (the first of equals); a cell is missing where most of the rows miss it.
[[nodiscard]] Dataset centroids_of(const Dataset& data,
                                   const std::vector<std::vector<std::int64_t>>& members);

}  // namespace semblance
