// SPDX-License-Identifier: Apache-2.0
// Which generators suit a table, by its shape.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "semblance/data/dataset.hpp"

namespace semblance::tuning {

/// What a table looks like from afar.
struct Shape {
  std::int64_t rows = 0, columns = 0;
  std::int64_t numbers = 0;  ///< Columns that are no categories.
  std::int64_t classes = 0;  ///< Of a categorical target; 0: there is none.
  explicit Shape(const Dataset& data);
};

/// A generator to be tried.
struct Candidate {
  std::string model;
  std::string config = "{}";
  std::string title = {};  ///< For people: "copula by class".
};

/// The generators worth trying, the most promising first, and why, as the end of "because ...".
struct Plan {
  std::vector<Candidate> candidates;
  std::string why;
};

/// Seconds that the any-order model would take on two processors of 2024; within a factor of three.
[[nodiscard]] double any_order_seconds(const Shape& shape);

/// \param race_rows  Most rows on which several candidates are worth their time.
/// \param budget     Seconds.
[[nodiscard]] Plan plan(const Shape& shape, std::int64_t race_rows, std::optional<double> budget);

}  // namespace semblance::tuning
