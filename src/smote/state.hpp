// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "semblance/core/archive.hpp"
#include "smote/neighbourhood.hpp"

namespace semblance {

/// What a fitted Smote is made of, and what its file holds.
struct SmoteState {
  Dataset data;
  Neighbourhood neighbourhood;
};

void save_smote_state(const Dataset& data, const Neighbourhood& neighbourhood, Archive& archive);
/// \throws FileError, InvalidArgument for contents that do not fit each other.
[[nodiscard]] SmoteState load_smote_state(const Archive& archive, const Schema& schema);

}  // namespace semblance
