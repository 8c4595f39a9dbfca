// SPDX-License-Identifier: Apache-2.0
// The training rows of a neighbour-based over-sampler: as they came, and as distances see them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "semblance/data/dataset.hpp"
#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// A sentence on the first column whose cells break their field (a gap or a value that the schema
/// rules out), or nothing.
[[nodiscard]] std::string broken_cell(const Dataset& data);

/// The class of each row, and the rows of each class.
struct Classes {
  std::vector<std::int32_t> label;              ///< One a row; a missing target is the last class.
  std::vector<std::vector<std::int64_t>> rows;  ///< Of each class, ascending.
  std::int64_t target = -1;  ///< The categorical target's column; -1: the table is one class.
};

[[nodiscard]] Classes classes_of(const Dataset& data);

/// Rows of a class as distances see them.
struct ClassRows {
  std::vector<double> numbers;      ///< [rows, numeric]: scaled; missing: the class's mean.
  std::vector<std::int32_t> codes;  ///< [rows, categorical]: categories, then flags of gaps.
  std::int64_t rows = 0, numeric = 0, categorical = 0;

  [[nodiscard]] MixedView view() const {
    return {{numbers, rows, numeric}, {codes, rows, categorical}, rows};
  }
};

/// The features of a table: every column but a categorical target.
class FeatureTable {
 public:
  /// \param standardize  Whether numbers are divided by their column's standard deviation.
  FeatureTable(const Dataset& data, std::int64_t target, bool standardize);

  [[nodiscard]] std::int64_t numeric() const noexcept {
    return static_cast<std::int64_t>(numbers_.size());
  }
  [[nodiscard]] std::int64_t categorical() const noexcept {
    return static_cast<std::int64_t>(codes_.size() + gapped_.size());
  }
  [[nodiscard]] ClassRows gather(const std::vector<std::int64_t>& rows) const;

 private:
  struct Number {
    std::int64_t column = 0;
    double centre = 0, scale = 1;
  };
  [[nodiscard]] Number scaled(std::int64_t column, bool standardize) const;

  Dataset data_;
  std::vector<Number> numbers_;
  std::vector<std::int64_t> codes_;   ///< Categorical columns.
  std::vector<std::int64_t> gapped_;  ///< Numeric columns with missing cells.
};

/// The median over the numeric columns of their standard deviation (of the population).
[[nodiscard]] double median_deviation(const ClassRows& rows);

}  // namespace semblance
