// SPDX-License-Identifier: Apache-2.0
// semblance balance: the rows that stay are the input's lines, byte by byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "process.hpp"

namespace semblance::command {
namespace {

using testing::HasSubstr;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

/// Numbers of several styles, quoted categories, gaps, dates; the target has gaps, too.
std::string motley_table() {
  std::string out = "price,share,count,\"place, of birth\",day,class\n";
  const char* places[] = {"Graz", "\"Linz, old town\"", "\"the \"\"Ring\"\"\"", ""};
  for (int i = 0; i < 120; ++i) {
    out += i % 9 == 0 ? "" : std::to_string(i * 37 % 101) + (i % 2 == 0 ? ".50" : ".5");
    out += "," + std::to_string(i * 13 % 7) + ".0," + std::to_string(i * i % 997 * 1000);
    out += "," + std::string(places[i % 4]) + ",2024-0" + std::to_string(1 + i % 9) + "-11,";
    out += i % 17 == 3 ? "" : i % 5 == 0 ? "rare" : "common";
    out += "\n";
  }
  return out;
}

const Folder& workshop() {
  static const Folder folder;
  static const bool made = [] {
    folder.write("train.csv", motley_table());
    return true;
  }();
  static_cast<void>(made);
  return folder;
}

TEST(BalanceCommand, KeepsTheInputsLinesAndAddsNewOnes) {
  const auto& folder = workshop();
  const auto done =
      folder.run("balance train.csv --target class --json -o out.csv --provenance parents.csv");
  ASSERT_EQ(done.code, 0) << done.err;
  const std::string table = folder.read("out.csv");
  EXPECT_TRUE(table.starts_with(motley_table()));
  const auto parents = lines_of(folder.read("parents.csv"));
  EXPECT_EQ(parents[0], "base,neighbour,u");
  EXPECT_EQ(static_cast<std::int64_t>(parents.size()) - 1, done.json()["rows"].get<std::int64_t>());
  EXPECT_EQ(lines_of(table).size(), 120U + parents.size());
  const auto rows = lines_of(motley_table());
  for (std::size_t i = 1; i < parents.size(); ++i) {
    EXPECT_THAT(rows[1 + std::stoul(parents[i])], testing::EndsWith(",rare"));
  }
  EXPECT_EQ(done.json()["original_rows"], 120);
  EXPECT_EQ(done.json()["removed_rows"], 0);
  EXPECT_EQ(done.json()["config"]["k"], 5);
  EXPECT_EQ(done.json()["classes"]["rare"], done.json()["classes"]["common"]);
}

TEST(BalanceCommand, KeepsTheLinesThatACleanerLeaves) {
  const auto& folder = workshop();
  const auto done =
      folder.run("balance train.csv --target class --method enn --strategy majority -o left.csv");
  ASSERT_EQ(done.code, 0) << done.err;
  const auto all = lines_of(motley_table());
  const auto left = lines_of(folder.read("left.csv"));
  EXPECT_LT(left.size(), all.size());
  auto at = all.begin();
  for (const std::string& line : left) {
    at = std::find(at, all.end(), line);
    ASSERT_NE(at, all.end()) << line;
    ++at;
  }
}

TEST(BalanceCommand, OneMethodAfterTheOther) {
  const auto done = workshop().run(
      "balance train.csv --target class --method smote+tomek --config '{\"smote\": {\"k\": 3}}' "
      "--json -o both.csv --provenance both-parents.csv");
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.json()["generator"], "smote+tomek");
  EXPECT_EQ(lines_of(workshop().read("both-parents.csv")).size(),
            1 + done.json()["rows"].get<std::size_t>());
}

TEST(BalanceCommand, ListsItsMethods) {
  const auto text = workshop().run("balance --list");
  EXPECT_EQ(text.code, 0);
  EXPECT_THAT(text.out, HasSubstr("\nenn "));
  const auto json = workshop().run("balance --list --json").json();
  std::set<std::string> names;
  for (const auto& method : json["methods"]) names.insert(method["name"].get<std::string>());
  EXPECT_TRUE(names.contains("near-miss-2"));
  EXPECT_TRUE(names.contains("any-order"));
}

TEST(BalanceCommand, SaysWhatIsMissing) {
  const auto message = [](const std::string& arguments) {
    const auto done = workshop().run("balance " + arguments);
    EXPECT_EQ(done.code, 2);
    return done.err;
  };
  EXPECT_THAT(message(""), HasSubstr("TRAIN is required"));
  EXPECT_THAT(message("train.csv -o out"), HasSubstr("--target is required"));
  EXPECT_THAT(message("train.csv --target class"), HasSubstr("--output is required"));
  EXPECT_THAT(message("train.csv --target class --method any-order --config '{\"epochs\": 1}' "
                      "-o out --provenance p.csv"),
              HasSubstr("--provenance: the rows of method 'any-order' do not come from certain "
                        "rows; those of over-samplers do"));
  EXPECT_FALSE(workshop().has("out"));
  EXPECT_FALSE(workshop().has("p.csv"));
}

}  // namespace
}  // namespace semblance::command
