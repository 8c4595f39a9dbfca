// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/evaluate.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "semblance/core/error.hpp"
#include "semblance/data/csv.hpp"
#include "semblance/evaluate/catalogue.hpp"
#include "semblance/evaluate/marginal.hpp"
#include "semblance/learners/boosted_trees.hpp"

namespace semblance {
namespace {

using testing::HasSubstr;
using testing::Not;

template <class Call>
std::string message(Call&& call) {
  try {
    call();
  } catch (const Error& e) {
    return e.what();
  }
  return "nothing thrown";
}

Dataset table(const std::string& csv) {
  return parse_csv(csv, {.schema = Schema{{.name = "x", .kind = Kind::kReal},
                                          {.name = "c", .kind = Kind::kCategorical}}});
}

/// Rows of a small population: x normal, c follows x, n an integer, y = "b" where x + n is large.
Dataset population(std::int64_t rows, Seed seed, const std::string& x_name = "x") {
  std::string csv = x_name + ",n,c,y\n";
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream draw(seed, "population", static_cast<std::uint64_t>(i));
    const double x = draw.normal();
    const auto n = static_cast<int>(draw.below(30));
    const bool gap = draw.below(20) == 0;
    csv += fmt::format("{:.5f},{},{},{}\n", x, n,
                       gap        ? ""
                       : x > 0.5  ? "high"
                       : x > -0.5 ? "mid"
                                  : "low",
                       x * 8 + n > 14 ? "b" : "a");
  }
  const Schema types{{.name = x_name, .kind = Kind::kReal},
                     {.name = "n", .kind = Kind::kInteger},
                     {.name = "c", .kind = Kind::kCategorical},
                     {.name = "y", .kind = Kind::kCategorical, .role = Role::kTarget}};
  return parse_csv(csv, {.schema = types});
}

/// Quick options: the linear judge, few replicates.
EvaluateOptions quick() {
  EvaluateOptions out;
  out.run.threads = 1;
  out.judge = Judge::kLinear;
  out.bootstrap = 20;
  return out;
}

EvaluateOptions only(Group group) {
  auto out = quick();
  out.groups = {group};
  return out;
}

TEST(Evaluate, ColumnShapesByHand) {
  const auto train = table("x,c\n1,a\n2,a\n3,a\n4,b\n5,\n"),
             fake = table("x,c\n1,a\n2,b\n2,c\n4,\n9,\n");
  const auto report = evaluate({.train = train, .synthetic = fake}, Seed{1}, only(Group::kColumns));
  // KS of U1 is 0.2. Present categories: 3/4, 1/4 against 1/3, 1/3, 1/3: TVD = 5/12.
  EXPECT_NEAR(*report["shape_error"].value, 100 * (0.2 + 5.0 / 12) / 2, 1e-9);
  EXPECT_NEAR(*report["wasserstein_error"].value, 100 * 1 / std::sqrt(2.0), 1e-9);
  EXPECT_NEAR(*report["missingness_error"].value, 100 * (0 + 0.2) / 2, 1e-9);
  // Rows 3 (unseen category) and 5 (9 > 5).
  EXPECT_NEAR(*report["out_of_domain"].value, 40, 1e-9);
  EXPECT_EQ(report["shape_error"].details[0].name, "c");
}

TEST(Evaluate, ColumnStatisticsByHand) {
  const auto train = table("x,c\n1,a\n2,a\n3,a\n4,b\n5,\n"),
             fake = table("x,c\n1,a\n2,b\n2,c\n4,\n9,\n");
  const auto report = evaluate({.train = train, .synthetic = fake}, Seed{1}, only(Group::kColumns));
  const double deviation = std::sqrt(2.0);
  EXPECT_NEAR(*report["ks"].value, 20, 1e-9);
  EXPECT_NEAR(*report["tvd"].value, 500.0 / 12, 1e-9);
  EXPECT_NEAR(*report["mean_error"].value, 100 * 0.6 / deviation, 1e-9);
  EXPECT_NEAR(*report["variance_error"].value, 100 * (8.24 - 2) / 2, 1e-9);
  // Quantiles 1.2, 2, 3, 4, 4.8 against 1.2, 2, 2, 4, 8.
  EXPECT_NEAR(*report["quantile_error"].value, 100 * (1 + 3.2) / 5 / deviation, 1e-9);
  EXPECT_NEAR(*report["skewness_error"].value, 26.352 / std::pow(8.24, 1.5), 1e-9);
  // Deciles tell 1 to 5 apart; 9 is in the bin of 5. Missing is a category of its own.
  using V = std::vector<double>;
  EXPECT_NEAR(*report["hellinger"].value,
              50 * (*hellinger(V{1, 1, 1, 1, 1}, V{1, 2, 0, 1, 1}) +
                    *hellinger(V{3, 1, 0, 1}, V{1, 1, 1, 2})),
              1e-9);
  EXPECT_NEAR(*report["js"].value,
              50 / std::log(2) *
                  (*jensen_shannon(V{1, 1, 1, 1, 1}, V{1, 2, 0, 1, 1}) +
                   *jensen_shannon(V{3, 1, 0, 1}, V{1, 1, 1, 2})),
              1e-9);
}

TEST(Evaluate, ColumnMetricsOnRequestByHand) {
  const auto train = table("x,c\n1,a\n2,a\n3,a\n4,b\n5,\n"),
             fake = table("x,c\n1,a\n2,b\n2,c\n4,\n9,\n");
  auto options = only(Group::kColumns);
  options.metrics = {"all"};
  const auto report = evaluate({.train = train, .synthetic = fake}, Seed{1}, options);
  const double deviation = std::sqrt(2.0);
  // The reference values of U1.
  EXPECT_NEAR(*report["wasserstein2"].value, 100 * std::sqrt(3.4) / deviation, 1e-9);
  EXPECT_NEAR(*report["energy_1d"].value, 0.632455532 / std::sqrt(deviation), 1e-9);
  EXPECT_NEAR(*report["cvm"].value, 0.03, 1e-9);
  EXPECT_NEAR(*report["ad"].value, -1.291315252, 1e-9);
  EXPECT_NEAR(*report["ci_overlap"].value, 74.63323195, 1e-8);
  EXPECT_NEAR(*report["range_coverage"].value, 100, 1e-9);
  EXPECT_NEAR(*report["category_adherence"].value, 100 * 2.0 / 3, 1e-9);
  using V = std::vector<double>;
  // Ten bins between the deciles 1.4, 1.8 ... of 1 to 5, and one for missing.
  const V x = {1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0}, y = {1, 0, 2, 0, 0, 0, 0, 1, 0, 1, 0},
          c = {3, 1, 0, 1}, d = {1, 1, 1, 2};
  EXPECT_NEAR(*report["psi"].value, (*stability_index(x, y, 0.5) + *stability_index(c, d, 0.5)) / 2,
              1e-9);
  EXPECT_NEAR(*report["kl"].value,
              (*kullback_leibler(x, y, 0.5) + *kullback_leibler(c, d, 0.5)) / 2, 1e-9);
  const double a = 1.0 / 3 + 1, b = 1 + 1 + 1.0 / 3;  // chi-square statistics: x, c
  EXPECT_NEAR(*report["chi2"].value, 50 * (std::sqrt(a / 10) + std::sqrt(b / 10)), 1e-9);
  EXPECT_EQ(*report["schema_match"].value, 100);
  EXPECT_EQ(report["key_uniqueness"].reason, "no column is a key");
  // KS 0.2 of 5 and 5 values: every order has it. Two tests for chi2.
  EXPECT_NEAR(*report["ks"].details[0].p_value, 1, 1e-12);
  EXPECT_EQ(report["chi2"].details.size(), 2U);
  EXPECT_EQ(*report["chi2"].p_value, *report["chi2"].details[0].p_adjusted);
}

TEST(Evaluate, KeysAndSchemasAreCompared) {
  const auto read = [](const std::string& csv, Kind kind) {
    return parse_csv(csv,
                     {.schema = Schema{{.name = "id", .kind = Kind::kInteger, .role = Role::kKey},
                                       {.name = "x", .kind = kind}}});
  };
  const auto train = read("id,x\n1,1\n2,2\n3,3\n4,4\n", Kind::kReal);
  const auto fake = read("id,x\n7,1\n7,2\n8,3\n9,4\n", Kind::kInteger);
  auto options = only(Group::kColumns);
  options.metrics = {"schema_match", "key_uniqueness"};
  const auto report = evaluate({.train = train, .synthetic = fake}, Seed{1}, options);
  EXPECT_EQ(*report["key_uniqueness"].value, 75);
  EXPECT_EQ(*report["schema_match"].value, 50);
}

TEST(Evaluate, BrokenConstraintsAreCounted) {
  const Schema types{{.name = "low", .kind = Kind::kInteger},
                     {.name = "high", .kind = Kind::kInteger}};
  const auto rows = [&](const char* csv) { return parse_csv(csv, {.schema = types}); };
  Evaluation what{.train = rows("low,high\n1,2\n3,4\n5,4\n7,8\n"),
                  .synthetic = rows("low,high\n1,2\n3,2\n5,90\n9,8\n9,\n"),
                  .holdout = rows("low,high\n1,2\n4,2\n")};
  what.constraints = {Inequality{"low", "high"}, Bounds{.column = "high", .max = 10}};
  auto options = only(Group::kColumns);
  auto report = evaluate(what, Seed{1}, options);  // in the default set, since there are some
  const Metric& m = report["constraint_violations"];
  EXPECT_EQ(*m.value, 60);  // rows 2 and 4 by the first, row 3 by the second
  EXPECT_EQ(m.interval->method, "Wilson");
  EXPECT_EQ(*m.holdout.value, 50);
  ASSERT_EQ(m.details.size(), 2u);
  EXPECT_EQ(m.details[0].name, "inequality: low <= high");
  EXPECT_EQ(m.details[0].value, 40);
  EXPECT_EQ(m.details[1].value, 20);
  EXPECT_EQ(m.grade, Grade::kWeak);
  what.holdout.reset();
  report = evaluate(what, Seed{1}, options);
  EXPECT_EQ(*report["constraint_violations"].holdout.value, 25);  // the training rows
  options.metrics = {"constraint_violations"};
  what.constraints = {};
  report = evaluate(what, Seed{1}, options);
  EXPECT_EQ(report["constraint_violations"].reason, "no constraints were given");
  what.constraints = {Bounds{.column = "hihg", .max = 10}};
  EXPECT_THAT(message([&] { (void)evaluate(what, Seed{1}, options); }), HasSubstr("'hihg'"));
}

TEST(Evaluate, PcdEqualsTheReferenceOfK1) {
  const Schema types{{.name = "a", .kind = Kind::kReal},
                     {.name = "b", .kind = Kind::kReal},
                     {.name = "c", .kind = Kind::kReal}};
  const auto train = parse_csv("a,b,c\n1,2,5\n2,1,4\n3,4,3\n4,3,2\n5,5,0\n", {.schema = types});
  const auto fake = parse_csv("a,b,c\n1,1,1\n2,3,2\n3,2,5\n4,4,3\n", {.schema = types});
  const auto report = evaluate({.train = train, .synthetic = fake}, Seed{1}, only(Group::kPairs));
  EXPECT_NEAR(*report["pcd"].value, 2.784929054, 1e-9);
  // |0.8 - 0.8|, |0.98639 - 0.68034|, |0.82199 - 0.22678|, mean of the three.
  EXPECT_NEAR(*report["assoc_diff"].value,
              100 * (0.9863939238 - 0.6803360514 + 0.8219949365 - 0.2267786838) / 3, 1e-8);
}

TEST(Evaluate, LostAssociationOfCategoriesByHand) {
  std::string real = "a,b\n", fake = "a,b\n";
  for (int i = 0; i < 10; ++i)
    real += i < 4 ? "x,u\n" : i < 5 ? "x,v\n" : i < 6 ? "y,u\n" : "y,v\n";
  for (int i = 0; i < 8; ++i)
    fake += std::string(i % 2 == 0 ? "x," : "y,") + (i < 4 ? "u\n" : "v\n");
  const Schema types{{.name = "a", .kind = Kind::kCategorical},
                     {.name = "b", .kind = Kind::kCategorical}};
  const auto report = evaluate({.train = parse_csv(real, {.schema = types}),
                                .synthetic = parse_csv(fake, {.schema = types})},
                               Seed{1}, only(Group::kPairs));
  EXPECT_NEAR(*report["assoc_diff"].value, 52.91502622, 1e-8);
  EXPECT_NEAR(*report["mi_diff"].value, 0.192744757 / std::log(2), 1e-9);
  EXPECT_EQ(report["pcd"].status, Status::kUndefined);
}

TEST(Evaluate, PairErrorsByHand) {
  // Deciles of 1..5 are 1.4, 1.8, ...; five values fall into five bins. Cells (x, c) of train: five
  // of 1/5. Synthetic rows: (1,a) hits, (2,b) misses the cell (2,a), the others' categories differ
  // too.
  const auto train = table("x,c\n1,a\n2,a\n3,a\n4,b\n5,\n"),
             fake = table("x,c\n1,a\n2,b\n2,c\n4,\n9,\n");
  const auto report = evaluate({.train = train, .synthetic = fake}, Seed{1}, only(Group::kPairs));
  // Shared: (1,a) and (top bin, missing): 9 is in the bin of 5. TVD = 1 - 2/5.
  EXPECT_NEAR(*report["pair_tvd"].value, 60, 1e-9);
  EXPECT_NEAR(*report["trend_error_shared"].value, 60, 1e-9);
  // Own edges: train's 1..5 in bins 0, 2, 5, 7, 10; 1, 2, 2, 4, 9 in bins 0, 1, 1, 3, 10.
  EXPECT_NEAR(*report["trend_sdmetrics"].value, 60, 1e-9);
}

TEST(Evaluate, ACopyIsPerfectAndCaught) {
  const auto train = population(300, Seed{1}), holdout = population(300, Seed{2});
  const auto report =
      evaluate({.train = train, .synthetic = train, .holdout = holdout}, Seed{1}, quick());
  EXPECT_EQ(*report["shape_error"].value, 0);
  EXPECT_EQ(*report["pair_tvd"].value, 0);
  EXPECT_EQ(*report["ims"].value, 1);
  EXPECT_EQ(*report["out_of_domain"].value, 0);
  EXPECT_EQ(*report["dcr_p5"].value, 0);
  EXPECT_EQ(report["ims"].verdict, "copying");
  EXPECT_GT(*report["dcr_share"].value, 95);
  EXPECT_THAT(report.warnings,
              testing::Contains(HasSubstr("Exact copies of training rows, share: 1 ")));
}

TEST(Evaluate, ACopyLeaksMembership) {
  const auto train = population(300, Seed{1}), holdout = population(300, Seed{2});
  auto options = only(Group::kPrivacy);
  options.attacks = 100;
  const auto report =
      evaluate({.train = train, .synthetic = train, .holdout = holdout}, Seed{1}, options);
  EXPECT_GT(*report["mia_auc"].value, 0.9);
  EXPECT_EQ(*report["mia_auc"].value, *report["mia_auc"].floor.value);
  EXPECT_EQ(report["mia_auc"].verdict, "leak");
  EXPECT_GT(*report["mia_epsilon"].value, 1);
  for (const char* id : {"singling_out", "linkability", "inference"}) {
    // n and y have 60 values for 300 rows, so a link is right once in 5; most of y is told by x and
    // n.
    EXPECT_GT(*report[id].value, 0.05) << id;
    EXPECT_NE(report[id].verdict, "no leak found") << id;
    EXPECT_EQ(*report[id].value, *report[id].floor.value) << id;
  }
}

TEST(Evaluate, FreshRowsLeakNothing) {
  // 150 candidates of either kind: the AUC's standard error is 0.033, five of them. The risks are
  // differences of two rates of 100 attacks: standard error 0.07.
  auto options = only(Group::kPrivacy);
  options.attacks = 100;
  const auto report = evaluate({.train = population(300, Seed{1}),
                                .synthetic = population(300, Seed{4}),
                                .holdout = population(300, Seed{2})},
                               Seed{1}, options);
  EXPECT_NEAR(*report["mia_auc"].value, 0.5, 0.165);
  EXPECT_LT(*report["linkability"].value, 0.35);
  EXPECT_EQ(report["mia_epsilon"].status, Status::kOk);
}

TEST(Evaluate, ModesThatWereDroppedCostDiversity) {
  const auto train = population(400, Seed{1}), holdout = population(400, Seed{2});
  const auto few = train.take(std::vector<std::int64_t>(400, 7));  // one row, again and again
  const auto options = only(Group::kDiversity);
  const auto fresh =
      evaluate({.train = train, .synthetic = population(400, Seed{3}), .holdout = holdout}, Seed{1},
               options);
  const auto poor =
      evaluate({.train = train, .synthetic = few, .holdout = holdout}, Seed{1}, options);
  EXPECT_GT(*fresh["prdc_coverage"].value, 0.85);
  EXPECT_LT(*poor["prdc_coverage"].value, 0.1);
  EXPECT_NEAR(*poor["vendi"].value, 1, 1e-6);
  EXPECT_NEAR(*poor["dcscore"].value, 0, 1e-6);
  // Training rows are calibrated to about a half; 400 rows of one population agree within 0.1.
  EXPECT_NEAR(*fresh["dcscore"].value, *fresh["dcscore"].holdout.value, 0.1);
  EXPECT_EQ(poor["vendi"].grade, Grade::kWeak);
}

/// People of two groups: the share of "yes" in group b is `rate`, in group a a half.
Dataset people(std::int64_t rows, double rate, Seed seed) {
  std::string csv = "g,x,y\n";
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream draw(seed, static_cast<std::uint64_t>(i));
    const bool b = draw.below(2) == 1, yes = draw.uniform() < (b ? rate : 0.5);
    csv += fmt::format("{},{:.3f},{}\n", b ? "b" : "a", draw.normal() + (yes ? 2 : 0),
                       yes ? "yes" : "no");
  }
  const Schema types{{.name = "g", .kind = Kind::kCategorical, .sensitive = true},
                     {.name = "x", .kind = Kind::kReal},
                     {.name = "y", .kind = Kind::kCategorical, .role = Role::kTarget}};
  return parse_csv(csv, {.schema = types});
}

