// SPDX-License-Identifier: Apache-2.0
#include "conformance/support.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>

namespace semblance::conformance {
namespace {

template <class T>
bool same_values(std::span<const T> a, std::span<const T> b, std::int64_t row, std::int64_t width) {
  const auto first = row * width;
  return std::equal(a.begin() + first, a.begin() + first + width, b.begin() + first);
}

/// Whether a present value is the same in both columns, of one kind and shape.
bool same_value(const Column& a, const Column& b, std::int64_t row) {
  switch (a.kind()) {
    case Kind::kReal: {
      const auto i = static_cast<std::size_t>(row);
      return std::bit_cast<std::uint64_t>(a.reals()[i]) ==
             std::bit_cast<std::uint64_t>(b.reals()[i]);
    }
    case Kind::kInteger:
    case Kind::kDatetime:
      return same_values(a.integers(), b.integers(), row, 1);
    case Kind::kCategorical:
      return same_values(a.codes(), b.codes(), row, 1);
    case Kind::kText:
      return a.text(row) == b.text(row);
    case Kind::kTensor:
      break;
  }
  const auto width = elements(a.shape());
  return a.element() == ElementType::kFloat32 ? same_values(a.floats(), b.floats(), row, width)
                                              : same_values(a.bytes(), b.bytes(), row, width);
}

std::string cell_text(const Dataset& data, std::int64_t row, std::int64_t column) {
  if (!data.column(column).is_valid(row)) return "missing";
  return data.column(column).kind() == Kind::kTensor ? "a tensor" : data.cell(row, column);
}

bool is_number(Kind kind) {
  return kind == Kind::kReal || kind == Kind::kInteger || kind == Kind::kDatetime;
}

bool finite(const Column& column, std::int64_t row) {
  if (column.kind() == Kind::kReal) return std::isfinite(column.number(row));
  if (column.kind() != Kind::kTensor || column.element() != ElementType::kFloat32) return true;
  const auto width = static_cast<std::size_t>(elements(column.shape()));
  const auto values = column.floats().subspan(static_cast<std::size_t>(row) * width, width);
  return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

/// Whether the value has at most `decimals` digits after the point, up to one rounding of double.
bool rounded(double value, int decimals) {
  if (decimals < 0 || decimals > 15) return true;
  const double unit = std::pow(10.0, -decimals);
  return std::abs(std::round(value / unit) * unit - value) <= 1e-9 * std::max(1.0, std::abs(value));
}

/// The rule that one present cell breaks, or empty.
std::string broken_rule(const Column& column, const Field& field, std::int64_t row) {
  if (!finite(column, row)) return "is not finite";
  if (!is_number(field.kind)) return "";
  const double value = column.number(row);
  if (field.range && (value < field.range->min || value > field.range->max))
    return fmt::format("{} is outside its range {} to {}", value, field.range->min,
                       field.range->max);
  if (field.kind == Kind::kReal && !rounded(value, field.format.decimals))
    return fmt::format("{} has more than {} decimals", value, field.format.decimals);
  return "";
}

}  // namespace

Dataset training_rows(const Subject& subject, std::int64_t rows, Seed seed) {
  if (subject.data) return subject.data(rows, seed);
  return mixed_table(subject.make()->capabilities(), rows, seed);
}

Dataset training_rows(const Subject& subject) { return training_rows(subject, subject.rows); }

std::unique_ptr<Generator> fitted(const Subject& subject, const RunOptions& run) {
  auto generator = subject.make();
  generator->fit(training_rows(subject), Seed{1}, run);
  return generator;
}

bool learns(const Subject& subject, Kind kind) {
  const Capabilities can = subject.make()->capabilities();
  return std::find(can.kinds.begin(), can.kinds.end(), kind) != can.kinds.end();
}

std::string difference(const Dataset& a, const Dataset& b) {
  if (!(a.schema() == b.schema())) return "the schemas differ";
  if (a.rows() != b.rows()) return fmt::format("{} rows and {} rows", a.rows(), b.rows());
  for (std::int64_t c = 0; c < a.schema().size(); ++c) {
    for (std::int64_t r = 0; r < a.rows(); ++r) {
      const bool valid = a.column(c).is_valid(r);
      if (valid == b.column(c).is_valid(r) && (!valid || same_value(a.column(c), b.column(c), r)))
        continue;
      return fmt::format("row {}, column '{}': {} and {}", r, a.schema()[c].name,
                         cell_text(a, r, c), cell_text(b, r, c));
    }
  }
  return "";
}

std::vector<std::string> broken_rules(const Dataset& rows, const Schema& schema) {
  if (!(rows.schema() == schema)) return {"the rows have another schema"};
  std::vector<std::string> out;
  for (std::int64_t c = 0; c < schema.size(); ++c) {
    const Column& column = rows.column(c);
    for (std::int64_t r = 0; r < rows.rows(); ++r) {
      const bool valid = column.is_valid(r);
      if (!valid && schema[c].nullable) continue;
      const std::string rule = valid ? broken_rule(column, schema[c], r) : "is missing";
      if (rule.empty()) continue;
      out.push_back(fmt::format("row {}, column '{}': {}", r, schema[c].name, rule));
      break;  // one example a column is enough
    }
  }
  return out;
}

Dataset with_column(const Dataset& data, std::int64_t i, Field field, Column column) {
  std::vector<Field> fields = data.schema().fields();
  std::vector<Column> columns = data.columns();
  const auto at = static_cast<std::size_t>(i);
  fields.resize(std::max(fields.size(), at + 1));
  columns.resize(fields.size());
  fields[at] = std::move(field);
  columns[at] = std::move(column);
  return {Schema(std::move(fields)), std::move(columns)};
}

Dataset with_ranges(const Dataset& data) {
  std::vector<Field> fields = data.schema().fields();
  for (std::size_t c = 0; c < fields.size(); ++c) {
    const Column& column = data.columns()[c];
    fields[c].range.reset();
    for (std::int64_t r = 0; is_number(fields[c].kind) && r < column.size(); ++r) {
      if (!column.is_valid(r)) continue;
      const double value = column.number(r);
      Range& range = fields[c].range ? *fields[c].range : fields[c].range.emplace(value, value);
      range = {std::min(range.min, value), std::max(range.max, value)};
    }
  }
  return {Schema(std::move(fields)), data.columns()};
}

void expect_equal(Outcome& out, const Dataset& a, const Dataset& b, std::string_view what) {
  const std::string found = difference(a, b);
  if (!found.empty()) out.violations.push_back(fmt::format("{}: {}", what, found));
}

void expect_valid(Outcome& out, const Dataset& rows, const Schema& schema, std::string_view what) {
  for (const std::string& rule : broken_rules(rows, schema))
    out.violations.push_back(fmt::format("{}: {}", what, rule));
}

Scratch::Scratch() {
  static std::atomic<int> count = 0;
  folder_ = std::filesystem::temp_directory_path() /
            fmt::format("semblance-{}-{}", getpid(), count.fetch_add(1));
  std::filesystem::create_directories(folder_);
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace semblance::conformance
