// SPDX-License-Identifier: Apache-2.0
// Drawing from a fitted Gaussian copula.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "copula/fit.hpp"
#include "copula/posterior.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/generator.hpp"

namespace semblance::copula {

/// A fitted copula.
struct Model {
  TokenCodec codec;
  std::vector<Margin> margins;  ///< By column.
  Variables variables;
  Matrix correlation;
};

class Sampler {
 public:
  Sampler(const Model& model, const Schema& schema, std::int64_t sweeps, const RunOptions& run);

  [[nodiscard]] Dataset sample(RowRange rows, const std::vector<ResolvedTerm>& terms, Seed seed);
  /// Rows with these numbers.
  [[nodiscard]] Dataset sample(std::span<const std::int64_t> rows,
                               const std::vector<ResolvedTerm>& terms, Seed seed);
  [[nodiscard]] Dataset impute(const Dataset& rows, Seed seed);
  /// Rows that have these numbers in a larger table.
  [[nodiscard]] Dataset impute(const Dataset& rows, std::span<const std::int64_t> numbers,
                               Seed seed);

  /// The log of the probability of what the terms ask for, up to a constant that is the same for
  /// all models with this codec. `draws`: see Posterior::log_mass.
  [[nodiscard]] double log_evidence(const std::vector<ResolvedTerm>& terms, std::int64_t draws,
                                    Stream stream) const;
  /// The same of the present cells of a row, less those of column `without`.
  [[nodiscard]] double log_evidence(const Dataset& rows, std::int64_t row, std::int64_t without,
                                    std::int64_t draws, Stream stream) const;

 private:
  /// A condition on one column.
  struct Restriction {
    const ResolvedTerm* term = nullptr;
    std::vector<Piece> pieces = {};
    std::vector<float> weights = {};  ///< Of the tokens.
    /// Whether the cell is one of a list of numbers.
    [[nodiscard]] bool is_listed() const { return term != nullptr && !term->values.empty(); }
  };
  /// A cell a column and row: a token, and the noise that decodes it or the number itself.
  struct Cells {
    Cells(std::int64_t columns, std::int64_t rows);
    std::vector<std::vector<std::int32_t>> tokens;
    std::vector<std::vector<double>> noise;
  };
  struct Group;

  /// A condition: by column, and what it says of the variables.
  struct Given {
    std::vector<Restriction> restrictions;
    std::vector<Evidence> evidence;
  };

  [[nodiscard]] Given read(const std::vector<ResolvedTerm>& terms) const;
  void draw_row(const Posterior& posterior, const Given& given, Stream stream, std::size_t row,
                Cells& cells) const;
  void fill_row(const Posterior& posterior, const Dataset& rows, std::int64_t row, Stream stream,
                Cells& cells) const;
  [[nodiscard]] Restriction restriction(const ResolvedTerm& term) const;
  void add_gap(std::int64_t column, bool missing, std::vector<Evidence>& evidence) const;
  [[nodiscard]] Margin::Cell cell(std::int64_t column, const Eigen::VectorXd& z,
                                  double choice) const;
  [[nodiscard]] Margin::Cell cell(std::int64_t column, const Restriction& restriction, double z,
                                  double choice) const;
  [[nodiscard]] Column decode(std::int64_t column, const Restriction& restriction,
                              const Cells& cells) const;
  [[nodiscard]] std::vector<Evidence> evidence_of(const Dataset& rows, std::int64_t row,
                                                  std::int64_t without = -1) const;
  /// Of a number that counts as known: the log of its share of the rows.
  [[nodiscard]] double log_share(std::int64_t column, double value) const;
  [[nodiscard]] double log_mass(std::span<const Evidence> evidence, std::int64_t draws,
                                Stream stream) const;
  [[nodiscard]] std::vector<Group> incomplete_rows(const Dataset& rows) const;
  [[nodiscard]] const Margin& margin(std::int64_t c) const {
    return model_.margins[static_cast<std::size_t>(c)];
  }

  const Model& model_;
  const Schema& schema_;
  std::int64_t sweeps_;
  const RunOptions& run_;
  Workers workers_;
};

}  // namespace semblance::copula
