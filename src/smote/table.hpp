// SPDX-License-Identifier: Apache-2.0
// The training rows of a neighbour-based over-sampler: their classes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "semblance/data/dataset.hpp"

namespace semblance {

/// The class of each row, and the rows of each class.
struct Classes {
  Classes() = default;
  Classes(Classes&&) = default;  // a copy would look into the other one

  std::span<const std::int32_t> label;          ///< One a row; a missing target is the last class.
  std::vector<std::int32_t> labels;             ///< Where they are not the codes of the target.
  std::vector<std::int32_t> place;              ///< Of each row among those of its class.
  std::vector<std::vector<std::int64_t>> rows;  ///< Of each class, ascending.
  std::int64_t target = -1;  ///< The categorical target's column; -1: the table is one class.
};

/// \param data  Outlives the classes.
[[nodiscard]] Classes classes_of(const Dataset& data);

}  // namespace semblance
