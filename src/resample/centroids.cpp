// SPDX-License-Identifier: Apache-2.0
#include "resample/centroids.hpp"

#include <cmath>

#include "detail/check.hpp"
#include "detail/clock_unit.hpp"
#include "detail/round.hpp"
#include "resample/selection.hpp"

namespace semblance {
namespace {

using Members = std::vector<std::vector<std::int64_t>>;

/// The rows of a cluster whose cell is present; none where most are missing.
std::vector<std::int64_t> present(const Column& column, const std::vector<std::int64_t>& rows) {
  std::vector<std::int64_t> out;
  for (const std::int64_t row : rows) {
    if (column.is_valid(row)) out.push_back(row);
  }
  if (out.size() * 2 < rows.size()) out.clear();
  return out;
}

/// Calls cell(i, rows) for each cluster with the rows whose cell is present, and says where none
/// is.
template <class Cell>
Bitmap fill(const Column& column, const Members& members, const Cell& cell) {
  Bitmap valid(static_cast<std::int64_t>(members.size()), true);
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto rows = present(column, members[i]);
    if (rows.empty()) {
      valid.set(static_cast<std::int64_t>(i), false);
    } else {
      cell(i, rows);
    }
  }
  return valid;
}

Column mean_reals(const Column& column, const Field& field, const Members& members) {
  std::vector<double> out(members.size());
  Bitmap valid = fill(column, members, [&](std::size_t i, const auto& rows) {
    double mean = 0, count = 0;
    for (const std::int64_t row : rows) mean += (column.number(row) - mean) / ++count;
    out[i] = round_to(mean, field.format);
  });
  return Column::reals(std::move(out), std::move(valid));
}

Column mean_integers(const Column& column, const Members& members) {
  const bool dates = column.kind() == Kind::kDatetime;
  const std::int64_t unit = dates ? clock_unit(column) : 1;
  const auto values = column.integers();
  std::vector<std::int64_t> out(members.size());
  Bitmap valid = fill(column, members, [&](std::size_t i, const auto& rows) {
    const std::int64_t origin = values[static_cast<std::size_t>(rows[0])];
    double mean = 0, count = 0;
    for (const std::int64_t row : rows) {
      const auto value = static_cast<double>(values[static_cast<std::size_t>(row)]);
      mean += (value - static_cast<double>(origin) - mean) / ++count;
    }
    out[i] = origin + std::llround(mean / static_cast<double>(unit)) * unit;
  });
  return dates ? Column::datetimes(std::move(out), std::move(valid))
               : Column::integers(std::move(out), std::move(valid));
}

Column mode_categories(const Column& column, const Members& members) {
  const auto codes = column.codes();
  std::vector<std::int32_t> out(members.size());
  Bitmap valid = fill(column, members, [&](std::size_t i, const auto& rows) {
    std::vector<std::int32_t> votes;
    for (const std::int64_t row : rows) votes.push_back(codes[static_cast<std::size_t>(row)]);
    out[i] = most_frequent(std::move(votes));
  });
  return Column::categories(std::move(out), std::move(valid));
}

}  // namespace

Dataset centroids_of(const Dataset& data, const Members& members) {
  std::vector<Column> columns;
  for (std::int64_t c = 0; c < data.schema().size(); ++c) {
    const Column& column = data.column(c);
    const Field& field = data.schema()[c];
    if (field.kind == Kind::kCategorical) {
      columns.push_back(mode_categories(column, members));
    } else if (field.kind == Kind::kReal) {
      columns.push_back(mean_reals(column, field, members));
    } else {
      columns.push_back(mean_integers(column, members));
    }
  }
  return {data.schema(), std::move(columns)};
}

}  // namespace semblance
