// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "semblance/core/seed.hpp"

namespace semblance {

/// min(rows, wanted) different rows of [0, rows), each set of them equally likely, ascending.
[[nodiscard]] std::vector<std::int64_t> choose_rows(std::int64_t rows, std::int64_t wanted,
                                                    Seed seed);

}  // namespace semblance
