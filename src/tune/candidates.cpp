// SPDX-License-Identifier: Apache-2.0
#include "tune/candidates.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace semblance::tuning {
namespace {

constexpr std::int64_t kLeastRows = 30;     // below, a quarter of the rows judges nothing
constexpr std::int64_t kNetworkRows = 500;  // below, a network does not pay for its time
constexpr std::int64_t kWide = 100;         // columns from which the network is narrower
constexpr std::int64_t kMostColumns = 300;  // its first layer grows with their square
constexpr double kShareNeeded = 0.1;        // of the time that the network would take
constexpr double kSecondsACell = 2.5e-7;    // of a step: measured on Adult, 2 processors

Candidate copula(const Shape& shape) {
  if (shape.classes > 0) return {"copula", R"({"by_target": true})", "copula by class"};
  return {"copula", "{}", "copula"};
}

Candidate any_order(const Shape& shape) {
  if (shape.columns <= kWide) return {"any-order", "{}", "any-order"};
  return {"any-order", R"({"hidden": [64, 32], "embedding_dim": 8})", "narrow any-order"};
}

Plan race(const Shape& shape) {
  Plan out{{copula(shape)}, fmt::format("a table of {} rows is small enough to try", shape.rows)};
  if (shape.classes > 0) out.candidates.push_back({"copula", "{}", "copula"});
  if (shape.rows >= kNetworkRows) out.candidates.push_back(any_order(shape));
  out.candidates.push_back({"independent", "{}", "independent columns"});
  return out;
}

}  // namespace

Shape::Shape(const Dataset& data) : rows(data.rows()), columns(data.schema().size()) {
  for (const Field& field : data.schema()) numbers += field.kind != Kind::kCategorical ? 1 : 0;
  const std::int64_t target = data.schema().target();
  if (target >= 0 && data.schema()[target].kind == Kind::kCategorical)
    classes = data.schema()[target].categories.size();
}

double any_order_seconds(const Shape& shape) {
  constexpr double kEpochs = 60, kLeastSteps = 3000, kBatch = 512;
  const auto columns = static_cast<double>(shape.columns);
  const double seen = std::max(kEpochs * static_cast<double>(shape.rows),
                               kLeastSteps * std::min(kBatch, static_cast<double>(shape.rows) / 8));
  return kSecondsACell * seen * columns * std::min(columns, 32.0);
}

Plan plan(const Shape& shape, std::int64_t race_rows, std::optional<double> budget) {
  if (shape.rows < kLeastRows)
    return {{copula(shape)}, fmt::format("{} rows are too few to compare models on", shape.rows)};
  if (shape.columns == 1)
    return {{{"independent", "{}", "independent columns"}},
            "a single column has no dependence to learn"};
  if (shape.columns > kMostColumns)
    return {{copula(shape)},
            fmt::format("{} columns are more than a network a column learns well", shape.columns)};
  const double needed = any_order_seconds(shape);
  if (budget && *budget < kShareNeeded * needed)
    return {{copula(shape)},
            fmt::format("{:.0f} s are too short for a network, which would take about {:.0f} s",
                        *budget, needed)};
  if (shape.rows <= race_rows) return race(shape);
  return {{any_order(shape)},
          fmt::format("{} rows of {} columns are enough for a network", shape.rows, shape.columns)};
}

}  // namespace semblance::tuning