TEST(Evaluate, AmplifiedBiasIsFoundInDataAndModel) {
  // 1,500 rows a side: the standard error of a gap is 0.026, of the difference of two 0.037; five.
  const auto report = evaluate({.train = people(1500, 0.4, Seed{1}),
                                .synthetic = people(1500, 0.1, Seed{2}),
                                .holdout = people(1500, 0.4, Seed{3})},
                               Seed{1}, only(Group::kFairness));
  EXPECT_NEAR(*report["base_rate"].value, 0.4, 0.13);
  EXPECT_NEAR(*report["base_rate"].holdout.value, 0.1, 0.13);
  EXPECT_NEAR(*report["disparate_impact"].value, 0.2, 0.15);
  EXPECT_NEAR(*report["bias_amplification"].value, 0.3, 0.185);
  EXPECT_GT(report["bias_amplification"].interval->lo, 0.1);
  EXPECT_EQ(report["bias_amplification"].grade, Grade::kWeak);
  EXPECT_GT(*report["bias_amplification_model"].value, 0);
  EXPECT_GT(*report["dp_gap"].value, *report["dp_gap"].holdout.value);
  EXPECT_LT(*report["representation"].value, 8);
}

TEST(Evaluate, TheSchemasPositiveClassIsTheFavourableOne) {
  const auto train = people(200, 0.2, Seed{1});
  std::vector<Field> fields = train.schema().fields();
  fields[2].positive_class = "no";
  const Dataset turned(Schema(fields), train.columns());
  const auto impact = [&](const Evaluation& what) {
    return *evaluate(what, Seed{1}, only(Group::kFairness))["disparate_impact"].value;
  };
  EXPECT_LT(impact({.train = train, .synthetic = train}), 0.7);
  const double said = impact({.train = turned, .synthetic = turned});
  EXPECT_NEAR(said, impact({.train = train, .synthetic = train, .positive = "no"}), 1e-12);
  EXPECT_GT(std::abs(said - impact({.train = train, .synthetic = train})), 0.05);
}

