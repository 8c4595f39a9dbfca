// SPDX-License-Identifier: Apache-2.0
// Rows of bytes that may be more than memory holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace semblance {

/// Records of one width, in memory or in a temporary file that nobody else sees and that goes with
/// the object. Reading may be concurrent, writing may not.
class Records {
 public:
  enum class Place : std::uint8_t { kMemory, kFile };

  /// \param width  Bytes a record, >= 0. \throws FileError where no file can be made.
  Records(std::size_t width, Place place);
  ~Records();
  Records(Records&& other) noexcept;
  Records& operator=(Records&&) = delete;

  [[nodiscard]] std::size_t width() const noexcept { return width_; }
  [[nodiscard]] std::int64_t size() const noexcept { return size_; }

  /// Adds `count` records of `width()` bytes each. \throws FileError where the file cannot grow.
  void append(std::span<const std::byte> records, std::int64_t count);
  /// Those records, in that order. \throws FileError where the file cannot be read.
  [[nodiscard]] std::vector<std::byte> take(std::span<const std::int64_t> records) const;

 private:
  void read(std::int64_t record, std::byte* to) const;

  std::size_t width_;
  std::int64_t size_ = 0;
  std::vector<std::byte> memory_;
  int file_ = -1;
};

}  // namespace semblance
