// SPDX-License-Identifier: Apache-2.0
#include "semblance/data/arrow.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "semblance/core/error.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using testing::ElementsAre;

Bitmap all_but(std::int64_t size, std::int64_t missing) {
  Bitmap out(size, true);
  out.set(missing, false);
  return out;
}

/// Five rows of every kind; in each column another row is missing.
Dataset every_kind() {
  const Schema schema = {
      {.name = "r", .nullable = true},
      {.name = "i", .kind = Kind::kInteger, .nullable = true},
      {.name = "c",
       .kind = Kind::kCategorical,
       .nullable = true,
       .categories = {"b", "", "\u00e9"}},
      {.name = "d", .kind = Kind::kDatetime, .nullable = true},
      {.name = "t", .kind = Kind::kText, .nullable = true},
      {.name = "x", .kind = Kind::kTensor, .shape = {2}, .element = ElementType::kUInt8}};
  return {schema,
          {Column::reals({0.5, 1, 2, 3, 4}, all_but(5, 0)),
           Column::integers({0, 1, 2, 3, 4}, all_but(5, 1)),
           Column::categories({0, 1, 2, 1, 0}, all_but(5, 2)),
           Column::datetimes({0, 10, 20, 30, 40}, all_but(5, 3)),
           Column::texts({"", "one", "two", "\u4e2d", "last"}, all_but(5, 4)),
           Column::tensors(std::vector<std::uint8_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {2})}};
}

std::vector<std::string> cells(const Dataset& data, std::int64_t column) {
  std::vector<std::string> out;
  for (std::int64_t row = 0; row < data.rows(); ++row)
    out.push_back(data.column(column).is_valid(row) ? data.cell(row, column) : "(missing)");
  return out;
}

Dataset there_and_back(const Dataset& data) {
  ArrowSchema schema;
  ArrowArray array;
  export_arrow(data, &schema, &array);
  return import_arrow(&schema, &array);
}

TEST(Arrow, RoundTripsEveryKindWithoutCopies) {
  const Dataset data = every_kind();
  const Dataset back = there_and_back(data);
  EXPECT_EQ(back.schema(), data.schema());
  for (std::int64_t i = 0; i < 5; ++i) EXPECT_EQ(cells(back, i), cells(data, i));
  for (std::int64_t i = 0; i < 6; ++i)
    EXPECT_EQ(back.column(i).layout().values, data.column(i).layout().values) << i;
  EXPECT_THAT(back.column(5).bytes(), testing::ElementsAreArray(data.column(5).bytes()));
}

TEST(Arrow, SlicesKeepTheirNullsAtAnyOffset) {
  for (std::int64_t first = 0; first < 5; ++first) {
    const Dataset part = every_kind().slice(first, 5 - first);
    const Dataset back = there_and_back(part);
    for (std::int64_t i = 0; i < 5; ++i) EXPECT_EQ(cells(back, i), cells(part, i));
    EXPECT_THAT(back.column(5).bytes(), testing::ElementsAreArray(part.column(5).bytes()));
  }
  EXPECT_EQ(there_and_back(every_kind().slice(2, 0)).rows(), 0);
}

TEST(Arrow, ReleaseFreesTheColumnsOnce) {
  auto data = std::make_unique<Dataset>(every_kind());
  const std::weak_ptr<const void> buffer = data->column(0).layout().owner;
  ArrowSchema schema;
  ArrowArray array;
  export_arrow(*data, &schema, &array);
  data.reset();
  EXPECT_FALSE(buffer.expired());
  ArrowArray moved = *array.children[0];  // a consumer may take a child out
  array.children[0]->release = nullptr;
  array.release(&array);
  EXPECT_EQ(array.release, nullptr);
  EXPECT_FALSE(buffer.expired());
  moved.release(&moved);
  EXPECT_TRUE(buffer.expired());
  schema.release(&schema);
  EXPECT_EQ(schema.release, nullptr);
}

TEST(Arrow, ImportReleasesWithTheLastColumn) {
  std::weak_ptr<const void> buffer;
  Column kept;
  {
    const Dataset data = every_kind();
    buffer = data.column(1).layout().owner;
    kept = there_and_back(data).column(0);
  }
  EXPECT_FALSE(buffer.expired());  // one array owns all columns
  kept = Column();
  EXPECT_TRUE(buffer.expired());
}

int releases = 0;

