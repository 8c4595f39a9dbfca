// SPDX-License-Identifier: Apache-2.0
#include "data/rows_file.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>
#include <span>

#include "detail/check.hpp"

namespace semblance {
namespace {

template <class T>
at::Tensor tensor_of(std::span<const T> values, at::ScalarType type) {
  at::Tensor out = at::empty({static_cast<std::int64_t>(values.size())}, type);
  std::copy(values.begin(), values.end(), out.data_ptr<T>());
  return out;
}

/// \throws FileError if the tensor is not a vector of `size` elements of type T.
template <class T>
std::vector<T> vector_of(const Archive& archive, const std::string& name, std::int64_t size) {
  const at::Tensor tensor = archive.tensor(name).contiguous();
  require<FileError>(tensor.scalar_type() == c10::CppTypeToScalarType<T>::value &&
                         tensor.dim() == 1 && (size < 0 || tensor.numel() == size),
                     "entry '{}' has another type or size than the model needs", name);
  const T* data = tensor.data_ptr<T>();
  return {data, data + tensor.numel()};
}

at::Tensor values_of(const Column& column) {
  switch (column.kind()) {
    case Kind::kReal:
      return tensor_of(column.reals(), at::kDouble);
    case Kind::kCategorical:
      return tensor_of(column.codes(), at::kInt);
    default:
      return tensor_of(column.integers(), at::kLong);
  }
}

Column load_column(const Archive& archive, std::int64_t i, Kind kind, std::int64_t rows) {
  const std::string name = fmt::format("column.{}", i);
  Bitmap valid(rows, true);
  const auto flags = vector_of<std::uint8_t>(archive, fmt::format("valid.{}", i), rows);
  for (std::size_t r = 0; r < flags.size(); ++r)
    valid.set(static_cast<std::int64_t>(r), flags[r] != 0);
  switch (kind) {
    case Kind::kReal: {
      auto values = vector_of<double>(archive, name, rows);
      for (const double v : values)
        require<FileError>(std::isfinite(v), "entry '{}' holds a number that is not finite", name);
      return Column::reals(std::move(values), std::move(valid));
    }
    case Kind::kCategorical:
      return Column::categories(vector_of<std::int32_t>(archive, name, rows), std::move(valid));
    case Kind::kDatetime:
      return Column::datetimes(vector_of<std::int64_t>(archive, name, rows), std::move(valid));
    case Kind::kInteger:
      return Column::integers(vector_of<std::int64_t>(archive, name, rows), std::move(valid));
    default:
      fail<FileError>("column {} is of a kind that files of rows do not hold", i);
  }
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

void save_rows(const Dataset& data, Archive& archive) {
  for (std::int64_t c = 0; c < data.schema().size(); ++c) {
    const Column& column = data.column(c);
    std::vector<std::uint8_t> valid;
    for (std::int64_t i = 0; i < column.size(); ++i) valid.push_back(column.is_valid(i) ? 1 : 0);
    archive.put_tensor(fmt::format("column.{}", c), values_of(column));
    archive.put_tensor(fmt::format("valid.{}", c),
                       tensor_of(std::span<const std::uint8_t>(valid), at::kByte));
  }
}

Dataset load_rows(const Archive& archive, const Schema& schema) {
  require<FileError>(schema.size() >= 1, "the model has no columns");
  const std::int64_t rows = archive.tensor("valid.0").numel();
  require<FileError>(rows >= 1, "the model has no rows");
  std::vector<Column> columns;
  for (std::int64_t c = 0; c < schema.size(); ++c) {
    columns.push_back(load_column(archive, c, schema[c].kind, rows));
  }
  Dataset data(schema, std::move(columns));
  const std::string broken = broken_cell(data);
  require<FileError>(broken.empty(), "{}", broken);
  return data;
}

}  // namespace semblance
