// SPDX-License-Identifier: Apache-2.0
// Learning a Gaussian copula from rows.
#pragma once

#include <cstdint>
#include <vector>

#include "copula/correlation.hpp"
#include "copula/margin.hpp"
#include "semblance/core/run.hpp"
#include "semblance/data/dataset.hpp"

namespace semblance::copula {

/// The normal variables of a table: one a column, in order, then one for every column that has both
/// values and gaps, which says whether a cell is missing.
struct Variables {
  explicit Variables(const TokenCodec& codec, const std::vector<Margin>& margins);
  std::int64_t size = 0;
  std::vector<std::int64_t> gap;  ///< Of each column: its variable of gaps, or -1.
  std::vector<double> gap_edge;   ///< Of each column: the cell is missing above that z.
};

struct Learned {
  std::vector<Margin> margins;
  Matrix correlation;
};

/// \param codec       Of the same rows.
/// \param least_rows  Categories of fewer rows share a place.
/// \param ridge       See positive_definite().
[[nodiscard]] Learned learn(const Dataset& train, const TokenCodec& codec, std::int64_t least_rows,
                            double ridge, const RunOptions& run);

/// The correlations of some rows, not yet positive definite, on the scale that `learn` found for
/// all: the same codec and the same places of categories.
/// \param margins  Of all rows.
[[nodiscard]] Matrix correlations_within(const Dataset& rows, const TokenCodec& codec,
                                         const std::vector<Margin>& margins,
                                         std::int64_t least_rows, const RunOptions& run);

}  // namespace semblance::copula
