// SPDX-License-Identifier: Apache-2.0
#include "smote/table.hpp"

#include <span>

namespace semblance {
namespace {

/// The code of a cell, a missing one after all categories.
std::int32_t code_at(const Dataset& data, std::int64_t column, std::int64_t row) {
  return data.column(column).is_valid(row)
             ? data.column(column).codes()[static_cast<std::size_t>(row)]
             : data.schema()[column].categories.size();
}

/// The first row whose number leaves the range, or -1.
template <class T>
std::int64_t outside(const Column& column, std::span<const T> values, const Range& range) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = static_cast<double>(values[i]);
    if (value >= range.min && value <= range.max) continue;
    if (column.is_valid(static_cast<std::int64_t>(i))) return static_cast<std::int64_t>(i);
  }
  return -1;
}

std::int64_t first_outside(const Column& column, const Range& range) {
  switch (column.kind()) {
    case Kind::kReal:
      return outside(column, column.reals(), range);
    case Kind::kInteger:
    case Kind::kDatetime:
      return outside(column, column.integers(), range);
    default:
      return -1;
  }
}

}  // namespace

std::string broken_cell(const Dataset& data) {
  for (std::int64_t c = 0; c < data.schema().size(); ++c) {
    const Field& field = data.schema()[c];
    const Column& column = data.column(c);
    if (!field.nullable && column.null_count() > 0) {
      return "column '" + field.name + "' has missing values, but its field is not nullable";
    }
    const std::int64_t row = field.range ? first_outside(column, *field.range) : -1;
    if (row >= 0) {
      return "column '" + field.name + "' leaves the range of its field in row " +
             std::to_string(row);
    }
  }
  return {};
}

Classes classes_of(const Dataset& data) {
  Classes classes;
  const std::int64_t target = data.schema().target();
  if (target >= 0 && data.schema()[target].kind == Kind::kCategorical) classes.target = target;
  const std::int64_t count =
      classes.target < 0 ? 1 : data.schema()[target].categories.size() + std::int64_t{1};
  classes.rows.resize(static_cast<std::size_t>(count));
  classes.label.reserve(static_cast<std::size_t>(data.rows()));
  classes.place.reserve(static_cast<std::size_t>(data.rows()));
  for (std::int64_t i = 0; i < data.rows(); ++i) {
    classes.label.push_back(classes.target < 0 ? 0 : code_at(data, target, i));
    auto& rows = classes.rows[static_cast<std::size_t>(classes.label.back())];
    classes.place.push_back(static_cast<std::int32_t>(rows.size()));
    rows.push_back(i);
  }
  return classes;
}

}  // namespace semblance
