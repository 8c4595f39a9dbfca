// SPDX-License-Identifier: Apache-2.0
#include "semblance/data/dataset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "semblance/core/error.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using testing::ElementsAre;

Bitmap bits(std::initializer_list<bool> values) {
  Bitmap out;
  for (const bool v : values) out.push_back(v);
  return out;
}

Dataset toy() {
  const Schema schema = {
      {.name = "x", .kind = Kind::kReal, .nullable = true, .range = Range{0.5, 2.5}},
      {.name = "n", .kind = Kind::kInteger, .format = {NumberFormat::Style::kPoint, 1}},
      {.name = "c", .kind = Kind::kCategorical, .categories = {"a", "b"}},
      {.name = "d", .kind = Kind::kDatetime}};
  return {schema,
          {Column::reals({0.5, 0, 2.5}, bits({1, 0, 1})), Column::integers({1, 2, 3}),
           Column::categories({0, 1, 0}), Column::datetimes({0, 1, -86'400'000'000})}};
}

std::vector<std::string> texts(const Dataset& data, std::int64_t column) {
  std::vector<std::string> out;
  for (std::int64_t row = 0; row < data.rows(); ++row) out.push_back(data.cell(row, column));
  return out;
}

TEST(Dataset, CellsReadLikeACsvFile) {
  const Dataset data = toy();
  EXPECT_THAT(texts(data, 0), ElementsAre("0.5", "", "2.5"));
  EXPECT_THAT(texts(data, 1), ElementsAre("1.0", "2.0", "3.0"));
  EXPECT_THAT(texts(data, 2), ElementsAre("a", "b", "a"));
  EXPECT_THAT(texts(data, 3), ElementsAre("1970-01-01T00:00:00", "1970-01-01T00:00:00.000001",
                                          "1969-12-31T00:00:00"));
}

TEST(Dataset, ConstructionChecksEveryColumn) {
  const auto error = [](Field field, Column column) {
    return message_of<InvalidArgument>([&] {
      Dataset(Schema{field, {.name = "n", .kind = Kind::kInteger}},
              {column, Column::integers({1, 2})});
    });
  };
  EXPECT_EQ(error({.name = "x"}, Column::integers({1, 2})),
            "Dataset: column 'x' must be real, got integer");
  EXPECT_EQ(error({.name = "x"}, Column::reals({1})),
            "Dataset: column 'n' must have 1 rows, got 2");
  EXPECT_EQ(error({.name = "c", .kind = Kind::kCategorical, .categories = {"a"}},
                  Column::categories({0, 1})),
            "Dataset: column 'c', row 1: the code must be in [0, 1), got 1");
  EXPECT_EQ(error({.name = "t", .kind = Kind::kTensor, .shape = {2}},
                  Column::tensors(std::vector<float>{1, 2}, {1})),
            "Dataset: column 't' must have the shape and element type of its field");
}

TEST(Dataset, MissingCodesMayBeAnything) {
  const Field c{.name = "c", .kind = Kind::kCategorical, .nullable = true, .categories = {"a"}};
  EXPECT_EQ(Dataset(Schema(std::vector<Field>{c}), {Column::categories({0, -1}, bits({1, 0}))})
                .cell(1, 0),
            "");
}

TEST(Dataset, TakesSelectsAndConcatenates) {
  const Dataset data = toy();
  const std::vector<std::int64_t> rows = {2, 0, 2};
  EXPECT_THAT(texts(data.take(rows), 0), ElementsAre("2.5", "0.5", "2.5"));
  EXPECT_THAT(texts(data.slice(1, 2), 2), ElementsAre("b", "a"));
  const std::vector<std::string> names = {"c", "x"};
  EXPECT_EQ(data.select(names).schema()[0].name, "c");
  const Dataset parts[] = {data.slice(1, 1), data};
  EXPECT_THAT(texts(Dataset::concat(parts), 0), ElementsAre("", "0.5", "", "2.5"));
}

TEST(Dataset, ConcatWidensRangesAndRefusesOtherTypes) {
  const Dataset a({{.name = "x", .range = Range{0, 1}}}, {Column::reals({0, 1})});
  const Dataset b({{.name = "x", .range = Range{-5, 0}}}, {Column::reals({-5, 0})});
  const Dataset parts[] = {a, b};
  EXPECT_EQ(Dataset::concat(parts).schema()[0].range, (Range{-5, 1}));
  const Dataset mixed[] = {a, Dataset({{.name = "y"}}, {Column::reals({0})})};
  EXPECT_EQ(message_of<InvalidArgument>([&] { static_cast<void>(Dataset::concat(mixed)); }),
            "Dataset::concat: column 'x' and 'y' must have the same name and type");
}

TEST(FormatNumber, FollowsTheStyle) {
  using Style = NumberFormat::Style;
  EXPECT_EQ(format_number(3, {}), "3");
  EXPECT_EQ(format_number(0.1, {}), "0.1");
  EXPECT_EQ(format_number(3, {Style::kPoint, -1}), "3.0");
  EXPECT_EQ(format_number(12.5, {Style::kFixed, 2}), "12.50");
  EXPECT_EQ(format_number(2.0 / 3, {Style::kShortest, 2}), "0.67");
  EXPECT_EQ(format_number(2.9999, {Style::kShortest, 2}), "3");
  EXPECT_EQ(format_number(-0.001, {Style::kShortest, 2}), "0");
  EXPECT_EQ(format_number(2.9999, {Style::kPoint, 2}), "3.0");
  EXPECT_EQ(format_number(1e6, {}), "1000000");
  EXPECT_EQ(format_number(1e22, {}), "1e+22");
  EXPECT_EQ(format_number(1.5e-7, {}), "1.5e-07");
}

TEST(Conform, RecodesByNameAndConvertsExactNumbers) {
  const Dataset data(
      {{.name = "c", .kind = Kind::kCategorical, .categories = {"b", "a"}},
       {.name = "n", .kind = Kind::kInteger},
       {.name = "k", .kind = Kind::kInteger}},
      {Column::categories({0, 1}), Column::integers({3, 4}), Column::integers({1, 2})});
  const Schema target = {{.name = "k", .kind = Kind::kCategorical, .categories = {"1", "2"}},
                         {.name = "n", .kind = Kind::kReal},
                         {.name = "c", .kind = Kind::kCategorical, .categories = {"a", "b"}}};
  const Dataset out = conform(data, target);
  EXPECT_EQ(out.schema(), target);
  EXPECT_THAT(out.column("c").codes(), ElementsAre(1, 0));
  EXPECT_THAT(out.column("n").reals(), ElementsAre(3, 4));
  EXPECT_THAT(out.column("k").codes(), ElementsAre(0, 1));
  const Dataset back = conform(out, data.schema());
  EXPECT_THAT(back.column("n").integers(), ElementsAre(3, 4));
  EXPECT_THAT(back.column("k").integers(), ElementsAre(1, 2));
}

TEST(Conform, UnseenCategoriesAreAnErrorMissingOrAppended) {
  const Dataset data({{.name = "c", .kind = Kind::kCategorical, .categories = {"a", "z", "y"}}},
                     {Column::categories({0, 1, 2, 1})});
  const Schema schema = {{.name = "c", .kind = Kind::kCategorical, .categories = {"b", "a"}}};
  EXPECT_EQ(message_of<InvalidArgument>([&] { static_cast<void>(conform(data, schema)); }),
            "conform: column 'c' has no category 'z'; did you mean 'b'?");
  const Dataset missing = conform(data, schema, Unseen::kMissing);
  EXPECT_EQ(missing.column(0).null_count(), 3);
  EXPECT_TRUE(missing.schema()[0].nullable);
  const Dataset appended = conform(data, schema, Unseen::kAppend);
  EXPECT_THAT(appended.schema()[0].categories.categories(), ElementsAre("b", "a", "z", "y"));
  EXPECT_THAT(appended.column(0).codes(), ElementsAre(1, 2, 3, 2));
}

TEST(Conform, RefusesWhatDoesNotFit) {
  const Dataset data({{.name = "x"}}, {Column::reals({1.5})});
  EXPECT_EQ(message_of<InvalidArgument>(
                [&] { static_cast<void>(conform(data, {{.name = "x", .kind = Kind::kInteger}})); }),
            "conform: column 'x' must be integer, got the real value '1.5'");
  EXPECT_EQ(message_of<InvalidArgument>(
                [&] { static_cast<void>(conform(data, {{.name = "x"}, {.name = "y"}})); }),
            "conform: the data has no column 'y'");
}

Dataset labelled(std::int64_t rows) {
  std::vector<std::int32_t> codes;
  std::vector<std::int64_t> ids;
  for (std::int64_t i = 0; i < rows; ++i) {
    codes.push_back(i % 10 == 0 ? 1 : 0);
    ids.push_back(i);
  }
  return {{{.name = "id", .kind = Kind::kInteger},
           {.name = "y",
            .kind = Kind::kCategorical,
            .role = Role::kTarget,
            .categories = {"no", "yes"}}},
          {Column::integers(ids), Column::categories(codes)}};
}

TEST(Split, KeepsClassSharesAndOrder) {
  const auto [train, test] = split(labelled(105), 0.8, Seed{1});
  EXPECT_EQ(train.rows(), 84);
  EXPECT_EQ(test.rows(), 21);
  std::int64_t yes = 0;
  for (const auto code : train.column("y").codes()) yes += code;
  EXPECT_EQ(yes, 9);  // of 11: 8.8, the largest remainder (75.2 and 8.8)
  const auto ids = train.column("id").integers();
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  std::set<std::int64_t> all(ids.begin(), ids.end());
  for (const auto id : test.column("id").integers()) EXPECT_TRUE(all.insert(id).second);
  EXPECT_EQ(all.size(), 105U);
}

TEST(Split, IsAFunctionOfTheSeed) {
  const auto ids = [](Seed seed) {
    const auto first = split(labelled(100), 0.5, seed).first;
    const auto span = first.column("id").integers();
    return std::vector<std::int64_t>(span.begin(), span.end());
  };
  EXPECT_EQ(ids(Seed{1}), ids(Seed{1}));
  EXPECT_NE(ids(Seed{1}), ids(Seed{2}));
}

TEST(Split, BothPartsHaveARow) {
  EXPECT_EQ(split(labelled(2), 0.01, Seed{1}).first.rows(), 1);
  EXPECT_EQ(split(labelled(2), 0.99, Seed{1}).second.rows(), 1);
}

TEST(Split, ErrorsAreSentences) {
  EXPECT_EQ(message_of<InvalidArgument>([] { static_cast<void>(split(labelled(5), 1, Seed{1})); }),
            "split: share must be in (0, 1), got 1");
  EXPECT_EQ(message_of<InvalidArgument>([] { static_cast<void>(split(labelled(1), .5, Seed{1})); }),
            "split: needs at least 2 rows, got 1");
  EXPECT_EQ(message_of<InvalidArgument>(
                [] { static_cast<void>(split(labelled(5), .5, Seed{1}, {.stratify_by = "id"})); }),
            "SplitOptions.stratify_by must name a categorical column, got 'id', which is integer");
}

}  // namespace
}  // namespace semblance
