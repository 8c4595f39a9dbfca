// SPDX-License-Identifier: Apache-2.0
// The report's metrics of single records, quasi-identifiers and groups: copies are caught, fresh
// rows are not, and what cannot be had says why.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "semblance/core/error.hpp"
#include "semblance/data/csv.hpp"
#include "semblance/evaluate/evaluate.hpp"
#include "semblance/registry.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

/// x normal, c follows x, s a sensitive column of two groups, y "b" where x is large, more so in s
/// = m; `lean` is how much more.
Dataset population(std::int64_t rows, Seed seed, double lean = 0.5) {
  std::string csv = "x,z,c,s,y\n";
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream draw(seed, "population", static_cast<std::uint64_t>(i));
    const double x = draw.normal();
    const bool m = draw.below(2) == 0;
    csv += fmt::format("{:.5f},{:.5f},{},{},{}\n", x, draw.normal(),
                       x > 0.5    ? "high"
                       : x > -0.5 ? "mid"
                                  : "low",
                       m ? "m" : "f", x + (m ? lean : -lean) + 0.5 * draw.normal() > 0 ? "b" : "a");
  }
  const Schema types{{.name = "x", .kind = Kind::kReal},
                     {.name = "z", .kind = Kind::kReal},
                     {.name = "c", .kind = Kind::kCategorical},
                     {.name = "s", .kind = Kind::kCategorical, .sensitive = true},
                     {.name = "y", .kind = Kind::kCategorical, .role = Role::kTarget}};
  return parse_csv(csv, {.schema = types});
}

EvaluateOptions only(std::vector<std::string> metrics) {
  EvaluateOptions out;
  out.run.threads = 1;
  out.judge = Judge::kLinear;
  out.bootstrap = 20;
  out.metrics = std::move(metrics);
  return out;
}

const std::vector<std::string> kRecords = {"nnaa",         "nnaa_loss",    "identifiability_gap",
                                           "authenticity", "hitting_rate", "near_copies",
                                           "near_rows"};

TEST(Records, OfAReportCatchCopiesAndNotFreshRows) {
  const auto train = population(300, Seed{1}), unseen = population(300, Seed{2});
  const auto fresh = population(300, Seed{3});
  const auto good =
      evaluate({.train = train, .synthetic = fresh, .holdout = unseen}, Seed{1}, only(kRecords));
  const auto copy =
      evaluate({.train = train, .synthetic = train, .holdout = unseen}, Seed{1}, only(kRecords));
  for (const auto& id : kRecords) {
    EXPECT_EQ(good[id].status, Status::kOk) << id << good[id].reason;
    EXPECT_TRUE(good[id].interval && good[id].holdout.value && good[id].floor.value) << id;
    EXPECT_NE(good[id].grade, Grade::kWeak) << id << " " << *good[id].value;
    EXPECT_EQ(copy[id].grade, Grade::kWeak) << id << " " << *copy[id].value;
  }
  EXPECT_EQ(*copy["nnaa"].value, 0);
  EXPECT_EQ(*copy["authenticity"].value, 0);
  EXPECT_EQ(*copy["hitting_rate"].value, 1);
  EXPECT_EQ(*copy["near_copies"].value, 1);
  // 300 rows: shares with a standard error of at most 0.03; six of them.
  EXPECT_NEAR(*good["nnaa"].value, 0.5, 0.18);
  EXPECT_NEAR(*good["near_rows"].value, 0.05, 0.08);
  EXPECT_EQ(*good["near_copies"].value, 0);
}

TEST(Records, WithoutAHoldoutGapsSayWhy) {
  const auto train = population(100, Seed{1}), fresh = population(100, Seed{3});
  const auto report = evaluate({.train = train, .synthetic = fresh}, Seed{1}, only(kRecords));
  EXPECT_EQ(report["nnaa"].status, Status::kOk);
  EXPECT_EQ(report["nnaa_loss"].status, Status::kNotApplicable);
  const auto few =
      evaluate({.train = train, .synthetic = fresh.slice(0, 5)}, Seed{1}, only(kRecords));
  EXPECT_EQ(few["nnaa"].reason, "needs 20 rows of each table, got 5");
}

const std::vector<std::string> kDisclosure = {
    "cap", "tcap", "k_anonymity", "l_diversity", "t_closeness", "k_map", "delta_presence"};

TEST(Disclosure, OfAReportByHand) {
  const Schema types{{.name = "k", .kind = Kind::kCategorical, .sensitive = true},
                     {.name = "v", .kind = Kind::kCategorical},
                     {.name = "y", .kind = Kind::kCategorical, .role = Role::kTarget}};
  const auto table = [&](const char* csv) { return parse_csv(csv, {.schema = types}); };
  const auto train = table("k,v,y\na,1,x\na,2,y\nb,1,x\nc,1,y\n");
  const auto fake = table("k,v,y\na,1,x\na,1,x\na,2,y\nb,2,y\n");
  const auto report =
      evaluate({.train = train, .synthetic = fake, .holdout = train}, Seed{1}, only(kDisclosure));
  EXPECT_NEAR(*report["cap"].value, 0.375, 1e-9);  // the reference of attribution
  EXPECT_EQ(*report["tcap"].value, 0);
  EXPECT_EQ(*report["k_anonymity"].value, 1);
  EXPECT_EQ(*report["k_anonymity"].holdout.value, 1);
  EXPECT_EQ(*report["l_diversity"].value, 1);
  EXPECT_NEAR(*report["t_closeness"].value, 0.5, 1e-9);
  EXPECT_EQ(*report["k_map"].value, 1);
  EXPECT_EQ(*report["delta_presence"].value, 1);
  const auto named =
      evaluate({.train = train, .synthetic = fake, .holdout = train, .quasi_identifiers = {"v"}},
               Seed{1}, only({"k_anonymity"}));
  EXPECT_EQ(*named["k_anonymity"].value, 2);
}

