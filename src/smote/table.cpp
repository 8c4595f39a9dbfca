// SPDX-License-Identifier: Apache-2.0
#include "smote/table.hpp"

namespace semblance {
namespace {

/// The codes of the target; their own only where it has gaps, or where there is none.
void set_labels(Classes& classes, const Dataset& data) {
  auto& own = classes.labels;
  if (classes.target < 0) {
    own.resize(static_cast<std::size_t>(data.rows()));
  } else {
    const Column& from = data.column(classes.target);
    classes.label = from.codes();
    if (from.null_count() == 0) return;
    own.assign(classes.label.begin(), classes.label.end());
    for (std::size_t i = 0; i < own.size(); ++i) {
      const bool valid = from.is_valid(static_cast<std::int64_t>(i));
      if (!valid) own[i] = data.schema()[classes.target].categories.size();
    }
  }
  classes.label = own;
}

}  // namespace

Classes classes_of(const Dataset& data) {
  Classes classes;
  const std::int64_t target = data.schema().target();
  if (target >= 0 && data.schema()[target].kind == Kind::kCategorical) classes.target = target;
  const std::int64_t count =
      classes.target < 0 ? 1 : data.schema()[target].categories.size() + std::int64_t{1};
  classes.rows.resize(static_cast<std::size_t>(count));
  const auto n = static_cast<std::size_t>(data.rows());
  set_labels(classes, data);
  classes.place.resize(n);
  std::vector<std::int32_t> sizes(classes.rows.size());
  for (std::size_t i = 0; i < n; ++i) {
    classes.place[i] = sizes[static_cast<std::size_t>(classes.label[i])]++;
  }
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    classes.rows[c].reserve(static_cast<std::size_t>(sizes[c]));
  }
  for (std::size_t i = 0; i < n; ++i) {
    classes.rows[static_cast<std::size_t>(classes.label[i])].push_back(
        static_cast<std::int64_t>(i));
  }
  return classes;
}

}  // namespace semblance
