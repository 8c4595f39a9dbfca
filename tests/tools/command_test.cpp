// SPDX-License-Identifier: Apache-2.0
// What every command does where nothing is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "process.hpp"

namespace semblance::command {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// A folder with a table and a model of it, made once.
const Folder& workshop() {
  static const Folder folder;
  static const Finished fitted = [] {
    folder.write("train.csv", small_table());
    return folder.run("fit train.csv --target class --seed 3 -o model.semb" + kQuick);
  }();
  EXPECT_EQ(fitted.code, 0) << fitted.err;
  return folder;
}

std::int64_t lines(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

TEST(Command, SaysItsVersion) {
  const auto done = workshop().run("--version");
  EXPECT_EQ(done.code, 0);
  EXPECT_EQ(done.out, "semblance 0.1.0\n");
}

TEST(Command, EveryCommandHasHelpWithAnExample) {
  const std::string all = workshop().run("--help").out;
  for (const std::string name : {"fit", "sample", "impute", "balance", "evaluate", "run", "tune",
                                 "check", "inspect", "models"}) {
    const auto done = workshop().run(name + " --help");
    EXPECT_EQ(done.code, 0) << name;
    EXPECT_THAT(done.out, HasSubstr("Example:\n  semblance " + name));
    EXPECT_THAT(all, HasSubstr("  " + name + " "));
  }
}

TEST(Command, FitIsSilentInAPipe) {
  const auto& folder = workshop();
  const auto done = folder.run("fit train.csv --target class -o silent.semb" + kQuick);
  EXPECT_EQ(done.code, 0);
  EXPECT_THAT(done.out, IsEmpty());
  EXPECT_THAT(done.err, IsEmpty());
  EXPECT_TRUE(folder.has("silent.semb"));
}

TEST(Command, FitTellsAsJson) {
  const auto done =
      workshop().run("fit train.csv --target class --seed 9 --json -o json.semb" + kQuick);
  EXPECT_EQ(done.json()["generator"], "any-order");
  EXPECT_EQ(done.json()["rows"], 150);
  EXPECT_EQ(done.json()["columns"], 4);
  EXPECT_EQ(done.json()["seed"], 9);
}

TEST(Command, PicksAModelAndSaysWhy) {
  const auto& folder = workshop();
  const auto done = folder.run(
      "fit train.csv --target class --json -o auto.semb --config "
      R"('{"models": ["copula", "independent"], "rounds": 1}')");
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.json()["generator"], "auto");
  EXPECT_THAT(done.json()["reason"].get<std::string>(), HasSubstr("raced on training rows"));
  const auto model = folder.run("inspect auto.semb").json();
  EXPECT_EQ(model["generator"], "auto");
  EXPECT_EQ(model["picked"]["reason"], done.json()["reason"]);
  EXPECT_EQ(model["picked"]["model"], done.json()["picked"]);
  EXPECT_EQ(lines(folder.run("sample auto.semb -n 20 --given class=bad").out), 21);
}

TEST(Command, ConstraintsOfTheSchemaAreKeptAndChecked) {
  const auto& folder = workshop();
  folder.write("pairs.csv", "low,high\n1,2\n3,3\n5,9\n2,8\n4,4\n1,7\n6,8\n2,2\n3,9\n5,6\n");
  auto schema = folder.run("inspect pairs.csv").json();
  schema["constraints"] = {{{"type", "inequality"}, {"low", "low"}, {"high", "high"}}};
  folder.write("rules.json", schema.dump());
  const auto fit = folder.run("fit pairs.csv --schema rules.json --model copula -o rules.semb");
  ASSERT_EQ(fit.code, 0) << fit.err;
  ASSERT_EQ(folder.run("sample rules.semb -n 500 -o kept.csv").code, 0);
  EXPECT_EQ(folder.run("check kept.csv --schema rules.json --train pairs.csv").code, 0);
  folder.write("broken.csv", "low,high\n1,2\n3,2\n");
  const auto broken = folder.run("check broken.csv --schema rules.json --json");
  EXPECT_EQ(broken.code, 3);
  EXPECT_EQ(broken.json()["constraints"][0]["rows"], 1);
  EXPECT_EQ(broken.json()["constraints"][0]["first"], 1);
}

TEST(Command, EvaluateCountsBrokenConstraints) {
  const auto& folder = workshop();
  folder.write("real.csv", "low,high\n1,2\n3,3\n5,9\n2,8\n4,4\n1,7\n6,8\n2,2\n3,9\n5,6\n");
  folder.write("fake.csv", "low,high\n1,2\n3,2\n5,9\n9,8\n");
  folder.write("order.json", R"([{"type": "inequality", "low": "low", "high": "high"}])");
  const std::string evaluate =
      "evaluate --train real.csv --synthetic fake.csv --constraints order.json --metrics ims ";
  const auto done = folder.run(evaluate + "--json - --fail-if 'constraint_violations > 10'");
  EXPECT_EQ(done.code, 3) << done.err;
  const auto metric = done.json()["metrics"][0];
  EXPECT_EQ(metric["id"], "constraint_violations");
  EXPECT_EQ(metric["value"], 50);
  EXPECT_EQ(folder.run(evaluate + "--fail-if 'constraint_violations > 50'").code, 0);
  EXPECT_THAT(
      folder.run("evaluate --train real.csv --synthetic fake.csv --constraints none.json").err,
      HasSubstr("none.json: cannot be read"));
}

TEST(Command, AWarmStartGoesOnWithTheModelOfTheFile) {
  const auto& folder = workshop();
  const auto done = folder.run("fit train.csv --warm-start model.semb -o warm.semb --json");
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.json()["generator"], "any-order");
  EXPECT_EQ(folder.run("inspect warm.semb").json()["config"]["epochs"], 2);
  EXPECT_NE(folder.read("warm.semb"), folder.read("model.semb"));
}

