// SPDX-License-Identifier: Apache-2.0
#include "evaluate/embedding.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "evaluate/tables.hpp"
#include "semblance/evaluate/statistics.hpp"

namespace semblance {

Points pool(const Points& a, const Points& b) {
  Points out = a;
  out.values.insert(out.values.end(), b.values.begin(), b.values.end());
  out.rows += b.rows;
  return out;
}

Points rows_of(const Points& all, std::span<const std::int64_t> wanted) {
  Points out{{}, std::ssize(wanted), all.dim};
  for (const auto i : wanted) {
    const auto first = all.values.begin() + i * all.dim;
    out.values.insert(out.values.end(), first, first + all.dim);
  }
  return out;
}

Points part_of(const Points& all, double share, Seed seed) {
  const auto rows = static_cast<std::int64_t>(share * static_cast<double>(all.rows));
  return rows_of(all, draw_rows(all.rows, rows, seed));
}

Embedding::Embedding(const Frame& train) {
  for (const auto& column : train.columns) {
    axes_.push_back(axis_of(column));
    axes_.back().at = dim_;
    dim_ += axes_.back().indicators + (axes_.back().number ? 1 : 0);
  }
}

Embedding::Axis Embedding::axis_of(const Frame::Series& column) {
  Axis out;
  out.number = column.number;
  if (column.number) {
    const auto known = moments(column.numbers);
    out.gaps = !known || known->n < static_cast<double>(column.numbers.size());
    out.indicators = out.gaps ? 1 : 0;
    if (known) out.mean = known->mean;
    if (known && known->variance > 0) out.deviation = std::sqrt(known->variance);
    return out;
  }
  std::vector<double> counts;
  for (const auto code : column.codes) {
    const auto at = static_cast<std::size_t>(code + 1);  // 0: missing
    if (at >= counts.size()) counts.resize(at + 1, 0);
    counts[at] += 1;
  }
  const double common = static_cast<double>(column.codes.size()) / 200;
  for (const double n : counts) out.place.push_back(n > 0 && n >= common ? out.indicators++ : -1);
  ++out.indicators;
  return out;
}

void Embedding::place(const Axis& axis, const Frame::Series& column, std::size_t row, double* out) {
  if (axis.number) {
    constexpr double kFarthest = 5;
    const double value = column.numbers[row];
    const bool missing = std::isnan(value);
    const double scaled = (value - axis.mean) / axis.deviation;
    out[axis.at] = missing ? 0 : std::clamp(scaled, -kFarthest, kFarthest);
    if (axis.gaps) out[axis.at + 1] = missing ? 1 : 0;
    return;
  }
  const auto code = static_cast<std::size_t>(column.codes[row] + 1);
  const std::int32_t known = code < axis.place.size() ? axis.place[code] : -1;
  out[axis.at + (known < 0 ? axis.indicators - 1 : known)] = std::numbers::sqrt2 / 2;
}

Points Embedding::operator()(const Frame& table, std::span<const std::int64_t> rows) const {
  Points out{{}, std::ssize(rows), dim_};
  out.values.assign(static_cast<std::size_t>(out.rows * dim_), 0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double* point = out.values.data() + static_cast<std::int64_t>(i) * dim_;
    for (std::size_t c = 0; c < axes_.size(); ++c)
      place(axes_[c], table.columns[c], static_cast<std::size_t>(rows[i]), point);
  }
  return out;
}

}  // namespace semblance