TEST(Evaluate, FairnessSaysWhatItNeeds) {
  const auto train = population(60, Seed{1});
  const auto none = evaluate({.train = train, .synthetic = train}, Seed{1}, only(Group::kFairness));
  EXPECT_EQ(none["representation"].reason, "no column is marked sensitive");
  const auto few = people(80, 0.4, Seed{1});
  const auto models = evaluate({.train = few, .synthetic = few}, Seed{1}, only(Group::kFairness));
  EXPECT_EQ(*models["bias_amplification"].value, 0);
  EXPECT_THAT(models["dp_gap"].reason, HasSubstr("needs a holdout"));
}

TEST(Peers, AChangeOfScaleIsNotHidden) {
  // SDMetrics gives each table its own bins: x -> 1000 x + 10^6 costs nothing there.
  const auto train = population(300, Seed{1});
  auto columns = train.columns();
  std::vector<double> x;
  for (std::int64_t i = 0; i < 300; ++i) x.push_back(1000 * columns[0].number(i) + 1e6);
  columns[0] = Column::reals(std::move(x));
  const auto report = evaluate({.train = train, .synthetic = Dataset(train.schema(), columns)},
                               Seed{1}, only(Group::kPairs));
  const auto pair = [&](const char* id) {
    for (const auto& d : report[id].details)
      if (d.name == "x | c") return d.value;
    return -1.0;
  };
  EXPECT_LT(pair("trend_sdmetrics"), 1);
  EXPECT_GT(pair("pair_tvd"), 50);
}

