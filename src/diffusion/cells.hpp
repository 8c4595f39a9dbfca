// SPDX-License-Identifier: Apache-2.0
// Which positions of an encoded row are of which column, and which cells of rows are known.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "semblance/codec/feature_codec.hpp"
#include "semblance/core/seed.hpp"

namespace semblance {

/// The positions of the columns of a schema in a codec's vectors.
class Cells {
 public:
  Cells(const FeatureCodec& codec, std::int64_t columns, at::Device device);

  [[nodiscard]] std::int64_t columns() const { return membership_.size(0); }
  /// [n, columns] of 0 or 1 -> [n, width]: the same for each position of the column.
  [[nodiscard]] at::Tensor spread(const at::Tensor& cells) const;
  /// [n, columns]: 1 for cells of `rows` that are present.
  [[nodiscard]] static at::Tensor present(const Dataset& rows);
  /// What a network is told of rows: [n, width + columns], encoded cells where known, and the mask.
  [[nodiscard]] at::Tensor told(const at::Tensor& vector, const at::Tensor& known) const;
  [[nodiscard]] std::int64_t told_width() const {
    return membership_.size(0) + membership_.size(1);
  }
  /// [width]: 1 for the slots "missing".
  [[nodiscard]] const at::Tensor& gates() const noexcept { return gates_; }

 private:
  at::Tensor membership_;  // [columns, width]: 1 where the position is of the column
  at::Tensor gates_;
};

/// Which cells the network is told in training: the target's, or, in some rows, each cell with a
/// probability that is uniform itself.
struct KnownCells {
  std::int64_t columns = 0;
  std::int64_t target = -1;  ///< Or -1: none.
  double dropped = 0;        ///< Share of the first kind of rows in which the target is not told.
  double share = 0;          ///< Of the second kind of rows.

  /// [n, columns] of 0 or 1 for rows [first, first + n) of a stage.
  [[nodiscard]] at::Tensor draw(Seed stage, std::int64_t first, std::int64_t n) const;
};

}  // namespace semblance
