// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <iterator>

#include "detail/check.hpp"
#include "detail/json.hpp"
#include "detail/names.hpp"
#include "semblance/data/constraint.hpp"

namespace semblance {
namespace {

using Json = nlohmann::ordered_json;

struct Writer {
  Json operator()(const FixedCombinations& c) const {
    return {{"type", "fixed_combinations"}, {"columns", c.columns}};
  }
  Json operator()(const Inequality& c) const {
    return {{"type", "inequality"}, {"low", c.low}, {"high", c.high}, {"gap", c.gap}};
  }
  Json operator()(const Bounds& c) const {
    Json out = {{"type", "range"}, {"column", c.column}};
    if (std::isfinite(c.min)) out["min"] = c.min;
    if (std::isfinite(c.max)) out["max"] = c.max;
    return out;
  }
  Json operator()(const OneHot& c) const { return {{"type", "one_hot"}, {"columns", c.columns}}; }
  Json operator()(const SumsTo& c) const {
    return {{"type", "sum"}, {"parts", c.parts}, {"total", c.total}};
  }
  Json operator()(const Unique& c) const { return {{"type", "unique"}, {"columns", c.columns}}; }
  Json operator()(const Predicate& c) const {
    fail("constraint {}: a predicate has no JSON", c.name);
  }
};

/// One object, with errors that say which.
class Reader {
 public:
  Reader(const Json& json, std::size_t number) : json_(json), number_(number) {
    require(json.is_object() && json.contains("type") && json["type"].is_string(),
            "constraint {}: must be an object with a 'type'", number);
  }

  [[nodiscard]] Constraint read() {
    const auto type = json_["type"].get<std::string>();
    Constraint out;
    if (type == "fixed_combinations") {
      out = FixedCombinations{get<Names>("columns")};
    } else if (type == "inequality") {
      out = Inequality{get<std::string>("low"), get<std::string>("high"), get("gap", 0.0)};
    } else if (type == "range") {
      Bounds bounds{get<std::string>("column")};
      bounds.min = get("min", bounds.min);
      bounds.max = get("max", bounds.max);
      out = bounds;
    } else if (type == "one_hot") {
      out = OneHot{get<Names>("columns")};
    } else if (type == "sum") {
      out = SumsTo{get<Names>("parts"), get<std::string>("total")};
    } else if (type == "unique") {
      out = Unique{get<Names>("columns")};
    } else {
      fail("constraint {}: there is no type '{}'; {}", number_, type,
           did_you_mean(type,
                        {"fixed_combinations", "inequality", "range", "one_hot", "sum", "unique"}));
    }
    for (const auto& [key, value] : json_.items())
      require(std::find(known_.begin(), known_.end(), key) != known_.end(),
              "constraint {}: '{}' has no key '{}'; {}", number_, type, key,
              did_you_mean(key, known_));
    return out;
  }

 private:
  using Names = std::vector<std::string>;

  template <class T>
  T get(const char* key) {
    require(json_.contains(key), "constraint {}: key '{}' is missing", number_, key);
    return get(key, T{});
  }
  template <class T>
  T get(const char* key, T standard) {
    known_.emplace_back(key);
    if (!json_.contains(key)) return standard;
    try {
      return json_[key].get<T>();
    } catch (const nlohmann::json::exception&) {
      fail("constraint {}: key '{}': {} does not fit", number_, key, json_[key].dump());
    }
  }

  const Json& json_;
  std::size_t number_;
  Names known_ = {"type"};
};

}  // namespace

std::string to_json(const Constraints& constraints) {
  Json out = Json::array();
  for (const Constraint& c : constraints) out.push_back(std::visit(Writer{}, c));
  return out.dump();
}

Constraints parse_constraints(std::string_view text) {
  Json json = parse_json<Json, InvalidArgument>(text, "constraints");
  if (json.is_object()) json = json.value("constraints", Json::array());
  require(json.is_array(), "constraints: must be a JSON list, got {}", json.type_name());
  Constraints out;
  for (std::size_t i = 0; i < json.size(); ++i) out.push_back(Reader(json[i], i + 1).read());
  return out;
}

Constraints read_constraints(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  require<FileError>(in.good() && !std::filesystem::is_directory(file), "{}: cannot be read",
                     file.string());
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  try {
    return parse_constraints(text);
  } catch (const InvalidArgument& e) {
    fail("{}: {}", file.string(), e.what());
  }
}

}  // namespace semblance
