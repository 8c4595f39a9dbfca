// SPDX-License-Identifier: Apache-2.0
// One column on the scale of its normal variable.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "semblance/codec/token_codec.hpp"

namespace semblance::copula {

/// Values of z between two ends, with a weight: a part of the line that a condition leaves.
/// Equal ends: z is known.
struct Piece {
  double low = 0, high = 0;
  double weight = 1;
  [[nodiscard]] bool is_point() const noexcept { return low == high; }
};

/// The places of a column's tokens along a standard normal z.
///
/// Place k is the k-th interval; its mass is the share of training rows with one of its tokens.
/// Tokens of a numeric column have a place each, in ascending order, and z runs through a bin's
/// quantile function. Categories have places in an order learned elsewhere; the rare ones share
/// one, in which they are drawn by frequency, independently of z.
class Margin {
 public:
  /// \param place  Of each token, 0, 1, ... without gaps; -1 for the missing token.
  Margin(const TokenColumn& tokens, std::vector<std::int32_t> place);
  /// The same with other counts than the tokens': those of some of the rows.
  /// \param counts  Of each token, >= 0, some token with a place > 0.
  Margin(const TokenColumn& tokens, std::vector<std::int32_t> place,
         std::span<const double> counts);

  /// Places in ascending order of the tokens: those of a numeric column.
  [[nodiscard]] static std::vector<std::int32_t> ascending(const TokenColumn& tokens);

  [[nodiscard]] const std::vector<std::int32_t>& place_of_token() const noexcept { return place_; }
  [[nodiscard]] std::int32_t places() const noexcept {
    return static_cast<std::int32_t>(first_.size()) - 1;
  }
  /// The share of a token among the rows without a gap, in [0, 1].
  [[nodiscard]] double share(std::int32_t token) const;
  /// The share of training rows with a gap, in [0, 1].
  [[nodiscard]] double missing_share() const noexcept { return missing_share_; }

  /// A token and the noise that decodes it.
  struct Cell {
    std::int32_t token = 0;
    double noise = 0;
  };
  /// The cell at z. \param choice  In [0, 1): picks among the tokens of a shared place.
  [[nodiscard]] Cell cell(double z, double choice) const;

  /// What a term on present values leaves of z: none where no value of the training rows meets it.
  /// A column of numbers under OneOf has a piece for each value, in the term's order.
  [[nodiscard]] std::vector<Piece> pieces(const TokenColumn& tokens,
                                          const ResolvedTerm& term) const;
  /// What the value of a present cell says of z; none for a category without a token.
  [[nodiscard]] std::vector<Piece> pieces(const TokenColumn& tokens, double value) const;
  /// The cell at z, which lies in `pieces`, whose value meets the term; not for numbers under
  /// OneOf. \param weights  tokens.weights(term).
  [[nodiscard]] Cell cell_within(const TokenColumn& tokens, const ResolvedTerm& term,
                                 std::span<const float> weights, double z, double choice) const;

 private:
  [[nodiscard]] std::size_t place_at(double z) const;
  [[nodiscard]] double share_inside(std::size_t place, double z) const;
  /// The z below which a share of the place lies.
  [[nodiscard]] double at(std::size_t place, double share) const;
  /// The place of z, or the one that ends there if z is the upper end of a piece.
  [[nodiscard]] std::size_t place_within(std::span<const float> weights, double z) const;
  [[nodiscard]] std::vector<Piece> accepted_places(std::span<const float> weights) const;
  [[nodiscard]] std::vector<Piece> range_piece(const TokenColumn& tokens, const Range& range) const;

  bool ordered_ = true;
  std::vector<std::int32_t> place_;    // by token
  std::vector<std::int32_t> members_;  // tokens of all places, one after another
  std::vector<double> counts_;         // of the members
  std::vector<std::size_t> first_;     // of each place among the members, and the end
  std::vector<double> below_;          // share of rows before each place, and 1
  std::vector<double> edges_;          // the same as z, from -infinity to infinity
  double missing_share_ = 0;
};

}  // namespace semblance::copula