TEST(Evaluate, AFreshSampleLooksReal) {
  // 600 rows each. DCR share: 600 fair coins, so 50 +- 5 binomial standard errors (2.04) gives a
  // false alarm below 1e-6. C2ST of a linear judge: standard error 0.0167, five of them.
  const auto report = evaluate({.train = population(600, Seed{1}),
                                .synthetic = population(600, Seed{2}),
                                .holdout = population(600, Seed{3})},
                               Seed{1}, quick());
  EXPECT_NEAR(*report["dcr_share"].value, 50, 10.2);
  EXPECT_NEAR(*report["c2st_holdout"].value, 0.5, 0.084);
  EXPECT_LT(*report["shape_error"].value, 8);
  EXPECT_LT(std::abs(*report["utility_gap"].value), 0.1);
  EXPECT_GT(*report["utility"].value, 0.9);
  EXPECT_EQ(*report["ims"].value, 0);
}

TEST(Evaluate, LostStructureReadsNearTheFloor) {
  const auto train = population(600, Seed{1});
  std::vector<Column> columns;
  for (std::int64_t c = 0; c < 4; ++c) {
    std::vector<std::int64_t> rows(600);
    for (std::int64_t i = 0; i < 600; ++i)
      rows[static_cast<std::size_t>(i)] = (i * 7 + 131 * c) % 600;
    columns.push_back(train.column(c).take(rows));
  }
  const Dataset shuffled(train.schema(), columns);
  const auto report =
      evaluate({.train = train, .synthetic = shuffled, .holdout = population(600, Seed{3})},
               Seed{1}, quick());
  EXPECT_EQ(*report["shape_error"].value, 0);
  EXPECT_NEAR(*report["pair_tvd"].normalised, 0, 0.15);
  EXPECT_EQ(report["pair_tvd"].grade, Grade::kWeak);
  EXPECT_LT(*report["utility"].value, 0.65);
  EXPECT_GT(*report["utility"].holdout.value, 0.9);
}

