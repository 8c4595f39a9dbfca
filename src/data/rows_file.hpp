// SPDX-License-Identifier: Apache-2.0
// The rows of a table in a model file, for generators that keep them.
#pragma once

#include <string>

#include "semblance/core/archive.hpp"
#include "semblance/data/dataset.hpp"

namespace semblance {

/// A sentence on the first column whose cells break their field (a gap or a value that the schema
/// rules out), or nothing.
[[nodiscard]] std::string broken_cell(const Dataset& data);

/// The columns of a table without text or tensors, as tensors.
void save_rows(const Dataset& data, Archive& archive);
/// \throws FileError, InvalidArgument for contents that do not fit the schema.
[[nodiscard]] Dataset load_rows(const Archive& archive, const Schema& schema);

}  // namespace semblance
