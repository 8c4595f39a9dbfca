// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "semblance/data/condition.hpp"
#include "semblance/data/dataset.hpp"

namespace semblance {

struct RowDigest;

/// How columns become tokens. Small tables get coarser numbers: about 8 rows a value (but up to 32
/// values), 20 rows a bin (but 8 bins).
struct TokenConfig {
  std::int64_t max_categories =
      1000;  ///< Tokens of a categorical column, >= 2; the rarest categories share one.
  std::int64_t max_values =
      256;  ///< A numeric column with at most that many distinct values gets one token each, >= 0.
  std::int64_t bins = 128;  ///< Quantile bins of any other numeric column, >= 1.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// One column as a sequence of tokens 0 ... size() - 1, and back.
///
/// A categorical column has a token a category (in order of the vocabulary; categories that the
/// training rows lack have none) and one token for all categories beyond max_categories, from which
/// decoding draws by their frequency. A numeric column (real, integer, datetime) has, in ascending
/// order, *atoms*: single values that are frequent enough, and *bins*: runs of other values with
/// about equal counts, inside which decoding interpolates the empirical quantile function. The last
/// token is "missing" where the training rows have gaps. Decoded values lie within the range of the
/// training rows, are integers where the field is, and have no more decimals than the source.
class TokenColumn {
 public:
  /// Learns the tokens of a column.
  /// \param counts  Where the column is a sample of more rows, theirs: rows of each category, then
  ///                of gaps. Empty: those of the column.
  /// \throws InvalidArgument for text and tensor columns.
  TokenColumn(const Column& column, const Field& field, const TokenConfig& config,
              std::span<const std::int64_t> counts = {});

  [[nodiscard]] std::int32_t size() const noexcept {
    return static_cast<std::int32_t>(tokens_.size());
  }
  [[nodiscard]] bool is_ordered() const noexcept { return field_.kind != Kind::kCategorical; }
  /// The token of missing cells, or -1 if the training rows have none.
  [[nodiscard]] std::int32_t missing_token() const noexcept { return missing_; }
  /// For ordered columns, the share of training rows up to the middle of each token, in [0, 1].
  [[nodiscard]] std::vector<float> positions() const;
  /// Training rows of each token.
  [[nodiscard]] std::vector<std::int64_t> counts() const;

  /// The token of each row; -1 for a category without one and for a gap where training had none.
  /// Numbers between tokens or beyond the range take the nearest.
  [[nodiscard]] std::vector<std::int32_t> encode(const Column& column) const;
  /// The token of one present value (a code, a number, microseconds), or -1.
  [[nodiscard]] std::int32_t encode(double value) const;

  /// Values for tokens; `noise[i]` in [0, 1) places row i inside its bin. With `within`, values
  /// satisfy it; tokens must then have weight > 0, but a single number
  /// that the training rows lack is returned as it is.
  [[nodiscard]] Column decode(std::span<const std::int32_t> tokens, std::span<const double> noise,
                              const ResolvedTerm* within = nullptr) const;

  /// The share of each token's values that a term accepts, in [0, 1].
  [[nodiscard]] std::vector<float> weights(const ResolvedTerm& term) const;

  /// The part of a token's values that lies in a range, on the scale of decode's noise: `share` of
  /// them (at least a little where the range meets the token at all, else 0), from `from` on.
  struct Part {
    double from = 0, share = 0;
  };
  [[nodiscard]] Part part(std::int32_t token, const Range& range) const;

  /// Natural log of the density (reals) or probability (all else) of a value inside its token;
  /// minus infinity for a value that decoding cannot give.
  [[nodiscard]] double log_density(std::int32_t token, double value) const;

  /// JSON text; from_json reads it back. \throws FileError for text that is not of this kind.
  [[nodiscard]] std::string to_json() const;
  [[nodiscard]] static TokenColumn from_json(std::string_view text, const Field& field);

 private:
  /// knots: quantiles of the token's values at equal steps; one knot for an atom, none for
  /// "missing". Pool tokens hold the pooled categories in `knots` and their cumulative frequencies
  /// in `pooled`.
  struct Token {
    std::vector<double> knots;
    std::vector<double> pooled;
    std::int64_t count = 0;
  };
  /// Values of a token that a term accepts, with their shares of the token.
  struct Choices {
    std::vector<double> values, masses;
  };

  explicit TokenColumn(Field field) : field_(std::move(field)) {}
  void learn_categories(std::span<const std::int64_t> counts, const TokenConfig& config);
  void learn_numbers(const Column& column, const TokenConfig& config);
  void add_run(std::span<const double> values);
  void index_tokens();
  void check_numbers() const;
  void check_categories() const;
  [[nodiscard]] bool is_bin(const Token& token) const;
  [[nodiscard]] double pooled_mass(const Token& token, std::size_t i) const;
  [[nodiscard]] Choices choices(const Token& token, const ResolvedTerm& term) const;
  [[nodiscard]] float weight(const Token& token, const ResolvedTerm& term) const;
  [[nodiscard]] double value_of(const Token& token, double u) const;
  [[nodiscard]] double value_within(const Token& token, double u, const ResolvedTerm& term) const;

  Field field_;
  std::vector<Token> tokens_;
  std::int32_t missing_ = -1;
  double grain_ = 0;       // distance of neighbouring values; 0: any value
  std::int64_t unit_ = 1;  // integers: 1; datetimes: the clock unit that divides them all
  std::vector<std::int32_t> token_of_code_;  // categorical: by code
  std::vector<double> upper_;                // numeric: largest value of each token, ascending
};

/// The tokens of every column of a table.
class TokenCodec {
 public:
  TokenCodec() = default;
  TokenCodec(const Dataset& train, const TokenConfig& config);
  TokenCodec(const RowDigest& train, const TokenConfig& config);

  [[nodiscard]] std::int64_t size() const noexcept {
    return static_cast<std::int64_t>(columns_.size());
  }
  [[nodiscard]] const TokenColumn& operator[](std::int64_t i) const {
    return columns_[static_cast<std::size_t>(i)];
  }
  /// First position of each column's tokens in the concatenation of all vocabularies; one more for
  /// the end.
  [[nodiscard]] std::vector<std::int64_t> offsets() const;

  [[nodiscard]] std::string to_json() const;
  [[nodiscard]] static TokenCodec from_json(std::string_view text, const Schema& schema);

 private:
  std::vector<TokenColumn> columns_;
};

}  // namespace semblance
