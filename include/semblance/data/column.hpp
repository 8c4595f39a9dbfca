// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "semblance/data/schema.hpp"

namespace semblance {

/// One bit a row, least significant first, 1 = present: Arrow's validity bitmap.
class Bitmap {
 public:
  Bitmap() = default;
  explicit Bitmap(std::int64_t size, bool value);

  void push_back(bool value);
  void set(std::int64_t i, bool value);
  [[nodiscard]] bool operator[](std::int64_t i) const noexcept {
    return (bits_[static_cast<std::size_t>(i >> 3)] >> (i & 7)) & 1;
  }
  [[nodiscard]] std::int64_t size() const noexcept { return size_; }
  [[nodiscard]] std::int64_t count_zeros() const noexcept;
  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const noexcept { return bits_; }

 private:
  std::vector<std::uint8_t> bits_;
  std::int64_t size_ = 0;
};

/// The values of one column in Arrow's memory layout: a validity bitmap and one contiguous buffer.
///
/// Immutable; copies and slices share memory. A missing value is a zero bit; what the buffer holds
/// there is unspecified but initialised, never a marker.
class Column {
 public:
  Column() = default;

  /// \param valid  Empty: nothing is missing. Otherwise one bit a value.
  /// \throws InvalidArgument if the sizes differ.
  static Column reals(std::vector<double> values, Bitmap valid = {});
  static Column integers(std::vector<std::int64_t> values, Bitmap valid = {});
  static Column datetimes(std::vector<std::int64_t> microseconds, Bitmap valid = {});
  /// \param codes  Positions in the field's vocabulary.
  static Column categories(std::vector<std::int32_t> codes, Bitmap valid = {});
  static Column texts(const std::vector<std::string>& values, Bitmap valid = {});
  /// \param offsets  size + 1 positions in `chars`, starting with 0, not decreasing.
  static Column texts(std::vector<char> chars, std::vector<std::int64_t> offsets,
                      Bitmap valid = {});
  /// \param values  size() x product(shape) elements, row-major.
  static Column tensors(std::vector<float> values, std::vector<std::int64_t> shape,
                        Bitmap valid = {});
  static Column tensors(std::vector<std::uint8_t> values, std::vector<std::int64_t> shape,
                        Bitmap valid = {});

  /// Wraps memory that `owner` keeps alive; `offsets` (size + 1) only for text. Used by imports.
  struct Foreign {
    Kind kind;
    ElementType element = ElementType::kFloat32;
    std::vector<std::int64_t> shape = {};
    std::int64_t size = 0;
    const void* values = nullptr;
    const std::int64_t* offsets = nullptr;
    const std::uint8_t* valid = nullptr;  ///< nullptr: nothing is missing.
    std::int64_t valid_offset = 0;        ///< Bits before the first value's.
    const std::int8_t* decimals =
        nullptr;  ///< See with_decimals(); nullptr: by the field's format.
    std::shared_ptr<const void> owner = {};
  };
  static Column wrap(Foreign foreign);

  [[nodiscard]] Kind kind() const noexcept { return data_.kind; }
  [[nodiscard]] std::int64_t size() const noexcept { return data_.size; }
  [[nodiscard]] std::int64_t null_count() const noexcept { return null_count_; }
  [[nodiscard]] bool is_valid(std::int64_t i) const noexcept {
    const std::int64_t bit = i + data_.valid_offset;
    return data_.valid == nullptr || ((data_.valid[bit >> 3] >> (bit & 7)) & 1) != 0;
  }

  /// The buffer, by kind; \throws InvalidArgument for a column of another kind.
  [[nodiscard]] std::span<const double> reals() const;
  [[nodiscard]] std::span<const std::int64_t> integers() const;  ///< kInteger and kDatetime.
  [[nodiscard]] std::span<const std::int32_t> codes() const;
  [[nodiscard]] std::string_view text(std::int64_t i) const;
  [[nodiscard]] std::span<const float> floats() const;        ///< kTensor of kFloat32.
  [[nodiscard]] std::span<const std::uint8_t> bytes() const;  ///< kTensor of kUInt8.
  [[nodiscard]] ElementType element() const noexcept { return data_.element; }
  [[nodiscard]] const std::vector<std::int64_t>& shape() const noexcept { return data_.shape; }

  /// A numeric value as double: reals, integers, datetimes, codes.
  [[nodiscard]] double number(std::int64_t i) const;

  /// The same numbers, each with the digits after its point in the text that it was read from
  /// (-1: by the field's format). For columns whose source follows no one style: 38.50, 39.2.
  [[nodiscard]] Column with_decimals(std::vector<std::int8_t> decimals) const;

  [[nodiscard]] Column slice(std::int64_t first, std::int64_t count) const;  ///< Shares memory.
  [[nodiscard]] Column take(
      std::span<const std::int64_t> rows) const;  ///< Copies those rows, in that order.
  [[nodiscard]] static Column concat(std::span<const Column> parts);  ///< Same kind and shape.

  /// The raw layout, for exports.
  [[nodiscard]] const Foreign& layout() const noexcept { return data_; }

 private:
  explicit Column(Foreign data);

  Foreign data_{Kind::kReal};
  std::int64_t null_count_ = 0;
};

/// Number of elements of one value: the product of a shape.
[[nodiscard]] std::int64_t elements(std::span<const std::int64_t> shape);

}  // namespace semblance
