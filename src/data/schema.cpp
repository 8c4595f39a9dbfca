// SPDX-License-Identifier: Apache-2.0
#include "semblance/data/schema.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "detail/check.hpp"
#include "detail/names.hpp"

namespace semblance {
namespace {

void check_names(const std::vector<Field>& fields) {
  std::unordered_set<std::string_view> seen;
  for (const auto& field : fields) {
    require(!field.name.empty(), "Schema: a column's name must not be empty");
    require(seen.insert(field.name).second, "Schema: names must be unique, got '{}' twice",
            field.name);
  }
}

void check_shape(const Field& field) {
  if (field.kind != Kind::kTensor) return;
  const bool positive = std::all_of(field.shape.begin(), field.shape.end(),
                                    [](std::int64_t extent) { return extent >= 1; });
  require(!field.shape.empty() && positive,
          "Schema: tensor column '{}' needs a shape of positive extents", field.name);
}

}  // namespace

std::string_view to_string(Kind kind) {
  constexpr std::string_view kNames[] = {"real",     "integer", "categorical",
                                         "datetime", "text",    "tensor"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view to_string(Role role) {
  constexpr std::string_view kNames[] = {"feature", "target", "key", "time"};
  return kNames[static_cast<std::size_t>(role)];
}

Schema::Schema(std::vector<Field> fields) : fields_(std::move(fields)) {
  check_names(fields_);
  for (const auto& field : fields_) check_shape(field);
}

Schema::Schema(std::initializer_list<Field> fields) : Schema(std::vector<Field>(fields)) {}

std::int64_t Schema::find(std::string_view name) const noexcept {
  const auto it = std::find_if(fields_.begin(), fields_.end(),
                               [&](const Field& field) { return field.name == name; });
  return it == fields_.end() ? -1 : it - fields_.begin();
}

std::int64_t Schema::index(std::string_view name) const {
  const std::int64_t position = find(name);
  if (position >= 0) return position;
  std::vector<std::string> known;
  for (const auto& field : fields_) known.push_back(field.name);
  fail("Schema: there is no column '{}'; {}", name, did_you_mean(name, known));
}

std::int64_t Schema::target() const noexcept {
  const auto it = std::find_if(fields_.begin(), fields_.end(),
                               [](const Field& field) { return field.role == Role::kTarget; });
  return it == fields_.end() ? -1 : it - fields_.begin();
}

Schema Schema::with_target(std::string_view name) const {
  const std::int64_t position = index(name);
  Schema out = *this;
  for (auto& field : out.fields_) {
    if (field.role == Role::kTarget) field.role = Role::kFeature;
  }
  out.fields_[static_cast<std::size_t>(position)].role = Role::kTarget;
  return out;
}

}  // namespace semblance
