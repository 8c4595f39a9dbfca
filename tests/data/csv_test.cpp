// SPDX-License-Identifier: Apache-2.0
#include "semblance/data/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "semblance/core/error.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using testing::ElementsAre;

std::string written(const Dataset& data) {
  std::ostringstream out;
  write_csv(data, out);
  return out.str();
}

std::vector<std::string> cells(const Dataset& data, std::string_view column) {
  std::vector<std::string> out;
  for (std::int64_t row = 0; row < data.rows(); ++row)
    out.push_back(data.cell(row, data.schema().index(column)));
  return out;
}

/// A one-column file of these fields.
Dataset column_of(std::initializer_list<std::string_view> fields, const CsvOptions& options = {}) {
  std::string text = "x,i\n";
  for (const auto field : fields) text += std::string(field) + ",0\n";
  return parse_csv(text, options);
}

Field field_of(std::initializer_list<std::string_view> fields) {
  return column_of(fields).schema()[0];
}

std::string error(std::string_view text, const CsvOptions& options = {}) {
  return message_of<FileError>([&] { static_cast<void>(parse_csv(text, options, "f.csv")); });
}

TEST(CsvInference, FindsKinds) {
  EXPECT_EQ(field_of({"1", "22", "-3"}).kind, Kind::kInteger);
  EXPECT_EQ(field_of({"1.0", "22.0", "-3.0"}).kind, Kind::kInteger);
  EXPECT_EQ(field_of({"1e+05", "2", "30"}).kind, Kind::kInteger);
  EXPECT_EQ(field_of({"1", "2.5", "3"}).kind, Kind::kReal);
  EXPECT_EQ(field_of({"1", "x", "3"}).kind, Kind::kCategorical);
  EXPECT_EQ(field_of({"007", "012", "100"}).kind, Kind::kCategorical);
  EXPECT_EQ(field_of({"nan", "1.5", "inf"}).kind, Kind::kCategorical);
  EXPECT_EQ(field_of({"", "", ""}).kind, Kind::kReal);
  EXPECT_EQ(field_of({"\"\"", "\"\"", "\"\""}).kind, Kind::kCategorical);
}

TEST(CsvInference, FewRecurringIntegersAreCodes) {
  const Dataset codes = parse_csv("c,n\n2,1\n10,2\n2,3\n10,4\n");
  EXPECT_THAT(codes.schema()[0].categories.categories(), ElementsAre("10", "2"));
  EXPECT_THAT(codes.column(0).codes(), ElementsAre(1, 0, 1, 0));
  EXPECT_EQ(codes.schema()[1].kind, Kind::kInteger);
  std::string twelve = "c\n", thirteen = "c\n";
  for (int i = 0; i < 60; ++i) {
    twelve += std::to_string(i % 12) + "\n";
    thirteen += std::to_string(i % 13) + "\n";
  }
  EXPECT_EQ(parse_csv(twelve).schema()[0].kind, Kind::kCategorical);
  EXPECT_EQ(parse_csv(thirteen).schema()[0].kind, Kind::kInteger);
}

