// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "evaluate/tables.hpp"

namespace semblance {

enum class Is { kEqual, kAtLeast, kAtMost, kMissing };

/// What a row must satisfy in one column; `value` is a number or a category's code.
struct Atom {
  std::size_t column;
  Is is;
  double value;
};
/// A predicate on rows: all of its atoms.
using Guess = std::vector<Atom>;

/// A number or a category's code; NaN where missing.
[[nodiscard]] inline double value_at(const Frame& table, std::size_t column, std::size_t row) {
  const auto& c = table.columns[column];
  if (c.number) return c.numbers[row];
  return c.codes[row] < 0 ? std::numeric_limits<double>::quiet_NaN() : c.codes[row];
}

/// Answers which predicates fit exactly one row of a table.
///
/// The values of a column lie in at most 64 buckets in their order; a bitmap for each boundary
/// marks the rows below it. Two bitmaps then bound the rows that an atom can fit, and only rows
/// left by all atoms are looked at. 8 bytes a row and column.
class PredicateIndex {
 public:
  static constexpr std::size_t kBuckets = 64;

  /// Keeps a reference to the table.
  explicit PredicateIndex(const Frame& table);

  [[nodiscard]] bool fits_exactly_one(const Guess& predicate) const;

 private:
  using Word = std::uint64_t;

  /// Places of values among ascending cuts, found in steps that do not depend on the values.
  class Buckets {
   public:
    explicit Buckets(const std::vector<double>& cuts);

    [[nodiscard]] std::size_t count() const { return cuts_ + 1; }
    /// How many cuts are at most `value`; `count()` for NaN.
    [[nodiscard]] std::size_t of(double value) const;

   private:
    std::array<double, kBuckets> padded_{};
    std::size_t cuts_, steps_;
  };

  struct Column {
    Buckets buckets;
    std::vector<Word> below;  ///< Bitmap b: the rows in buckets before b; b = 0 to the count.
  };
  /// The rows in `upper` and not in `lower`.
  struct Between {
    const Word *lower, *upper;
  };

  [[nodiscard]] Column index(const Frame::Series& column) const;
  [[nodiscard]] Between candidates(const Atom& atom) const;
  [[nodiscard]] bool fits(const Guess& predicate, std::size_t row) const;

  const Frame& table_;
  std::size_t words_ = 0;  ///< Of a bitmap.
  std::vector<Word> all_;
  std::vector<Column> columns_;
};

}  // namespace semblance
