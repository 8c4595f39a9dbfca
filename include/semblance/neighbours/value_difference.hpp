// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// The value difference metric [1]: two categories are near if the classes are distributed alike
/// under them.
///
/// distance(a, b) = sum over columns j of (sum over classes c of |P_j(c|a_j) - P_j(c|b_j)|)^2, with
/// P_j(c|v) the share of class c among the rows that have category v in column j.
///
/// [1] Stanfill and Waltz, "Toward memory-based reasoning", CACM 1986; the form of SMOTE-N:
///     Chawla et al., "SMOTE", JAIR 2002.
class ValueDifference {
 public:
  /// \param rows     Codes >= 0 of each column.
  /// \param labels   One class a row, >= 0.
  /// \throws InvalidArgument for no rows or columns, a negative code, or as many labels as not
  /// rows.
  ValueDifference(const MatrixView<std::int32_t>& rows, std::span<const std::int32_t> labels);

  /// P_j(c|v) of every class; zeros for a category that the rows do not have.
  [[nodiscard]] std::span<const double> probabilities(std::int64_t column, std::int32_t code) const;

  [[nodiscard]] double distance(const std::int32_t* a, const std::int32_t* b) const;

  /// Exact k nearest neighbours, ordered by (distance, row of the reference); see `nearest`.
  [[nodiscard]] Neighbours nearest(const MatrixView<std::int32_t>& queries,
                                   const MatrixView<std::int32_t>& references, std::int64_t k,
                                   const NeighbourOptions& options = {}) const;

 private:
  struct Table {
    std::int32_t codes = 0;                ///< Categories 0 .. codes - 1, then one unseen.
    std::vector<double> probability = {};  ///< [codes + 1, classes].
    std::vector<double> delta = {};  ///< [codes + 1, codes + 1]; empty where that is too large.
  };
  [[nodiscard]] Table make_table(const MatrixView<std::int32_t>& rows,
                                 std::span<const std::int32_t> labels, std::int64_t column) const;
  [[nodiscard]] double delta(const Table& table, std::int32_t a, std::int32_t b) const;

  std::int64_t classes_ = 0;
  std::vector<Table> tables_;
};

}  // namespace semblance
