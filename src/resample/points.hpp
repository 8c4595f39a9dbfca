// SPDX-License-Identifier: Apache-2.0
// One row against many: for methods that need all distances of a row, not its nearest.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "semblance/neighbours/table_space.hpp"

namespace semblance {

/// Rows of a table under one metric: that of TableSpace with all of these rows as references.
/// Coordinates lie column by column in blocks, so that a block stays in the cache.
class Points {
 public:
  static constexpr std::int64_t kBlock = 256;
  using Block = std::array<double, kBlock>;

  /// \param labels  Of all rows of the table, >= -1: for the value difference.
  Points(const TableSpace& space, std::span<const std::int64_t> rows,
         std::span<const std::int32_t> labels);

  /// Some of the points, by position.
  [[nodiscard]] Points take(std::span<const std::int64_t> positions) const;

  [[nodiscard]] std::int64_t size() const noexcept { return size_; }
  [[nodiscard]] std::int64_t blocks() const noexcept { return (size_ + kBlock - 1) / kBlock; }
  /// Multiplications that the distances of one block cost.
  [[nodiscard]] std::int64_t block_cost() const noexcept { return kBlock * (numeric_ + width_); }

  /// How far a point of `other` is from the points of a block of these: squared distances, or value
  /// differences. What lies behind the last point is unspecified.
  /// \param other  This, or made from the same points by `take`.
  void measure(const Points& other, std::int64_t position, std::int64_t block, Block& out) const;

  /// A measure as a distance.
  [[nodiscard]] double distance(double measure) const;

 private:
  Points() = default;
  void resize(std::int64_t size);
  [[nodiscard]] double& number(std::int64_t position, std::int64_t column) {
    return numbers_[static_cast<std::size_t>(place(position, column, numeric_))];
  }
  [[nodiscard]] std::int32_t& code(std::int64_t position, std::int64_t column) {
    return codes_[static_cast<std::size_t>(place(position, column, width_))];
  }
  [[nodiscard]] static std::int64_t place(std::int64_t position, std::int64_t column,
                                          std::int64_t columns) {
    return (position / kBlock * columns + column) * kBlock + position % kBlock;
  }

  std::int64_t size_ = 0, numeric_ = 0, width_ = 0;
  double mismatch_ = 0;                                ///< Squared, for each category that differs.
  std::vector<double> numbers_;                        ///< [blocks, numeric, kBlock].
  std::vector<std::int32_t> codes_;                    ///< [blocks, width, kBlock].
  std::shared_ptr<const ValueDifference> difference_;  ///< Where there are no numbers.
};

}  // namespace semblance
