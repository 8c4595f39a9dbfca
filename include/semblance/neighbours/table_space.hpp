// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "semblance/data/dataset.hpp"
#include "semblance/neighbours/neighbours.hpp"
#include "semblance/neighbours/value_difference.hpp"

namespace semblance {

/// Rows of a table as distances see them.
struct SpaceRows {
  std::vector<double> numbers;      ///< [rows, numeric]: scaled; where missing, the mean.
  std::vector<std::int32_t> codes;  ///< [rows, categorical]: categories, then flags of gaps.
  std::int64_t rows = 0, numeric = 0, categorical = 0;

  [[nodiscard]] MixedView view() const {
    return {{numbers, rows, numeric}, {codes, rows, categorical}, rows};
  }
};

/// The median over the numeric columns of their standard deviation (of the population); 0 without
/// rows or numeric columns.
[[nodiscard]] double median_deviation(const SpaceRows& rows);

/// How a table becomes a space.
struct TableSpaceOptions {
  /// A column that takes no part in distances (the target), or -1. If it is categorical, tables
  /// without numbers compare categories by how it is distributed under them.
  std::int64_t label = -1;
  bool standardize = true;  ///< Numbers are divided by their standard deviation over all rows.
};

/// Nearest rows of a table with numbers, categories and missing cells.
///
/// Euclidean where all columns are numbers; with categories the metric of SMOTE-NC (squared
/// distance plus m^2 for each category that differs, m the references' median standard deviation);
/// without numbers the value difference metric over the classes of the label, or the number of
/// categories that differ where the label has a single class or the table would exceed 10^7 shares.
/// A missing number stands at the mean of the references, and each numeric column with gaps adds a
/// category "missing or not"; a missing category is a category of its own.
class TableSpace {
 public:
  /// \param data  Real, integer, datetime and categorical columns. Shares its memory.
  /// \throws InvalidArgument for a text or tensor column.
  explicit TableSpace(const Dataset& data, const TableSpaceOptions& options = {});

  /// The k nearest of some rows of the table to some others. A row is never its own neighbour; its
  /// duplicates are. Neighbours::index holds rows of the table; ties by row if `references` ascend.
  ///
  /// \param references  Distinct rows.
  /// \throws InvalidArgument for a row that is not there, or k as semblance::nearest; Cancelled.
  [[nodiscard]] Neighbours nearest(std::span<const std::int64_t> queries,
                                   std::span<const std::int64_t> references, std::int64_t k,
                                   const RunOptions& run = {}) const;

  /// The same for rows that are not of the table, under its schema.
  [[nodiscard]] Neighbours nearest(const Dataset& queries, std::span<const std::int64_t> references,
                                   std::int64_t k, const RunOptions& run = {}) const;

  /// The coordinates of rows of the table; missing numbers stand at the mean of these rows.
  [[nodiscard]] SpaceRows gather(std::span<const std::int64_t> rows) const;

  [[nodiscard]] std::int64_t rows() const noexcept { return data_.rows(); }
  [[nodiscard]] std::int64_t numeric() const noexcept {
    return static_cast<std::int64_t>(numbers_.size());
  }
  [[nodiscard]] std::int64_t categorical() const noexcept {
    return static_cast<std::int64_t>(codes_.size() + gapped_.size());
  }
  /// The columns of the table that are numbers, in the order of SpaceRows::numbers.
  [[nodiscard]] std::vector<std::int64_t> numeric_columns() const;
  /// What the numbers of a column are divided by; 1 where they are not.
  [[nodiscard]] double deviation(std::int64_t number) const {
    return 1 / numbers_.at(static_cast<std::size_t>(number)).scale;
  }
  /// True where distances are the value difference metric.
  [[nodiscard]] bool compares_by_label() const noexcept { return difference_.has_value(); }

 private:
  struct Number {
    std::int64_t column = 0;
    double centre = 0, scale = 1;
  };
  [[nodiscard]] std::vector<double> means(std::span<const std::int64_t> rows) const;
  [[nodiscard]] SpaceRows gather(const Dataset& data, std::span<const std::int64_t> rows,
                                 const std::vector<double>& means, int threads) const;
  void gather_numbers(const Dataset& data, std::span<const std::int64_t> rows,
                      const std::vector<double>& means, double* out) const;
  void gather_codes(const Dataset& data, std::span<const std::int64_t> rows,
                    std::int32_t* out) const;
  [[nodiscard]] Neighbours search(const SpaceRows& queries, const SpaceRows& references,
                                  std::int64_t k, const NeighbourOptions& options) const;
  void compare_by(std::int64_t label);

  Dataset data_;
  std::vector<Number> numbers_;
  std::vector<std::int64_t> codes_;   ///< Categorical columns.
  std::vector<std::int64_t> gapped_;  ///< Numeric columns with missing cells.
  std::optional<ValueDifference> difference_;
};

}  // namespace semblance
