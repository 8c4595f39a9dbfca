// SPDX-License-Identifier: Apache-2.0
// smote-reference.json, the published implementation's neighbours, points and counts. Its replay
// blocks give (base, neighbour, u) of every point, so that no foreign random generator is needed.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "semblance/smote/over_sampler.hpp"
#include "support/shared_data.hpp"

namespace semblance {

using nlohmann::json;

inline std::optional<json> reference() {
  const auto data = shared_data();
  if (!data) return {};
  std::ifstream in(data->parent_path() / "reference" / "smote-reference.json");
  return in ? std::optional(json::parse(in)) : std::nullopt;
}

#define SEMBLANCE_REFERENCE(name)                                                       \
  const auto name##_file = reference();                                                 \
  if (!name##_file) GTEST_SKIP() << "smote-reference.json is not in the shared folder"; \
  const json& name = *name##_file

inline Vocabulary names(std::int32_t count) {
  std::vector<std::string> out;
  for (std::int32_t i = 0; i < count; ++i) out.push_back(std::to_string(i));
  return out;
}

/// The block's X and y; `categorical` columns with their numbers of categories.
inline Dataset table(const json& block,
                     const std::map<std::size_t, std::int32_t>& categorical = {}) {
  const auto x = block.at("X").get<std::vector<std::vector<double>>>();
  const auto y = block.at("y").get<std::vector<std::int32_t>>();
  std::vector<Field> fields;
  std::vector<Column> columns;
  for (std::size_t j = 0; j < x[0].size(); ++j) {
    std::vector<double> values;
    for (const auto& row : x) values.push_back(row[j]);
    fields.push_back({.name = "x" + std::to_string(j)});
    if (categorical.contains(j)) {
      fields.back().kind = Kind::kCategorical;
      fields.back().categories = names(categorical.at(j));
      columns.push_back(
          Column::categories(std::vector<std::int32_t>(values.begin(), values.end())));
    } else {
      columns.push_back(Column::reals(values));
    }
  }
  fields.push_back({.name = "y", .kind = Kind::kCategorical, .role = Role::kTarget});
  fields.back().categories = names(*std::max_element(y.begin(), y.end()) + 1);
  columns.push_back(Column::categories(y));
  return {Schema(fields), columns};
}

/// \param u  The key of the steps.
inline std::vector<Provenance> parents_of(const json& replay, const char* u = "u") {
  std::vector<Provenance> out;
  for (std::size_t i = 0; i < replay.at(u).size(); ++i) {
    out.push_back({replay.at("base_row")[i], replay.at("neighbour_row")[i], replay.at(u)[i]});
  }
  return out;
}

inline void expect_points(const OverSampler& model, const json& replay, std::size_t numeric,
                          const char* u = "u") {
  const Dataset made = model.interpolate(parents_of(replay, u), Seed{1});
  for (std::size_t i = 0; i < replay.at("x_new").size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    EXPECT_EQ(made.cell(row, made.schema().target()),
              std::to_string(replay.at("class").get<int>()));
    for (std::size_t j = 0; j < numeric; ++j) {
      EXPECT_NEAR(made.column(static_cast<std::int64_t>(j)).number(row),
                  replay.at("x_new")[i][j].get<double>(), 1e-12);
    }
  }
}

inline std::map<std::string, int> counts_of(const Dataset& rows) {
  std::map<std::string, int> out;
  for (std::int64_t i = 0; i < rows.rows(); ++i) ++out[rows.cell(i, rows.schema().target())];
  return out;
}

}  // namespace semblance