TEST(Command, ALargeTableIsReadInChunks) {
  const auto& folder = workshop();
  const std::string fit = "fit train.csv --target class --chunk-rows 20 --json ";
  const auto all = folder.run(fit + "-o chunks.semb" + kQuick);
  ASSERT_EQ(all.code, 0) << all.err;
  EXPECT_EQ(all.json()["rows"], 150);
  EXPECT_EQ(all.json()["learned_rows"], 150);
  EXPECT_EQ(folder.run("inspect chunks.semb").json()["schema"],
            folder.run("inspect model.semb").json()["schema"]);
  EXPECT_EQ(folder.run("sample chunks.semb -n 30 --given class=good -o chunks.csv").code, 0);
  const auto some = folder.run(fit + "--model copula --sample-rows 60 -o some.semb");
  EXPECT_EQ(some.json()["rows"], 150);
  EXPECT_EQ(some.json()["learned_rows"], 60);
  EXPECT_EQ(folder.run("inspect some.semb").json()["training_rows"], 60);
}

TEST(Command, TuneFindsAConfigurationThatFitTakes) {
  const auto& folder = workshop();
  const std::string tune = "tune train.csv --target class --model copula --trials 3 ";
  const auto done = folder.run(tune + "--trial-file trials.json -o best.json");
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(folder.run("fit train.csv --model copula --config @best.json -o t.semb").code, 0);
  const auto trials = nlohmann::json::parse(folder.read("trials.json"));
  EXPECT_EQ(trials.size(), 3);
  const std::string best = folder.read("best.json");
  const auto again = folder.run(tune + "--trial-file trials.json --json");
  EXPECT_EQ(again.json()["measured"], 0);  // all were known
  EXPECT_EQ(again.json()["config"], nlohmann::json::parse(best));
}

