// SPDX-License-Identifier: Apache-2.0
#include "semblance/data/constraint.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_set>

#include "detail/check.hpp"

namespace semblance {
namespace {

using Names = std::vector<std::string>;

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};

std::string joined(const Names& names, const char* between) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : between) + name;
  return out;
}

/// The columns that a constraint names.
Names columns_of(const Constraint& constraint) {
  return std::visit(Overloaded{[](const FixedCombinations& c) { return c.columns; },
                               [](const Inequality& c) { return Names{c.low, c.high}; },
                               [](const Bounds& c) { return Names{c.column}; },
                               [](const OneHot& c) { return c.columns; },
                               [](const SumsTo& c) {
                                 Names out = c.parts;
                                 out.push_back(c.total);
                                 return out;
                               },
                               [](const Unique& c) { return c.columns; },
                               [](const Predicate&) { return Names{}; }},
                    constraint);
}

bool is_number(const Field& field) {
  return field.kind == Kind::kReal || field.kind == Kind::kInteger || field.kind == Kind::kDatetime;
}

bool needs_numbers(const Constraint& c) {
  return std::holds_alternative<Inequality>(c) || std::holds_alternative<Bounds>(c) ||
         std::holds_alternative<SumsTo>(c);
}

void validate(const Constraint& constraint, const Schema& schema) {
  const std::string what = to_string(constraint);
  const Names names = columns_of(constraint);
  std::set<std::string> seen;
  for (const std::string& name : names) {
    require(schema.find(name) >= 0, "constraint {}: there is no column '{}'", what, name);
    require(seen.insert(name).second, "constraint {}: column '{}' is named twice", what, name);
    const Field& field = schema[schema.index(name)];
    require(field.kind != Kind::kTensor && field.kind != Kind::kText,
            "constraint {}: column '{}' must hold numbers or categories, it is {}", what, name,
            to_string(field.kind));
    require(!needs_numbers(constraint) || is_number(field),
            "constraint {}: column '{}' must hold numbers, it is {}", what, name,
            to_string(field.kind));
  }
  const bool several = std::holds_alternative<FixedCombinations>(constraint) ||
                       std::holds_alternative<OneHot>(constraint);
  require(!several || names.size() >= 2, "constraint {}: must name at least 2 columns", what);
  if (const auto* c = std::get_if<SumsTo>(&constraint))
    require(!c->parts.empty(), "constraint {}: must name at least 1 part", what);
  if (const auto* c = std::get_if<Unique>(&constraint))
    require(!c->columns.empty(), "constraint {}: must name at least 1 column", what);
  if (const auto* c = std::get_if<Bounds>(&constraint))
    require(c->min <= c->max, "constraint {}: min is above max", what);
  if (const auto* c = std::get_if<Inequality>(&constraint))
    require(std::isfinite(c->gap), "constraint {}: the gap must be finite", what);
  if (const auto* c = std::get_if<Predicate>(&constraint))
    require(static_cast<bool>(c->holds), "constraint {}: has no function", what);
}

/// The cells of some columns as one text; "" where one is missing and `gaps` are not cells.
std::string key_of(const Dataset& rows, std::int64_t row, const std::vector<std::int64_t>& columns,
                   bool gaps) {
  std::string out;
  for (const std::int64_t c : columns) {
    const bool there = rows.column(c).is_valid(row);
    if (!there && !gaps) return "";
    out += there ? "=" + rows.cell(row, c) : "-";
    out += '\x1f';
  }
  return out;
}

/// Which rows of a table break one constraint.
class Checker {
 public:
  Checker(const Dataset& rows, const Dataset& reference)
      : rows_(rows), reference_(reference), broken_(static_cast<std::size_t>(rows.rows())) {}

  std::vector<bool> operator()(const Constraint& constraint) {
    std::fill(broken_.begin(), broken_.end(), false);
    std::visit([this](const auto& c) { check(c); }, constraint);
    return broken_;
  }

 private:
  template <class Test>
  void mark(const Test& breaks) {
    for (std::int64_t i = 0; i < rows_.rows(); ++i)
      if (breaks(i)) broken_[static_cast<std::size_t>(i)] = true;
  }
  [[nodiscard]] std::vector<std::int64_t> positions(const Names& names,
                                                    const Dataset& table) const {
    std::vector<std::int64_t> out;
    for (const auto& name : names) out.push_back(table.schema().index(name));
    return out;
  }

