// SPDX-License-Identifier: Apache-2.0
#include "semblance/data/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "semblance/core/error.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

TEST(Vocabulary, FindsCodesAndSharesItsList) {
  const Vocabulary v = {"a", "b", ""};
  EXPECT_EQ(v.size(), 3);
  EXPECT_EQ(v.code("b"), 1);
  EXPECT_EQ(v.code(""), 2);
  EXPECT_EQ(v.code("c"), -1);
  EXPECT_EQ(v[0], "a");
  const Vocabulary copy = v;
  EXPECT_EQ(&copy.categories(), &v.categories());
  EXPECT_EQ(v, (Vocabulary{"a", "b", ""}));
  EXPECT_FALSE(v == (Vocabulary{"b", "a", ""}));
  EXPECT_EQ(Vocabulary().size(), 0);
}

TEST(Vocabulary, ACategoryTwiceIsAnError) {
  EXPECT_EQ(message_of<InvalidArgument>([] { Vocabulary({"x", "y", "x"}); }),
            "Vocabulary: each category must be there once, got 'x' twice");
}

TEST(Schema, NamesMustBeUniqueAndNotEmpty) {
  EXPECT_EQ(message_of<InvalidArgument>([] { Schema({{.name = "a"}, {.name = "a"}}); }),
            "Schema: names must be unique, got 'a' twice");
  EXPECT_EQ(message_of<InvalidArgument>([] { Schema(std::vector<Field>{{.name = ""}}); }),
            "Schema: a column's name must not be empty");
  EXPECT_EQ(message_of<InvalidArgument>([] {
              Schema(std::vector<Field>{{.name = "x", .kind = Kind::kTensor, .shape = {1, 0}}});
            }),
            "Schema: tensor column 'x' needs a shape of positive extents");
}

TEST(Schema, FindsColumnsAndTarget) {
  const Schema s = {{.name = "age"}, {.name = "income", .role = Role::kTarget}};
  EXPECT_EQ(s.find("income"), 1);
  EXPECT_EQ(s.find("x"), -1);
  EXPECT_EQ(s.target(), 1);
  EXPECT_EQ(s.with_target("age").target(), 0);
  EXPECT_EQ(s.with_target("age")[1].role, Role::kFeature);
  EXPECT_EQ(message_of<InvalidArgument>([&] { static_cast<void>(s.index("agee")); }),
            "Schema: there is no column 'agee'; did you mean 'age'?");
}

Schema rich() {
  return {
      {.name = "r",
       .kind = Kind::kReal,
       .nullable = true,
       .range = Range{-0.1, 1e300},
       .format = {NumberFormat::Style::kFixed, 3}},
      {.name = "i",
       .kind = Kind::kInteger,
       .sensitive = true,
       .range = Range{0, 9},
       .format = {NumberFormat::Style::kPoint, 1}},
      {.name = "c",
       .kind = Kind::kCategorical,
       .role = Role::kTarget,
       .sensitive = true,
       .categories = {"", "\"quoted\"", "\u00e4\n"}},
      {.name = "d", .kind = Kind::kDatetime, .role = Role::kTime, .datetime_format = "%d.%m.%Y"},
      {.name = "t", .kind = Kind::kText, .role = Role::kKey},
      {.name = "x", .kind = Kind::kTensor, .shape = {1, 8, 8}, .element = ElementType::kUInt8}};
}

TEST(SchemaJson, RoundTripsEveryField) { EXPECT_EQ(parse_schema(to_json(rich())), rich()); }

TEST(SchemaJson, ReadsThePublishedFormat) {
  const Schema s = parse_schema(R"({"name": "toy", "target": "y", "sensitive": ["sex"], "columns": [
    {"name": "x", "type": "continuous", "missing": 2, "distinct": 9, "min": 0.5, "max": 2, "mean": 1},
    {"name": "sex", "type": "categorical", "missing": 0, "categories": ["f", "m"]},
    {"name": "many", "type": "categorical", "missing": 0, "distinct": 101},
    {"name": "y", "type": "integer", "missing": 0, "min": 1.0, "max": 3.0}]})");
  const Schema expected = {
      {.name = "x", .kind = Kind::kReal, .nullable = true, .range = Range{0.5, 2}},
      {.name = "sex", .kind = Kind::kCategorical, .sensitive = true, .categories = {"f", "m"}},
      {.name = "many", .kind = Kind::kCategorical},
      {.name = "y", .kind = Kind::kInteger, .role = Role::kTarget, .range = Range{1, 3}}};
  EXPECT_EQ(s, expected);
}

TEST(SchemaJson, ErrorsNameColumnAndKey) {
  const auto error = [](std::string_view json) {
    return message_of<InvalidArgument>([&] { static_cast<void>(parse_schema(json)); });
  };
  EXPECT_EQ(error(R"({"columns": [{"name": "a", "type": "float"}]})"),
            "schema: column 'a', key 'type': 'float' is none of continuous, real, integer, "
            "categorical, datetime, text, tensor");
  EXPECT_EQ(error(R"({"columns": [{"name": "a"}]})"), "schema: column 'a', key 'type': is missing");
  EXPECT_EQ(error(R"({"columns": [{"name": "a", "type": "categorical", "categories": [1]}]})"),
            "schema: column 'a', key 'categories': [1] does not fit");
  EXPECT_EQ(error(R"({"columns": [{"name": "a", "type": "real", "min": 2, "max": 1}]})"),
            "schema: column 'a', key 'min': 2 is above max 1");
  EXPECT_EQ(error(R"({"target": "b", "columns": [{"name": "a", "type": "real"}]})"),
            "schema: 'target' names 'b', which is not among the columns");
  EXPECT_EQ(error("[]"), "schema: must be a JSON object with a list 'columns'");
  EXPECT_THAT(error("{"), testing::StartsWith("schema: not valid JSON"));
}

TEST(SchemaJson, AMissingFileIsAFileError) {
  EXPECT_EQ(message_of<FileError>([] { static_cast<void>(read_schema("no/such.json")); }),
            "no/such.json: cannot be read");
}

TEST(SchemaJson, PositiveClassOfTheTargetReadsBack) {
  const std::string columns = R"("columns": [{"name": "y", "type": "categorical"}]})";
  const Schema s = parse_schema(R"({"target": "y", "positive_class": "yes", )" + columns);
  EXPECT_EQ(s[0].positive_class, "yes");
  EXPECT_EQ(parse_schema(to_json(s)), s);
  EXPECT_THROW((void)parse_schema(R"({"positive_class": "yes", )" + columns), InvalidArgument);
  EXPECT_THROW((void)parse_schema(R"({"target": "y", "positive_class": 1, )" + columns),
               InvalidArgument);
}

}  // namespace
}  // namespace semblance