TEST(Evaluate, AHoldoutNoisierThanTheFloorGradesNothing) {
  // 20 holdout rows against 400: their own noise exceeds what shuffling the columns costs.
  const auto report = evaluate({.train = population(400, Seed{1}),
                                .synthetic = population(400, Seed{2}),
                                .holdout = population(20, Seed{3})},
                               Seed{1}, only(Group::kPairs));
  ASSERT_GT(*report["pair_tvd"].holdout.value, *report["pair_tvd"].floor.value);
  EXPECT_EQ(report["pair_tvd"].grade, Grade::kNone);
  EXPECT_FALSE(report["pair_tvd"].normalised.has_value());
  EXPECT_THAT(report.warnings,
              testing::Contains(HasSubstr("the holdout is too small to judge by")));
}

TEST(Evaluate, BoostedTreesSeeALostInteraction) {
  if (!boosted_trees_available()) GTEST_SKIP() << "built without XGBoost";
  const auto train = population(600, Seed{1});
  std::vector<Column> columns = train.columns();
  std::vector<std::int64_t> rows(600);
  for (std::int64_t i = 0; i < 600; ++i) rows[static_cast<std::size_t>(i)] = (i * 7 + 13) % 600;
  columns[0] = columns[0].take(rows);
  auto options = only(Group::kDetection);
  options.judge = Judge::kAuto;
  const auto report = evaluate({.train = train,
                                .synthetic = Dataset(train.schema(), columns),
                                .holdout = population(600, Seed{3})},
                               Seed{1}, options);
  EXPECT_GT(*report["c2st_holdout"].value, 0.75);
  EXPECT_THAT(report["c2st_holdout"].judge, HasSubstr("XGBoost"));
  EXPECT_EQ(report["c2st_holdout"].grade, Grade::kWeak);
}

TEST(Evaluate, ANamedJudgeThatIsNotThereIsUnavailable) {
  if (boosted_trees_available()) GTEST_SKIP() << "built with XGBoost";
  auto options = only(Group::kDetection);
  options.judge = Judge::kBoostedTrees;
  const auto report = evaluate(
      {.train = population(50, Seed{1}), .synthetic = population(50, Seed{2})}, Seed{1}, options);
  EXPECT_EQ(report["c2st_train"].status, Status::kUnavailable);
  EXPECT_THAT(report["c2st_train"].reason, HasSubstr("SEMBLANCE_XGBOOST=ON"));
}

