// SPDX-License-Identifier: Apache-2.0
// Small tables that the tests of resamplers share.
#pragma once

#include <string>
#include <vector>

#include "semblance/core/seed.hpp"
#include "semblance/data/dataset.hpp"

namespace semblance {

/// A table of one or more numeric columns and the target "y" with classes a, b, c; label -1:
/// missing.
inline Dataset labelled(const std::vector<std::vector<double>>& columns,
                        const std::vector<std::int32_t>& labels) {
  std::vector<Field> fields;
  std::vector<Column> cells;
  for (const auto& column : columns) {
    fields.push_back({.name = "x" + std::to_string(fields.size())});
    cells.push_back(Column::reals(column));
  }
  Bitmap valid(static_cast<std::int64_t>(labels.size()), true);
  std::vector<std::int32_t> codes = labels;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (codes[i] >= 0) continue;
    codes[i] = 0;
    valid.set(static_cast<std::int64_t>(i), false);
  }
  fields.push_back({.name = "y",
                    .kind = Kind::kCategorical,
                    .role = Role::kTarget,
                    .nullable = valid.count_zeros() > 0,
                    .categories = {"a", "b", "c"}});
  cells.push_back(Column::categories(std::move(codes), std::move(valid)));
  return {Schema(fields), cells};
}

/// n rows with d normal columns; every third is of class b, every seventh of class c, both moved by
/// `shift`.
inline Dataset blobs(std::int64_t n, std::size_t d, double shift, Seed seed = Seed{1}) {
  std::vector<std::vector<double>> columns(d);
  std::vector<std::int32_t> labels;
  for (std::int64_t i = 0; i < n; ++i) {
    labels.push_back(i % 7 == 0 ? 2 : i % 3 == 0 ? 1 : 0);
    Stream stream(seed, "blobs", static_cast<std::uint64_t>(i));
    for (auto& column : columns) column.push_back(stream.normal() + shift * labels.back());
  }
  return labelled(columns, labels);
}

/// Numbers and categories with gaps, or categories only; classes a and b.
inline Dataset mixed(std::int64_t n, bool numbers) {
  std::vector<double> x;
  std::vector<std::int32_t> colour, shape, labels;
  Bitmap present(n, true), coloured(n, true);
  for (std::int64_t i = 0; i < n; ++i) {
    Stream stream(Seed{5}, "mixed", static_cast<std::uint64_t>(i));
    labels.push_back(i % 4 == 0 ? 1 : 0);
    x.push_back(stream.normal() + labels.back());
    colour.push_back(static_cast<std::int32_t>(stream.below(labels.back() == 1 ? 4 : 3)));
    shape.push_back(static_cast<std::int32_t>(stream.below(5)));
    present.set(i, stream.uniform() > 0.1);
    coloured.set(i, stream.uniform() > 0.1);
  }
  std::vector<Field> fields = {
      {.name = "x", .nullable = true},
      {.name = "colour",
       .kind = Kind::kCategorical,
       .nullable = true,
       .categories = {"red", "green", "blue", "white"}},
      {.name = "shape", .kind = Kind::kCategorical, .categories = {"p", "q", "r", "s", "t"}},
      {.name = "y", .kind = Kind::kCategorical, .role = Role::kTarget, .categories = {"a", "b"}}};
  std::vector<Column> cells = {Column::reals(x, present), Column::categories(colour, coloured),
                               Column::categories(shape), Column::categories(labels)};
  if (!numbers) {
    fields.erase(fields.begin());
    cells.erase(cells.begin());
  }
  return {Schema(fields), cells};
}

}  // namespace semblance
