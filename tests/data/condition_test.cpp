// SPDX-License-Identifier: Apache-2.0
#include "semblance/data/condition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "semblance/core/error.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using testing::ElementsAre;

Schema schema() {
  return {{.name = "x", .kind = Kind::kReal, .nullable = true},
          {.name = "age", .kind = Kind::kInteger},
          {.name = "income", .kind = Kind::kCategorical, .categories = {"<=50K", ">50K"}},
          {.name = "grade", .kind = Kind::kCategorical, .categories = {"1", "10", "2"}},
          {.name = "day", .kind = Kind::kDatetime, .datetime_format = "%d.%m.%Y"},
          {.name = "note", .kind = Kind::kText, .nullable = true},
          {.name = "a=b", .kind = Kind::kReal}};
}

std::string error(const Condition& condition) {
  return message_of<InvalidArgument>([&] { condition.validate(schema()); });
}

TEST(Condition, ResolvesToTheColumnsOwnValues) {
  const auto terms = resolve({{"income", ">50K"},
                              {"age", Range{29.5, 40}},
                              {"x", Missing{}},
                              {"day", "02.01.1970"},
                              {"grade", 2}},
                             schema());
  ASSERT_EQ(terms.size(), 5U);
  EXPECT_EQ(terms[0].column, 2);
  EXPECT_THAT(terms[0].values, ElementsAre(1));
  EXPECT_EQ(terms[1].range, (Range{30, 40}));
  EXPECT_TRUE(terms[2].missing);
  EXPECT_THAT(terms[3].values, ElementsAre(86'400e6));
  EXPECT_THAT(terms[4].values, ElementsAre(2));
}

TEST(Condition, ARangeOfNumericCategoriesIsTheirCodes) {
  EXPECT_THAT(resolve({{"grade", Range{2, 10}}}, schema())[0].values, ElementsAre(1, 2));
  EXPECT_THAT(resolve({{"income", OneOf{{">50K", "<=50K", ">50K"}}}}, schema())[0].values,
              ElementsAre(1, 0));
}

TEST(Condition, ErrorsSayWhatIsWrong) {
  EXPECT_EQ(error({{"agee", 3}}), "Schema: there is no column 'agee'; did you mean 'age'?");
  EXPECT_EQ(error({{"age", 3}, {"age", 4}}), "Condition: column 'age' is named twice");
  EXPECT_EQ(error({{"income", ">60K"}}),
            "Condition: column 'income' has no category '>60K'; did you mean '>50K'?");
  EXPECT_EQ(error({{"age", "old"}}), "Condition: column 'age' needs a number, got 'old'");
  EXPECT_EQ(error({{"age", "3.5"}}), "Condition: column 'age' needs a whole number, got '3.5'");
  EXPECT_EQ(error({{"age", Range{40, 30}}}),
            "Condition: column 'age': the range [40, 30] is empty");
  EXPECT_EQ(error({{"age", Range{1.2, 1.8}}}),
            "Condition: column 'age': the range [1.2, 1.8] is empty");
  EXPECT_EQ(error({{"income", Range{0, 1}}}),
            "Condition: column 'income' is categorical and not numeric, so it takes no range");
  EXPECT_EQ(error({{"x", std::numeric_limits<double>::quiet_NaN()}}),
            "Condition: column 'x' needs a finite number, got nan");
  EXPECT_EQ(error({{"age", Missing{}}}), "Condition: column 'age' has no missing values");
  EXPECT_EQ(error({{"note", "hello"}}),
            "Condition: column 'note' is text, which can only be required to be missing");
  EXPECT_EQ(error({{"day", "tomorrow"}}),
            "Condition: column 'day' needs a datetime, got 'tomorrow'");
  EXPECT_EQ(error({{"age", OneOf{}}}), "Condition: column 'age': OneOf needs at least one value");
}

TEST(Condition, SatisfiesChecksEveryTerm) {
  Bitmap valid(3, true);
  valid.set(2, false);
  const Dataset data({{.name = "x", .nullable = true}, {.name = "n", .kind = Kind::kInteger}},
                     {Column::reals({1, 2, 2}, valid), Column::integers({5, 6, 6})});
  const auto both = resolve({{"x", Range{1.5, 3}}, {"n", 6}}, data.schema());
  EXPECT_FALSE(satisfies(data, 0, both));
  EXPECT_TRUE(satisfies(data, 1, both));
  EXPECT_FALSE(satisfies(data, 2, both));
  const auto missing = resolve({{"x", Missing{}}}, data.schema());
  EXPECT_FALSE(satisfies(data, 1, missing));
  EXPECT_TRUE(satisfies(data, 2, missing));
}

TEST(ParseTerm, ReadsValuesRangesChoicesAndMissing) {
  const auto requirement = [](std::string_view text) {
    return parse_term(text, schema()).requirement;
  };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(requirement("income=>50K"), Requirement(">50K"));
  EXPECT_EQ(requirement("age=30..40"), Requirement(Range{30, 40}));
  EXPECT_EQ(requirement("age=..40"), Requirement(Range{-kInfinity, 40}));
  EXPECT_EQ(requirement("income=<=50K|>50K"), Requirement(OneOf{{"<=50K", ">50K"}}));
  EXPECT_EQ(requirement("x="), Requirement(Missing{}));
  EXPECT_EQ(parse_term("a=b=3", schema()).column, "a=b");
  EXPECT_EQ(message_of<InvalidArgument>([] { static_cast<void>(parse_term("age", schema())); }),
            "a condition must read column=value, got 'age'");
}

}  // namespace
}  // namespace semblance