TEST(Evaluate, DoesNotDependOnThreads) {
  const Evaluation evaluation{.train = population(200, Seed{1}),
                              .synthetic = population(150, Seed{2}),
                              .holdout = population(100, Seed{3})};
  auto options = quick();
  const auto strip = [](const Report& report) {
    auto json = nlohmann::json::parse(report.to_json());
    json["seconds"] = 0;
    for (auto& m : json["metrics"]) m["seconds"] = 0;
    return json.dump();
  };
  const auto one = strip(evaluate(evaluation, Seed{5}, options));
  options.run.threads = 3;
  EXPECT_EQ(strip(evaluate(evaluation, Seed{5}, options)), one);
  EXPECT_NE(strip(evaluate(evaluation, Seed{6}, options)), one);
}

TEST(Evaluate, WithoutHoldoutSaysWhatIsMissing) {
  const auto report = evaluate(
      {.train = population(100, Seed{1}), .synthetic = population(80, Seed{2})}, Seed{1}, quick());
  for (const char* id : {"c2st_holdout", "utility", "dcr_share"}) {
    EXPECT_EQ(report[id].status, Status::kNotApplicable) << id;
    EXPECT_EQ(report[id].reason, "needs a holdout: real rows that the generator has not seen")
        << id;
    EXPECT_FALSE(report[id].value.has_value()) << id;
  }
  EXPECT_THAT(report["shape_error"].holdout.meaning, HasSubstr("one half of the training rows"));
  EXPECT_TRUE(report["shape_error"].holdout.value.has_value());
  EXPECT_TRUE(report["dcr_p5"].value.has_value());
  EXPECT_THAT(report.warnings, testing::Contains(HasSubstr("No holdout was given")));
}

TEST(Evaluate, RegressionAndManyClassesHaveTheirScores) {
  Evaluation evaluation{.train = population(300, Seed{1}),
                        .synthetic = population(300, Seed{2}),
                        .holdout = population(300, Seed{3}),
                        .target = "x"};
  auto report = evaluate(evaluation, Seed{1}, only(Group::kUtility));
  EXPECT_THAT(report["utility"].title, HasSubstr("R2"));
  EXPECT_GT(*report["utility"].value, 0.5);
  evaluation.target = "c";
  report = evaluate(evaluation, Seed{1}, only(Group::kUtility));
  EXPECT_THAT(report["utility"].title, HasSubstr("macro-F1"));
  EXPECT_GT(*report["utility"].value, 0.5);
  EXPECT_LE(report["utility"].interval->lo, *report["utility"].value);
  EXPECT_EQ(report["utility_macro_f1"].status, Status::kNotApplicable);
}

TEST(Evaluate, SyntheticRowsThatAreTooEasyShowInTsts) {
  // y follows x in the synthetic rows without the noise that n is in the real ones.
  const auto train = population(400, Seed{1}), holdout = population(400, Seed{2});
  auto columns = train.columns();
  std::vector<std::int32_t> easy;
  for (std::int64_t i = 0; i < 400; ++i) easy.push_back(columns[0].number(i) > 0 ? 1 : 0);
  const auto order = train.schema()[3].categories;  // a, b in the order of appearance
  for (auto& code : easy) code = order.code(code == 1 ? "b" : "a");
  columns[3] = Column::categories(easy);
  const auto report =
      evaluate({.train = train, .synthetic = Dataset(train.schema(), columns), .holdout = holdout},
               Seed{1}, only(Group::kUtility));
  EXPECT_GT(*report["tsts"].value, 0.98);
  EXPECT_LT(*report["utility"].value, *report["tsts"].value);
  EXPECT_LT(*report["trts"].value, *report["tsts"].value);
  EXPECT_EQ(*report["trts"].holdout.value, *report["utility"].holdout.value);
  EXPECT_LT(*report["augmentation_gain"].value, 0.02);
  EXPECT_LE(report["augmentation_gain"].interval->lo, *report["augmentation_gain"].value);
}

TEST(Evaluate, AClassThatTheSyntheticRowsLackCountsAsMissed) {
  const auto train = population(300, Seed{1});
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < 300; ++i) {
    if (train.column("y").codes()[static_cast<std::size_t>(i)] == 0) rows.push_back(i);
  }
  const auto report =
      evaluate({.train = train, .synthetic = train.take(rows), .holdout = population(300, Seed{3})},
               Seed{1}, only(Group::kUtility));
  EXPECT_EQ(*report["utility"].value, 0.5);
  EXPECT_LT(*report["utility_macro_f1"].value, 0.5);
}

