// SPDX-License-Identifier: Apache-2.0
#include "resample/regression_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "semblance/core/parallel.hpp"

namespace semblance {
namespace {

bool is_number(Kind kind) {
  return kind == Kind::kReal || kind == Kind::kInteger || kind == Kind::kDatetime;
}

std::span<const double> values_of(const Column& column, double) { return column.reals(); }
std::span<const std::int64_t> values_of(const Column& column, std::int64_t) {
  return column.integers();
}
Column column_of(std::vector<double> values, Bitmap valid, Kind) {
  return Column::reals(std::move(values), std::move(valid));
}
Column column_of(std::vector<std::int64_t> values, Bitmap valid, Kind kind) {
  return kind == Kind::kDatetime ? Column::datetimes(std::move(values), std::move(valid))
                                 : Column::integers(std::move(values), std::move(valid));
}

}  // namespace

RegressionRows::RegressionRows(const Dataset& data,
                               const std::vector<std::vector<std::int64_t>>& bumps, Seed seed)
    : data_(data), bumps_(bumps), seed_(seed) {
  for (std::int64_t c = 0; c < data.schema().size(); ++c) {
    const Column& column = data.column(c);
    rules_.push_back(number_rule(data.schema()[c], column));
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (std::int64_t i = 0; is_number(column.kind()) && i < column.size(); ++i) {
      if (!column.is_valid(i)) continue;
      low = std::min(low, column.number(i));
      high = std::max(high, column.number(i));
    }
    width_.push_back(high - low);
  }
}

Dataset RegressionRows::make(std::span<const NewRow> rows, int threads) const {
  std::vector<Column> columns(static_cast<std::size_t>(data_.schema().size()));
  parallel_for(threads, data_.schema().size(), [&](std::int64_t c) {
    columns[static_cast<std::size_t>(c)] = make_column(c, rows);
  });
  return {data_.schema(), std::move(columns)};
}

Column RegressionRows::make_column(std::int64_t column, std::span<const NewRow> rows) const {
  switch (data_.schema()[column].kind) {
    case Kind::kCategorical:
      return categories(column, rows);
    case Kind::kReal:
      return numbers<double>(column, rows);
    default:
      return numbers<std::int64_t>(column, rows);
  }
}

std::int64_t RegressionRows::source(std::int64_t column, const NewRow& row, std::size_t i) const {
  Stream draw(derive(derive(seed_, "choice"), static_cast<std::uint64_t>(column)), i);
  const Provenance& parents = row.parents;
  if (parents.neighbour != parents.base)
    return draw.below(2) == 0 ? parents.base : parents.neighbour;
  if (row.noise == 0 || is_number(data_.schema()[column].kind)) return parents.base;
  const auto& members = bumps_[row.bump];
  return members[static_cast<std::size_t>(draw.below(members.size()))];
}

Column RegressionRows::categories(std::int64_t column, std::span<const NewRow> rows) const {
  std::vector<std::int64_t> sources;
  for (std::size_t i = 0; i < rows.size(); ++i) sources.push_back(source(column, rows[i], i));
  return data_.column(column).take(sources);
}

double RegressionRows::target_share(const NewRow& row, std::size_t i) const {
  const auto [base, neighbour, u] = row.parents;
  double squares = 0, to_base = 0, to_neighbour = 0;
  for (std::int64_t c = 0; c < data_.schema().size(); ++c) {
    const Column& column = data_.column(c);
    if (c == data_.schema().target()) continue;
    const bool there = column.is_valid(base);
    if (there != column.is_valid(neighbour)) {
      (source(c, row, i) == base ? to_neighbour : to_base) += 1;
    } else if (there && column.number(base) != column.number(neighbour)) {
      if (is_number(column.kind())) {
        const double d =
            (column.number(base) - column.number(neighbour)) / width_[static_cast<std::size_t>(c)];
        squares += d * d;
      } else {
        (source(c, row, i) == base ? to_neighbour : to_base) += 1;
      }
    }
  }
  if (to_base + to_neighbour == 0) return u;  // only numbers differ, or nothing does
  const double a = std::sqrt(u * u * squares + to_base);
  const double b = std::sqrt((1 - u) * (1 - u) * squares + to_neighbour);
  return a / (a + b);
}

std::vector<double> RegressionRows::deviations(std::int64_t column) const {
  std::vector<double> out;
  const Column& from = data_.column(column);
  for (const auto& members : bumps_) {
    double count = 0, mean = 0, squares = 0;
    for (const std::int64_t row : members) {
      if (!from.is_valid(row)) continue;
      const double d = from.number(row) - mean;
      mean += d / ++count;
      squares += d * (from.number(row) - mean);
    }
    out.push_back(count > 1 ? std::sqrt(squares / (count - 1)) : 0);
  }
  return out;
}

template <class T>
Column RegressionRows::numbers(std::int64_t column, std::span<const NewRow> rows) const {
  const Column& from = data_.column(column);
  const auto values = values_of(from, T{});
  const NumberRule& rule = rules_[static_cast<std::size_t>(column)];
  const bool target = column == data_.schema().target();
  const std::vector<double> deviation = deviations(column);
  const Seed stage = derive(derive(seed_, "noise"), static_cast<std::uint64_t>(column));
  std::vector<T> out(rows.size());
  Bitmap valid(std::ssize(rows), true);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto [base, neighbour, u] = rows[i].parents;
    if (from.is_valid(base) != from.is_valid(neighbour))
      base = neighbour = source(column, rows[i], i);
    if (!from.is_valid(base)) {
      valid.set(static_cast<std::int64_t>(i), false);
      continue;
    }
    const T a = values[static_cast<std::size_t>(base)];
    if (rows[i].noise > 0) {
      const double step = rows[i].noise * deviation[rows[i].bump];
      out[i] = shift(a, step * Stream(stage, i).normal(), rule);
    } else {
      const T b = values[static_cast<std::size_t>(neighbour)];
      out[i] = blend(a, b, target ? target_share(rows[i], i) : u, rule);
    }
  }
  return column_of(std::move(out), std::move(valid), from.kind());
}

}  // namespace semblance
