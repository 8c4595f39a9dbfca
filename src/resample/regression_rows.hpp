// SPDX-License-Identifier: Apache-2.0
// The rows of SmoteR and SMOGN, once their parents are chosen.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "detail/number_rule.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/data/dataset.hpp"
#include "semblance/smote/provenance.hpp"

namespace semblance {

/// A new row: interpolated, or its base with noise where the neighbour is the base.
struct NewRow {
  Provenance parents;
  double noise = 0;      ///< In standard deviations of the bump.
  std::size_t bump = 0;  ///< Whose rows the deviations and categories are of.
};

/// Makes the columns of new rows.
class RegressionRows {
 public:
  /// \param bumps  Rows of each bump; referred to, like `data`.
  RegressionRows(const Dataset& data, const std::vector<std::vector<std::int64_t>>& bumps,
                 Seed seed);

  [[nodiscard]] Dataset make(std::span<const NewRow> rows, int threads) const;

 private:
  [[nodiscard]] Column make_column(std::int64_t column, std::span<const NewRow> rows) const;
  [[nodiscard]] Column categories(std::int64_t column, std::span<const NewRow> rows) const;
  template <class T>
  [[nodiscard]] Column numbers(std::int64_t column, std::span<const NewRow> rows) const;

  /// Which row a cell that is not interpolated is taken from.
  [[nodiscard]] std::int64_t source(std::int64_t column, const NewRow& row, std::size_t i) const;
  /// The neighbour's share of the new target.
  [[nodiscard]] double target_share(const NewRow& row, std::size_t i) const;
  [[nodiscard]] std::vector<double> deviations(std::int64_t column) const;

  const Dataset& data_;
  const std::vector<std::vector<std::int64_t>>& bumps_;
  Seed seed_;
  std::vector<NumberRule> rules_;
  std::vector<double> width_;  ///< Of every column that is a number: largest minus smallest.
};

}  // namespace semblance
