// SPDX-License-Identifier: Apache-2.0
#include "semblance/data/dataset.hpp"

#include <algorithm>
#include <utility>

#include "data/datetime.hpp"
#include "data/number_text.hpp"
#include "detail/check.hpp"

namespace semblance {
namespace {

void check_codes(const Field& field, const Column& column) {
  const auto codes = column.codes();
  const std::int32_t size = field.categories.size();
  for (std::int64_t i = 0; i < column.size(); ++i) {
    const std::int32_t code = codes[static_cast<std::size_t>(i)];
    require(!column.is_valid(i) || (code >= 0 && code < size),
            "Dataset: column '{}', row {}: the code must be in [0, {}), got {}", field.name, i,
            size, code);
  }
}

void check_column(const Field& field, const Column& column, std::int64_t rows) {
  require(column.kind() == field.kind, "Dataset: column '{}' must be {}, got {}", field.name,
          to_string(field.kind), to_string(column.kind()));
  require(column.size() == rows, "Dataset: column '{}' must have {} rows, got {}", field.name, rows,
          column.size());
  if (field.kind == Kind::kTensor) {
    require(column.shape() == field.shape && column.element() == field.element,
            "Dataset: column '{}' must have the shape and element type of its field", field.name);
  }
  if (field.kind == Kind::kCategorical) check_codes(field, column);
}

/// `first` widened by what `second` allows.
Field merged(const Field& first, const Field& second) {
  require(first.name == second.name && first.kind == second.kind &&
              first.categories == second.categories && first.shape == second.shape &&
              first.element == second.element,
          "Dataset::concat: column '{}' and '{}' must have the same name and type", first.name,
          second.name);
  Field out = first;
  out.nullable = first.nullable || second.nullable;
  if (first.range && second.range) {
    out.range = Range{std::min(first.range->min, second.range->min),
                      std::max(first.range->max, second.range->max)};
  }
  return out;
}

/// The field's format, or that of the one value.
NumberFormat format_of(const Field& field, const Column& column, std::int64_t row) {
  const std::int8_t* decimals = column.layout().decimals;
  if (decimals == nullptr || decimals[row] < 0) return field.format;
  return {NumberFormat::Style::kFixed, decimals[row]};
}

template <class Function>
std::vector<Column> map_columns(const std::vector<Column>& columns, Function function) {
  std::vector<Column> out;
  out.reserve(columns.size());
  for (const auto& column : columns) out.push_back(function(column));
  return out;
}

}  // namespace

Dataset::Dataset(Schema schema, std::vector<Column> columns)
    : schema_(std::move(schema)), columns_(std::move(columns)) {
  require(schema_.size() == static_cast<std::int64_t>(columns_.size()),
          "Dataset: needs one column a field, got {} fields and {} columns", schema_.size(),
          columns_.size());
  for (std::int64_t i = 0; i < schema_.size(); ++i) check_column(schema_[i], column(i), rows());
}

Dataset Dataset::slice(std::int64_t first, std::int64_t count) const {
  return {schema_, map_columns(columns_, [&](const Column& c) { return c.slice(first, count); })};
}

Dataset Dataset::take(std::span<const std::int64_t> rows) const {
  return {schema_, map_columns(columns_, [&](const Column& c) { return c.take(rows); })};
}

Dataset Dataset::select(std::span<const std::string> names) const {
  std::vector<Field> fields;
  std::vector<Column> columns;
  for (const auto& name : names) {
    const std::int64_t i = schema_.index(name);
    fields.push_back(schema_[i]);
    columns.push_back(column(i));
  }
  return {Schema(std::move(fields)), std::move(columns)};
}

Dataset Dataset::with_schema(Schema schema) const { return {std::move(schema), columns_}; }

Dataset Dataset::concat(std::span<const Dataset> parts) {
  require(!parts.empty(), "Dataset::concat: needs at least one part");
  std::vector<Field> fields = parts[0].schema().fields();
  for (const auto& part : parts) {
    require(part.schema().size() == parts[0].schema().size(),
            "Dataset::concat: all parts must have {} columns, got {}", parts[0].schema().size(),
            part.schema().size());
    for (std::size_t i = 0; i < fields.size(); ++i)
      fields[i] = merged(fields[i], part.schema().fields()[i]);
  }
  std::vector<Column> columns;
  for (std::int64_t i = 0; i < parts[0].schema().size(); ++i) {
    std::vector<Column> pieces;
    for (const auto& part : parts) pieces.push_back(part.column(i));
    columns.push_back(Column::concat(pieces));
  }
  return {Schema(std::move(fields)), std::move(columns)};
}

std::string Dataset::cell(std::int64_t row, std::int64_t position) const {
  const Field& field = schema_[position];
  const Column& values = column(position);
  require(row >= 0 && row < rows(), "Dataset::cell: row must be in [0, {}), got {}", rows(), row);
  if (!values.is_valid(row)) return {};
  const auto i = static_cast<std::size_t>(row);
  switch (field.kind) {
    case Kind::kReal:
      return format_number(values.reals()[i], format_of(field, values, row));
    case Kind::kInteger:
      return format_integer(values.integers()[i], format_of(field, values, row));
    case Kind::kCategorical:
      return field.categories[values.codes()[i]];
    case Kind::kDatetime:
      return format_datetime(values.integers()[i], field.datetime_format);
    case Kind::kText:
      return std::string(values.text(row));
    case Kind::kTensor:
      break;
  }
  fail("Dataset::cell: column '{}' is a tensor, which has no text", field.name);
}

}  // namespace semblance