/// A struct array of one column, made by hand as another library would.
struct Foreign {
  Foreign(const char* format, std::vector<const void*> column_buffers, std::int64_t length,
          std::int64_t offset)
      : buffers(std::move(column_buffers)) {
    releases = 0;
    child_type.format = format;
    child_type.name = "x";
    child.length = length;
    child.offset = offset;
    child.null_count = -1;  // not counted
    child.n_buffers = static_cast<std::int64_t>(buffers.size());
    child.buffers = buffers.data();
    type.format = "+s";
    type.name = "";
    type.n_children = array.n_children = 1;
    type.children = types.data();
    array.children = children.data();
    array.length = length;
    array.n_buffers = 1;
    array.buffers = none.data();
    type.release = [](ArrowSchema* own) { own->release = nullptr, ++releases; };
    array.release = [](ArrowArray* own) { own->release = nullptr, ++releases; };
  }
  std::vector<const void*> buffers;
  ArrowSchema type{}, child_type{};
  ArrowArray array{}, child{};
  std::array<ArrowSchema*, 1> types{&child_type};
  std::array<ArrowArray*, 1> children{&child};
  std::array<const void*, 1> none{nullptr};
};

template <class T>
Column import_numbers(const char* format, const std::vector<T>& values, std::int64_t offset = 0) {
  Foreign from(format, {nullptr, values.data()}, static_cast<std::int64_t>(values.size()) - offset,
               offset);
  return import_arrow(&from.type, &from.array).column(0);
}

TEST(Arrow, OtherWidthsAreConverted) {
  EXPECT_THAT(import_numbers<float>("f", {9, 0.5F, 2}, 1).reals(), ElementsAre(0.5, 2));
  EXPECT_THAT(import_numbers<std::int8_t>("c", {-3, 4}).integers(), ElementsAre(-3, 4));
  EXPECT_THAT(import_numbers<std::int16_t>("s", {-300, 4}).integers(), ElementsAre(-300, 4));
  EXPECT_THAT(import_numbers<std::int32_t>("i", {-70000, 4}).integers(), ElementsAre(-70000, 4));
  EXPECT_THAT(import_numbers<std::int32_t>("tdD", {1, -1}).integers(),
              ElementsAre(86'400'000'000, -86'400'000'000));
  EXPECT_THAT(import_numbers<std::int64_t>("tss:", {2}).integers(), ElementsAre(2'000'000));
  EXPECT_THAT(import_numbers<std::int64_t>("tsn:UTC", {1500, -1}).integers(), ElementsAre(1, -1));
  const std::uint8_t bits = 0b1010;
  Foreign booleans("b", {nullptr, &bits}, 3, 1);
  EXPECT_THAT(import_arrow(&booleans.type, &booleans.array).column(0).integers(),
              ElementsAre(1, 0, 1));
}

TEST(Arrow, OffsetsApplyToValidityAndTexts) {
  const std::uint8_t valid = 0b0101;
  const std::array<std::int32_t, 5> offsets = {0, 1, 3, 3, 6};
  Foreign from("u", {&valid, offsets.data(), "abbccc"}, 3, 1);
  const Dataset data = import_arrow(&from.type, &from.array);
  EXPECT_THAT(cells(data, 0), ElementsAre("(missing)", "", "(missing)"));
  EXPECT_TRUE(data.schema()[0].nullable);
}

TEST(Arrow, WhatHasNoCounterpartIsAnErrorAndIsReleased) {
  const std::int64_t value = 0;
  Foreign from("tDs", {nullptr, &value}, 1, 0);
  EXPECT_EQ(message_of<InvalidArgument>(
                [&] { static_cast<void>(import_arrow(&from.type, &from.array)); }),
            "import_arrow: column 'x' has the format 'tDs', which has no counterpart");
  EXPECT_EQ(releases, 2);
  EXPECT_EQ(message_of<InvalidArgument>(
                [&] { static_cast<void>(import_arrow(&from.type, &from.array)); }),
            "import_arrow: needs a schema and an array that are not released");
  Foreign empty("l", {nullptr, nullptr}, 1, 0);
  EXPECT_EQ(message_of<InvalidArgument>(
                [&] { static_cast<void>(import_arrow(&empty.type, &empty.array)); }),
            "import_arrow: column 'x' lacks buffer 1");
}

}  // namespace
}  // namespace semblance
