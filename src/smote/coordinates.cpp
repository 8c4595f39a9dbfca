// SPDX-License-Identifier: Apache-2.0
#include "smote/coordinates.hpp"

#include <cmath>
#include <limits>

namespace semblance {

Coordinates::Coordinates(const Training& training, std::span<const std::int64_t> rows)
    : dim_(static_cast<std::size_t>(training.space.numeric())),
      values_(training.space.gather(rows).numbers) {
  const auto columns = training.space.numeric_columns();
  for (std::size_t j = 0; j < dim_; ++j) {
    const Column& column = training.data.column(columns[j]);
    for (std::size_t i = 0; column.null_count() > 0 && i < rows.size(); ++i) {
      if (!column.is_valid(rows[i])) {
        values_[i * dim_ + j] = std::numeric_limits<double>::quiet_NaN();
      }
    }
  }
}

void Coordinates::add(std::int64_t from, std::int64_t to, double weight,
                      std::span<double> out) const {
  add_step(of(from), of(to), weight, out);
}

void add_step(std::span<const double> from, std::span<const double> to, double weight,
              std::span<double> out) {
  for (std::size_t j = 0; j < out.size(); ++j) {
    const double difference = to[j] - from[j];
    if (!std::isnan(difference)) out[j] += weight * difference;
  }
}

}  // namespace semblance
