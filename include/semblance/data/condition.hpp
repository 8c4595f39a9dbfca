// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "semblance/data/dataset.hpp"

namespace semblance {

/// A cell that must be missing.
struct Missing {
  friend bool operator==(const Missing&, const Missing&) = default;
};

/// One of these values.
struct OneOf {
  std::vector<std::string> values;
  friend bool operator==(const OneOf&, const OneOf&) = default;
};

/// What one column must be: a value (text is read by the column's kind, so "39" is good for an
/// integer), a closed range, one of several values, or missing.
using Requirement = std::variant<std::string, double, Range, OneOf, Missing>;

/// What sampled rows must satisfy: a conjunction over columns.
///
/// \code
///   Condition{{"income", ">50K"}, {"age", Range{30, 40}}}
/// \endcode
class Condition {
 public:
  struct Term {
    Term(std::string name, Requirement what)
        : column(std::move(name)), requirement(std::move(what)) {}
    Term(std::string name, const char* value)
        : Term(std::move(name), Requirement{std::string(value)}) {}
    template <class Number>
      requires std::is_arithmetic_v<Number>
    Term(std::string name, Number value)
        : Term(std::move(name), Requirement{static_cast<double>(value)}) {}
    std::string column;
    Requirement requirement;
  };

  Condition() = default;
  Condition(std::initializer_list<Term> terms) : terms_(terms) {}
  explicit Condition(std::vector<Term> terms) : terms_(std::move(terms)) {}

  [[nodiscard]] bool empty() const noexcept { return terms_.empty(); }
  [[nodiscard]] const std::vector<Term>& terms() const noexcept { return terms_; }

  /// \throws InvalidArgument if a column is unknown or named twice, a value is not in the
  /// vocabulary (the
  ///         nearest categories are listed), not a number where one is needed, or a range is empty.
  void validate(const Schema& schema) const;

 private:
  std::vector<Term> terms_;
};

/// A condition on one column after validation, in the column's own values.
struct ResolvedTerm {
  std::int64_t column = 0;  ///< Position in the schema.
  std::vector<double> values =
      {};  ///< Codes or numbers of which the cell must be one; empty: see range.
  std::optional<Range> range = {};  ///< Or the range it must lie in.
  bool missing = false;             ///< Or that it is missing.

  /// Whether a present value satisfies the term.
  [[nodiscard]] bool accepts(double value) const;
};

/// Checks (as validate) and translates a condition.
[[nodiscard]] std::vector<ResolvedTerm> resolve(const Condition& condition, const Schema& schema);

/// Whether a row satisfies all terms.
[[nodiscard]] bool satisfies(const Dataset& data, std::int64_t row,
                             std::span<const ResolvedTerm> terms);

/// "column=value" -> a term; the value's text is kept. "column=" asks for a missing cell,
/// "column=a..b" for a range, "column=a|b" for one of several.
/// \throws InvalidArgument without a '='.
[[nodiscard]] Condition::Term parse_term(std::string_view text, const Schema& schema);

}  // namespace semblance