TEST(CsvInference, DatetimesKeepTheirFormat) {
  const auto format = [](std::string_view a, std::string_view b) {
    const Dataset data = column_of({a, b});
    EXPECT_THAT(cells(data, "x"), ElementsAre(a, b));
    return data.schema()[0].datetime_format;
  };
  EXPECT_EQ(format("2010-01-31", "1969-12-31"), "%Y-%m-%d");
  EXPECT_EQ(format("2010/01/31", "2010/02/28"), "%Y/%m/%d");
  EXPECT_EQ(format("31.12.2010", "01.02.2010"), "%d.%m.%Y");
  EXPECT_EQ(format("01/02/2010", "01/31/2010"), "%m/%d/%Y");
  EXPECT_EQ(format("01/02/2010", "31/01/2010"), "%d/%m/%Y");
  EXPECT_EQ(format("2010-01-31T23:59:58", "2010-01-31T00:00:00"), "%Y-%m-%dT%H:%M:%S");
  EXPECT_EQ(format("2010-01-31 23:59:58.125", "2010-01-31 00:00:00.000"), "%Y-%m-%d %H:%M:%S.%3f");
  EXPECT_EQ(format("2010-01-31T10:00:00Z", "2010-01-31T00:00:00Z"), "%Y-%m-%dT%H:%M:%SZ");
  EXPECT_EQ(format("2010-01-31T10:00:00", "2010-01-31T10:00:00.000250"), "");  // any ISO 8601
  EXPECT_EQ(format("2010-02-30", "2010-01-31"), "");                           // no such day: text
  EXPECT_EQ(field_of({"01/02/2010", "03/04/2010"}).kind, Kind::kCategorical);  // either way round
  EXPECT_THAT(column_of({"1970-01-02", "1969-12-31"}).column(0).integers(),
              ElementsAre(86'400'000'000, -86'400'000'000));
  EXPECT_THAT(
      column_of({"1970-01-01T01:00:00+01:00", "1970-01-01T00:00:00-00:30"}).column(0).integers(),
      ElementsAre(0, 1'800'000'000));
}

TEST(CsvInference, UniqueStringsAreTextWhenManyOrLong) {
  std::string many = "x\n", few = "x\n";
  for (int i = 0; i < 101; ++i) many += "id" + std::to_string(i) + "\n";
  for (int i = 0; i < 50; ++i) few += "id" + std::to_string(i) + "\n";
  EXPECT_EQ(parse_csv(many).schema()[0].kind, Kind::kText);
  EXPECT_EQ(parse_csv(few).schema()[0].kind, Kind::kCategorical);
  EXPECT_EQ(field_of({"a sentence that somebody wrote down", "another sentence of that kind"}).kind,
            Kind::kText);
}

TEST(CsvInference, AValueBehindTheSampleWidensItsColumn) {
  std::string text = "a,b,c,d\n";
  for (int i = 0; i < 1500; ++i)
    text += std::to_string(i) + "," + std::to_string(i) + ",2020-01-01," + "\n";
  text += "0.5,x,y,2020-01-01\n";
  const Dataset data = parse_csv(text);
  EXPECT_EQ(data.schema()[0].kind, Kind::kReal);
  EXPECT_EQ(data.schema()[1].kind, Kind::kText);
  EXPECT_EQ(data.schema()[2].kind, Kind::kCategorical);
  EXPECT_EQ(data.schema()[3].kind, Kind::kDatetime);
  EXPECT_EQ(data.column(3).null_count(), 1500);
  EXPECT_EQ(written(data), text);
}

TEST(CsvNumbers, KeepTheirStyle) {
  using Style = NumberFormat::Style;
  const auto style = [](std::initializer_list<std::string_view> fields) {
    const Dataset data = column_of(fields);
    EXPECT_THAT(cells(data, "x"), testing::ElementsAreArray(fields));
    return data.schema()[0].format;
  };
  EXPECT_EQ(style({"1.50", "2.25", "0.00"}), (NumberFormat{Style::kFixed, 2}));
  EXPECT_EQ(style({"1.5", "2", "0.125"}), (NumberFormat{Style::kShortest, 3}));
  EXPECT_EQ(style({"1.5", "2.0", "0.125"}), (NumberFormat{Style::kPoint, 3}));
  EXPECT_EQ(style({"880.0", "3.0", "4.0"}), (NumberFormat{Style::kFixed, 1}));
  EXPECT_EQ(style({"1e+05", "20000", "7"}).style, Style::kCompact);
  EXPECT_EQ(style({"100000", "20000", "7"}), (NumberFormat{Style::kShortest, 0}));
  EXPECT_EQ(style({"0.30000000000000004", "0.1", "5"}), (NumberFormat{Style::kShortest, 17}));
  EXPECT_EQ(style({"-2.4e-06", "0.5", "-0"}).style, Style::kShortest);
  EXPECT_EQ(style({"38.50", "39.2", "40"}), (NumberFormat{Style::kShortest, 2}));  // mixed
  EXPECT_EQ(style({"9007199254740993", "-9223372036854775808", "3"}),
            (NumberFormat{Style::kShortest, 0}));
}

TEST(CsvNumbers, MixedStylesSurviveSlicesTakesAndConcat) {
  const Dataset data = column_of({"38.50", "39.2", "40", "", "1.00"});
  EXPECT_THAT(cells(data.slice(1, 3), "x"), ElementsAre("39.2", "40", ""));
  const std::vector<std::int64_t> rows = {4, 0};
  EXPECT_THAT(cells(data.take(rows), "x"), ElementsAre("1.00", "38.50"));
  const Dataset parts[] = {data.slice(4, 1), data.slice(0, 2)};
  EXPECT_THAT(cells(Dataset::concat(parts), "x"), ElementsAre("1.00", "38.50", "39.2"));
}

TEST(CsvFields, QuotesNewlinesDelimitersAndUnicodeRoundTrip) {
  const std::string text =
      "name,\"a,b\",v\n\"x "
      "\"\"y\"\"\",\"line\nbreak\",1\n\u00e9\u4e2d\U0001F600,\"\",2\n,\"c\rd\",3\n";
  const Dataset data = parse_csv(text);
  EXPECT_EQ(data.schema()[1].name, "a,b");
  EXPECT_THAT(cells(data, "name"), ElementsAre("x \"y\"", "\u00e9\u4e2d\U0001F600", ""));
  EXPECT_THAT(cells(data, "a,b"), ElementsAre("line\nbreak", "", "c\rd"));
  EXPECT_EQ(data.column(0).null_count(), 1);
  EXPECT_EQ(data.column(1).null_count(), 0);
  EXPECT_EQ(written(data), text);
}

TEST(CsvFields, LineEndsMarksAndDelimiters) {
  const Dataset data = parse_csv(
      "\xEF\xBB\xBF"
      "a;b\r\n1,5;x\r\n2,5;y");
  EXPECT_EQ(data.schema()[0].name, "a");
  EXPECT_THAT(cells(data, "a"), ElementsAre("1,5", "2,5"));
  EXPECT_EQ(written(data), "a,b\n\"1,5\",x\n\"2,5\",y\n");
  EXPECT_EQ(parse_csv("a\tb\n1\t2\n").schema().size(), 2);
  EXPECT_EQ(parse_csv("a|b\n1|2\n", {.delimiter = ';'}).schema().size(), 1);
  EXPECT_EQ(parse_csv("a,b\n1,2\n\n\r\n").rows(), 1);          // blank lines at the end
  EXPECT_EQ(parse_csv("a\nx\n\n").column(0).null_count(), 1);  // one column: a missing value
}

TEST(CsvFields, MissingMarksAreOptions) {
  const Dataset data = parse_csv("a,b\nNA,x\n1,NA\n,\"NA\"\n", {.missing = {"", "NA"}});
  EXPECT_EQ(data.column(0).null_count(), 2);
  EXPECT_EQ(data.column(1).null_count(), 1);
  EXPECT_THAT(cells(data, "b"), ElementsAre("x", "", "NA"));
}

TEST(CsvFields, EmptyFilesAndHeaders) {
  EXPECT_EQ(error(""), "f.csv: is empty; a CSV file starts with a line of names");
  const Dataset data = parse_csv("a,b\n");
  EXPECT_EQ(data.rows(), 0);
  EXPECT_EQ(data.schema().size(), 2);
  EXPECT_EQ(written(data), "a,b\n");
}

TEST(CsvErrors, NameFileLineAndColumn) {
  EXPECT_EQ(error("a,b\n1,2\n3\n"), "f.csv: line 3, column 'b': the row ends after 1 of 2 fields");
  EXPECT_EQ(error("a,b\n\"x\ny\",2\n3,4,5\n"),
            "f.csv: line 4, column 'b': the row has more than the 2 fields of the header");
  EXPECT_EQ(error("a,b\n1,2\n\n3,4\n"),
            "f.csv: line 3, column 'b': the row ends after 1 of 2 fields");
  EXPECT_EQ(error("a\n\"x\n"), "f.csv: line 2, column 'a': a quote is never closed");
  EXPECT_EQ(error("a,b\n1,\"x\"y\n"), "f.csv: line 2, column 'b': text after a closing quote");
  EXPECT_EQ(error("a,b\n1,x\"y\n"), "f.csv: line 2, column 'b': a quote within an unquoted field");
  EXPECT_EQ(error("a,b\n1,x\n2,\xC3\n"), "f.csv: line 3, column 'b': the text is not valid UTF-8");
  EXPECT_EQ(error("a,b,a\n"), "f.csv: line 1: the name 'a' is there twice, as columns 1 and 3");
  EXPECT_EQ(error("a,,b\n"), "f.csv: line 1: column 2 has no name");
  EXPECT_EQ(error("a,\xFF\n"), "f.csv: line 1: a name is not valid UTF-8");
}

TEST(CsvErrors, ValuesMustFitTheGivenSchema) {
  const Schema schema = {{.name = "n", .kind = Kind::kInteger},
                         {.name = "c", .kind = Kind::kCategorical, .categories = {"red", "blue"}},
                         {.name = "d", .kind = Kind::kDatetime, .datetime_format = "%d.%m.%Y"}};
  const auto given = [&](std::string_view row) {
    return error("n,c,d\n1,red,01.02.2003\n" + std::string(row) + "\n", {.schema = schema});
  };
  EXPECT_EQ(given("1.5,red,"),
            "f.csv: line 3, column 'n': '1.5' is not an integer, as the schema says");
  EXPECT_EQ(given("1,rad,"),
            "f.csv: line 3, column 'c': 'rad' is not in the schema's categories; "
            "did you mean 'red'?");
  EXPECT_EQ(given("1,red,2003-01-01"),
            "f.csv: line 3, column 'd': '2003-01-01' is not a datetime, as the schema says");
  EXPECT_EQ(error("n,c\n1,red\n", {.schema = schema}),
            "f.csv: line 1: there is no column 'd', which the schema names");
}

TEST(CsvSchema, OverridesByNameAndKeepsOrderOfCategories) {
  const Schema schema = {{.name = "b",
                          .kind = Kind::kCategorical,
                          .role = Role::kTarget,
                          .sensitive = true,
                          .categories = {"2", "1", "3"}},
                         {.name = "a", .kind = Kind::kReal}};
  const Dataset data = parse_csv("a,b,c\n1,1,x\n2,2,y\n", {.schema = schema});
  EXPECT_EQ(data.schema()[0].kind, Kind::kReal);
  EXPECT_THAT(data.column(1).codes(), ElementsAre(1, 0));
  EXPECT_EQ(data.schema().target(), 1);
  EXPECT_TRUE(data.schema()[1].sensitive);
  EXPECT_EQ(data.schema()[2].kind, Kind::kCategorical);
  EXPECT_EQ(parse_csv("a,b\n1,2\n", {.target = "a"}).schema().target(), 0);
}

TEST(CsvFile, IsWrittenAtomicallyAndReadBack) {
  const auto file = std::filesystem::path(testing::TempDir()) / "semblance_csv_test.csv";
  const Dataset data = parse_csv("a,b\n1.5,x\n,y\n");
  write_csv(data, file);
  EXPECT_EQ(written(read_csv(file)), written(data));
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".part"));
  std::filesystem::remove(file);
  EXPECT_EQ(message_of<FileError>([&] { static_cast<void>(read_csv(file)); }),
            file.string() + ": cannot be read");
  EXPECT_EQ(message_of<FileError>([&] { write_csv(data, "/no/such/folder/x.csv"); }),
            "/no/such/folder/x.csv: cannot be written; check that the folder exists and has space");
  EXPECT_EQ(message_of<InvalidArgument>([&] {
              write_csv(Dataset(Schema{{.name = "t", .kind = Kind::kTensor, .shape = {1}}},
                                {Column::tensors(std::vector<float>{1}, {1})}),
                        file);
            }),
            "write_csv: column 't' is a tensor, which a CSV file cannot hold");
}

