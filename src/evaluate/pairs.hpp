// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "evaluate/resample.hpp"
#include "evaluate/tables.hpp"

namespace semblance {

/// A table as small integers: one code a cell, [columns][rows], and the number of codes a column.
struct CodedTable {
  std::vector<std::vector<std::int32_t>> codes;
  std::vector<std::int32_t> widths;
};

/// Bins that all tables share: deciles of the training column, (-inf, q10], (q10, q20] ..., equal
/// quantiles merged; the category itself otherwise; one more code for categories that the training
/// column lacks and one for missing values.
class SharedBins {
 public:
  explicit SharedBins(const Frame& train);
  [[nodiscard]] CodedTable code(const Frame& table) const;

 private:
  struct Bins {
    std::vector<double> edges;           // numbers
    std::vector<std::int32_t> position;  // categories: code -> bin
    std::int32_t known = 0;              // bins without those for unseen and missing
  };
  std::vector<Bins> columns_;
};

/// The bins of SDMetrics' pair trends: ten of equal width between this table's own extremes, its
/// maximum and missing values in an eleventh; categories as they are, missing one of them.
[[nodiscard]] CodedTable own_bins(const Frame& table);

/// One pair of columns, real against other.
struct PairDifference {
  using Part = std::optional<double> PairDifference::*;

  std::optional<double> tvd;  ///< Of the joint tables in shared bins, in [0, 1].
  /// Half the difference of the correlations for two numbers, TVD otherwise: in shared bins, and in
  /// each table's own.
  std::optional<double> trend_shared, trend_own;
  std::optional<double> correlation;  ///< |difference| of Pearson's; two numbers only.
  std::optional<double> association;  ///< |difference| of `association`, any two columns.
  std::optional<double>
      information;  ///< |difference| of the mutual information in shared bins, bits.
};

/// Two tables ready to be compared pair by pair, again and again.
class PairComparison {
 public:
  PairComparison(const Frame& real, const Frame& other, const SharedBins& bins);

  /// All pairs (0,1), (0,2), ... (1,2), ... of all rows, or of those rows.
  [[nodiscard]] std::vector<PairDifference> all() const;
  [[nodiscard]] std::vector<PairDifference> all(const Resample& rows) const;

 private:
  struct Side {
    CodedTable shared, own;
    std::vector<std::vector<double>> numbers;           // [columns]; empty for categories
    std::vector<std::vector<std::int32_t>> categories;  // [columns]; empty for numbers
    [[nodiscard]] Side gather(std::span<const std::int64_t> rows) const;
  };
  static Side side(const Frame& table, const SharedBins& bins);
  static std::vector<PairDifference> compare(const Side& real, const Side& other);
  static PairDifference compare(const Side& real, const Side& other, std::size_t i, std::size_t j);

  Side real_, other_;
};

/// Mean of a part over the pairs that have it; empty where none has.
[[nodiscard]] std::optional<double> mean_of(const std::vector<PairDifference>& pairs,
                                            PairDifference::Part part);

/// sqrt of twice the sum of squares of a part: the Frobenius norm of the symmetric matrix.
[[nodiscard]] std::optional<double> norm_of(const std::vector<PairDifference>& pairs,
                                            PairDifference::Part part);

/// Strength of association of all pairs of columns, [n, n] in [0, 1], NaN where undefined:
/// |Pearson| for numbers, the correlation ratio for a number and a category, Cramér's V for
/// categories, both corrected for bias.
[[nodiscard]] std::vector<double> association(const Frame& table);

}  // namespace semblance
