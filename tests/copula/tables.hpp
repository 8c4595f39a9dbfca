// SPDX-License-Identifier: Apache-2.0
// Tables whose distribution is known.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "semblance/data/condition.hpp"

namespace semblance::copula {

/// Standard normal pairs of that correlation.
inline std::vector<std::pair<double, double>> normal_pairs(std::int64_t rows, double rho) {
  std::vector<std::pair<double, double>> out;
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream stream(Seed{17}, "pairs", static_cast<std::uint64_t>(i));
    const double x = stream.normal();
    out.emplace_back(x, rho * x + std::sqrt(1 - rho * rho) * stream.normal());
  }
  return out;
}

inline Field real(std::string name, bool nullable = false) {
  return {.name = std::move(name), .nullable = nullable};
}

inline Field category(std::string name, Vocabulary categories) {
  Field out{.name = std::move(name), .kind = Kind::kCategorical};
  out.categories = std::move(categories);
  return out;
}

/// Two real columns "x" and "y".
inline Dataset normal_table(std::int64_t rows, double rho) {
  std::vector<double> x, y;
  for (const auto& [a, b] : normal_pairs(rows, rho)) x.push_back(a), y.push_back(b);
  return {Schema({real("x"), real("y")}), {Column::reals(x), Column::reals(y)}};
}

inline std::vector<double> numbers(const Column& column) {
  std::vector<double> out;
  for (std::int64_t i = 0; i < column.size(); ++i) {
    if (column.is_valid(i)) out.push_back(column.number(i));
  }
  return out;
}

inline double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

inline double variance(const std::vector<double>& values) {
  double sum = 0;
  const double centre = mean(values);
  for (const double v : values) sum += (v - centre) * (v - centre);
  return sum / static_cast<double>(values.size());
}

/// The share of the rows that satisfy a condition.
inline double share(const Dataset& rows, const Condition& condition) {
  const auto terms = resolve(condition, rows.schema());
  double sum = 0;
  for (std::int64_t i = 0; i < rows.rows(); ++i) sum += satisfies(rows, i, terms) ? 1 : 0;
  return sum / static_cast<double>(rows.rows());
}

}  // namespace semblance::copula
