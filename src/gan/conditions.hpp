// SPDX-License-Identifier: Apache-2.0
// Training by sampling: what category each row is asked for, and real rows that have it.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "codec/feature_rows.hpp"
#include "semblance/codec/feature_codec.hpp"

namespace semblance {

/// What rows are asked for.
struct GanConditions {
  at::Tensor codes;                ///< [n, width]: one-hot in the chosen column, else 0.
  at::Tensor pick;                 ///< [n] int32: 1 + the 1's position in the codes; 0 for none.
  std::vector<std::int64_t> slot;  ///< [n]: the 1's position in the encoded row; empty: no columns.
};

/// The categorical columns' one-hot spans, and how often their slots occur.
class GanConditioner {
 public:
  GanConditioner(const FeatureCodec& codec, const Schema& schema, bool enabled);

  /// Counts slots, and remembers which rows have them, for draw_rows.
  void learn(const FeatureRows& vectors);

  [[nodiscard]] std::int64_t width() const noexcept { return width_; }
  /// Where a column's slots begin in the codes, or -1.
  [[nodiscard]] std::int64_t offset_of(std::int64_t column) const;

  /// For rows [first, first + n) of a stage: a uniform column, and a category by log(1 + count) in
  /// training, by count otherwise.
  [[nodiscard]] GanConditions draw(std::int64_t first, std::int64_t n, Seed stage,
                                   bool training) const;
  /// A training row for each condition, in an order of their own.
  [[nodiscard]] std::vector<std::int64_t> draw_rows(const GanConditions& conditions, Seed stage,
                                                    std::uint64_t index) const;

  [[nodiscard]] const std::vector<std::vector<std::int64_t>>& counts() const noexcept {
    return counts_;
  }
  void set_counts(std::vector<std::vector<std::int64_t>> counts);

 private:
  struct Span {
    std::int64_t column, first, width, offset;
    std::size_t number;  // among all spans of the codec
  };
  void accumulate();

  std::vector<Span> spans_;
  std::int64_t width_ = 0, total_width_ = 0;
  std::vector<std::vector<std::int64_t>> counts_;       // by span and slot
  std::vector<std::vector<double>> by_log_, by_count_;  // cumulative, by span and slot
  std::vector<std::vector<std::int64_t>> rows_;         // by position in the encoded row
};

}  // namespace semblance
