// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluate/tables.hpp"
#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// Rows as points, row-major.
struct Points {
  std::vector<double> values;
  std::int64_t rows = 0;
  std::int64_t dim = 0;

  [[nodiscard]] MatrixView<double> view() const { return {values, rows, dim}; }
};

/// The rows of both.
[[nodiscard]] Points pool(const Points& a, const Points& b);

/// Some of the points, in that order.
[[nodiscard]] Points rows_of(const Points& all, std::span<const std::int64_t> wanted);

/// A share of the points, drawn without replacement.
[[nodiscard]] Points part_of(const Points& all, double share, Seed seed);

/// Tables as points of a Euclidean space, scaled by the training rows.
///
/// A number has mean 0 and deviation 1 there and is cut at 5 deviations; a missing one is 0, and
/// columns with gaps in train have an indicator of them. A category is an indicator of length
/// 1/sqrt 2, so that different categories are 1 apart; those that fewer than 1 in 200 training rows
/// have share one.
class Embedding {
 public:
  explicit Embedding(const Frame& train);

  [[nodiscard]] std::int64_t dim() const noexcept { return dim_; }
  /// The first coordinate of a column.
  [[nodiscard]] std::int64_t coordinate(std::size_t column) const { return axes_.at(column).at; }
  [[nodiscard]] Points operator()(const Frame& table, std::span<const std::int64_t> rows) const;

 private:
  struct Axis {
    bool number = false;
    bool gaps = false;                ///< Numbers: an indicator of missing follows.
    double mean = 0, deviation = 1;   ///< Numbers.
    std::vector<std::int32_t> place;  ///< Categories: code -> indicator, the last one for others.
    std::int32_t indicators = 0;
    std::int64_t at = 0;  ///< First coordinate.
  };
  static Axis axis_of(const Frame::Series& column);
  static void place(const Axis& axis, const Frame::Series& column, std::size_t row, double* out);

  std::vector<Axis> axes_;
  std::int64_t dim_ = 0;
};

}  // namespace semblance
