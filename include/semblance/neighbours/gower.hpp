// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "semblance/data/schema.hpp"
#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

class Dataset;

/// How far a missing number is from a present one.
enum class GowerGap : std::uint8_t {
  kOne,      ///< 1, wherever the present one lies.
  kMidpoint  ///< 1/2 + |v - 1/2| for the scaled value v: the missing one lies in mid-range.
};

/// The Gower distance [1] of rows with numbers, categories and missing cells: the mean over the
/// columns of |a - b| / range for numbers and of [a != b] for categories.
///
/// Numbers are scaled by the range of the rows that the metric was made from (a constant column
/// has range 1) and clipped to [-1, 2] of it, so one outlier weighs 3 columns at most. Two missing
/// cells are 0 apart; a missing category is 1 from any present one, a missing number as GowerGap
/// says.
///
/// [1] Gower, "A general coefficient of similarity and some of its properties", Biometrics 1971.
class Gower {
 public:
  /// Rows as the search wants them, made by `encode`.
  struct Rows {
    std::vector<double> numbers;       ///< [rows, numeric] scaled; 1/2 where missing.
    std::vector<std::int32_t> absent;  ///< [rows, numeric] 1 where missing, else 0.
    std::vector<std::int32_t> codes;   ///< [rows, categorical]; -1 where missing.
    std::int64_t rows = 0;
  };

  /// \param scale  The rows whose ranges scale the numbers (the training rows); a missing number is
  /// NaN, a missing category is -1.
  explicit Gower(const MixedView& scale, GowerGap gap = GowerGap::kOne);
  /// The same of a table: real, integer and datetime columns are numbers, categorical ones codes.
  /// \throws InvalidArgument for a text or tensor column.
  explicit Gower(const Dataset& scale, GowerGap gap = GowerGap::kOne);

  /// \throws InvalidArgument if the columns are not as many as those of the rows it was made from.
  [[nodiscard]] Rows encode(const MixedView& rows) const;
  /// \throws InvalidArgument if the schema has other columns than the table it was made from;
  /// categories are matched by name, unseen ones equal only themselves.
  [[nodiscard]] Rows encode(const Dataset& rows) const;

  /// The distance of two rows.
  [[nodiscard]] double distance(const Rows& a, std::int64_t i, const Rows& b, std::int64_t j) const;

  /// Exact k nearest neighbours, ordered by (distance, row of the reference); see `nearest`.
  [[nodiscard]] Neighbours nearest(const Rows& queries, const Rows& references, std::int64_t k,
                                   const NeighbourOptions& options = {}) const;

  [[nodiscard]] std::int64_t numeric() const noexcept {
    return static_cast<std::int64_t>(low_.size());
  }
  [[nodiscard]] std::int64_t categorical() const noexcept { return categorical_; }

 private:
  Schema schema_;  ///< Empty where it was made from a view.
  std::vector<double> low_, span_;
  std::int64_t categorical_ = 0;
  GowerGap gap_ = GowerGap::kOne;
};

}  // namespace semblance
