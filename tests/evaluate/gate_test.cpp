// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/gate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "semblance/core/error.hpp"
#include "semblance/evaluate/catalogue.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Metric metric(const char* id, double value) {
  Metric out;
  out.id = id;
  out.value = value;
  out.interval = Interval{value - 0.1, value + 0.1, 0.95, "by hand"};
  out.holdout.value = 0.5;
  return out;
}

/// C2ST against training rows only, exact copies, and a utility that could not be had.
Report report() {
  Report out;
  Metric none;
  none.id = "c2st_holdout";
  none.status = Status::kNotApplicable;
  none.reason = "needs a holdout";
  Metric utility = none;
  utility.id = "utility";
  utility.reason = "no target column was named";
  out.metrics = {none, metric("c2st_train", 0.8), metric("ims", 0.25), utility};
  return out;
}

GateOutcome outcome(const std::string& rule) {
  Report r = report();
  const std::vector<Gate> gates = {parse_gate(rule)};
  (void)apply_gates(r, gates);
  return r.gates[0];
}

TEST(Gate, MetricsOfRulesAreMeasured) {
  const std::vector<Gate> gates = {parse_gate("c2st > 0.8"), parse_gate("authenticity.lo < 0.4")};
  EXPECT_THAT(with_gates({}, gates), ElementsAre("default", "authenticity"));
  EXPECT_THAT(with_gates({"ims", "c2st_train"}, gates),
              ElementsAre("ims", "c2st_train", "authenticity"));
  EXPECT_THAT(with_gates({"authenticity"}, gates),
              ElementsAre("authenticity", "c2st_holdout", "c2st_train"));
  EXPECT_THAT(with_gates({"all"}, gates), ElementsAre("all"));
  EXPECT_THAT(with_gates({}, {}), IsEmpty());
}

TEST(Gate, ComparesWithTheFourOperators) {
  EXPECT_FALSE(outcome("ims > 0.2").passed);
  EXPECT_TRUE(outcome("ims > 0.25").passed);
  EXPECT_FALSE(outcome("ims >= 0.25").passed);
  EXPECT_TRUE(outcome("ims < 0.25").passed);
  EXPECT_FALSE(outcome("ims<=0.25").passed);
}

TEST(Gate, NamesAreIdsFamiliesWithGroupAndFieldWhereWanted) {
  EXPECT_THAT(parse_gate("c2st > 0.8").metrics, ElementsAre("c2st_holdout", "c2st_train"));
  EXPECT_THAT(parse_gate("fidelity.c2st_train.hi > 0.8").metrics, ElementsAre("c2st_train"));
  EXPECT_THAT(parse_gate("detection.c2st.holdout > 0.8").metrics, ElementsAre("c2st_holdout"));
  EXPECT_THAT(parse_gate("utility > 0.8").metrics, ElementsAre("utility"));
  EXPECT_THAT(parse_gate("utility.utility.lo < 1").metrics, ElementsAre("utility"));
  EXPECT_EQ(parse_gate("privacy.ims.hi > 0.01").field, GateField::kHi);
  EXPECT_NEAR(*outcome("ims.hi > 0.01").value, 0.35, 1e-12);
  EXPECT_EQ(*outcome("ims.holdout > 0.6").value, 0.5);
}

TEST(Gate, AFamilyIsItsFirstMemberWithAValue) {
  const auto found = outcome("c2st > 0.9");
  EXPECT_TRUE(found.passed);
  EXPECT_EQ(found.metric, "c2st_train");
  EXPECT_EQ(found.value, 0.8);
}

TEST(Gate, FailsWithAReasonWhereThereIsNoNumber) {
  const auto absent = outcome("utility < 0.9");
  EXPECT_FALSE(absent.passed);
  EXPECT_EQ(absent.reason, "not applicable: no target column was named");
  EXPECT_EQ(outcome("pair_tvd > 5").reason, "it was not measured");
  EXPECT_EQ(outcome("ims.floor > 5").reason, "it has no 'floor'");
}

