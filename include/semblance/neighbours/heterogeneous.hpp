// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "semblance/data/schema.hpp"
#include "semblance/neighbours/neighbours.hpp"
#include "semblance/neighbours/value_difference.hpp"

namespace semblance {

class Dataset;

/// The heterogeneous metrics of Wilson and Martinez [1] for rows with numbers, categories and
/// missing cells: the root of the sum over the columns of d_j(a, b)^2.
///
/// | metric | d_j of numbers    | d_j of categories                         | if either is missing
/// |
/// |--------|-------------------|-------------------------------------------|----------------------|
/// | HEOM   | abs(a - b) / range| 1 if they differ                          | 1 | | HVDM   | abs(a
/// - b) / (4 s)| sqrt(sum over classes (P(c|a) - P(c|b))^2)| 1                    |
///
/// Range and s (the standard deviation of the population) are those of the rows that the metric was
/// made from, present cells only; a constant column is divided by 1. P(c|v) is the share of class c
/// among those rows that have category v, zeros for a category that none has. Two missing cells
/// are 1 apart, so a row may be apart from itself.
///
/// [1] Wilson and Martinez, "Improved heterogeneous distance functions", JAIR 1997.
class Heterogeneous {
 public:
  /// Rows as the search wants them, made by `encode`.
  struct Rows {
    std::vector<double> numbers;       ///< [rows, numeric] scaled; 0 where missing.
    std::vector<std::int32_t> absent;  ///< [rows, numeric] 1 where missing, else 0.
    std::vector<std::int32_t> codes;   ///< [rows, categorical]; -1 where missing.
    std::int64_t rows = 0;
  };

  /// \param scale  At least 1 x 1; a missing number is NaN, a missing category -1, others >= 0.
  /// \throws InvalidArgument for an infinite number or another negative code.
  [[nodiscard]] static Heterogeneous heom(const MixedView& scale);
  /// \param labels  One class a row, >= 0.
  /// \throws InvalidArgument as `heom`, and for as many labels as not rows.
  [[nodiscard]] static Heterogeneous hvdm(const MixedView& scale,
                                          std::span<const std::int32_t> labels);

  /// The same of a table: real, integer and datetime columns are numbers, categorical ones codes.
  /// \throws InvalidArgument for a text or tensor column.
  [[nodiscard]] static Heterogeneous heom(const Dataset& scale);
  /// \param label  A categorical column, which takes no part in distances; missing labels are a
  /// class of their own.
  /// \throws InvalidArgument as `heom`, and for a label that is not a categorical column.
  [[nodiscard]] static Heterogeneous hvdm(const Dataset& scale, std::string_view label);

  /// \throws InvalidArgument if the columns are not as many as those of the rows it was made from;
  /// for an infinite number or a negative code other than -1.
  [[nodiscard]] Rows encode(const MixedView& rows) const;

  /// The columns by name; others are left out. Unseen categories equal only themselves.
  /// \throws InvalidArgument if one is not there or of another kind, or the metric was made from a
  /// view.
  [[nodiscard]] Rows encode(const Dataset& rows) const;

  /// The distance of two rows.
  [[nodiscard]] double distance(const Rows& a, std::int64_t i, const Rows& b, std::int64_t j) const;

  /// Exact k nearest neighbours, ordered by (distance, row of the reference); see
  /// semblance::nearest.
  [[nodiscard]] Neighbours nearest(const Rows& queries, const Rows& references, std::int64_t k,
                                   const NeighbourOptions& options = {}) const;

  [[nodiscard]] std::int64_t numeric() const noexcept {
    return static_cast<std::int64_t>(centre_.size());
  }
  [[nodiscard]] std::int64_t categorical() const noexcept { return categorical_; }
  /// P(c|v) of every class under HVDM; empty under HEOM.
  [[nodiscard]] std::span<const double> shares(std::int64_t column, std::int32_t code) const;

 private:
  friend class HeterogeneousMetric;
  Heterogeneous() = default;
  [[nodiscard]] double squared(const Rows& a, std::int64_t i, const Rows& b, std::int64_t j) const;

  Schema schema_;  ///< Empty where it was made from a view.
  std::vector<double> centre_, divisor_;
  std::int64_t categorical_ = 0;
  std::optional<ValueDifference> shares_;  ///< HVDM with categories.
  std::vector<std::int32_t> known_;        ///< The first code of each column that has no shares.
};

}  // namespace semblance