/// A field from an alphabet that hurts.
std::string nasty(Stream& random) {
  static const std::vector<std::string> pieces = {
      "a", "\"", ",", "\n", "\r", "\r\n", " ",  "\u00e9",       "\U0001F600", "0",
      "1", "-",  ".", "e",  ";",  "\t",   "NA", "\xEF\xBB\xBF", "2020-01-01"};
  std::string out;
  for (auto n = random.below(5); n > 0; --n) out += pieces[random.below(pieces.size())];
  return out;
}

/// A column of every kind in turn, a third of it missing.
std::pair<Field, Column> nasty_column(Stream& random, int kind, std::int64_t rows,
                                      const std::string& name) {
  Bitmap valid(rows, true);
  std::vector<double> reals;
  std::vector<std::int64_t> integers;
  std::vector<std::string> texts;
  for (std::int64_t i = 0; i < rows; ++i) {
    if (random.below(3) == 0) valid.set(i, false);
    reals.push_back(random.normal() * std::pow(10, random.uniform() * 40 - 20));
    integers.push_back(static_cast<std::int64_t>(random.bits64() >> random.below(64)));
    texts.push_back(nasty(random));
  }
  if (kind == 0) return {{.name = name, .nullable = true}, Column::reals(reals, valid)};
  if (kind == 1)
    return {{.name = name, .kind = Kind::kInteger, .nullable = true},
            Column::integers(integers, valid)};
  if (kind == 2)
    return {{.name = name, .kind = Kind::kText, .nullable = true}, Column::texts(texts, valid)};
  for (auto& value : integers) value %= 100'000'000'000'000'000 / 2;
  return {{.name = name, .kind = Kind::kDatetime, .nullable = true},
          Column::datetimes(integers, valid)};
}

