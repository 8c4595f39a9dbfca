// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "evaluate/resample.hpp"
#include "evaluate/tables.hpp"

namespace semblance {

/// What one column's distributions differ by.
struct ColumnDifference {
  std::optional<double> shape;        ///< KS distance (numbers) or TVD (categories), in [0, 1].
  std::optional<double> wasserstein;  ///< W1 over the training standard deviation; numbers only.
  double missing = 0;                 ///< |difference of the missing rates|.
};

/// One column of two tables over a common support, so that resampling only counts.
class ColumnPair {
 public:
  ColumnPair(const Frame::Series& real, const Frame::Series& other);

  /// Of all rows, or of those rows.
  [[nodiscard]] ColumnDifference difference() const;
  [[nodiscard]] ColumnDifference difference(const Resample& rows) const;

 private:
  template <class Real, class Other>
  [[nodiscard]] ColumnDifference compare(const Real& real_rows, const Other& other_rows) const;

  bool number_;
  double scale_ = 0;
  std::vector<double> support_;
  std::vector<std::int32_t> real_, other_;  // positions in the support, -1: missing
};

/// Means over the columns, in percent; empty where no column has a value.
struct ColumnSummary {
  std::optional<double> shape, wasserstein, missing;
};
[[nodiscard]] ColumnSummary summarise(const std::vector<ColumnDifference>& columns);

[[nodiscard]] std::vector<ColumnDifference> compare_columns(const Frame& real, const Frame& other);

/// Rows of `other` that no training table could hold: an unseen category, a number outside train's
/// range, a gap where train has none.
struct OutOfDomain {
  double rows = 0;              ///< How many.
  std::vector<double> columns;  ///< Cells at fault, by column.
};
[[nodiscard]] OutOfDomain out_of_domain(const Frame& train, const Frame& other);

}  // namespace semblance