TEST(Command, TheSameSeedGivesTheSameModelAndTheSameBytes) {
  const auto& folder = workshop();
  for (const std::string name : {"a", "b"}) {
    const std::string threads = name == "a" ? " --threads 1" : " --threads 2";
    ASSERT_EQ(folder.run("fit train.csv --seed 5 -o " + name + ".semb" + kQuick + threads).code, 0);
    ASSERT_EQ(folder.run("sample " + name + ".semb -n 300 -o " + name + ".csv" + threads).code, 0);
  }
  EXPECT_EQ(folder.read("a.semb"), folder.read("b.semb"));
  EXPECT_EQ(folder.read("a.csv"), folder.read("b.csv"));
  EXPECT_NE(folder.read("a.csv"), folder.run("sample a.semb -n 300 --seed 2").out);
}

TEST(Command, SampleWritesTheSameRowsToStandardOutputAndToAFile) {
  const auto& folder = workshop();
  const auto done = folder.run("sample model.semb -n 20");
  EXPECT_THAT(done.err, IsEmpty());
  EXPECT_THAT(done.out, StartsWith("age,income,city,class\n"));
  EXPECT_EQ(lines(done.out), 21);
  ASSERT_EQ(folder.run("sample model.semb -n 20 -o rows.csv").code, 0);
  EXPECT_EQ(folder.read("rows.csv"), done.out);
  EXPECT_FALSE(folder.has("rows.csv.part"));
  EXPECT_EQ(folder.run("sample model.semb -n 20 -o -").out, done.out);
  EXPECT_EQ(folder.run("sample model.semb -n 0").out, "age,income,city,class\n");
}

TEST(Command, TheFirstRowsOfManyAreTheRowsOfFew) {
  const auto few = workshop().run("sample model.semb -n 100").out;
  const auto many = workshop().run("sample model.semb -n 20000").out;  // more than one chunk
  EXPECT_EQ(lines(many), 20'001);
  EXPECT_EQ(many.substr(0, few.size()), few);
}

TEST(Command, SampleSaysInAManifestWhatTheRowsAre) {
  const auto& folder = workshop();
  const auto done = folder.run("sample model.semb -n 5 --given class=bad --seed 8 --json -o m.csv");
  const auto manifest = nlohmann::json::parse(folder.read("m.csv.manifest.json"));
  EXPECT_EQ(manifest["synthetic"], true);
  EXPECT_EQ(manifest["generator"], "any-order");
  EXPECT_EQ(manifest["config"]["epochs"], 2);
  EXPECT_EQ(manifest["training_rows"], 150);
  EXPECT_EQ(manifest["rows"], 5);
  EXPECT_EQ(manifest["seed"], 8);
  EXPECT_EQ(manifest["given"], nlohmann::json({"class=bad"}));
  EXPECT_THAT(manifest["privacy"].get<std::string>(), HasSubstr("no formal privacy guarantee"));
  EXPECT_EQ(done.json()["rows"], 5);
}

TEST(Command, GivenHoldsInEveryRow) {
  const auto done = workshop().run(
      "sample model.semb -n 50 --given class=bad --given age=30..40 --given income=");
  ASSERT_EQ(done.code, 0) << done.err;
  std::istringstream rows(done.out);
  std::string row;
  std::getline(rows, row);
  while (std::getline(rows, row)) {
    EXPECT_THAT(row, testing::EndsWith(",bad"));
    EXPECT_GE(std::stoi(row), 30);
    EXPECT_LE(std::stoi(row), 40);
    EXPECT_THAT(row, HasSubstr(",,"));
  }
}

TEST(Command, ImputeFillsGapsAndKeepsTheRest) {
  const auto& folder = workshop();
  folder.write("gaps.csv",
               "city,age,class,income\nOslo,30,good,1200.05\n,31,,\nParis,,bad,1100.15\n");
  const auto done = folder.run("impute model.semb gaps.csv -o filled.csv --json");
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.json()["imputed_cells"], 4);
  const std::string filled = folder.read("filled.csv");
  EXPECT_THAT(filled, StartsWith("city,age,class,income\nOslo,30,good,1200.05\n"));
  EXPECT_THAT(filled, testing::Not(HasSubstr(",,")));
  EXPECT_EQ(lines(filled), 4);
  EXPECT_EQ(folder.run("impute model.semb gaps.csv").out, filled);
}

