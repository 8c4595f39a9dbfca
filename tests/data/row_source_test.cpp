// SPDX-License-Identifier: Apache-2.0
// Rows that come in chunks.
#include "semblance/data/row_source.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "data/choose_rows.hpp"
#include "semblance/core/error.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

/// A file that goes with the object.
class File {
 public:
  explicit File(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("semblance-source-" + std::to_string(getpid()) + ".csv")) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~File() { std::filesystem::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Every kind of column, with gaps, quotes and a column whose type shows at the end only.
std::string strange_table() {
  std::string text = "code,whole,number,late,date,note,\"na,me\"\n";
  for (int i = 0; i < 60; ++i) {
    text += std::to_string(i % 3) + "," + (i == 7 ? "" : std::to_string(i * i - 50)) + "," +
            std::to_string(i) + ".50," + (i < 55 ? std::to_string(i) : "x" + std::to_string(i)) +
            ",2024-01-" + (i % 28 < 9 ? "0" : "") + std::to_string(i % 28 + 1) + ",\"free text " +
            std::to_string(i) + " of more than thirty bytes\"," +
            (i % 5 == 0 ? "\"a \"\"b\"\"\"" : "c") + "\n";
  }
  return text;
}

std::string text_of(const Dataset& data) {
  std::ostringstream out;
  write_csv(data, out);
  return out.str();
}

Dataset all_of(const RowSource& source) {
  std::vector<Dataset> parts;
  source.for_each_chunk([&](const Dataset& chunk) { parts.push_back(chunk); });
  return Dataset::concat(parts);
}

TEST(CsvSource, HasTheSchemaAndTheRowsOfTheWholeFileWhateverTheChunks) {
  const File file(strange_table());
  const CsvOptions options = {.missing = {"", "NA"}, .target = "code"};
  const Dataset whole = read_csv(file.path(), options);
  for (const std::int64_t chunk : {1, 7, 59, 60, 1000}) {
    SCOPED_TRACE(chunk);
    const CsvSource source(file.path(), options, chunk);
    EXPECT_EQ(source.schema(), whole.schema());
    EXPECT_EQ(source.rows(), whole.rows());
    for (int walk = 0; walk < 2; ++walk) {
      const Dataset rows = all_of(source);
      EXPECT_EQ(rows.schema(), whole.schema());
      EXPECT_EQ(text_of(rows), text_of(whole));
    }
  }
}

TEST(CsvSource, TakesTheCallersSchema) {
  const File file("a,b\n1,x\n2,y\n3,x\n");
  const Schema schema({{.name = "a", .kind = Kind::kReal},
                       {.name = "b", .kind = Kind::kCategorical, .categories = {"y", "x", "z"}}});
  const CsvSource source(file.path(), {.schema = schema}, 2);
  EXPECT_EQ(source.schema(), read_csv(file.path(), {.schema = schema}).schema());
  EXPECT_EQ(all_of(source).column("b").codes()[0], 1);
}

TEST(CsvSource, NamesTheLineOfABrokenRow) {
  const File file("a,b\n1,2\n3,4\n5\n");
  EXPECT_NE(message_of<FileError>([&] { CsvSource(file.path(), {}, 1); }).find("line 4"),
            std::string::npos);
  EXPECT_EQ(message_of<InvalidArgument>([&] { CsvSource(file.path(), {}, 0); }),
            "CsvSource: chunk_rows must be >= 1, got 0");
}

TEST(ChooseRows, DrawsEveryRowAlikeAndWithoutRepetition) {
  std::map<std::int64_t, int> drawn;
  for (std::uint64_t k = 0; k < 2000; ++k) {
    const auto rows = choose_rows(10, 4, Seed{k});
    ASSERT_EQ(rows.size(), 4);
    for (std::size_t i = 0; i < 4; ++i) {
      ++drawn[rows[i]];
      ASSERT_TRUE(i == 0 || rows[i - 1] < rows[i]);
    }
  }
  ASSERT_EQ(drawn.size(), 10);
  // Each count is binomial(2000, 0.4), deviation 22: beyond 6 of them with probability 2e-8.
  for (const auto& [row, count] : drawn) EXPECT_NEAR(count, 800, 132) << row;
  EXPECT_EQ(choose_rows(3, 10, Seed{1}), (std::vector<std::int64_t>{0, 1, 2}));
}

TEST(Digest, CountsAllRowsAndKeepsTheExtremes) {
  const Schema schema({{.name = "c", .kind = Kind::kCategorical, .categories = {"a", "b", "no"}},
                       {.name = "x", .kind = Kind::kReal, .nullable = true}});
  std::vector<std::int32_t> codes;
  std::vector<double> x;
  Bitmap valid;
  for (int i = 0; i < 100; ++i) {
    codes.push_back(i % 4 == 0 ? 1 : 0);
    x.push_back(i == 40 ? -9 : i == 70 ? 99 : i % 10);
    valid.push_back(i % 10 != 3);
  }
  const DatasetSource source({schema, {Column::categories(codes), Column::reals(x, valid)}}, 7);
  const RowDigest known = digest(source, 5, Seed{1});
  EXPECT_EQ(known.extremes, 2);
  ASSERT_EQ(known.sample.rows(), 7);
  EXPECT_EQ(known.sample.column("x").reals()[5], -9);
  EXPECT_EQ(known.sample.column("x").reals()[6], 99);
  EXPECT_EQ(known.counts[0], (std::vector<std::int64_t>{75, 25, 0, 0}));
  EXPECT_EQ(known.counts[1], (std::vector<std::int64_t>{10}));
  EXPECT_EQ(message_of<InvalidArgument>([&] { static_cast<void>(digest(source, 0, Seed{1})); }),
            "digest: sample_rows must be >= 1, got 0");
}

}  // namespace
}  // namespace semblance
