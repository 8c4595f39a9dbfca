// SPDX-License-Identifier: Apache-2.0
#include "semblance/tune/tune.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "semblance/core/error.hpp"
#include "semblance/registry.hpp"
#include "tune/tables.hpp"

namespace semblance {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TuneOptions quick(std::int64_t trials) {
  return {.aim = Aim::kUtility, .trials = trials, .run = {.threads = 1}};
}

TEST(Tune, FindsThatTheTargetNeedsACopulaOfItsClasses) {
  const auto found = tune("copula", crossed_table(400), Seed{2}, quick(4));
  EXPECT_EQ(nlohmann::json::parse(found.config)["by_target"], true) << found.config;
  EXPECT_LT(found.loss, found.default_loss);
  EXPECT_TRUE(found.complete);
  static_cast<void>(make_generator(found.model, found.config));
}

TEST(Tune, TheDefaultComesFirstAndStays) {
  const auto found = tune("copula", crossed_table(900), Seed{2}, quick(3));
  EXPECT_EQ(found.trials[0].config, "{}");
  const auto most = std::max_element(found.trials.begin(), found.trials.end(),
                                     [](auto& a, auto& b) { return a.rows < b.rows; });
  EXPECT_EQ(most->rows, 675);  // three quarters
  const auto defaults = std::count_if(found.trials.begin(), found.trials.end(),
                                      [](const Trial& t) { return t.config == "{}"; });
  EXPECT_EQ(defaults, 2);             // 225 rows, then 675
  EXPECT_EQ(found.trials.size(), 5);  // 3 on 225 rows, 2 on 675
  EXPECT_LE(found.loss, found.default_loss);
}

TEST(Tune, GoesOnFromWhatIsKnown) {
  const Dataset train = crossed_table(120);
  const auto first = tune("copula", train, Seed{2}, quick(3));
  TuneOptions options = quick(3);
  options.known = parse_trials(to_json(first.trials));
  options.run.budget = std::chrono::duration<double>(1e-9);  // no time for another trial
  const auto again = tune("copula", train, Seed{2}, options);
  EXPECT_TRUE(again.complete);
  EXPECT_EQ(again.config, first.config);
  EXPECT_EQ(again.loss, first.loss);
}

TEST(Tune, FixedFieldsKeepTheirValue) {
  TuneOptions options = quick(3);
  options.fixed = R"({"ridge": 0.25})";
  const auto found = tune("copula", crossed_table(80), Seed{2}, options);
  for (const Trial& t : found.trials)
    EXPECT_EQ(nlohmann::json::parse(t.config)["ridge"], 0.25) << t.config;
}

TEST(Tune, NamesWhatIsWrong) {
  const Dataset train = crossed_table(80);
  const auto message = [&](const char* model, const TuneOptions& options) {
    try {
      static_cast<void>(tune(model, train, Seed{1}, options));
    } catch (const InvalidArgument& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  EXPECT_EQ(message("copula", {.trials = 0}), "TuneOptions.trials must be >= 1, got 0");
  EXPECT_THAT(message("copla", {}), HasSubstr("did you mean 'copula'?"));
  EXPECT_THAT(message("copula", {.fixed = R"({"rigde": 1})"}), HasSubstr("did you mean 'ridge'?"));
  EXPECT_THAT(
      [] { static_cast<void>(tune("copula", crossed_table(39), Seed{1})); },
      ThrowsMessage<InvalidArgument>("tune: 39 rows are too few to judge by; 40 are needed"));
  EXPECT_THAT([] { static_cast<void>(parse_aim("utilty")); },
              ThrowsMessage<InvalidArgument>(HasSubstr("did you mean 'utility'?")));
  EXPECT_THAT([] { static_cast<void>(parse_trials("[{}]")); },
              ThrowsMessage<FileError>(HasSubstr("trials: not what tune writes")));
}

}  // namespace
}  // namespace semblance
