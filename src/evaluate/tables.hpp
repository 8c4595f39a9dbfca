// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "semblance/core/seed.hpp"
#include "semblance/data/dataset.hpp"
#include "semblance/evaluate/evaluate.hpp"

namespace semblance {

/// The evaluated columns of one table, ready to count: numbers with NaN where missing, or codes of
/// the common vocabulary with -1.
struct Frame {
  struct Series {
    bool number = false;
    std::vector<double> numbers;
    std::vector<std::int32_t> codes;
  };
  std::int64_t rows = 0;
  std::vector<Series> columns;

  explicit Frame(const Dataset& data);
  Frame() = default;
};

/// All tables of an evaluation under one schema, with their stand-ins.
struct Tables {
  Dataset train, synthetic;
  std::optional<Dataset> holdout;
  /// Real rows in two parts that do not overlap: (train, holdout), or halves of train without one.
  Dataset reference_train, reference_rows;
  std::string reference_meaning;  ///< What `reference_rows` are, for the report.
  Dataset shuffled;               ///< Train with every column permuted on its own.
  Dataset random;                 ///< Uniform over train's ranges and categories.
  Frame train_frame, synthetic_frame, reference_train_frame, reference_frame, shuffled_frame,
      random_frame;
  std::vector<std::string> names;     ///< Of the evaluated columns.
  std::vector<std::string> left_out;  ///< Names of text, tensor and key columns.
  std::int64_t target = -1;           ///< Position among the evaluated columns, or -1.

  [[nodiscard]] bool number(std::size_t c) const { return train_frame.columns[c].number; }
};

/// Checks and prepares. \throws InvalidArgument as `evaluate`.
[[nodiscard]] Tables prepare(const Evaluation& evaluation, Seed seed);

/// The same rows with every column permuted on its own.
[[nodiscard]] Dataset shuffle_columns(const Dataset& data, Seed seed);

/// At most `most` rows, drawn without replacement, in their order; the table itself if it is small.
[[nodiscard]] Dataset draw(const Dataset& data, std::int64_t most, Seed seed);

/// `count` of `n` positions without replacement, ascending.
[[nodiscard]] std::vector<std::int64_t> draw_rows(std::int64_t n, std::int64_t count, Seed seed);

/// All n positions in `parts` random parts of as equal sizes as can be, ascending in each.
[[nodiscard]] std::vector<std::vector<std::int64_t>> disjoint_parts(std::int64_t n,
                                                                    std::int64_t parts, Seed seed);

/// Weights that leave one random half of n rows, and the other.
[[nodiscard]] std::array<std::vector<double>, 2> half_weights(std::int64_t n, Seed seed);

}  // namespace semblance