TEST(Evaluate, OddColumnsAreSurvived) {
  const std::string head = "x,c\n";
  const std::vector<std::string> tables = {
      head + "1,a\n1,a\n1,a\n1,a\n",  // constant
      head + ",a\n,b\n,a\n,b\n",      // all missing
      head + "1,\n2,\n3,\n4,\n",      // no category
      head + "1,a\n2,b\n"             // two rows
  };
  for (const auto& a : tables) {
    for (const auto& b : tables) {
      const auto report = evaluate({.train = table(a), .synthetic = table(b), .holdout = table(a)},
                                   Seed{1}, quick());
      EXPECT_FALSE(report.to_html().empty());
      EXPECT_FALSE(report.to_text().empty());
      EXPECT_THAT(report.to_json(), Not(HasSubstr("NaN")));
      for (const auto& m : report.metrics)
        EXPECT_EQ(m.value.has_value(), m.status == Status::kOk) << m.id << " " << a << b;
    }
  }
}

TEST(Evaluate, MessagesNameTheRule) {
  const auto train = population(20, Seed{1});
  const auto call = [&](const Evaluation& e, const EvaluateOptions& o = {}) {
    return message([&] { (void)evaluate(e, Seed{1}, o); });
  };
  EXPECT_EQ(call({.train = train.slice(0, 1), .synthetic = train}),
            "evaluate: train must have at least 2 rows, got 1");
  const std::vector<std::string> names = {"x", "n", "c"};
  EXPECT_EQ(call({.train = train, .synthetic = train.select(names)}),
            "evaluate: synthetic lacks column 'y' of train");
  EXPECT_THAT(call({.train = train, .synthetic = train, .target = "z"}), HasSubstr("'z'"));
  EXPECT_EQ(call({.train = train, .synthetic = train, .holdout = train, .positive = "q"}),
            "evaluate: positive class 'q' is no category of 'y'");
  EXPECT_EQ(call({.train = train, .synthetic = train}, {.bootstrap = 5}),
            "EvaluateOptions.bootstrap must be 0 or >= 20, got 5");
  EXPECT_EQ(call({.train = train, .synthetic = train}, {.level = 1}),
            "EvaluateOptions.level must be in (0, 1), got 1");
}

TEST(Evaluate, StoppingThrowsCancelled) {
  auto options = quick();
  options.run.on_progress = [](const Progress& p) {
    return p.step > 3 ? Flow::kStop : Flow::kContinue;
  };
  const auto train = population(30, Seed{1});
  EXPECT_THROW((void)evaluate({.train = train, .synthetic = train}, Seed{1}, options), Cancelled);
}

TEST(Evaluate, ProgressEndsAtItsTotal) {
  auto options = quick();
  std::int64_t last = 0, total = 0;
  options.run.on_progress = [&](const Progress& p) {
    EXPECT_GE(p.step, last);
    last = p.step;
    total = p.total;
    return Flow::kContinue;
  };
  const auto train = population(30, Seed{1});
  (void)evaluate({.train = train, .synthetic = train, .holdout = train}, Seed{1}, options);
  EXPECT_EQ(last, total);
}

class Written : public testing::Test {
 protected:
  static const Report& report() {
    static const Report made =
        evaluate({.train = population(120, Seed{1}, "<script>alert('x')</script>"),
                  .synthetic = population(90, Seed{2}, "<script>alert('x')</script>"),
                  .holdout = population(60, Seed{3}, "<script>alert('x')</script>")},
                 Seed{9}, quick());
    return made;
  }
};

TEST_F(Written, JsonHasTheSchemaAndExactNumbers) {
  const auto json = nlohmann::json::parse(report().to_json());
  EXPECT_EQ(json["schema"], "semblance.report/1");
  EXPECT_EQ(json["seed"], 9);
  EXPECT_EQ(json["rows"]["holdout"], 60);
  for (const auto& m : json["metrics"]) {
    const Metric& own = report()[m["id"].get<std::string>()];
    if (own.value) {
      EXPECT_EQ(m["value"].get<double>(), *own.value) << own.id;
    }
    EXPECT_EQ(m["holdout"]["value"].is_null(), !own.holdout.value.has_value()) << own.id;
  }
}

TEST_F(Written, HtmlEscapesWhatTheDataSay) {
  const auto html = report().to_html();
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"));
}

TEST_F(Written, EveryPictureHasAPlaceOnThePage) {
  const auto html = report().to_html();
  for (const char* nowhere : {"nan", "inf ", "inf\"", "-inf"})
    EXPECT_THAT(html, Not(HasSubstr(nowhere)));
}

TEST_F(Written, HtmlNeedsNoNetworkAndHasAllSections) {
  const auto html = report().to_html();
  for (const char* outside : {"http:", "https:", "src=", "@import", "url("})
    EXPECT_THAT(html, Not(HasSubstr(outside)));
  for (const char* section :
       {"Scorecard", "Columns", "Pairs of columns", "Told apart", "Usefulness", "Copying",
        "Every number", "prefers-color-scheme", "@media print"})
    EXPECT_THAT(html, HasSubstr(section));
}

TEST_F(Written, RareCategoriesAreNotNamedInPictures) {
  std::string csv = "x,c\n";
  for (int i = 0; i < 100; ++i) csv += fmt::format("{},{}\n", i, i < 96 ? "common" : "secret");
  const auto data = table(csv);
  const auto made = evaluate({.train = data, .synthetic = data}, Seed{1}, only(Group::kColumns));
  EXPECT_THAT(made.to_html(), Not(HasSubstr("secret")));
  EXPECT_THAT(made.to_html(), HasSubstr("1 other"));
}