TEST(Disclosure, NeedsQuasiIdentifiersAndASecret) {
  const auto types = Schema{{.name = "v", .kind = Kind::kCategorical}};
  const auto rows = parse_csv("v\n1\n2\n1\n", {.schema = types});
  const auto report = evaluate({.train = rows, .synthetic = rows}, Seed{1}, only(kDisclosure));
  for (const auto& id : kDisclosure)
    EXPECT_EQ(report[id].reason,
              "needs quasi-identifiers: sensitive columns, or those that are named");
  const auto named = evaluate({.train = rows, .synthetic = rows, .quasi_identifiers = {"v"}},
                              Seed{1}, only(kDisclosure));
  EXPECT_EQ(named["cap"].reason, "needs a target, which is the secret");
  EXPECT_THROW((void)evaluate({.train = rows, .synthetic = rows, .quasi_identifiers = {"w"}},
                              Seed{1}, only(kDisclosure)),
               InvalidArgument);
  EXPECT_EQ(*named["k_anonymity"].value, 1);
}

TEST(Privacy, ModelsOutliersAndClaims) {
  const auto train = population(300, Seed{1}), unseen = population(300, Seed{2});
  const std::vector<std::string> ids = {"attribute_model_gap", "outlier_exposure", "dp_audit"};
  const Evaluation copy{
      .train = train, .synthetic = train, .holdout = unseen, .claim = DpClaim{.epsilon = 0.5}};
  const auto report = evaluate(copy, Seed{1}, only(ids));
  for (const auto& id : ids) EXPECT_EQ(report[id].status, Status::kOk) << report[id].reason;
  EXPECT_GT(*report["outlier_exposure"].value, 0.95);
  EXPECT_GT(*report["dp_audit"].value, 0);
  EXPECT_EQ(report["dp_audit"].grade, Grade::kWeak);
  EXPECT_EQ(report["attribute_model_gap"].value, report["attribute_model_gap"].floor.value);
  const auto fresh =
      evaluate({.train = train, .synthetic = population(300, Seed{3}), .holdout = unseen}, Seed{1},
               only(ids));
  EXPECT_EQ(fresh["dp_audit"].reason, "no differential privacy was claimed");
  // An AUC of 50 against 50 rows has a standard error of 0.06; five of them.
  EXPECT_NEAR(*fresh["outlier_exposure"].value, 0.5, 0.3);
}

TEST(Privacy, TheShadowAttackNeedsTheGenerator) {
  const auto train = population(60, Seed{1});
  Evaluation what{.train = train, .synthetic = train};
  auto options = only({"mia_shadow"});
  options.shadows = 8;
  EXPECT_EQ(evaluate(what, Seed{1}, options)["mia_shadow"].reason,
            "needs the generator, which it fits again and again (see semblance audit)");
  what.generator = [] { return make_generator("independent"); };
  const auto report = evaluate(what, Seed{1}, options);
  EXPECT_TRUE(report["mia_shadow"].interval) << report["mia_shadow"].reason;
  options.shadows = 7;
  EXPECT_EQ(message_of<InvalidArgument>([&] { (void)evaluate(what, Seed{1}, options); }),
            "EvaluateOptions.shadows must be >= 8 and even, got 7");
}

const std::vector<std::string> kFair = {"edf",
                                        "consistency",
                                        "bias_amplification_directional",
                                        "per_group_fidelity",
                                        "eopp_gap",
                                        "avg_odds",
                                        "predictive_parity",
                                        "calibration_group",
                                        "gei",
                                        "theil",
                                        "per_group_coverage"};

TEST(FairnessOfAReport, LeansAreSeen) {
  const auto train = population(400, Seed{1}), unseen = population(400, Seed{2});
  const auto report = [&](double lean) {
    return evaluate(
        {.train = train, .synthetic = population(400, Seed{3}, lean), .holdout = unseen}, Seed{1},
        only(kFair));
  };
  const auto same = report(0.5), more = report(1.5);
  for (const auto& id : kFair) {
    EXPECT_EQ(same[id].status, Status::kOk) << id << same[id].reason;
    EXPECT_TRUE(same[id].interval && same[id].holdout.value) << id;
  }
  // Shares of 200 rows: a standard error of at most 0.035 each; six of a difference.
  EXPECT_NEAR(*same["bias_amplification_directional"].value, 0, 0.3);
  EXPECT_GT(*more["bias_amplification_directional"].value, 0.15);
  EXPECT_GT(*more["edf"].value, *same["edf"].value);
  EXPECT_GT(*more["eopp_gap"].value, *same["eopp_gap"].value);
  EXPECT_NEAR(*same["edf"].value, *same["edf"].holdout.value, 0.7);
}

TEST(FairnessOfAReport, ALostGroupIsSeen) {
  const auto train = population(400, Seed{1}), unseen = population(400, Seed{2});
  std::vector<std::int64_t> kept;
  const auto fresh = population(400, Seed{3});
  for (std::int64_t i = 0; i < fresh.rows(); ++i)
    if (fresh.cell(i, 3) == "m") kept.push_back(i);
  const auto report = evaluate({.train = train, .synthetic = fresh.take(kept), .holdout = unseen},
                               Seed{1}, only({"per_group_fidelity", "per_group_coverage"}));
  EXPECT_EQ(*report["per_group_fidelity"].value, 100);
  EXPECT_EQ(*report["per_group_coverage"].value, 0);
  EXPECT_EQ(report["per_group_coverage"].details[0].name, "s = f");
}

}  // namespace
}  // namespace semblance
