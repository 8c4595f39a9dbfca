// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "semblance/data/dataset.hpp"

namespace semblance {

/// Values of these columns occur together as in the training rows, gaps among them.
struct FixedCombinations {
  std::vector<std::string> columns = {};
};

/// high >= low + gap where both are present; real, integer or datetime columns of one kind or of
/// two kinds of number. Datetimes: the gap is in microseconds.
struct Inequality {
  std::string low = {}, high = {};
  double gap = 0;
};

/// min <= column <= max where present.
struct Bounds {
  std::string column = {};
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
};

/// Exactly one of the columns is 1 and the others are 0: numbers, or categories "1" and "0".
struct OneHot {
  std::vector<std::string> columns = {};
};

/// total = the sum of the parts, to nine digits, where all are present.
struct SumsTo {
  std::vector<std::string> parts = {};
  std::string total = {};
};

/// No two rows agree in all of these columns; rows with a gap in one of them are exempt.
struct Unique {
  std::vector<std::string> columns = {};
};

/// A rule of your own. Not saved in files: give it again after loading.
struct Predicate {
  std::string name = {};
  std::function<bool(const Dataset& rows, std::int64_t row)> holds = {};
};

using Constraint =
    std::variant<FixedCombinations, Inequality, Bounds, OneHot, SumsTo, Unique, Predicate>;
using Constraints = std::vector<Constraint>;

/// "inequality: start <= end", for messages.
[[nodiscard]] std::string to_string(const Constraint& constraint);

/// \throws InvalidArgument that names constraint and column: an unknown column, a kind that does
/// not fit, fewer than two columns, a column twice, min above max, a predicate without a function.
void validate(const Constraints& constraints, const Schema& schema);

/// How the rows of a table keep one constraint.
struct Violations {
  std::string constraint = {};  ///< As to_string().
  std::int64_t rows = 0;        ///< That break it.
  std::int64_t first = -1;      ///< The first of them, or -1.
};

/// One entry a constraint.
/// \param reference  Whose combinations FixedCombinations allow: the training rows. The same
///                   columns as `rows`.
/// \throws InvalidArgument as validate.
[[nodiscard]] std::vector<Violations> violations(const Constraints& constraints,
                                                 const Dataset& rows, const Dataset& reference);

/// For each row whether it breaks any constraint.
[[nodiscard]] std::vector<bool> rows_that_violate(const Constraints& constraints,
                                                  const Dataset& rows, const Dataset& reference);

/// JSON text: a list of objects with "type" fixed_combinations, inequality, range, one_hot, sum or
/// unique. \throws InvalidArgument for a predicate, which has no text.
[[nodiscard]] std::string to_json(const Constraints& constraints);
/// Such a list, or a schema with such a list under "constraints" (none: no constraints).
/// \throws InvalidArgument that says what is wrong.
[[nodiscard]] Constraints parse_constraints(std::string_view json);
/// \throws FileError if the file cannot be read; InvalidArgument as parse_constraints.
[[nodiscard]] Constraints read_constraints(const std::filesystem::path& file);

}  // namespace semblance
