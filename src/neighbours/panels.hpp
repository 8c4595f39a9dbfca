// SPDX-License-Identifier: Apache-2.0
// Rows packed for the screening kernels: references in panels of 16, queries in tiles of 6, each
// column of a panel or tile contiguous.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "detail/check.hpp"

namespace semblance {

inline constexpr std::int64_t kPanel = 16;  ///< References a panel.
inline constexpr std::int64_t kTile = 6;    ///< Queries a tile.

/// The columns of a packed row, in this order. Codes and flags are integers in the floats' memory.
struct RowLayout {
  std::int64_t numbers = 0;  ///< Numbers without gaps: one float each.
  std::int64_t gapped = 0;   ///< Numbers with gaps: a float, then the flag of a missing one.
  std::int64_t codes = 0;    ///< Categories: one integer each.

  [[nodiscard]] std::int64_t width() const noexcept { return numbers + 2 * gapped + codes; }
};

/// One row, unpacked.
struct FlatRow {
  std::vector<float> cells;  ///< RowLayout::width() of them.
  float bias = 0;            ///< Where the sum of a reference begins.

  void put(std::int64_t at, float value) { cells[static_cast<std::size_t>(at)] = value; }
  void put(std::int64_t at, std::int32_t value) {
    std::memcpy(&cells[static_cast<std::size_t>(at)], &value, sizeof value);
  }
};

/// Packed references. They stand in an order that spreads neighbouring rows over the whole store,
/// so that a query soon meets near rows even where the references are sorted.
class Panels {
 public:
  /// \param fill  fill(row, FlatRow&) writes one reference; rows < 2^31.
  template <class Fill>
  Panels(std::int64_t rows, RowLayout layout, const Fill& fill);

  [[nodiscard]] std::int64_t count() const noexcept { return (rows_ + kPanel - 1) / kPanel; }
  /// Panels that stay in the second-level cache together.
  [[nodiscard]] std::int64_t per_block() const noexcept {
    return std::max<std::int64_t>(1, 262144 / (stride_ * 4));
  }
  [[nodiscard]] const float* panel(std::int64_t i) const noexcept {
    return cells_.data() + i * stride_;
  }
  /// The reference at lane `lane` of panel `i`; not for padding.
  [[nodiscard]] std::int64_t row(std::int64_t i, std::int64_t lane) const noexcept {
    return row_at(i * kPanel + lane);
  }
  [[nodiscard]] const RowLayout& layout() const noexcept { return layout_; }
  [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }

 private:
  [[nodiscard]] std::int64_t row_at(std::int64_t position) const noexcept {
    return position * step_ % rows_;
  }

  RowLayout layout_;
  std::int64_t rows_;
  std::int64_t step_;    ///< Coprime to the number of rows, near the golden section of it.
  std::int64_t stride_;  ///< Floats a panel: the biases, then the columns.
  std::vector<float> cells_;
};

/// A step through n rows that visits each once and never stays in one neighbourhood.
inline std::int64_t golden_step(std::int64_t n) {
  auto step =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(0.6180339887 * static_cast<double>(n)));
  while (std::gcd(step, n) != 1) ++step;
  return step;
}

/// Writes `copies` of each cell from `columns` on, columns `stride` apart.
inline void scatter(const FlatRow& row, float* columns, std::int64_t stride, std::int64_t copies) {
  for (const float& cell : row.cells) {
    for (std::int64_t i = 0; i < copies; ++i) std::memcpy(columns + i, &cell, sizeof cell);
    columns += stride;
  }
}

template <class Fill>
Panels::Panels(std::int64_t rows, RowLayout layout, const Fill& fill)
    : layout_(layout),
      rows_(rows),
      step_(golden_step(rows)),
      stride_((layout.width() + 1) * kPanel) {
  require(rows < (std::int64_t{1} << 31), "nearest: references must be fewer than 2^31, got {}",
          rows);
  cells_.assign(static_cast<std::size_t>(count() * stride_), 0.0F);
  FlatRow flat{std::vector<float>(static_cast<std::size_t>(layout.width())), 0};
  for (std::int64_t at = 0; at < count() * kPanel; ++at) {
    float* panel = cells_.data() + at / kPanel * stride_;
    if (at >= rows) {
      panel[at % kPanel] = std::numeric_limits<float>::infinity();  // padding: beyond every limit
      continue;
    }
    fill(row_at(at), flat);
    panel[at % kPanel] = flat.bias;
    scatter(flat, panel + kPanel + at % kPanel, kPanel, 1);
  }
}

}  // namespace semblance
