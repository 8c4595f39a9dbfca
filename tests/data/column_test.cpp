// SPDX-License-Identifier: Apache-2.0
#include "semblance/data/column.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "semblance/core/error.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using testing::ElementsAre;
using Rows = std::vector<std::int64_t>;

Bitmap bits(std::initializer_list<bool> values) {
  Bitmap out;
  for (const bool v : values) out.push_back(v);
  return out;
}

TEST(Bitmap, CountsZerosAcrossBytes) {
  Bitmap b(13, true);
  EXPECT_EQ(b.count_zeros(), 0);
  b.set(9, false);
  b.push_back(false);
  EXPECT_EQ(b.count_zeros(), 2);
  EXPECT_EQ(b.size(), 14);
  EXPECT_FALSE(b[9]);
  EXPECT_TRUE(b[8]);
  EXPECT_EQ(Bitmap(13, false).count_zeros(), 13);
}

TEST(Column, KeepsValuesAndMissing) {
  const Column c = Column::reals({1.5, 0, 2.5}, bits({true, false, true}));
  EXPECT_EQ(c.kind(), Kind::kReal);
  EXPECT_EQ(c.null_count(), 1);
  EXPECT_FALSE(c.is_valid(1));
  EXPECT_THAT(c.reals(), ElementsAre(1.5, 0, 2.5));
  EXPECT_EQ(c.number(2), 2.5);
  EXPECT_EQ(Column::integers({1, 2}, bits({true, true})).layout().valid, nullptr);
}

TEST(Column, SlicesShareMemoryAndValidity) {
  const Column c =
      Column::integers({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, bits({1, 1, 1, 0, 1, 1, 1, 1, 0, 1}));
  const Column s = c.slice(2, 7).slice(1, 6);
  EXPECT_EQ(s.integers().data(), c.integers().data() + 3);
  EXPECT_EQ(s.null_count(), 2);
  EXPECT_FALSE(s.is_valid(0));
  EXPECT_FALSE(s.is_valid(5));
  EXPECT_EQ(s.slice(0, 0).size(), 0);
}

TEST(Column, TextsSliceTakeAndConcat) {
  const Column c = Column::texts({"a", "", "\u00e9\u00e9", "d"}, bits({1, 1, 1, 0}));
  EXPECT_EQ(c.slice(1, 2).text(1), "\u00e9\u00e9");
  const Column t = c.take(Rows{3, 2, 2});
  EXPECT_EQ(t.text(2), "\u00e9\u00e9");
  EXPECT_EQ(t.null_count(), 1);
  const Column parts[] = {c.slice(2, 2), c};
  const Column all = Column::concat(parts);
  EXPECT_EQ(all.size(), 6);
  EXPECT_EQ(all.text(0), "\u00e9\u00e9");
  EXPECT_EQ(all.text(2), "a");
  EXPECT_FALSE(all.is_valid(1));
  EXPECT_EQ(Column::texts({}).size(), 0);
}

TEST(Column, TensorsHaveAShape) {
  const Column c = Column::tensors(std::vector<float>{0, 1, 2, 3, 4, 5}, {1, 2});
  EXPECT_EQ(c.size(), 3);
  EXPECT_THAT(c.slice(1, 1).floats(), ElementsAre(2, 3));
  EXPECT_THAT(c.take(Rows{2, 0}).floats(), ElementsAre(4, 5, 0, 1));
  const Column parts[] = {c.slice(2, 1), c.slice(0, 1)};
  EXPECT_THAT(Column::concat(parts).floats(), ElementsAre(4, 5, 0, 1));
  EXPECT_EQ(message_of<InvalidArgument>(
                [] { static_cast<void>(Column::tensors(std::vector<std::uint8_t>(5), {2})); }),
            "Column::tensors: 5 elements are no multiple of 2 a value");
  EXPECT_EQ(elements(std::vector<std::int64_t>{2, 3, 4}), 24);
}

TEST(Column, ErrorsSayWhatWasAsked) {
  EXPECT_EQ(message_of<InvalidArgument>([] { static_cast<void>(Column::reals({1}).integers()); }),
            "Column: integers were asked of a real column");
  EXPECT_EQ(message_of<InvalidArgument>(
                [] { static_cast<void>(Column::reals({1, 2}, Bitmap(3, true))); }),
            "Column: the validity bitmap must have one bit a value, got 3 bits for 2 values");
  EXPECT_EQ(message_of<InvalidArgument>([] { static_cast<void>(Column::reals({1}).slice(0, 2)); }),
            "Column: rows [0, 2) are not within [0, 1)");
  EXPECT_EQ(
      message_of<InvalidArgument>([] { static_cast<void>(Column::reals({1}).take(Rows{1})); }),
      "Column: row must be in [0, 1), got 1");
}

}  // namespace
}  // namespace semblance
