// SPDX-License-Identifier: Apache-2.0
// Rows packed for the screening kernels, in panels of 32: the biases, then each column, contiguous.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <vector>

#include "detail/arena.hpp"
#include "detail/check.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

inline constexpr std::int64_t kPanel = 32;  ///< Rows a panel.

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
  float bias = 0;            ///< What the row adds to every sum.
  float norm = 0;            ///< Its size, for the error bounds; rounded up.

  void put(std::int64_t at, float value) { cells[static_cast<std::size_t>(at)] = value; }
  void put(std::int64_t at, std::int32_t value) {
    std::memcpy(&cells[static_cast<std::size_t>(at)], &value, sizeof value);
  }
};

/// An order of n rows that never stays in one neighbourhood, so that a query soon meets near rows
/// even where rows are sorted: steps of about the golden section of n.
inline std::vector<std::int32_t> golden_order(std::int64_t n) {
  auto step =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(0.6180339887 * static_cast<double>(n)));
  while (n > 0 && std::gcd(step, n) != 1) ++step;
  std::vector<std::int32_t> order(static_cast<std::size_t>(n));
  std::int64_t row = 0;
  for (auto& at : order) {
    at = static_cast<std::int32_t>(row);
    row = row + step < n ? row + step : row + step - n;
  }
  return order;
}

/// Whether the plain numbers of packed rows are coordinates, so that boxes bound distances.
enum class Boxes : std::uint8_t { kNone, kNumbers };

/// Packed rows.
class Panels {
 public:
  /// \param order    The rows as they shall stand; fewer than 2^31.
  /// \param fill     fill(row, FlatRow&) writes one row.
  /// \param outline  [rows, columns] to put boxes around instead of the numbers.
  template <class Fill>
  Panels(std::vector<std::int32_t> order, RowLayout layout, Boxes boxes, int threads,
         const Fill& fill, const MatrixView<float>& outline = {});

  [[nodiscard]] std::int64_t count() const noexcept { return (rows_ + kPanel - 1) / kPanel; }
  /// Panels that stay in the second-level cache together.
  [[nodiscard]] std::int64_t per_block() const noexcept {
    return std::max<std::int64_t>(1, 262144 / (stride_ * 4));
  }
  [[nodiscard]] const float* panel(std::int64_t i) const noexcept {
    return cells_.get() + i * stride_;
  }
  /// The row at a position, which is 32 panels + lane; not for padding.
  [[nodiscard]] std::int32_t row(std::int64_t position) const noexcept {
    return order_[static_cast<std::size_t>(position)];
  }
  [[nodiscard]] float norm(std::int64_t position) const noexcept {
    return norms_[static_cast<std::size_t>(position)];
  }
  /// The largest norm of panels [first, first + count).
  [[nodiscard]] float largest_norm(std::int64_t first, std::int64_t count) const noexcept {
    const auto begin = norms_.begin() + first * kPanel;
    return *std::max_element(begin, begin + std::min(count * kPanel, rows_ - first * kPanel));
  }
  /// Columns that have boxes: all plain numbers, those of the outline, or none.
  [[nodiscard]] std::int64_t boxed() const noexcept { return boxed_; }
  /// The lowest (0) or highest (1) cell of a column, of every panel.
  [[nodiscard]] const float* edges(std::int64_t column, std::int64_t side) const noexcept {
    return boxes_.data() + (2 * column + side) * count();
  }
  [[nodiscard]] const RowLayout& layout() const noexcept { return layout_; }
  [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }

 private:
  template <class Fill>
  void pack(std::int64_t panel, FlatRow& flat, const Fill& fill);
  void enclose(std::int64_t panel, const MatrixView<float>& outline);

  RowLayout layout_;
  std::int64_t rows_;
  std::int64_t stride_;  ///< Floats a panel.
  std::int64_t boxed_;
  std::vector<std::int32_t> order_;
  std::vector<float> norms_, boxes_;
  std::shared_ptr<float[]> cells_;
};

template <class Fill>
Panels::Panels(std::vector<std::int32_t> order, RowLayout layout, Boxes boxes, int threads,
               const Fill& fill, const MatrixView<float>& outline)
    : layout_(layout),
      rows_(std::ssize(order)),
      stride_((layout.width() + 1) * kPanel),
      boxed_(outline.rows > 0           ? outline.dim
             : boxes == Boxes::kNumbers ? layout.numbers
                                        : 0),
      order_(std::move(order)),
      norms_(order_.size()),
      boxes_(static_cast<std::size_t>(2 * boxed_ * count())) {
  cells_ = Arena(Arena::bytes_of<float>(count() * stride_)).take<float>(count() * stride_);
  constexpr std::int64_t kTask = 64;
  parallel_for(threads, (count() + kTask - 1) / kTask, [&](std::int64_t task) {
    FlatRow flat{std::vector<float>(static_cast<std::size_t>(layout.width())), 0, 0};
    for (std::int64_t p = task * kTask; p < std::min((task + 1) * kTask, count()); ++p) {
      pack(p, flat, fill);
      enclose(p, outline);
    }
  });
}

template <class Fill>
void Panels::pack(std::int64_t panel, FlatRow& flat, const Fill& fill) {
  float* column = cells_.get() + panel * stride_;
  const std::int64_t present = std::min(kPanel, rows_ - panel * kPanel);
  if (present < kPanel) {  // padding: beyond every limit
    std::fill_n(column, stride_, 0.0F);
    std::fill_n(column, kPanel, std::numeric_limits<float>::infinity());
  }
  for (std::int64_t lane = 0; lane < present; ++lane) {
    const std::int64_t at = panel * kPanel + lane;
    fill(row(at), flat);
    norms_[static_cast<std::size_t>(at)] = flat.norm;
    float* to = column + lane;
    *to = flat.bias;
    for (const float& cell : flat.cells) std::memcpy(to += kPanel, &cell, sizeof cell);
  }
}

inline void Panels::enclose(std::int64_t panel, const MatrixView<float>& outline) {
  const std::int64_t present = std::min(kPanel, rows_ - panel * kPanel);
  float own[kPanel];
  for (std::int64_t j = 0; j < boxed_; ++j) {
    const float* cells = this->panel(panel) + (j + 1) * kPanel;
    for (std::int64_t i = 0; outline.rows > 0 && i < present; ++i) {
      own[i] = outline.row(row(panel * kPanel + i))[j];
    }
    if (outline.rows > 0) cells = own;
    const auto [low, high] = std::minmax_element(cells, cells + present);
    boxes_[static_cast<std::size_t>(2 * j * count() + panel)] = *low;
    boxes_[static_cast<std::size_t>((2 * j + 1) * count() + panel)] = *high;
  }
}

}  // namespace semblance
