// SPDX-License-Identifier: Apache-2.0
// The cells that a condition asks for.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "semblance/codec/token_codec.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/data/condition.hpp"

namespace semblance {

/// Draws asked cells: a single value or a gap is itself; of a range or several values, one is drawn
/// as often as the training rows have it.
class GivenCells {
 public:
  /// \param margins  Of the training rows; both must outlive it.
  /// \throws InvalidArgument where no training row has such a value, or where more than one column
  ///         has a range or several values: they would have to be drawn together.
  GivenCells(const TokenCodec& margins, const Schema& schema, std::vector<ResolvedTerm> given);

  /// Rows [first, first + count) of a stream: asked cells as they are asked for, others missing.
  struct Block {
    Dataset rows;
    at::Tensor known;  ///< [count, columns]: 1 where a column is asked for.
  };
  [[nodiscard]] Block draw(std::int64_t first, std::int64_t count, Seed seed) const;

  [[nodiscard]] const std::vector<ResolvedTerm>& terms() const noexcept { return given_; }

 private:
  [[nodiscard]] Column cells(const ResolvedTerm& term, std::int64_t first, std::int64_t count,
                             Seed seed) const;

  const TokenCodec* margins_;
  const Schema* schema_;
  std::vector<ResolvedTerm> given_;
  std::vector<std::vector<double>> cumulative_;  // by term: training rows of the tokens it accepts
};

}  // namespace semblance
