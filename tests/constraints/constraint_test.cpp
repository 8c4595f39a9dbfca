// SPDX-License-Identifier: Apache-2.0
#include "semblance/data/constraint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "constraints/tables.hpp"
#include "semblance/core/error.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using testing::HasSubstr;

Dataset numbers(std::vector<double> a, std::vector<double> b, Bitmap valid = {}) {
  Field second{.name = "b", .nullable = valid.size() > 0};
  return {Schema({{.name = "a"}, second}),
          {Column::reals(std::move(a)), Column::reals(std::move(b), std::move(valid))}};
}

std::int64_t count(const Constraint& constraint, const Dataset& rows) {
  return violations({constraint}, rows, rows)[0].rows;
}

TEST(Constraint, AnInequalityHasAGapAndExemptsGaps) {
  Bitmap valid(4, true);
  valid.set(3, false);
  const Dataset rows = numbers({1, 2, 3, 9}, {1, 1, 4, 0}, valid);
  EXPECT_EQ(count(Inequality{"a", "b"}, rows), 1);
  EXPECT_EQ(count(Inequality{"a", "b", 1}, rows), 2);
  const auto found = violations({Inequality{"a", "b"}}, rows, rows)[0];
  EXPECT_EQ(found.first, 1);
  EXPECT_EQ(found.constraint, "inequality: a <= b");
}

TEST(Constraint, BoundsAndSumsAndUniqueness) {
  const Dataset rows = numbers({0.1, 0.2, 0.1}, {0.2, 5, 0.2});
  EXPECT_EQ(count(Bounds{"b", 0, 1}, rows), 1);
  EXPECT_EQ(count(Unique{{"a", "b"}}, rows), 1);
  EXPECT_EQ(count(SumsTo{{"a"}, "b"}, rows), 3);
  const Dataset sums(Schema({{.name = "a"}, {.name = "b"}, {.name = "c"}}),
                     {Column::reals({0.1, 1}), Column::reals({0.2, 1}), Column::reals({0.3, 2.1})});
  EXPECT_EQ(count(SumsTo{{"a", "b"}, "c"}, sums), 1);  // 0.1 + 0.2 is 0.3 to nine digits
}

TEST(Constraint, OneHotTakesNumbersAndCategories) {
  const Dataset good = constrained_table(50);
  EXPECT_EQ(count(OneHot{{"sun", "rain", "snow"}}, good), 0);
  EXPECT_EQ(count(OneHot{{"sun", "rain"}}, good) > 0, true);  // none of the two in snow
  EXPECT_EQ(count(OneHot{{"score", "key"}}, good), 50);
}

TEST(Constraint, CombinationsAreThoseOfTheReference) {
  const Dataset train = constrained_table(60);
  EXPECT_EQ(broken_rows({FixedCombinations{{"city", "country"}}}, train, train), 0);
  std::vector<Column> columns = train.columns();
  columns[1] = Column::categories(std::vector<std::int32_t>(60, 0));  // all in Norway
  const Dataset moved(train.schema(), columns);
  std::int64_t italian = 0;
  for (const auto code : train.column("city").codes()) italian += code >= 2 ? 1 : 0;
  EXPECT_EQ(broken_rows({FixedCombinations{{"city", "country"}}}, moved, train), italian);
}

TEST(Constraint, JsonReadsBack) {
  Constraints all = all_constraints();
  EXPECT_EQ(message_of<InvalidArgument>([&] { static_cast<void>(to_json(all)); }),
            "constraint no snow in Rome: a predicate has no JSON");
  all.pop_back();
  const Constraints again = parse_constraints(to_json(all));
  ASSERT_EQ(again.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(to_string(again[i]), to_string(all[i]));
  EXPECT_EQ(parse_constraints(R"({"columns": []})").size(), 0);
  EXPECT_EQ(parse_constraints(R"({"constraints": [{"type": "unique", "columns": ["a"]}]})").size(),
            1);
}

TEST(Constraint, NamesWhatIsWrong) {
  const auto parse = [](const char* text) {
    return message_of<InvalidArgument>([&] { static_cast<void>(parse_constraints(text)); });
  };
  EXPECT_EQ(parse("3"), "constraints: must be a JSON list, got number");
  EXPECT_EQ(parse("[3]"), "constraint 1: must be an object with a 'type'");
  EXPECT_THAT(parse(R"([{"type": "inequalty"}])"), HasSubstr("did you mean 'inequality'?"));
  EXPECT_EQ(parse(R"([{"type": "unique"}])"), "constraint 1: key 'columns' is missing");
  EXPECT_THAT(parse(R"([{"type": "unique", "columns": ["a"], "column": 3}])"),
              HasSubstr("'unique' has no key 'column'; did you mean 'columns'?"));
  const Dataset rows = constrained_table(5);
  const auto check = [&](const Constraint& c) {
    return message_of<InvalidArgument>([&] { validate({c}, rows.schema()); });
  };
  EXPECT_EQ(check(Inequality{"start", "finish"}),
            "constraint inequality: start <= finish: there is no column 'finish'");
  EXPECT_EQ(check(Inequality{"start", "start"}),
            "constraint inequality: start <= start: column 'start' is named twice");
  EXPECT_EQ(check(Inequality{"city", "start"}),
            "constraint inequality: city <= start: column 'city' must hold numbers, it is "
            "categorical");
  EXPECT_EQ(check(OneHot{{"sun"}}), "constraint one_hot: sun: must name at least 2 columns");
  EXPECT_EQ(check(Bounds{"score", 3, 2}), "constraint range: 3 <= score <= 2: min is above max");
  EXPECT_EQ(check(Predicate{"mine"}), "constraint predicate: mine: has no function");
}

}  // namespace
}  // namespace semblance