TEST(Gate, MistakesAreNamed) {
  const auto said = [](const char* rule) {
    return message_of<InvalidArgument>([&] { (void)parse_gate(rule); });
  };
  EXPECT_EQ(said("c2ts > 0.8"), "there is no metric 'c2ts'; did you mean 'c2st'?");
  EXPECT_EQ(said("privacy.isms > 0.8"), "there is no metric 'privacy.isms'; did you mean 'ims'?");
  EXPECT_THAT(said("privacy.c2st > 0.8"), HasSubstr("there is no metric 'privacy.c2st'"));
  EXPECT_EQ(said("c2st"), "the rule 'c2st' must read METRIC OPERATOR NUMBER, like 'c2st > 0.8'");
  EXPECT_EQ(said("c2st > high"), "the rule 'c2st > high' must end in a number, got 'high'");
  EXPECT_EQ(said("c2st > nan"), "the rule 'c2st > nan' must end in a number, got 'nan'");
}

TEST(Gate, OutcomesAreInTextAndJson) {
  Report r = report();
  const std::vector<Gate> gates = {parse_gate("ims > 0.2"), parse_gate("c2st > 0.9"),
                                   parse_gate("utility < 0.9")};
  EXPECT_FALSE(apply_gates(r, gates));
  const auto text = r.to_text();
  EXPECT_THAT(text, HasSubstr("FAILED  ims > 0.2: ims = 0.25"));
  EXPECT_THAT(text, HasSubstr("passed  c2st > 0.9: c2st_train = 0.8"));
  EXPECT_THAT(text, HasSubstr("FAILED  utility < 0.9: not applicable: no target column was named"));
  const auto json = nlohmann::json::parse(r.to_json())["gates"];
  EXPECT_EQ(json[0]["passed"], false);
  EXPECT_EQ(json[1]["value"], 0.8);
  EXPECT_EQ(json[2]["reason"], "not applicable: no target column was named");
  EXPECT_THAT(r.to_html(), HasSubstr("<h2>Gates</h2>"));
}

TEST(Catalogue, IdsAreUniqueAndMeaningsAreSentences) {
  std::set<std::string_view> ids;
  for (const MetricInfo& info : catalogue()) {
    EXPECT_TRUE(ids.insert(info.id).second) << info.id;
    EXPECT_TRUE(info.meaning.ends_with('.')) << info.id;
    EXPECT_FALSE(info.title.empty() || info.family.empty()) << info.id;
  }
}

TEST(Catalogue, SelectsByIdFamilyGroupAndTheme) {
  EXPECT_THAT(select_metrics({"ims", "c2st"}), ElementsAre("c2st_holdout", "c2st_train", "ims"));
  EXPECT_THAT(select_metrics({"clipped_dc"}), ElementsAre("clipped_density", "clipped_coverage"));
  EXPECT_THAT(select_metrics({"tstr"}), ElementsAre("utility"));
  for (const auto& id : select_metrics({"utility"}))  // a group before the id of the same name
    EXPECT_EQ(std::ranges::find(catalogue(), id, &MetricInfo::id)->group, Group::kUtility);
  EXPECT_GT(select_metrics({"utility"}).size(), 1U);
  EXPECT_EQ(select_metrics({"all"}).size(), catalogue().size());
  EXPECT_EQ(select_metrics({}), select_metrics({"default"}));
  for (const MetricInfo& info : catalogue()) {
    const auto standard = select_metrics({});
    EXPECT_EQ(info.standard, std::ranges::find(standard, info.id) != standard.end()) << info.id;
  }
}

TEST(Catalogue, AnUnknownSelectionIsNamed) {
  const auto said = [](const char* name) {
    return message_of<InvalidArgument>([&] { (void)select_metrics({"ims", name}); });
  };
  EXPECT_EQ(said("c2ts"), "there is no metric 'c2ts'; did you mean 'c2st'?");
}

TEST(Catalogue, EveryMetricHasItsLineInTheDocs) {
  const auto page = [](const char* name) {
    std::ifstream in(std::string(SEMBLANCE_SOURCE_DIR "/docs/") + name);
    return std::string{std::istreambuf_iterator<char>(in), {}};
  };
  const std::string tables = page("metrics.md"), others = page("signals.md") + page("images.md");
  for (const MetricInfo& info : catalogue()) {
    EXPECT_NE((info.of_tables ? tables : others).find("`" + std::string(info.id) + "`"),
              std::string::npos)
        << info.id;
  }
}

}  // namespace
}  // namespace semblance
