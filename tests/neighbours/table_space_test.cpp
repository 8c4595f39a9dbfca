// SPDX-License-Identifier: Apache-2.0
#include "semblance/neighbours/table_space.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "semblance/core/error.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using testing::ElementsAre;

Dataset mixed() {
  const Vocabulary colours({"blue", "red"});
  const Schema schema({{.name = "x", .nullable = true},
                       {.name = "colour", .kind = Kind::kCategorical, .categories = colours},
                       {.name = "y", .kind = Kind::kCategorical, .categories = colours}});
  Bitmap valid(4, true);
  valid.set(3, false);
  return {schema,
          {Column::reals({0, 1, 4, 0}, valid), Column::categories({0, 0, 1, 1}),
           Column::categories({0, 1, 0, 1})}};
}

TEST(TableSpace, CategoriesCostTheMedianDeviationOfTheReferences) {
  const TableSpace space(mixed(), {.label = 2, .standardize = false});
  const std::vector<std::int64_t> queries = {0}, references = {1, 2};
  const Neighbours found = space.nearest(queries, references, 2);
  EXPECT_THAT(found.index, ElementsAre(1, 2));
  EXPECT_DOUBLE_EQ(found.distance[0], 1);
  EXPECT_DOUBLE_EQ(found.distance[1], std::sqrt(16 + 1.5 * 1.5));  // deviation of {1, 4}: 1.5
}

TEST(TableSpace, AMissingNumberStandsAtTheMeanAndIsACategory) {
  const TableSpace space(mixed(), {.label = 2, .standardize = false});
  const std::vector<std::int64_t> queries = {3}, references = {0, 2};  // mean 2, deviation 2
  const Neighbours found = space.nearest(queries, references, 2);
  EXPECT_THAT(found.index, ElementsAre(2, 0));
  EXPECT_DOUBLE_EQ(found.distance[0], std::sqrt(4 + 4.0));      // the gap
  EXPECT_DOUBLE_EQ(found.distance[1], std::sqrt(4 + 4.0 + 4));  // the gap and the colour
}

TEST(TableSpace, ARowIsNotItsOwnNeighbourWhereverItStands) {
  const TableSpace space(mixed(), {.label = 2, .standardize = false});
  const std::vector<std::int64_t> queries = {2, 0}, references = {0, 1, 2};
  const Neighbours found = space.nearest(queries, references, 2);
  EXPECT_THAT(found.indices(0), ElementsAre(1, 0));
  EXPECT_THAT(found.indices(1), ElementsAre(1, 2));
}

TEST(TableSpace, ForeignRowsAreQueriedUnderTheSameScales) {
  const TableSpace space(mixed(), {.label = 2});
  const std::vector<std::int64_t> references = {0, 1, 2};
  const Neighbours found = space.nearest(mixed(), references, 1);
  EXPECT_THAT(found.index, ElementsAre(0, 1, 2, 1));
  EXPECT_EQ(found.distance[0], 0);  // not of the table: nothing is excluded
}

TEST(TableSpace, ErrorsNameTheRule) {
  const TableSpace space(mixed(), {.label = 2});
  const std::vector<std::int64_t> beyond = {4}, one = {0};
  EXPECT_EQ(message_of<InvalidArgument>([&] { static_cast<void>(space.nearest(one, beyond, 1)); }),
            "TableSpace: references must be rows of the table, 0 to 3, got 4");
  const Dataset text(Schema({{.name = "note", .kind = Kind::kText}}), {Column::texts({"a"})});
  EXPECT_EQ(message_of<InvalidArgument>([&] { TableSpace unusable(text); }),
            "TableSpace: columns must be numbers, datetimes or categories, 'note' is text");
}

}  // namespace
}  // namespace semblance
