// SPDX-License-Identifier: Apache-2.0
#include "semblance/data/condition.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>
#include <utility>

#include "data/datetime.hpp"
#include "data/number_text.hpp"
#include "detail/check.hpp"
#include "detail/names.hpp"

namespace semblance {
namespace {

/// The text of a column's value as the number a cell holds.
double number_of(const Field& field, std::string_view text) {
  if (field.kind == Kind::kCategorical) {
    const std::int32_t code = field.categories.code(text);
    require(code >= 0, "Condition: column '{}' has no category '{}'; {}", field.name, text,
            did_you_mean(text, field.categories.categories()));
    return code;
  }
  if (field.kind == Kind::kDatetime) {
    auto value = parse_datetime(text, field.datetime_format);
    if (!value) value = parse_datetime(text, "");
    require(value.has_value(), "Condition: column '{}' needs a datetime, got '{}'", field.name,
            text);
    return static_cast<double>(*value);
  }
  const auto value = parse_real(text);
  require(value.has_value(), "Condition: column '{}' needs a number, got '{}'", field.name, text);
  require(field.kind != Kind::kInteger || std::floor(*value) == *value,
          "Condition: column '{}' needs a whole number, got '{}'", field.name, text);
  return *value;
}

/// Codes of the categories that are numbers within the range.
std::vector<double> codes_within(const Field& field, const Range& range) {
  std::vector<double> codes;
  for (std::int32_t code = 0; code < field.categories.size(); ++code) {
    const auto value = parse_real(field.categories[code]);
    require(value.has_value(),
            "Condition: column '{}' is categorical and not numeric, so it takes no range",
            field.name);
    if (range.min <= *value && *value <= range.max) codes.push_back(code);
  }
  require(!codes.empty(), "Condition: column '{}' has no category in [{}, {}]", field.name,
          range.min, range.max);
  return codes;
}

Range checked_range(const Field& field, const Range& range) {
  const bool whole = field.kind == Kind::kInteger;
  const double min = whole ? std::ceil(range.min) : range.min;
  const double max = whole ? std::floor(range.max) : range.max;
  require(min <= max, "Condition: column '{}': the range [{}, {}] is empty", field.name, range.min,
          range.max);
  return {min, max};
}

/// Fills a term from each alternative of a requirement.
struct Resolver {
  const Field& field;
  ResolvedTerm& out;

  void operator()(const std::string& text) const { out.values = {number_of(field, text)}; }
  void operator()(double value) const {
    require(std::isfinite(value), "Condition: column '{}' needs a finite number, got {}",
            field.name, value);
    if (field.kind == Kind::kDatetime) {
      out.values = {value};
    } else {
      (*this)(format_number(value, {}));
    }
  }
  void operator()(const Range& range) const {
    const Range checked = checked_range(field, range);
    if (field.kind == Kind::kCategorical) {
      out.values = codes_within(field, checked);
    } else {
      out.range = checked;
    }
  }
  void operator()(const OneOf& choice) const {
    require(!choice.values.empty(), "Condition: column '{}': OneOf needs at least one value",
            field.name);
    for (const auto& text : choice.values) {
      const double value = number_of(field, text);
      if (std::find(out.values.begin(), out.values.end(), value) == out.values.end())
        out.values.push_back(value);
    }
  }
  void operator()(const Missing&) const {
    require(field.nullable, "Condition: column '{}' has no missing values", field.name);
    out.missing = true;
  }
};

/// A range's end; an empty one is open.
double range_end(const Field& field, std::string_view text, double open) {
  return text.empty() ? open : number_of(field, text);
}

std::vector<std::string> parts_between_bars(std::string_view text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == '|') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// The '=' after the longest start that is a column's name, else the first one.
std::size_t separator(std::string_view text, const Schema& schema) {
  std::size_t best = text.find('=');
  require(best != std::string_view::npos, "a condition must read column=value, got '{}'", text);
  for (std::size_t i = best; i != std::string_view::npos; i = text.find('=', i + 1)) {
    if (schema.find(text.substr(0, i)) >= 0) best = i;
  }
  return best;
}

}  // namespace

std::vector<ResolvedTerm> resolve(const Condition& condition, const Schema& schema) {
  std::vector<ResolvedTerm> out;
  std::unordered_set<std::string_view> seen;
  for (const auto& term : condition.terms()) {
    ResolvedTerm resolved{.column = schema.index(term.column)};
    const Field& field = schema[resolved.column];
    require(seen.insert(term.column).second, "Condition: column '{}' is named twice", term.column);
    const bool opaque = field.kind == Kind::kText || field.kind == Kind::kTensor;
    require(!opaque || std::holds_alternative<Missing>(term.requirement),
            "Condition: column '{}' is {}, which can only be required to be missing", field.name,
            to_string(field.kind));
    std::visit(Resolver{field, resolved}, term.requirement);
    out.push_back(std::move(resolved));
  }
  return out;
}

void Condition::validate(const Schema& schema) const { static_cast<void>(resolve(*this, schema)); }

bool ResolvedTerm::accepts(double value) const {
  if (missing) return false;
  if (range) return range->min <= value && value <= range->max;
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool satisfies(const Dataset& data, std::int64_t row, std::span<const ResolvedTerm> terms) {
  return std::all_of(terms.begin(), terms.end(), [&](const ResolvedTerm& term) {
    const Column& column = data.column(term.column);
    return column.is_valid(row) ? !term.missing && term.accepts(column.number(row)) : term.missing;
  });
}

Condition::Term parse_term(std::string_view text, const Schema& schema) {
  const std::size_t split = separator(text, schema);
  const std::string column(text.substr(0, split)), value(text.substr(split + 1));
  if (value.empty()) return {column, Missing{}};
  const std::int64_t position = schema.find(column);
  const Kind kind = position < 0 ? Kind::kText : schema[position].kind;
  if (kind == Kind::kCategorical && schema[position].categories.code(value) >= 0)
    return {column, value};
  const std::size_t gap = value.find("..");
  if (gap != std::string::npos && kind != Kind::kCategorical && kind != Kind::kText) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const Field& field = schema[position];
    return {column, Range{range_end(field, value.substr(0, gap), -kInfinity),
                          range_end(field, value.substr(gap + 2), kInfinity)}};
  }
  if (value.find('|') != std::string::npos) return {column, OneOf{parts_between_bars(value)}};
  return {column, value};
}

}  // namespace semblance
