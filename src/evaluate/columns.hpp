// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "evaluate/cells.hpp"
#include "evaluate/resample.hpp"
#include "evaluate/tables.hpp"

namespace semblance {

/// What one column's distributions differ by.
struct ColumnDifference {
  using Part = std::optional<double> ColumnDifference::*;

  std::optional<double> shape;        ///< KS distance (numbers) or TVD (categories), in [0, 1].
  std::optional<double> ks;           ///< Numbers only.
  std::optional<double> tvd;          ///< Categories only.
  std::optional<double> wasserstein;  ///< W1 over the training standard deviation; numbers only.
  std::optional<double> missing;      ///< |difference of the missing rates|.
  /// Of bins: deciles of the training column, or its categories; missing is one more.
  std::optional<double> hellinger, jensen_shannon;
  /// Numbers only. |difference| of the means and of the 5, 25, 50, 75 and 95 % quantiles (mean of
  /// the five) over the training standard deviation; of the variances over the training variance;
  /// of skewness and of kurtosis as they are.
  std::optional<double> mean, quantile, variance, skewness, kurtosis;

  // From ColumnDetail::kAll on. Numbers: Wasserstein-2 over the training standard deviation,
  // energy distance over its root, Cramér-von Mises, Anderson-Darling, the overlap of the intervals
  // of the means, the part of the training range that is reached.
  std::optional<double> wasserstein2, energy, cramer_von_mises, anderson_darling, overlap, range;
  /// Of the bins: Kullback-Leibler and stability index (Jeffreys' prior), Cramér's V of the counts.
  std::optional<double> kullback_leibler, stability, effect;
  std::optional<double> adherence;  ///< Categories: share of rows whose category train has.
  std::optional<double> ks_p, chi_square_p;  ///< p-values of the KS (kTested) and chi-square test.
};

/// How much of a column is compared.
enum class ColumnDetail : std::uint8_t {
  kStandard,
  kAll,
  kTested  ///< kAll, and the p-values of the KS test, which take longer.
};

/// One column of two tables over a common support, so that resampling only counts.
class ColumnPair {
 public:
  ColumnPair(const Frame::Series& real, const Frame::Series& other,
             ColumnDetail detail = ColumnDetail::kStandard);

  /// Of all rows, or of those rows.
  [[nodiscard]] ColumnDifference difference() const;
  [[nodiscard]] ColumnDifference difference(const Resample& rows) const;

 private:
  template <class Real, class Other>
  [[nodiscard]] ColumnDifference compare(const Real& real_rows, const Other& other_rows) const;
  void compare_values(const Cells& cells, ColumnDifference& out) const;
  void compare_bins(const Cells& cells, double missing, double other_missing,
                    ColumnDifference& out) const;

  void compare_more(const Cells& cells, ColumnDifference& out) const;

  bool number_;
  ColumnDetail detail_;
  double scale_ = 0;  // the real standard deviation
  std::vector<double> support_;
  std::vector<std::int32_t> bin_;  // of each value of the support
  std::int32_t bins_ = 0;
  std::vector<std::int32_t> real_, other_;  // positions in the support, -1: missing
};

/// Mean of a part over the columns that have it; empty where none has.
[[nodiscard]] std::optional<double> mean_of(const std::vector<ColumnDifference>& columns,
                                            ColumnDifference::Part part);

[[nodiscard]] std::vector<ColumnDifference> compare_columns(
    const Frame& real, const Frame& other, ColumnDetail detail = ColumnDetail::kStandard);

/// Rows of `other` that no training table could hold: an unseen category, a number outside train's
/// range, a gap where train has none.
struct OutOfDomain {
  double rows = 0;              ///< How many.
  std::vector<double> columns;  ///< Cells at fault, by column.
};
[[nodiscard]] OutOfDomain out_of_domain(const Frame& train, const Frame& other);

}  // namespace semblance
