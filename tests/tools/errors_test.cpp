// SPDX-License-Identifier: Apache-2.0
// What the command says where something is wrong: one line, exit code 2, nothing left behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "process.hpp"

namespace semblance::command {
namespace {

using testing::HasSubstr;

const Folder& workshop() {
  static const Folder folder;
  static const bool made = [] {
    folder.write("train.csv", small_table());
    folder.write("empty.csv", "");
    folder.write("header.csv", "age,class\n");
    folder.write("ragged.csv", "a,b\n1,2\n3\n");
    folder.write("quote.csv", "a,b\n1,\"2\n");
    folder.write("twice.csv", "a,a\n1,2\n");
    folder.write("short.csv", "age,class\n30,good\n");
    folder.write("schema.json", R"({"columns": [{"name": "age", "type": "colour"}]})");
    folder.write("config.json", R"({"epoch": 3})");
    std::string ids = "id,x\n";
    for (int i = 0; i < 300; ++i)
      ids += "customer-" + std::to_string(i * 7919) + "," + std::to_string(i % 50) + ".5\n";
    folder.write("ids.csv", ids);
    const auto fitted = folder.run("fit train.csv --target class -o model.semb" + kQuick);
    EXPECT_EQ(fitted.code, 0) << fitted.err;
    const std::string bytes = folder.read("model.semb");
    folder.write("cut.semb", bytes.substr(0, bytes.size() / 2));
    folder.write("damaged.semb", bytes.substr(0, 40) + "!" + bytes.substr(41));
    std::filesystem::create_directories(folder / "folder");
    return true;
  }();
  static_cast<void>(made);
  return folder;
}

struct Mistake {
  std::string arguments;
  std::string message;
};

class WrongUse : public testing::TestWithParam<Mistake> {};

TEST_P(WrongUse, IsExplainedInOneLine) {
  const auto done = workshop().run(GetParam().arguments);
  EXPECT_EQ(done.code, 2) << done.err;
  EXPECT_THAT(done.err, HasSubstr(GetParam().message));
  EXPECT_THAT(done.err, testing::StartsWith("semblance"));
  EXPECT_EQ(done.out, "");
  const auto lines = std::count(done.err.begin(), done.err.end(), '\n');
  EXPECT_LE(lines, done.err.find("\nTry 'semblance") == std::string::npos ? 1 : 2) << done.err;
  for (const auto* name : {"out", "out.part", "out.manifest.json"}) {
    EXPECT_FALSE(workshop().has(name)) << name;
    std::filesystem::remove_all(workshop() / name);  // one mistake, one failure
  }
}

INSTANTIATE_TEST_SUITE_P(
    CommandLine, WrongUse,
    testing::Values(Mistake{"", "subcommand is required"}, Mistake{"ftt x", "did you mean 'fit'?"},
                    Mistake{"fit", "TRAIN is required"},
                    Mistake{"fit train.csv", "--output is required"},
                    Mistake{"fit train.csv -o out --bogus", "--bogus"},
                    Mistake{"fit train.csv -o out --seed -1", "--seed: must be >= 0, got -1"},
                    Mistake{"fit train.csv -o out --seed one", "--seed"},
                    Mistake{"fit train.csv -o out --threads 0", "--threads"},
                    Mistake{"fit train.csv -o out --budget 3x",
                            "--budget must be a time like 90s, 3m or 1h, got '3x'"},
                    Mistake{"fit train.csv -o out --budget 0s", "--budget"},
                    Mistake{"fit train.csv -o out --chunk-rows -1",
                            "--chunk-rows must be >= 0, got -1"},
                    Mistake{"fit train.csv -o out --chunk-rows 9 --sample-rows 0",
                            "sample_rows must be >= 1, got 0"},
                    Mistake{"fit train.csv -o out --chunk-rows 9 --warm-start model.semb",
                            "--warm-start reads the whole table"},
                    Mistake{"sample model.semb", "--rows is required"},
                    Mistake{"sample model.semb -n -3 -o out", "-n must be >= 0, got -3"},
                    Mistake{"sample model.semb -n 3 --json", "--json needs -o"},
                    Mistake{"models vee", "there is no model 'vee'"}));

INSTANTIATE_TEST_SUITE_P(
    Tables, WrongUse,
    testing::Values(
        Mistake{"fit none.csv -o out", "none.csv: cannot be read"},
        Mistake{"fit folder -o out", "folder"}, Mistake{"fit empty.csv -o out", "empty.csv"},
        Mistake{"fit header.csv -o out", "at least 1 row"},
        Mistake{"fit ragged.csv -o out", "ragged.csv: line 3"},
        Mistake{"fit quote.csv -o out", "quote.csv: line 2"},
        Mistake{"fit twice.csv -o out", "twice.csv"},
        Mistake{"fit train.csv --target clas -o out", "did you mean 'class'?"},
        Mistake{"fit train.csv --schema none.json -o out", "none.json: cannot be read"},
        Mistake{"fit train.csv --schema schema.json -o out", "colour"},
        Mistake{"fit ids.csv -o out", "column 'id' is free text or an identifier"},
        Mistake{"run ids.csv -o out", "take it out of the file"},
        Mistake{"run train.csv --holdout short.csv -o out", "short.csv"},
        Mistake{"evaluate --train train.csv --synthetic short.csv", "short.csv"},
        Mistake{"evaluate --train train.csv --synthetic train.csv --target x", "no column 'x'"},
        Mistake{"evaluate --train train.csv --synthetic train.csv --html no/x", "no folder 'no'"},
        Mistake{"evaluate --train train.csv --synthetic train.csv --judges tree",
                "--judges must be of linear, forest and mlp, got 'tree'"},
        Mistake{"evaluate --train train.csv --synthetic train.csv --extractor x.pt",
                "--extractor is for images"},
        Mistake{"evaluate --train train.csv --synthetic train.csv --series-key x", "no column 'x'"},
        Mistake{"evaluate --train none.csv --synthetic none.csv --fail-if 'c2ts > 1'",
                "--fail-if: there is no metric 'c2ts'; did you mean 'c2st'?"},
        Mistake{"impute model.semb short.csv -o out", "short.csv"},
        Mistake{"inspect folder", "folder: cannot be read"},
        Mistake{"inspect none", "none: cannot be read"}));

INSTANTIATE_TEST_SUITE_P(
    Models, WrongUse,
    testing::Values(
        Mistake{"fit train.csv --model any-ordr -o out", "did you mean 'any-order'?"},
        Mistake{"fit train.csv --config '{bad' -o out", "not valid JSON"},
        Mistake{"fit train.csv --config '[]' -o out", "must be a JSON object"},
        Mistake{"fit train.csv --model any-order --config @config.json -o out",
                "did you mean 'epochs'?"},
        Mistake{"fit train.csv --config @none.json -o out", "none.json: cannot be read"},
        Mistake{"fit train.csv --model any-order --config '{\"epochs\": -1}' -o out",
                "epochs must be >= 0, got -1"},
        Mistake{"fit train.csv -o no/model", "there is no folder 'no'"},
        Mistake{"fit train.csv -o folder", "it is a folder"},
        Mistake{"fit train.csv -o -", "a model is not text"},
        Mistake{"sample none.semb -n 3 -o out", "none.semb: cannot be read"},
        Mistake{"sample train.csv -n 3 -o out", "not a model file"},
        Mistake{"sample cut.semb -n 3 -o out", "cut.semb"},
        Mistake{"sample damaged.semb -n 3 -o out", "damaged.semb"},
        Mistake{"sample model.semb -n 3 -o no/out", "there is no folder 'no'"},
        Mistake{"sample model.semb -n 3 --given foo -o out", "column=value"},
        Mistake{"sample model.semb -n 3 --given clas=bad -o out", "did you mean 'class'?"},
        Mistake{"sample model.semb -n 3 --given class=baad -o out", "did you mean 'bad'?"},
        Mistake{"sample model.semb -n 3 --given age=old -o out", "needs a number, got 'old'"},
        Mistake{"inspect cut.semb", "cut.semb"}));

}  // namespace
}  // namespace semblance::command