TEST(Command, EvaluatePrintsATableAndWritesTheReport) {
  const auto& folder = workshop();
  folder.write("holdout.csv", small_table(80));
  ASSERT_EQ(folder.run("sample model.semb -n 150 -o synthetic.csv").code, 0);
  const std::string tables =
      "evaluate --train train.csv --synthetic synthetic.csv --holdout holdout.csv --target class";
  const auto done = folder.run(tables + " --html report.html --json report.json");
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("shape"));
  EXPECT_THAT(folder.read("report.html"), StartsWith("<!DOCTYPE html"));
  const auto report = nlohmann::json::parse(folder.read("report.json"));
  EXPECT_EQ(report["rows"]["synthetic"], 150);
  EXPECT_EQ(report["target"], "class");
  const auto again = folder.run(tables + " --json -").json();
  ASSERT_EQ(again["metrics"].size(), report["metrics"].size());
  for (std::size_t i = 0; i < again["metrics"].size(); ++i) {
    EXPECT_EQ(again["metrics"][i]["value"], report["metrics"][i]["value"])
        << report["metrics"][i]["id"];
  }
}

TEST(Command, RunDoesAllThree) {
  const auto& folder = workshop();
  const auto done = folder.run("run train.csv --target class -o all --json --seed 4" + kQuick);
  ASSERT_EQ(done.code, 0) << done.err;
  for (const auto* name :
       {"synthetic.csv", "synthetic.csv.manifest.json", "report.html", "report.json", "model.semb"})
    EXPECT_TRUE(folder.has(std::string("all/") + name)) << name;
  EXPECT_EQ(done.json()["report"]["rows"]["train"], 120);
  EXPECT_EQ(done.json()["report"]["rows"]["holdout"], 30);
  EXPECT_EQ(lines(folder.read("all/synthetic.csv")), 121);
  EXPECT_EQ(folder.run("sample all/model.semb -n 120 --seed 4").out,
            folder.read("all/synthetic.csv"));
  ASSERT_EQ(folder.run("run train.csv --holdout train.csv -o all" + kQuick).code, 0);
  EXPECT_EQ(lines(folder.read("all/synthetic.csv")), 151);
}

TEST(Command, InspectShowsTheSchemaOfATable) {
  const auto& folder = workshop();
  const auto schema = folder.run("inspect train.csv").json();
  EXPECT_EQ(schema["columns"][0]["name"], "age");
  EXPECT_EQ(schema["columns"][0]["type"], "integer");
  EXPECT_EQ(schema["columns"][2]["categories"], nlohmann::json({"Oslo", "Paris", "Rome, old"}));
  folder.write("schema.json", schema.dump());
  EXPECT_EQ(folder.run("fit train.csv --schema schema.json -o s.semb" + kQuick).code, 0);
}

TEST(Command, InspectShowsWhatIsInAModel) {
  const auto model = workshop().run("inspect model.semb").json();
  EXPECT_EQ(model["generator"], "any-order");
  EXPECT_EQ(model["library_version"], "0.1.0");
  EXPECT_EQ(model["training_rows"], 150);
  EXPECT_EQ(model["config"]["epochs"], 2);
  EXPECT_EQ(model["schema"]["target"], "class");
  EXPECT_THAT(model["tensors"], testing::Not(IsEmpty()));
}

TEST(Command, ModelsPrintsTheRegistry) {
  EXPECT_THAT(workshop().run("models").out, HasSubstr("any-order"));
  const auto markdown = workshop().run("models --markdown").out;
  EXPECT_THAT(markdown, StartsWith("| model | learns | "));
  EXPECT_THAT(markdown, HasSubstr("|---|---|"));
  EXPECT_THAT(workshop().run("models any-order").out, HasSubstr("embedding_dim"));
  const auto one = workshop().run("models any-order --json").json();
  EXPECT_EQ(one["conditioning"], "any column");
  EXPECT_EQ(one["parameters"][0]["name"], "embedding_dim");
  EXPECT_EQ(workshop().run("models --json").json()["models"][0]["name"], "auto");
}

}  // namespace
}  // namespace semblance::command
