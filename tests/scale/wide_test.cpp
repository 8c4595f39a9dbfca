// SPDX-License-Identifier: Apache-2.0
// A thousand binary columns.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "semblance/registry.hpp"
#include "semblance/tune/auto.hpp"

namespace semblance {
namespace {

/// Column k is 1 with probability (k + 1) / (columns + 1).
Dataset binary_columns(std::int64_t rows, std::int64_t columns) {
  std::vector<Field> fields;
  std::vector<Column> values;
  for (std::int64_t k = 0; k < columns; ++k) {
    std::vector<std::int32_t> codes;
    Stream s(Seed{9}, "binary", static_cast<std::uint64_t>(k));
    const double p = static_cast<double>(k + 1) / static_cast<double>(columns + 1);
    for (std::int64_t i = 0; i < rows; ++i) codes.push_back(s.uniform() < p ? 1 : 0);
    fields.push_back({.name = "b" + std::to_string(k), .kind = Kind::kCategorical});
    fields.back().categories = {"0", "1"};
    values.push_back(Column::categories(std::move(codes)));
  }
  return {Schema(std::move(fields)), std::move(values)};
}

double share_of_ones(const Column& column) {
  double sum = 0;
  for (const auto code : column.codes()) sum += code;
  return sum / static_cast<double>(column.size());
}

/// Mean over the columns of the difference of the shares of ones: the shape error of binary ones.
double shape_error(const Dataset& a, const Dataset& b) {
  double sum = 0;
  for (std::int64_t c = 0; c < a.schema().size(); ++c)
    sum += std::abs(share_of_ones(a.column(c)) - share_of_ones(b.column(c)));
  return sum / static_cast<double>(a.schema().size());
}

TEST(WideTables, AutoLearnsAThousandBinaryColumns) {
  const Dataset train = binary_columns(300, 1000);
  Auto model;
  model.fit(train, Seed{1});
  const Dataset rows = model.sample(1000, Seed{2});
  // 1,000 rows: the mean absolute error of a share from sampling alone is at most 0.013.
  EXPECT_LT(shape_error(train, rows), 0.02);
}

TEST(WideTables, NetworksTrainOnThemWithoutNan) {
  const Dataset train = binary_columns(60, 1000);
  const std::vector<std::pair<const char*, const char*>> models = {
      {"vae", R"({"epochs": 1, "hidden": [16], "latent_dim": 4, "batch_size": 50})"},
      {"diffusion", R"({"epochs": 1, "width": 16, "blocks": 1, "steps": 4})"},
      {"gan", R"({"epochs": 1, "generator": [16], "critic": [16], "batch_size": 50})"}};
  for (const auto& [name, config] : models) {
    SCOPED_TRACE(name);
    const auto model = make_generator(name, config);
    model->fit(train, Seed{1});  // a loss that is not finite five times over would throw
    EXPECT_LT(shape_error(train, model->sample(200, Seed{2})), 0.3);
  }
}

}  // namespace
}  // namespace semblance
