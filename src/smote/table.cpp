// SPDX-License-Identifier: Apache-2.0
#include "smote/table.hpp"

namespace semblance {
namespace {

/// The code of a cell, a missing one after all categories.
std::int32_t code_at(const Dataset& data, std::int64_t column, std::int64_t row) {
  return data.column(column).is_valid(row)
             ? data.column(column).codes()[static_cast<std::size_t>(row)]
             : data.schema()[column].categories.size();
}

}  // namespace

Classes classes_of(const Dataset& data) {
  Classes classes;
  const std::int64_t target = data.schema().target();
  if (target >= 0 && data.schema()[target].kind == Kind::kCategorical) classes.target = target;
  const std::int64_t count =
      classes.target < 0 ? 1 : data.schema()[target].categories.size() + std::int64_t{1};
  classes.rows.resize(static_cast<std::size_t>(count));
  classes.label.reserve(static_cast<std::size_t>(data.rows()));
  classes.place.reserve(static_cast<std::size_t>(data.rows()));
  for (std::int64_t i = 0; i < data.rows(); ++i) {
    classes.label.push_back(classes.target < 0 ? 0 : code_at(data, target, i));
    auto& rows = classes.rows[static_cast<std::size_t>(classes.label.back())];
    classes.place.push_back(static_cast<std::int32_t>(rows.size()));
    rows.push_back(i);
  }
  return classes;
}

}  // namespace semblance
