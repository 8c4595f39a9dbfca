// SPDX-License-Identifier: Apache-2.0
#include "semblance/core/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "semblance/core/error.hpp"

namespace semblance {
namespace {

TEST(Progress, GivesRateAndRemainingTime) {
  const Progress p{.stage = "fit", .step = 20, .total = 100, .loss = 1, .seconds = 10};
  EXPECT_DOUBLE_EQ(p.rate(), 2);
  EXPECT_DOUBLE_EQ(p.eta(), 40);
  EXPECT_EQ(Progress{}.eta(), 0);
}

TEST(Reporter, TurnsAStopIntoCancelled) {
  RunOptions run;
  run.on_progress = [](const Progress& p) { return p.step < 3 ? Flow::kContinue : Flow::kStop; };
  Reporter report(run, "fit", 10);
  report.step(2);
  EXPECT_THROW(report.step(3), Cancelled);
}

TEST(Reporter, HearsTheStopToken) {
  std::stop_source source;
  const RunOptions run{.stop = source.get_token()};
  Reporter report(run, "fit", 10);
  report.step(1);
  source.request_stop();
  try {
    report.step(2);
    FAIL();
  } catch (const Cancelled& e) {
    EXPECT_STREQ(e.what(), "fit was cancelled at step 2 of 10");
  }
}

TEST(RunOptions, NegativeThreadsAreAnError) {
  EXPECT_THROW(static_cast<void>(worker_threads({.threads = -1})), InvalidArgument);
  EXPECT_EQ(worker_threads({.threads = 3}), 3);
  EXPECT_GE(worker_threads({}), 1);
}

}  // namespace
}  // namespace semblance
