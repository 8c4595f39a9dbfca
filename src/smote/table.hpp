// SPDX-License-Identifier: Apache-2.0
// The training rows of a neighbour-based over-sampler: their classes.
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "semblance/data/dataset.hpp"

namespace semblance {

/// Where rows stand among those of their class: a bit a row of the table, so that it fits the
/// cache.
class MemberIndex {
 public:
  /// \param members  Ascending.
  MemberIndex(std::span<const std::int64_t> members, std::int64_t rows);

  /// -1 for a row that is no member.
  [[nodiscard]] std::int32_t place(std::int64_t row) const {
    const Word& word = words_[static_cast<std::size_t>(row / 64)];
    const std::uint64_t bit = std::uint64_t{1} << (row % 64);
    return (word.members & bit) == 0 ? -1 : word.before + std::popcount(word.members & (bit - 1));
  }

 private:
  struct Word {
    std::uint64_t members = 0;
    std::int32_t before = 0;  ///< Members in the words before.
  };
  std::vector<Word> words_;
};

/// The class of each row, and the rows of each class.
class Classes {
 public:
  /// \param data  Outlives the classes.
  explicit Classes(const Dataset& data);

  /// How many there are, also without rows: a missing target is the last class.
  [[nodiscard]] std::int32_t count() const { return static_cast<std::int32_t>(sizes_.size()); }
  /// The categorical target's column; -1: the table is one class.
  [[nodiscard]] std::int64_t target() const noexcept { return target_; }
  /// Of each row.
  [[nodiscard]] std::span<const std::int32_t> labels() const noexcept { return labels_; }
  [[nodiscard]] std::int32_t label(std::int64_t row) const {
    return labels_[static_cast<std::size_t>(row)];
  }
  [[nodiscard]] std::int64_t size(std::int32_t label) const {
    return sizes_[static_cast<std::size_t>(label)];
  }
  /// Ascending. Found when they are first asked for: most methods never ask for the largest class.
  [[nodiscard]] std::span<const std::int64_t> members(std::int32_t label) const;
  [[nodiscard]] MemberIndex index(std::int32_t label) const;

 private:
  void set_labels(const Dataset& data);

  std::int64_t target_ = -1;
  std::span<const std::int32_t> labels_;
  std::vector<std::int32_t> own_labels_;  ///< Where they are not the codes of the target.
  std::vector<std::int32_t> sizes_;
  std::unique_ptr<std::once_flag[]> once_;
  mutable std::vector<std::vector<std::int64_t>> members_;
};

}  // namespace semblance
