// SPDX-License-Identifier: Apache-2.0
// The numbers of rows in the units of the space, for methods that move points.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "smote/method.hpp"

namespace semblance {

/// The numbers of some rows that know which of them are missing.
class Coordinates {
 public:
  Coordinates() = default;
  Coordinates(const Training& training, std::span<const std::int64_t> rows);

  /// The numbers of a row by its place among `rows`; NaN where missing.
  [[nodiscard]] std::span<const double> of(std::int64_t place) const {
    return std::span(values_).subspan(static_cast<std::size_t>(place) * dim_, dim_);
  }
  /// out += weight (x_to - x_from) in the columns that neither lacks.
  void add(std::int64_t from, std::int64_t to, double weight, std::span<double> out) const;

 private:
  std::size_t dim_ = 0;
  std::vector<double> values_;  ///< [rows, numeric].
};

/// out += weight (to - from) where both are numbers.
void add_step(std::span<const double> from, std::span<const double> to, double weight,
              std::span<double> out);

}  // namespace semblance
