// SPDX-License-Identifier: Apache-2.0
#include "smote/table.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace semblance {
namespace {

/// The code of a cell, a missing one after all categories.
std::int32_t code_at(const Dataset& data, std::int64_t column, std::int64_t row) {
  return data.column(column).is_valid(row)
             ? data.column(column).codes()[static_cast<std::size_t>(row)]
             : data.schema()[column].categories.size();
}

}  // namespace

std::string broken_cell(const Dataset& data) {
  for (std::int64_t c = 0; c < data.schema().size(); ++c) {
    const Field& field = data.schema()[c];
    const Column& column = data.column(c);
    if (!field.nullable && column.null_count() > 0) {
      return "column '" + field.name + "' has missing values, but its field is not nullable";
    }
    for (std::int64_t i = 0; field.range && i < column.size(); ++i) {
      if (!column.is_valid(i)) continue;
      if (column.number(i) < field.range->min || column.number(i) > field.range->max) {
        return "column '" + field.name + "' leaves the range of its field in row " +
               std::to_string(i);
      }
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
  for (std::int64_t i = 0; i < data.rows(); ++i) {
    classes.label.push_back(classes.target < 0 ? 0 : code_at(data, target, i));
    classes.rows[static_cast<std::size_t>(classes.label.back())].push_back(i);
  }
  return classes;
}

FeatureTable::FeatureTable(const Dataset& data, std::int64_t target, bool standardize)
    : data_(data) {
  for (std::int64_t c = 0; c < data.schema().size(); ++c) {
    if (c == target) continue;
    if (data.schema()[c].kind == Kind::kCategorical) {
      codes_.push_back(c);
      continue;
    }
    numbers_.push_back(scaled(c, standardize));
    if (data.column(c).null_count() > 0) gapped_.push_back(c);
  }
}

FeatureTable::Number FeatureTable::scaled(std::int64_t column, bool standardize) const {
  Number number{column, 0, 1};
  if (!standardize) return number;
  const Column& values = data_.column(column);
  double count = 0, squares = 0;
  for (std::int64_t i = 0; i < values.size(); ++i) {
    if (!values.is_valid(i)) continue;
    const double d = values.number(i) - number.centre;
    number.centre += d / ++count;
    squares += d * (values.number(i) - number.centre);
  }
  if (squares > 0) number.scale = 1 / std::sqrt(squares / count);
  return number;
}

ClassRows FeatureTable::gather(const std::vector<std::int64_t>& rows) const {
  ClassRows out;
  out.rows = static_cast<std::int64_t>(rows.size());
  out.numeric = numeric();
  out.categorical = categorical();
  std::vector<double> mean;
  for (const Number& number : numbers_) {
    double sum = 0, count = 0;
    for (const std::int64_t row : rows) {
      if (!data_.column(number.column).is_valid(row)) continue;
      sum += (data_.column(number.column).number(row) - number.centre) * number.scale;
      ++count;
    }
    mean.push_back(count > 0 ? sum / count : 0);
  }
  for (const std::int64_t row : rows) {
    for (std::size_t j = 0; j < numbers_.size(); ++j) {
      const Column& column = data_.column(numbers_[j].column);
      out.numbers.push_back(column.is_valid(row)
                                ? (column.number(row) - numbers_[j].centre) * numbers_[j].scale
                                : mean[j]);
    }
    for (const std::int64_t c : codes_) out.codes.push_back(code_at(data_, c, row));
    for (const std::int64_t c : gapped_) out.codes.push_back(data_.column(c).is_valid(row) ? 0 : 1);
  }
  return out;
}

double median_deviation(const ClassRows& rows) {
  std::vector<double> deviations;
  for (std::int64_t j = 0; j < rows.numeric; ++j) {
    double count = 0, mean = 0, squares = 0;
    for (std::int64_t i = 0; i < rows.rows; ++i) {
      const double value = rows.numbers[static_cast<std::size_t>(i * rows.numeric + j)];
      const double d = value - mean;
      mean += d / ++count;
      squares += d * (value - mean);
    }
    deviations.push_back(std::sqrt(squares / count));
  }
  std::sort(deviations.begin(), deviations.end());
  const std::size_t half = deviations.size() / 2;
  return deviations.size() % 2 == 1 ? deviations[half]
                                    : (deviations[half - 1] + deviations[half]) / 2;
}

}  // namespace semblance
