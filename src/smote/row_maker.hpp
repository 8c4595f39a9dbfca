// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "smote/cells.hpp"
#include "smote/method.hpp"

namespace semblance {

/// Consecutive new rows that draw from one seed.
struct Batch {
  std::int64_t count = 0;
  Seed seed{};
  /// Draws rows first, first + 1, ... of the batch; concurrently for different rows.
  std::function<void(std::int64_t first, std::span<Drawn> rows)> draw;
  std::int32_t label = -1;  ///< The class of all rows; -1: of several.
};

/// Makes tables of synthetic rows, tile by tile: no memory but the table's, whatever its size.
class RowMaker {
 public:
  /// Keeps references to both.
  RowMaker(const Training& training, const Method& method);

  /// The rows of all batches, below those of `head`.
  ///
  /// \param head   Rows under the training schema that come first, unchanged; nullptr: none.
  /// \param trace  One a new row, to be filled; or empty.
  [[nodiscard]] Dataset make(const Dataset* head, std::span<const Batch> batches,
                             std::span<Provenance> trace, const RunOptions& run) const;

 private:
  class Assembly;
  [[nodiscard]] std::vector<double> displacements(std::span<const Drawn> rows, Seed seed) const;

  const Training& training_;
  const Method& method_;
  bool base_votes_ = true;       ///< SMOTE-N: no numbers, so the base is one of the voters.
  std::vector<CellRule> rules_;  ///< One a column.
};

}  // namespace semblance
