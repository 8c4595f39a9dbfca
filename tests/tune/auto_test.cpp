// SPDX-License-Identifier: Apache-2.0
#include "semblance/tune/auto.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "semblance/core/error.hpp"
#include "semblance/registry.hpp"
#include "tune/tables.hpp"

namespace semblance {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

const RunOptions kOneThread = {.threads = 1};

double share_of(const Dataset& rows, const std::string& label) {
  double count = 0;
  for (std::int64_t i = 0; i < rows.rows(); ++i)
    count += rows.cell(i, rows.schema().index("label")) == label ? 1 : 0;
  return count / static_cast<double>(rows.rows());
}

TEST(Auto, TheRaceIsToldInTheReason) {
  Auto cheap({.rounds = 2, .models = {"independent", "copula"}});
  cheap.fit(crossed_table(300), Seed{1}, kOneThread);
  EXPECT_THAT(cheap.reason(), HasSubstr("2 models were raced on training rows"));
}

TEST(Auto, ACopyingModelDoesNotWin) {
  Auto model({.rounds = 4, .models = {"bootstrap", "copula"}});
  model.fit(crossed_table(300), Seed{1}, kOneThread);
  EXPECT_EQ(model.picked().name(), "copula");
  EXPECT_THAT(model.reason(), HasSubstr("bootstrap"));
  EXPECT_THAT(model.reason(), HasSubstr("copies"));
}

TEST(Auto, ThePickIsAFunctionOfTableAndSeed) {
  const Dataset train = crossed_table(120);
  Auto a({.rounds = 1, .models = {"independent", "copula"}}), b(a.config());
  a.fit(train, Seed{1}, {.threads = 1});
  b.fit(train, Seed{1}, {.threads = 2});
  EXPECT_EQ(a.reason(), b.reason());
  EXPECT_EQ(a.sample(20, Seed{3}).cell(7, 0), b.sample(20, Seed{3}).cell(7, 0));
}

TEST(Auto, TinyTablesWork) {
  for (const std::int64_t rows : {1, 2, 10}) {
    Auto model;
    model.fit(crossed_table(rows), Seed{1}, kOneThread);
    EXPECT_EQ(model.sample(30, Seed{2}).rows(), 30);
    EXPECT_THAT(model.reason(), HasSubstr("rows are too few to compare models on")) << rows;
  }
}

TEST(Auto, ASingleColumnWorks) {
  const Dataset train = crossed_table(200);
  for (const std::string name : {"x", "label"}) {
    const std::vector<std::string> names = {name};
    Auto model;
    model.fit(train.select(names), Seed{1}, kOneThread);
    EXPECT_EQ(model.picked().name(), "independent");
    EXPECT_EQ(model.sample(30, Seed{2}).rows(), 30);
  }
}

TEST(Auto, RareClassesStay) {
  Auto model({.rounds = 1, .models = {"copula", "independent"}});
  model.fit(crossed_table(400, 0.03), Seed{1}, kOneThread);
  // 2000 rows, P(b) about 0.03: none with probability 1e-26.
  EXPECT_GT(share_of(model.sample(2000, Seed{2}), "b"), 0);
  const Dataset rare = model.sample(40, Seed{2}, {.given = {{"label", "b"}}});
  EXPECT_EQ(share_of(rare, "b"), 1);
}

TEST(Auto, AFileKeepsPickReasonAndRows) {
  Auto model({.models = {"copula"}});
  model.fit(crossed_table(80), Seed{1}, kOneThread);
  EXPECT_EQ(model.reason(), "copula because the configuration names the models.");
  const auto file = std::filesystem::path(testing::TempDir()) / "auto.semb";
  model.save(file);
  const auto loaded = load_generator(file);
  const auto& again = dynamic_cast<const Auto&>(*loaded);
  EXPECT_EQ(again.reason(), model.reason());
  EXPECT_EQ(again.picked().config_json(), model.picked().config_json());
  EXPECT_EQ(again.sample(9, Seed{4}).cell(5, 0), model.sample(9, Seed{4}).cell(5, 0));
}

TEST(Auto, AStopDuringTheRaceLeavesItUnfitted) {
  int calls = 0;
  const RunOptions run = {.on_progress = [&](const Progress& p) {
    EXPECT_EQ(p.stage, "choose");
    return ++calls < 5 ? Flow::kContinue : Flow::kStop;
  }};
  Auto model({.rounds = 2, .models = {"independent", "copula"}});
  EXPECT_THROW(model.fit(crossed_table(120), Seed{1}, run), Cancelled);
  EXPECT_FALSE(model.is_fitted());
  EXPECT_THAT([&] { static_cast<void>(model.reason()); },
              ThrowsMessage<NotFitted>("auto.reason: call fit first"));
}

TEST(Auto, ABudgetEndsTheRace) {
  Auto model({.time_budget = 1e-3, .rounds = 50, .models = {"copula", "independent"}});
  model.fit(crossed_table(120), Seed{1}, kOneThread);
  EXPECT_EQ(model.picked().name(), "copula");  // the first: nothing was measured, or it alone
}

TEST(Auto, NamesWhatIsWrong) {
  EXPECT_THAT([] { Auto({.rounds = 0}); },
              ThrowsMessage<InvalidArgument>("AutoConfig.rounds must be >= 1, got 0"));
  EXPECT_THAT([] { Auto({.time_budget = -1}); },
              ThrowsMessage<InvalidArgument>("AutoConfig.time_budget must be >= 0, got -1"));
  EXPECT_THAT(
      [] { Auto({.models = {"auto"}}); },
      ThrowsMessage<InvalidArgument>("AutoConfig.models must name other generators, got 'auto'"));
  EXPECT_THAT(
      [] {
        Auto model({.models = {"copla"}});
        model.fit(crossed_table(50), Seed{1});
      },
      ThrowsMessage<InvalidArgument>(HasSubstr("did you mean 'copula'?")));
}

}  // namespace
}  // namespace semblance
