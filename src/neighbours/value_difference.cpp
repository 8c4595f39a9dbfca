// SPDX-License-Identifier: Apache-2.0
#include "semblance/neighbours/value_difference.hpp"

#include <algorithm>
#include <cmath>

#include "neighbours/search.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kLargestTable = 1 << 20;  ///< Pairs of categories that are tabulated.

}  // namespace

ValueDifference::ValueDifference(const MatrixView<std::int32_t>& rows,
                                 std::span<const std::int32_t> labels) {
  require(rows.rows >= 1 && rows.dim >= 1,
          "ValueDifference: rows must be at least 1 x 1, got {} x {}", rows.rows, rows.dim);
  require(static_cast<std::int64_t>(labels.size()) == rows.rows,
          "ValueDifference: there must be one label a row ({}), got {}", rows.rows, labels.size());
  require(*std::min_element(labels.begin(), labels.end()) >= 0 &&
              *std::min_element(rows.values.begin(), rows.values.end()) >= 0,
          "ValueDifference: codes and labels must be >= 0");
  classes_ = *std::max_element(labels.begin(), labels.end()) + 1;
  for (std::int64_t j = 0; j < rows.dim; ++j) tables_.push_back(make_table(rows, labels, j));
}

ValueDifference::Table ValueDifference::make_table(const MatrixView<std::int32_t>& rows,
                                                   std::span<const std::int32_t> labels,
                                                   std::int64_t column) const {
  Table table;
  for (std::int64_t i = 0; i < rows.rows; ++i) {
    table.codes = std::max(table.codes, rows.row(i)[column] + 1);
  }
  table.probability.assign(static_cast<std::size_t>((table.codes + 1) * classes_), 0.0);
  std::vector<double> total(static_cast<std::size_t>(table.codes));
  for (std::int64_t i = 0; i < rows.rows; ++i) {
    const std::int64_t code = rows.row(i)[column];
    ++total[static_cast<std::size_t>(code)];
    ++table.probability[static_cast<std::size_t>(code * classes_ +
                                                 labels[static_cast<std::size_t>(i)])];
  }
  for (std::size_t i = 0; i < total.size() * static_cast<std::size_t>(classes_); ++i) {
    const double rows_of_code = total[i / static_cast<std::size_t>(classes_)];
    if (rows_of_code > 0) table.probability[i] /= rows_of_code;
  }
  const std::int64_t side = table.codes + 1;
  if (side * side > kLargestTable) return table;
  std::vector<double> deltas;
  for (std::int64_t cell = 0; cell < side * side; ++cell) {
    deltas.push_back(delta(table, static_cast<std::int32_t>(cell / side),
                           static_cast<std::int32_t>(cell % side)));
  }
  table.delta = std::move(deltas);
  return table;
}

std::span<const double> ValueDifference::probabilities(std::int64_t column,
                                                       std::int32_t code) const {
  const Table& table = tables_.at(static_cast<std::size_t>(column));
  const std::int64_t row = code >= 0 && code < table.codes ? code : table.codes;
  return std::span(table.probability)
      .subspan(static_cast<std::size_t>(row * classes_), static_cast<std::size_t>(classes_));
}

double ValueDifference::delta(const Table& table, std::int32_t a, std::int32_t b) const {
  const std::int64_t side = table.codes + 1;
  const std::int64_t i = a >= 0 && a < table.codes ? a : table.codes;
  const std::int64_t j = b >= 0 && b < table.codes ? b : table.codes;
  if (!table.delta.empty()) return table.delta[static_cast<std::size_t>(i * side + j)];
  double sum = 0;
  for (std::int64_t c = 0; c < classes_; ++c) {
    sum += std::abs(table.probability[static_cast<std::size_t>(i * classes_ + c)] -
                    table.probability[static_cast<std::size_t>(j * classes_ + c)]);
  }
  return sum * sum;
}

double ValueDifference::distance(const std::int32_t* a, const std::int32_t* b) const {
  double sum = 0;
  for (std::size_t j = 0; j < tables_.size(); ++j) sum += delta(tables_[j], a[j], b[j]);
  return sum;
}

Neighbours ValueDifference::nearest(const MatrixView<std::int32_t>& queries,
                                    const MatrixView<std::int32_t>& references, std::int64_t k,
                                    const NeighbourOptions& options) const {
  const auto columns = static_cast<std::int64_t>(tables_.size());
  require(queries.dim == columns && references.dim == columns,
          "ValueDifference.nearest: rows must have {} columns, got {} and {}", columns, queries.dim,
          references.dim);
  return search_pairs(
      queries.rows, references.rows, k, options,
      [&](std::int64_t q, std::int64_t r) { return distance(queries.row(q), references.row(r)); },
      [](double key) { return key; });
}

}  // namespace semblance
