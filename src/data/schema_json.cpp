// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "detail/check.hpp"
#include "detail/json.hpp"
#include "semblance/data/schema.hpp"

namespace semblance {
namespace {

using Json = nlohmann::ordered_json;
using Style = NumberFormat::Style;

template <class Enum, std::size_t kSize>
using Names = std::array<std::pair<std::string_view, Enum>, kSize>;

constexpr Names<Kind, 7> kKinds = {{{"continuous", Kind::kReal},
                                    {"real", Kind::kReal},
                                    {"integer", Kind::kInteger},
                                    {"categorical", Kind::kCategorical},
                                    {"datetime", Kind::kDatetime},
                                    {"text", Kind::kText},
                                    {"tensor", Kind::kTensor}}};
constexpr Names<Role, 4> kRoles = {{{"feature", Role::kFeature},
                                    {"target", Role::kTarget},
                                    {"key", Role::kKey},
                                    {"time", Role::kTime}}};
constexpr Names<Style, 4> kStyles = {{{"shortest", Style::kShortest},
                                      {"point", Style::kPoint},
                                      {"fixed", Style::kFixed},
                                      {"compact", Style::kCompact}}};
constexpr Names<ElementType, 2> kElements = {
    {{"uint8", ElementType::kUInt8}, {"float32", ElementType::kFloat32}}};

template <class Enum, std::size_t kSize>
std::string_view name_of(const Names<Enum, kSize>& names, Enum value) {
  for (const auto& [name, candidate] : names) {
    if (candidate == value) return name;
  }
  return {};
}

/// One column's object, with errors that name column and key.
class Reader {
 public:
  Reader(const Json& json, std::string column) : json_(json), column_(std::move(column)) {}

  [[nodiscard]] bool has(const char* key) const {
    return json_.contains(key) && !json_.at(key).is_null();
  }

  template <class T>
  void get(const char* key, T& out) const {
    if (!has(key)) return;
    try {
      json_.at(key).get_to(out);
    } catch (const nlohmann::json::exception&) {
      fail("schema: column '{}', key '{}': {} does not fit", column_, key, shown(key));
    }
  }

  template <class Enum, std::size_t kSize>
  void get(const char* key, const Names<Enum, kSize>& names, Enum& out) const {
    if (!has(key)) return;
    std::string text, known;
    get(key, text);
    for (const auto& [name, value] : names) {
      if (name == text) {
        out = value;
        return;
      }
      known += (known.empty() ? "" : ", ") + std::string(name);
    }
    fail("schema: column '{}', key '{}': '{}' is none of {}", column_, key, text, known);
  }

 private:
  [[nodiscard]] std::string shown(const char* key) const {
    return json_.at(key).dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 80);
  }

