// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "semblance/core/seed.hpp"
#include "semblance/data/dataset.hpp"

namespace semblance {

/// A text that differs when configuration, seed, schema or a cell of the data differs: what a
/// training checkpoint belongs to.
std::string fingerprint(std::string_view config, const Dataset& data, Seed seed);

}  // namespace semblance