TEST_F(Written, TextKeepsToItsWidthAndColoursOnlyWhenAsked) {
  for (const int width : {80, 120}) {
    const auto text = report().to_text({.width = width});
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    for (std::size_t at = 0; at < text.size();) {
      const auto end = text.find('\n', at);
      EXPECT_LE(end - at, static_cast<std::size_t>(width)) << text.substr(at, end - at);
      at = end + 1;
    }
  }
  EXPECT_THAT(report().to_text({.colour = true}), HasSubstr("\x1b["));
  EXPECT_EQ(message([] { (void)Report().to_text({.width = 20}); }),
            "TextStyle.width must be 60 to 200, got 20");
}

TEST_F(Written, MetricsAreFoundByNameAndMistypedOnesAreSuggested) {
  EXPECT_EQ(report()["pair_tvd"].group, Group::kPairs);
  EXPECT_EQ(message([] { (void)report()["pair_tdv"]; }),
            "Report has no metric 'pair_tdv'; did you mean 'pair_tvd'?");
}

TEST_F(Written, FilesThatCannotBeWrittenAreNamed) {
  EXPECT_THROW(report().write_html("/nowhere/at/all/report.html"), FileError);
}

/// Ids of a report's metrics.
std::vector<std::string> ids_of(const Report& report) {
  std::vector<std::string> out;
  for (const Metric& m : report.metrics) out.push_back(m.id);
  return out;
}

TEST(Report, PValuesAreShownAndExplained) {
  auto options = only(Group::kColumns);
  options.metrics = {"ks", "chi2"};
  auto made = evaluate({.train = population(200, Seed{1}), .synthetic = population(200, Seed{2})},
                       Seed{1}, options);
  made.metrics[0].p_value = 0.0312;
  made.metrics[1].p_value = 1e-7;
  const auto text = made.to_text({.width = 120});
  EXPECT_THAT(text, HasSubstr("      p = 0.0312, the smallest of 2 (adjusted for their number)"));
  EXPECT_THAT(text, HasSubstr("      p < 0.0001, the smallest of 4"));
  EXPECT_THAT(text, HasSubstr("p: how often two tables drawn from one population"));
  const auto html = made.to_html();
  EXPECT_THAT(html, HasSubstr("<div class=\"note\">p = 0.0312</div>"));
  EXPECT_THAT(html, HasSubstr("<div class=\"note\">p &lt; 0.0001</div>"));
  EXPECT_THAT(html, HasSubstr("<th>p, adjusted</th>"));
  options.metrics = {"hellinger"};
  made = evaluate({.train = population(200, Seed{1}), .synthetic = population(200, Seed{2})},
                  Seed{1}, options);
  EXPECT_THAT(made.to_text(), Not(HasSubstr("p: how often")));
  EXPECT_THAT(made.to_html(), Not(HasSubstr("<th>p</th>")));
}

TEST(Evaluate, MeasuresWhatIsAskedForAndTheSameNumbers) {
  const auto train = population(200, Seed{1}), fake = population(200, Seed{2}),
             holdout = population(200, Seed{3});
  const Evaluation what{.train = train, .synthetic = fake, .holdout = holdout, .target = "y"};
  auto options = quick();
  const Report full = evaluate(what, Seed{4}, options);
  std::vector<std::string> all;
  for (const Metric& m : full.metrics) {
    options.metrics = {m.id};
    if (select_metrics(options.metrics).size() > 1) continue;  // a group's name
    const Report one = evaluate(what, Seed{4}, options);
    EXPECT_EQ(ids_of(one), std::vector{m.id});
    EXPECT_EQ(one.metrics.front().value, m.value) << m.id;
    EXPECT_EQ(one.metrics.front().interval, m.interval) << m.id;
    EXPECT_EQ(one.metrics.front().holdout.value, m.holdout.value) << m.id;
    EXPECT_EQ(one.metrics.front().floor.value, m.floor.value) << m.id;
  }
  std::vector<std::string> standard;
  for (const MetricInfo& info : catalogue()) {
    if (info.standard && info.of_tables) standard.emplace_back(info.id);
  }
  EXPECT_EQ(ids_of(full), standard);
}

TEST(Evaluate, GroupsAndMetricsMustBothAskForIt) {
  auto options = only(Group::kCopying);
  options.metrics = {"ims", "ks"};
  const auto train = population(30, Seed{1});
  EXPECT_EQ(ids_of(evaluate({.train = train, .synthetic = train}, Seed{1}, options)),
            std::vector<std::string>{"ims"});
  options.metrics = {"imz"};
  EXPECT_EQ(message([&] { options.validate(); }), "there is no metric 'imz'; did you mean 'ims'?");
}

TEST(Evaluate, WhatAWholeGroupLacksIsSaidOfEachAndShownOnce) {
  const auto train = population(60, Seed{1});
  const auto report =
      evaluate({.train = train, .synthetic = train}, Seed{1}, only(Group::kPrivacy));
  ASSERT_GT(report.metrics.size(), 3U);
  for (const Metric& m : report.metrics) EXPECT_EQ(m.status, Status::kNotApplicable) << m.id;
  EXPECT_THAT(report.to_text(), HasSubstr(fmt::format("Membership found, AUC (and {} more)",
                                                      report.metrics.size() - 1)));
}

}  // namespace
}  // namespace semblance
