// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "semblance/core/archive.hpp"
#include "semblance/data/dataset.hpp"

namespace semblance {

/// The columns of a table without text or tensors, as tensors.
void save_rows(const Dataset& data, Archive& archive);
/// \throws FileError, InvalidArgument for contents that do not fit the schema.
[[nodiscard]] Dataset load_rows(const Archive& archive, const Schema& schema);

}  // namespace semblance
