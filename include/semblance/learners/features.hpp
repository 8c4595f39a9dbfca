// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "semblance/data/dataset.hpp"

namespace semblance {

/// A table as learners see it: one row-major float32 matrix.
struct FeatureMatrix {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<float> values = {};          ///< [rows, columns]; NaN: missing.
  std::vector<std::int32_t> levels = {};   ///< [columns]; 0: a number, k: a category code 0..k-1.
  std::vector<std::int64_t> sources = {};  ///< [columns]; the data set's column behind each.

  [[nodiscard]] std::span<const float> row(std::int64_t i) const noexcept {
    return {values.data() + i * columns, static_cast<std::size_t>(columns)};
  }
  /// Those rows, in that order; repeats allowed.
  [[nodiscard]] FeatureMatrix take(std::span<const std::int64_t> wanted) const;
};

/// The real, integer, datetime and categorical columns of a data set, one feature each. Text,
/// tensor and key columns are left out.
///
/// Two data sets give comparable features when they have the same schema (see `conform`).
/// \param without  Position of a column to leave out (the target), or -1.
[[nodiscard]] FeatureMatrix features(const Dataset& data, std::int64_t without = -1);

/// The rows of `a`, then those of `b`.
/// \throws InvalidArgument if their columns differ.
[[nodiscard]] FeatureMatrix stack(const FeatureMatrix& a, const FeatureMatrix& b);

}  // namespace semblance
