// SPDX-License-Identifier: Apache-2.0
// Tokens as JSON text. What is read may be hostile: everything that decoding relies on is checked
// here.
#include <algorithm>
#include <cmath>

#include "detail/json.hpp"
#include "semblance/codec/token_codec.hpp"

namespace semblance {
namespace {

using Json = nlohmann::json;

void check(bool ok, const std::string& column, std::string_view what) {
  require<FileError>(ok, "the model file's tokens of column '{}' are damaged: {}", column, what);
}

bool ascending(const std::vector<double>& values) {
  return std::is_sorted(values.begin(), values.end()) &&
         std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

}  // namespace

std::string TokenColumn::to_json() const {
  Json tokens = Json::array();
  for (const Token& token : tokens_) {
    tokens.push_back({{"k", token.knots}, {"p", token.pooled}, {"n", token.count}});
  }
  return Json{{"unit", unit_}, {"tokens", tokens}}.dump();
}

void TokenColumn::check_numbers() const {
  double above = -std::numeric_limits<double>::infinity();
  for (const Token& token : tokens_) {
    check(token.pooled.empty() && ascending(token.knots), field_.name, "numbers are not ascending");
    if (token.knots.empty()) continue;
    check(token.knots.front() > above, field_.name, "tokens overlap");
    check(!field_.range ||
              (token.knots.front() >= field_.range->min && token.knots.back() <= field_.range->max),
          field_.name, "a value is outside the schema's range");
    above = token.knots.back();
  }
}

void TokenColumn::check_categories() const {
  std::vector<bool> used(static_cast<std::size_t>(field_.categories.size()));
  for (const Token& token : tokens_) {
    check(
        token.pooled.empty() ? token.knots.size() <= 1 : token.pooled.size() == token.knots.size(),
        field_.name, "a token has several categories without their shares");
    check(ascending(token.pooled) && (token.pooled.empty() || token.pooled.front() > 0),
          field_.name, "shares are not ascending");
    for (const double code : token.knots) {
      check(code >= 0 && code < static_cast<double>(used.size()) && code == std::floor(code),
            field_.name, "a code is outside the vocabulary");
      check(!used[static_cast<std::size_t>(code)], field_.name, "a code is there twice");
      used[static_cast<std::size_t>(code)] = true;
    }
  }
}

TokenColumn TokenColumn::from_json(std::string_view text, const Field& field) {
  check(field.kind != Kind::kText && field.kind != Kind::kTensor, field.name,
        "its kind has no tokens");
  TokenColumn column(field);
  try {
    const Json json = parse_json(text, "the model file's tokens");
    column.unit_ = json.at("unit").get<std::int64_t>();
    for (const Json& token : json.at("tokens")) {
      column.tokens_.push_back({token.at("k").get<std::vector<double>>(),
                                token.at("p").get<std::vector<double>>(),
                                token.at("n").get<std::int64_t>()});
    }
  } catch (const Json::exception& e) {
    check(false, field.name, e.what());
  }
  check(!column.tokens_.empty() && column.unit_ >= 1, field.name, "there are none");
  for (const Token& token : column.tokens_) {
    const bool last = &token == &column.tokens_.back();
    check(token.count >= 0 && (last || !token.knots.empty()), field.name, "a token is empty");
  }
  if (column.is_ordered()) {
    column.check_numbers();
  } else {
    column.check_categories();
  }
  column.index_tokens();
  return column;
}

std::string TokenCodec::to_json() const {
  Json out = Json::array();
  for (const TokenColumn& column : columns_) out.push_back(column.to_json());
  return out.dump();
}

TokenCodec TokenCodec::from_json(std::string_view text, const Schema& schema) {
  const Json json = parse_json(text, "the model file's tokens");
  require<FileError>(json.is_array() && static_cast<std::int64_t>(json.size()) == schema.size(),
                     "the model file's tokens do not fit its schema");
  TokenCodec codec;
  for (std::int64_t i = 0; i < schema.size(); ++i) {
    const Json& column = json[static_cast<std::size_t>(i)];
    check(column.is_string(), schema[i].name, "they are not text");
    codec.columns_.push_back(
        TokenColumn::from_json(column.get_ref<const std::string&>(), schema[i]));
  }
  return codec;
}

}  // namespace semblance
