// SPDX-License-Identifier: Apache-2.0
#include "detail/check.hpp"
#include "neighbours/table_cells.hpp"
#include "semblance/neighbours/heterogeneous.hpp"

namespace semblance {

Heterogeneous Heterogeneous::heom(const Dataset& scale) {
  Heterogeneous out = heom(table_cells(scale, scale.schema(), "Heterogeneous").view());
  out.schema_ = scale.schema();
  return out;
}

Heterogeneous Heterogeneous::hvdm(const Dataset& scale, std::string_view label) {
  const Column& classes = scale.column(label);
  const Field& field = scale.schema()[scale.schema().index(label)];
  require(field.kind == Kind::kCategorical,
          "Heterogeneous.hvdm: the label '{}' must be categorical, it is {}", label,
          to_string(field.kind));
  std::vector<std::int32_t> labels;
  for (std::int64_t i = 0; i < scale.rows(); ++i) {  // missing labels are a class of their own
    labels.push_back(classes.is_valid(i) ? classes.codes()[static_cast<std::size_t>(i)]
                                         : static_cast<std::int32_t>(field.categories.size()));
  }
  std::vector<Field> others;
  for (const Field& other : scale.schema()) {
    if (other.name != label) others.push_back(other);
  }
  const Schema schema(std::move(others));
  Heterogeneous out = hvdm(table_cells(scale, schema, "Heterogeneous").view(), labels);
  out.schema_ = schema;
  return out;
}

Heterogeneous::Rows Heterogeneous::encode(const Dataset& rows) const {
  require(schema_.size() > 0, "Heterogeneous.encode: a metric made from views takes views");
  return encode(table_cells(rows, schema_, "Heterogeneous").view());
}

}  // namespace semblance
