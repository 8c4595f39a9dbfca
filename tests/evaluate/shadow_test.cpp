// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/shadow.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "semblance/core/error.hpp"
#include "semblance/data/csv.hpp"
#include "semblance/registry.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

/// Rows with two numbers of ten values each and two categories: no value is rare.
Dataset population(std::int64_t rows, Seed seed) {
  std::string csv = "a,b,c,s\n";
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream draw(seed, static_cast<std::uint64_t>(i));
    const auto a = draw.below(10);
    csv += fmt::format("{},{},{},{}\n", a, (a + draw.below(4)) % 10,
                       static_cast<char>('p' + static_cast<char>(draw.below(5))),
                       draw.below(2) == 0 ? "no" : "yes");
  }
  return parse_csv(csv, {.schema = Schema{{.name = "a", .kind = Kind::kReal},
                                          {.name = "b", .kind = Kind::kReal},
                                          {.name = "c", .kind = Kind::kCategorical},
                                          {.name = "s", .kind = Kind::kCategorical}}});
}

/// The same with a first column in which every row has a number of its own.
Dataset unique_rows(std::int64_t rows, Seed seed) {
  std::string csv = "a,b\n";
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream draw(seed, static_cast<std::uint64_t>(i));
    csv += fmt::format("{:.6f},{:.6f}\n", draw.normal(), draw.normal());
  }
  return parse_csv(csv, {.schema = Schema{{.name = "a", .kind = Kind::kReal},
                                          {.name = "b", .kind = Kind::kReal}}});
}

ShadowOptions small() {
  return {.shadows = 32,
          .targets = 10,
          .rows = 60,
          .released = 350,
          .which = ShadowTargets::kRandom,
          .run = {.threads = 1}};
}

TEST(Shadow, TheBootstrapIsCaught) {
  const auto data = unique_rows(200, Seed{1});
  const auto found = mia_shadow(data, [] { return make_generator("bootstrap"); }, Seed{2}, small());
  // 350 of about 65 rows with replacement: a row is released with probability 1 - e^-5.4 = 0.995.
  EXPECT_GT(found.found.auc.value, 0.97);
  EXPECT_GT(found.features[3].auc, 0.97);
  EXPECT_EQ(found.features[3].name, "neighbours");
  EXPECT_GT(found.found.epsilon, 2);
  EXPECT_GT(found.targets.front().auc, 0.99);
  EXPECT_EQ(found.shadows, 32);
}

TEST(Shadow, IndependentColumnsAreNot) {
  const auto data = population(200, Seed{1});
  const auto found =
      mia_shadow(data, [] { return make_generator("independent"); }, Seed{2}, small());
  // 320 fair coins: an AUC of guesses has a standard error of 0.032; six of them.
  EXPECT_NEAR(found.found.auc.value, 0.5, 0.2);
  EXPECT_LT(found.found.epsilon, 0.5);
  EXPECT_LT(found.found.auc.interval().lo, 0.6);
}

TEST(Shadow, SameSeedSameAnswerWhateverTheThreads) {
  const auto data = population(60, Seed{1});
  const auto attack = [&](int threads, ShadowTargets which) {
    ShadowOptions options = small();
    options.shadows = 8;
    options.targets = 3;
    options.rows = 20;
    options.which = which;
    options.run.threads = threads;
    return mia_shadow(data, [] { return make_generator("independent"); }, Seed{3}, options);
  };
  const auto one = attack(1, ShadowTargets::kIsolated), four = attack(4, ShadowTargets::kIsolated);
  EXPECT_EQ(one.found.auc.value, four.found.auc.value);
  EXPECT_EQ(one.targets[0].row, four.targets[0].row);
  EXPECT_EQ(one.found.epsilon, four.found.epsilon);
}

TEST(Shadow, IsolatedTargetsAreTheFarthestRows) {
  const auto data = parse_csv(
      "a,b\n0,0\n0.1,0\n0,0.1\n9,9\n0.1,0.1\n0.2,0\n0.2,0.2\n-9,9\n0,0.2\n",
      {.schema = Schema{{.name = "a", .kind = Kind::kReal}, {.name = "b", .kind = Kind::kReal}}});
  ShadowOptions options{.shadows = 8, .targets = 2, .run = {.threads = 1}};
  const auto found = mia_shadow(data, [] { return make_generator("bootstrap"); }, Seed{1}, options);
  EXPECT_EQ(found.targets[0].row + found.targets[1].row, 3 + 7);
  EXPECT_EQ(found.rows, 3);
  EXPECT_EQ(found.released, 5);
}

TEST(Shadow, StopsAndNamesWhatIsWrong) {
  const auto data = population(20, Seed{1});
  const auto make = [] { return make_generator("independent"); };
  ShadowOptions options = small();
  options.shadows = 9;
  EXPECT_EQ(message_of<InvalidArgument>([&] { (void)mia_shadow(data, make, Seed{1}, options); }),
            "ShadowOptions.shadows must be >= 8 and even, got 9");
  options = small();
  EXPECT_EQ(message_of<InvalidArgument>([&] { (void)mia_shadow(data, make, Seed{1}, options); }),
            "ShadowOptions.rows must be at most the 10 rows that are no targets, got 60");
  options = {.shadows = 8, .targets = 18};
  EXPECT_EQ(message_of<InvalidArgument>([&] { (void)mia_shadow(data, make, Seed{1}, options); }),
            "mia_shadow: 18 targets need a table of 22 rows, got 20");
  options = {.shadows = 8, .targets = 2, .run = {.on_progress = [](const Progress& p) {
                                           EXPECT_EQ(p.total, 8);
                                           return p.step == 2 ? Flow::kStop : Flow::kContinue;
                                         }}};
  EXPECT_THROW((void)mia_shadow(data, make, Seed{1}, options), Cancelled);
}

}  // namespace
}  // namespace semblance