  const Json& json_;
  std::string column_;
};

bool read_nullable(const Reader& read) {
  std::int64_t missing = 0;
  read.get("missing", missing);
  bool nullable = missing > 0;
  read.get("nullable", nullable);
  return nullable;
}

Vocabulary read_categories(const Reader& read, const std::string& column) {
  std::vector<std::string> categories;
  read.get("categories", categories);
  try {
    return categories;
  } catch (const InvalidArgument& e) {
    fail("schema: column '{}', key 'categories': {}", column, e.what());
  }
}

std::optional<Range> read_range(const Reader& read, const std::string& column) {
  if (!read.has("min") || !read.has("max")) return {};
  Range range;
  read.get("min", range.min);
  read.get("max", range.max);
  require(range.min <= range.max, "schema: column '{}', key 'min': {} is above max {}", column,
          range.min, range.max);
  return range;
}

Field read_field(const Json& json) {
  require(json.is_object() && json.contains("name") && json["name"].is_string(),
          "schema: each of columns must be an object with a 'name'");
  Field field;
  field.name = json["name"].get<std::string>();
  const Reader read(json, field.name);
  require(read.has("type"), "schema: column '{}', key 'type': is missing", field.name);
  read.get("type", kKinds, field.kind);
  read.get("role", kRoles, field.role);
  field.nullable = read_nullable(read);
  if (field.kind == Kind::kCategorical) field.categories = read_categories(read, field.name);
  field.range = read_range(read, field.name);
  read.get("style", kStyles, field.format.style);
  read.get("decimals", field.format.decimals);
  require(field.format.decimals >= -1 && field.format.decimals <= 400,
          "schema: column '{}', key 'decimals': must be in [-1, 400], got {}", field.name,
          field.format.decimals);
  read.get("datetime_format", field.datetime_format);
  read.get("shape", field.shape);
  read.get("element", kElements, field.element);
  return field;
}

Field& named(std::vector<Field>& fields, const std::string& name, const char* key) {
  for (auto& field : fields) {
    if (field.name == name) return field;
  }
  fail("schema: '{}' names '{}', which is not among the columns", key, name);
}

void read_target(const Json& json, std::vector<Field>& fields) {
  if (!json.contains("target") || json["target"].is_null()) return;
  require(json["target"].is_string(), "schema: 'target' must be a column's name");
  named(fields, json["target"].get<std::string>(), "target").role = Role::kTarget;
}

void read_positive_class(const Json& json, std::vector<Field>& fields) {
  if (!json.contains("positive_class") || json["positive_class"].is_null()) return;
  require(json["positive_class"].is_string(), "schema: 'positive_class' must be a category");
  require(json.contains("target") && json["target"].is_string(),
          "schema: 'positive_class' needs a 'target'");
  named(fields, json["target"].get<std::string>(), "target").positive_class =
      json["positive_class"].get<std::string>();
}

void read_sensitive(const Json& json, std::vector<Field>& fields) {
  if (!json.contains("sensitive") || json["sensitive"].is_null()) return;
  require(json["sensitive"].is_array(), "schema: 'sensitive' must be a list of column names");
  for (const auto& name : json["sensitive"]) {
    require(name.is_string(), "schema: 'sensitive' must be a list of column names");
    named(fields, name.get<std::string>(), "sensitive").sensitive = true;
  }
}

void write_format(const Field& field, Json& out) {
  const NumberFormat standard;
  if (field.format.style != standard.style) out["style"] = name_of(kStyles, field.format.style);
  if (field.format.decimals != standard.decimals) out["decimals"] = field.format.decimals;
  if (!field.datetime_format.empty()) out["datetime_format"] = field.datetime_format;
  if (!field.shape.empty()) out["shape"] = field.shape;
  if (field.kind == Kind::kTensor || field.element != ElementType::kFloat32)
    out["element"] = name_of(kElements, field.element);
}

Json write_field(const Field& field) {
  Json out = {{"name", field.name}, {"type", name_of(kKinds, field.kind)}};
  if (field.role != Role::kFeature) out["role"] = name_of(kRoles, field.role);
  out["nullable"] = field.nullable;
  if (field.kind == Kind::kCategorical) out["categories"] = field.categories.categories();
  if (field.range) {
    out["min"] = field.range->min;
    out["max"] = field.range->max;
  }
  write_format(field, out);
  return out;
}

}  // namespace

std::string to_json(const Schema& schema) {
  Json out = Json::object();
  const std::int64_t target = schema.target();
  out["target"] = target < 0 ? Json() : Json(schema[target].name);
  if (target >= 0 && !schema[target].positive_class.empty())
    out["positive_class"] = schema[target].positive_class;
  out["sensitive"] = Json::array();
  out["columns"] = Json::array();
  for (const auto& field : schema) {
    if (field.sensitive) out["sensitive"].push_back(field.name);
    out["columns"].push_back(write_field(field));
  }
  return out.dump(1, ' ', false, Json::error_handler_t::replace);
}

Schema parse_schema(std::string_view text) {
  const Json json = parse_json<Json, InvalidArgument>(text, "schema");
  require(json.is_object() && json.contains("columns") && json["columns"].is_array(),
          "schema: must be a JSON object with a list 'columns'");
  std::vector<Field> fields;
  for (const auto& column : json["columns"]) fields.push_back(read_field(column));
  read_target(json, fields);
  read_positive_class(json, fields);
  read_sensitive(json, fields);
  return fields;
}

Schema read_schema(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  require<FileError>(in.good() && !std::filesystem::is_directory(file), "{}: cannot be read",
                     file.string());
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  try {
    return parse_schema(text);
  } catch (const InvalidArgument& e) {
    fail("{}: {}", file.string(), e.what());
  }
}

}  // namespace semblance
