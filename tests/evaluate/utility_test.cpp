// SPDX-License-Identifier: Apache-2.0
// Usefulness: judges, seeds, draws and what models conclude.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "evaluate/coefficients.hpp"
#include "semblance/core/error.hpp"
#include "semblance/data/csv.hpp"
#include "semblance/evaluate/evaluate.hpp"
#include "semblance/evaluate/scores.hpp"

namespace semblance {
namespace {

using testing::HasSubstr;

/// x normal, c one of three by x, n noise; y = "b" where x + noise is large.
Dataset population(std::int64_t rows, Seed seed) {
  std::string csv = "x,n,c,y\n";
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream draw(seed, "population", static_cast<std::uint64_t>(i));
    const double x = draw.normal(), n = draw.normal();
    csv += fmt::format("{:.5f},{:.5f},{},{}\n", x, n,
                       x > 0.5    ? "high"
                       : x > -0.5 ? "mid"
                                  : "low",
                       x + 0.3 * draw.normal() > 0.4 ? "b" : "a");
  }
  const Schema types{{.name = "x", .kind = Kind::kReal},
                     {.name = "n", .kind = Kind::kReal},
                     {.name = "c", .kind = Kind::kCategorical},
                     {.name = "y", .kind = Kind::kCategorical, .role = Role::kTarget}};
  return parse_csv(csv, {.schema = types});
}

EvaluateOptions quick() {
  EvaluateOptions out;
  out.run.threads = 1;
  out.judge = Judge::kLinear;
  out.more_judges = {};
  out.bootstrap = 20;
  out.groups = {Group::kUtility};
  return out;
}

Evaluation fresh() {
  return {.train = population(500, Seed{1}),
          .synthetic = population(500, Seed{2}),
          .holdout = population(500, Seed{3})};
}

TEST(Utility, EveryJudgeAndSeedStandsAmongTheDetails) {
  auto options = quick();
  options.more_judges = {Judge::kLinear, Judge::kMlp};  // linear is the judge already
  options.judge_seeds = 2;
  const auto report = evaluate(fresh(), Seed{1}, options);
  const Metric& utility = report["utility"];
  ASSERT_EQ(utility.details.size(), 4U);
  EXPECT_EQ(utility.details[0].name, "linear model, ridge 1, seed 1");
  EXPECT_EQ(utility.details[3].name, "MLP of 64 and 64 units, seed 2");
  EXPECT_NEAR(*utility.value, (utility.details[0].value + utility.details[1].value) / 2, 1e-12);
  EXPECT_EQ(*utility.seed_deviation, 0);  // the linear judge is convex: no seed moves it
  EXPECT_EQ(*utility.details[0].holdout, *utility.holdout.value);
  EXPECT_GT(utility.details[2].value, 0.9);
  EXPECT_NE(utility.details[2].value, utility.details[3].value);
  EXPECT_EQ(report["model_rank_agreement"].details.size(), 2U);
  EXPECT_EQ(std::abs(*report["model_rank_agreement"].value), 1);
  EXPECT_EQ(report.pictures.judges.size(), 2U);
}

TEST(Utility, OneJudgeRanksNothing) {
  const auto report = evaluate(fresh(), Seed{1}, quick());
  EXPECT_EQ(report["model_rank_agreement"].status, Status::kNotApplicable);
  EXPECT_THAT(report["model_rank_agreement"].reason, HasSubstr("two judges"));
  EXPECT_FALSE(report["utility"].seed_deviation);
  EXPECT_TRUE(report["utility"].details.empty());
}

TEST(Utility, FreshRowsLeadToTheSameConclusionsAndShuffledOnesDoNot) {
  // Estimates of independent samples lie sqrt 2 standard errors apart, of intervals 4 wide: an
  // overlap of about 0.7 on average.
  auto report = evaluate(fresh(), Seed{1}, quick());
  EXPECT_GT(*report["coef_overlap"].value, 0.3);
  EXPECT_GT(*report["feature_importance_overlap"].value, 0.8);
  EXPECT_LT(std::abs(*report["calibration_gap"].value), 0.1);
  auto lost = fresh();
  lost.synthetic = Dataset(lost.synthetic.schema(),
                           {population(500, Seed{4}).column(0), lost.synthetic.column(1),
                            population(500, Seed{5}).column(2), lost.synthetic.column(3)});
  report = evaluate(lost, Seed{1}, quick());
  EXPECT_LT(*report["feature_importance_overlap"].value, 0.9);
  EXPECT_LT(*report["coef_overlap"].value, *report["coef_overlap"].holdout.value);
}

TEST(Utility, AClassThatSyntheticRowsLackCountsAsErrors) {
  // The target is c, of three classes; the synthetic rows have two. x tells the classes apart.
  auto evaluation = fresh();
  evaluation.target = "c";
  std::vector<std::int64_t> kept;
  const auto high = evaluation.synthetic.schema()[2].categories.code("high");
  for (std::int64_t i = 0; i < 500; ++i)
    if (evaluation.synthetic.column(2).codes()[static_cast<std::size_t>(i)] != high)
      kept.push_back(i);
  evaluation.synthetic = evaluation.synthetic.take(kept);
  const auto report = evaluate(evaluation, Seed{1}, quick());
  EXPECT_GT(*report["utility"].holdout.value, 0.9);
  EXPECT_LE(*report["utility"].value, 2.0 / 3);
}

TEST(Coefficients, RidgeByHand) {
  // z = (-1.22, 0, 1.22) and y alike: sum zy / (sum zz + 1) = 3/4; residuals z/4, of variance 1/16.
  RegressionRows rows{{3, 1, {1, 2, 3}, {0}, {0}}, {10, 20, 30}};
  const auto found = CoefficientModel(rows, false).fit(rows);
  ASSERT_EQ(found.size(), 1U);  // nothing is missing, so that indicator is left out
  EXPECT_NEAR(found[0].value, 0.75, 1e-6);
  EXPECT_NEAR(found[0].error, std::sqrt(1.0 / 16 / 4), 1e-6);
}

TEST(Coefficients, ALogisticSlopeIsTheRootOfItsScore) {
  // Four rows at -1 with one positive, four at 1 with three: by symmetry the intercept is 0 and the
  // slope solves 8 (3/4 - 1 / (1 + exp(-w))) = w, the ridge's pull.
  RegressionRows rows{{8, 1, {-1, -1, -1, -1, 1, 1, 1, 1}, {0}, {0}}, {1, 0, 0, 0, 1, 1, 1, 0}};
  const auto found = CoefficientModel(rows, true).fit(rows);
  ASSERT_EQ(found.size(), 1U);
  const double w = found[0].value, p = 1 / (1 + std::exp(-w));
  EXPECT_NEAR(8 * (0.75 - p), w, 1e-6);
  EXPECT_NEAR(found[0].error, 1 / std::sqrt(8 * p * (1 - p) + 1), 1e-6);
}

TEST(Coefficients, OverlapByHand) {
  const double unit = 1 / normal_quantile(0.975);  // intervals of half-width 1
  EXPECT_NEAR(overlap_of({0, 0, unit}, {0, 1, unit}, 0.95), 0.5, 1e-12);
  EXPECT_NEAR(overlap_of({0, 0, unit}, {0, 0, 2 * unit}, 0.95), (1 + 0.5) / 2, 1e-12);
  EXPECT_EQ(overlap_of({0, 0, unit}, {0, 3, unit}, 0.95), 0);
}

TEST(Draws, SeveralTablesTellHowMuchEveryNumberMoves) {
  auto evaluation = fresh();
  evaluation.more_synthetic = {evaluation.synthetic, population(500, Seed{9})};
  auto options = quick();
  options.groups = {Group::kColumns, Group::kUtility};
  const auto report = evaluate(evaluation, Seed{1}, options);
  const Metric& ks = report["ks"];
  ASSERT_EQ(ks.draws.size(), 3U);
  EXPECT_EQ(ks.draws[0], *ks.value);
  EXPECT_EQ(ks.draws[1], *ks.value);
  EXPECT_NEAR(*ks.draw_deviation, std::abs(ks.draws[2] - ks.draws[0]) / std::sqrt(3.0), 1e-12);
  EXPECT_GT(*report["utility"].draw_deviation, 0);
  EXPECT_EQ(report.provenance.synthetic_tables, 3);
  const auto json = nlohmann::json::parse(report.to_json());
  EXPECT_EQ(json["synthetic_tables"], 3);
  EXPECT_THAT(report.to_text({.width = 80}), HasSubstr("3 synthetic tables"));
}

TEST(Utility, OptionsAreChecked) {
  try {
    EvaluateOptions options;
    options.judge_seeds = 0;
    options.validate();
    FAIL();
  } catch (const InvalidArgument& e) {
    EXPECT_STREQ(e.what(), "EvaluateOptions.judge_seeds must be >= 1, got 0");
  }
}

}  // namespace
}  // namespace semblance