  void check(const FixedCombinations& c) {
    const auto there = positions(c.columns, reference_), here = positions(c.columns, rows_);
    std::unordered_set<std::string> known;
    for (std::int64_t i = 0; i < reference_.rows(); ++i)
      known.insert(key_of(reference_, i, there, true));
    mark([&](std::int64_t i) { return !known.contains(key_of(rows_, i, here, true)); });
  }
  void check(const Inequality& c) {
    const Column &low = rows_.column(c.low), &high = rows_.column(c.high);
    mark([&](std::int64_t i) {
      return low.is_valid(i) && high.is_valid(i) && high.number(i) < low.number(i) + c.gap;
    });
  }
  void check(const Bounds& c) {
    const Column& column = rows_.column(c.column);
    mark([&](std::int64_t i) {
      return column.is_valid(i) && (column.number(i) < c.min || column.number(i) > c.max);
    });
  }
  void check(const OneHot& c) {
    const auto columns = positions(c.columns, rows_);
    mark([&](std::int64_t i) {
      int ones = 0;
      for (const std::int64_t column : columns) {
        const std::string cell = rows_.cell(i, column);
        const bool is_number = rows_.schema()[column].kind != Kind::kCategorical;
        const double value = is_number && !cell.empty() ? rows_.column(column).number(i) : -1;
        const bool one = is_number ? value == 1 : cell == "1";
        if (!one && !(is_number ? value == 0 : cell == "0")) return true;
        ones += one ? 1 : 0;
      }
      return ones != 1;
    });
  }
  void check(const SumsTo& c) {
    const auto parts = positions(c.parts, rows_);
    const Column& total = rows_.column(c.total);
    mark([&](std::int64_t i) {
      double sum = 0, size = std::abs(total.is_valid(i) ? total.number(i) : 0);
      for (const std::int64_t p : parts) {
        if (!rows_.column(p).is_valid(i)) return false;
        sum += rows_.column(p).number(i);
        size = std::max(size, std::abs(rows_.column(p).number(i)));
      }
      return total.is_valid(i) && std::abs(sum - total.number(i)) > 1e-9 * std::max(1.0, size);
    });
  }
  void check(const Unique& c) {
    const auto columns = positions(c.columns, rows_);
    std::unordered_set<std::string> seen;
    mark([&](std::int64_t i) {
      const std::string key = key_of(rows_, i, columns, false);
      return !key.empty() && !seen.insert(key).second;
    });
  }
  void check(const Predicate& c) {
    mark([&](std::int64_t i) { return !c.holds(rows_, i); });
  }

  const Dataset& rows_;
  const Dataset& reference_;
  std::vector<bool> broken_;
};

}  // namespace

std::string to_string(const Constraint& constraint) {
  const auto number = [](double v) { return fmt::format("{:.10g}", v); };
  return std::visit(
      Overloaded{[](const FixedCombinations& c) {
                   return "fixed_combinations: " + joined(c.columns, ", ");
                 },
                 [&](const Inequality& c) {
                   const std::string gap = c.gap == 0 ? "" : " + " + number(c.gap);
                   return "inequality: " + c.low + gap + " <= " + c.high;
                 },
                 [&](const Bounds& c) {
                   return "range: " + number(c.min) + " <= " + c.column + " <= " + number(c.max);
                 },
                 [](const OneHot& c) { return "one_hot: " + joined(c.columns, ", "); },
                 [](const SumsTo& c) { return "sum: " + joined(c.parts, " + ") + " = " + c.total; },
                 [](const Unique& c) { return "unique: " + joined(c.columns, ", "); },
                 [](const Predicate& c) { return "predicate: " + c.name; }},
      constraint);
}

void validate(const Constraints& constraints, const Schema& schema) {
  for (const Constraint& c : constraints) validate(c, schema);
}

std::vector<Violations> violations(const Constraints& constraints, const Dataset& rows,
                                   const Dataset& reference) {
  validate(constraints, rows.schema());
  Checker check(rows, reference);
  std::vector<Violations> out;
  for (const Constraint& c : constraints) {
    const auto broken = check(c);
    const auto first = std::find(broken.begin(), broken.end(), true);
    out.push_back({to_string(c), std::count(broken.begin(), broken.end(), true),
                   first == broken.end() ? -1 : first - broken.begin()});
  }
  return out;
}

std::vector<bool> rows_that_violate(const Constraints& constraints, const Dataset& rows,
                                    const Dataset& reference) {
  Checker check(rows, reference);
  std::vector<bool> out(static_cast<std::size_t>(rows.rows()));
  for (const Constraint& c : constraints) {
    const auto broken = check(c);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = out[i] || broken[i];
  }
  return out;
}

}  // namespace semblance