void expect_equal(const Dataset& a, const Dataset& b) {
  ASSERT_EQ(a.rows(), b.rows());
  for (std::int64_t i = 0; i < a.schema().size(); ++i) {
    EXPECT_EQ(a.schema()[i].name, b.schema()[i].name);
    ASSERT_EQ(a.schema()[i].kind, b.schema()[i].kind);
    for (std::int64_t row = 0; row < a.rows(); ++row) {
      ASSERT_EQ(a.column(i).is_valid(row), b.column(i).is_valid(row));
      if (!a.column(i).is_valid(row)) continue;
      if (a.schema()[i].kind == Kind::kText) {
        ASSERT_EQ(a.column(i).text(row), b.column(i).text(row));
      } else {
        ASSERT_EQ(a.column(i).number(row), b.column(i).number(row));
      }
    }
  }
}

TEST(CsvProperty, NastyTablesRoundTrip) {
  for (std::uint64_t trial = 0; trial < 200; ++trial) {
    SCOPED_TRACE(trial);
    Stream random(Seed{1}, "nasty", trial);
    const auto rows = static_cast<std::int64_t>(random.below(20));
    std::vector<Field> fields;
    std::vector<Column> columns;
    for (auto n = 1 + random.below(5); n > 0; --n) {
      const std::string name = nasty(random) + "#" + std::to_string(n);
      auto [field, column] = nasty_column(random, static_cast<int>(random.below(4)), rows, name);
      fields.push_back(field);
      columns.push_back(column);
    }
    const Dataset data(Schema(fields), columns);
    expect_equal(parse_csv(written(data), {.schema = data.schema()}), data);
  }
}

TEST(CsvFuzz, AnyBytesGiveADatasetOrAFileError) {
  const std::string alphabet = "a1.-e,,\n\n\"\"\r ;0\xC3\xA9\xFF:/T2";
  int read = 0;
  for (std::uint64_t trial = 0; trial < 3000; ++trial) {
    Stream random(Seed{2}, "fuzz", trial);
    std::string text = trial % 2 == 0 ? "a,b\n" : "";
    for (auto n = random.below(40); n > 0; --n) text += alphabet[random.below(alphabet.size())];
    try {
      const Dataset data = parse_csv(text);
      EXPECT_EQ(parse_csv(written(data)).rows(), data.rows());
      ++read;
    } catch (const FileError&) {
    }
  }
  EXPECT_GT(read, 20);
}

}  // namespace
}  // namespace semblance
