// SPDX-License-Identifier: Apache-2.0
#include "semblance/constraints/constrained.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "constraints/layout.hpp"
#include "constraints/tables.hpp"
#include "semblance/core/error.hpp"
#include "semblance/registry.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using testing::HasSubstr;

/// A fitted copula under all constraints, made once.
const Constrained& fitted() {
  static const Constrained* model = [] {
    auto* m = new Constrained("copula", all_constraints());
    m->fit(table_that_keeps_all(400), Seed{1});
    return m;
  }();
  return *model;
}

std::vector<std::string> cells(const Dataset& rows) {
  std::vector<std::string> out;
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    out.emplace_back();
    for (std::int64_t c = 0; c < rows.schema().size(); ++c) out.back() += rows.cell(i, c) + "|";
  }
  return out;
}

TEST(Layout, TheChangeIsReversible) {
  const Dataset train = table_that_keeps_all(300);
  const constraints::Layout layout(all_constraints(), train);
  const Dataset inner = layout.apply(train);
  EXPECT_EQ(inner.schema().size(), 10);  // 14 less country, rain, snow and gross
  EXPECT_EQ(cells(layout.undo(inner)), cells(train));
}

TEST(Constrained, EveryRowKeepsEveryConstraint) {
  const Dataset train = table_that_keeps_all(400);
  const Dataset rows = fitted().sample(3000, Seed{2});
  for (const Violations& v : violations(all_constraints(), rows, train))
    EXPECT_EQ(v.rows, 0) << v.constraint;
}

TEST(Constrained, DatesStayDatesAndCentsStayCents) {
  const Dataset rows = fitted().sample(500, Seed{2});
  for (const std::string name : {"start", "middle", "end"}) {
    for (const std::int64_t t : rows.column(name).integers()) EXPECT_EQ(t % 86'400'000'000, 0);
  }
  for (const double v : rows.column("gross").reals())
    EXPECT_NEAR(100 * v, std::round(100 * v), 1e-6);
}

TEST(Constrained, WindowsAreParts) {
  const auto all = cells(fitted().sample(300, Seed{4}));
  const auto window = cells(fitted().sample(50, Seed{4}, {.first_row = 120}));
  EXPECT_EQ(window, std::vector<std::string>(all.begin() + 120, all.begin() + 170));
}

TEST(Constrained, ConditionsReachColumnsThatAreAPartOfACategory) {
  const Dataset rows = fitted().sample(
      200, Seed{3}, {.given = {{"country", "Italy"}, {"rain", 1}, {"label", "yes"}}});
  for (std::int64_t i = 0; i < rows.rows(); ++i) {
    EXPECT_GE(rows.column("city").codes()[static_cast<std::size_t>(i)], 2);
    EXPECT_EQ(rows.cell(i, rows.schema().index("sun")), "0");
    EXPECT_EQ(rows.cell(i, rows.schema().index("label")), "yes");
  }
  const Dataset late =
      fitted().sample(50, Seed{3}, {.given = {{"gross", Range{60, 90}}}});  // by drawing again
  for (const double v : late.column("gross").reals()) EXPECT_TRUE(v >= 60 && v <= 90) << v;
  EXPECT_THAT(message_of<InvalidArgument>([] {
                static_cast<void>(fitted().sample(
                    5, Seed{3}, {.given = {{"city", "Oslo"}, {"country", "Italy"}}}));
              }),
              HasSubstr("no combination of the training rows meets the condition on 'city'"));
}

TEST(Constrained, AConstraintMayComeAfterTheFit) {
  Constrained model("copula", {});
  const Dataset train = table_that_keeps_all(300);
  model.fit(train, Seed{1});
  model.add(Bounds{"score", 20, 60});
  model.add(Predicate{"even", [](const Dataset& rows, std::int64_t row) {
                        return rows.column("score").integers()[static_cast<std::size_t>(row)] % 2 ==
                               0;
                      }});
  EXPECT_EQ(broken_rows(model.constraints(), model.sample(300, Seed{2}), train), 0);
  EXPECT_THAT(
      message_of<InvalidArgument>([&] { model.add(FixedCombinations{{"city", "country"}}); }),
      HasSubstr("needs the training rows; give it before fit"));
  EXPECT_THAT(message_of<InvalidArgument>([&] { model.add(Bounds{"scor", 0, 1}); }),
              HasSubstr("no column 'scor'"));
}

TEST(Constrained, AFileKeepsWhatHasAText) {
  const auto file = std::filesystem::path(testing::TempDir()) / "constrained.semb";
  Constraints rules = all_constraints();
  rules.pop_back();
  Constrained model("copula", rules);
  const Dataset train = constrained_table(200);
  model.fit(train, Seed{1});
  model.add(Bounds{"score", 0, 50});
  model.save(file);
  const auto loaded = load_generator(file);
  const Dataset rows = loaded->sample(200, Seed{2});
  EXPECT_EQ(cells(rows), cells(model.sample(200, Seed{2})));
  EXPECT_EQ(broken_rows(model.constraints(), rows, train), 0);
}

TEST(Constrained, GapsAreExempt) {
  Field high{.name = "high", .kind = Kind::kInteger, .nullable = true};
  Field low{.name = "low", .kind = Kind::kInteger, .nullable = true};
  std::vector<std::int64_t> a, b;
  Bitmap some(200, true), other(200, true);
  for (std::int64_t i = 0; i < 200; ++i) {
    a.push_back(i % 17);
    b.push_back(i % 17 + i % 5);
    some.set(i, i % 3 != 0);
    other.set(i, i % 4 != 0);
  }
  const Dataset train(Schema({low, high}), {Column::integers(a, some), Column::integers(b, other)});
  Constrained model("copula", {Inequality{"low", "high"}});
  model.fit(train, Seed{1});
  const Dataset rows = model.sample(2000, Seed{2});
  EXPECT_EQ(broken_rows(model.constraints(), rows, train), 0);
  EXPECT_GT(rows.column("low").null_count(), 400);
  EXPECT_GT(rows.column("high").null_count(), 300);
}

TEST(Constrained, ContradictionsAreNamed) {
  const auto fit = [](const Constraints& constraints) {
    return message_of<InvalidArgument>([&] {
      Constrained model("copula", constraints);
      model.fit(constrained_table(40), Seed{1});
    });
  };
  EXPECT_EQ(fit({Inequality{"start", "end"}, Inequality{"end", "start"}}),
            "constraints: 'inequality: start <= end' and others go round in a circle: column 'end' "
            "determines itself");
  EXPECT_EQ(fit({SumsTo{{"net", "tax"}, "gross"}, Inequality{"net", "gross"}}),
            "constraints: 'sum: net + tax = gross' and 'inequality: net <= gross' both determine "
            "column 'gross'; leave one out");
  EXPECT_EQ(fit({FixedCombinations{{"sun", "rain"}}, OneHot{{"rain", "snow"}}}),
            "constraints: 'fixed_combinations: sun, rain' and 'one_hot: rain, snow' both determine "
            "column 'rain'; leave one out");
  EXPECT_EQ(fit({FixedCombinations{{"city", "start"}}, Inequality{"start", "end"}}),
            "constraints: 'inequality: start <= end' needs the numbers of column 'start', which "
            "'fixed_combinations: city, start' makes a part of a category; leave one out");
  EXPECT_THAT(fit({Bounds{"score", 0, 50}}), HasSubstr("training rows break 'range: 0 <= score"));
}

TEST(Constrained, GivesUpWithAReason) {
  Constrained model("copula",
                    {Predicate{"never", [](const Dataset&, std::int64_t row) { return row < 0; }}});
  EXPECT_THAT(message_of<InvalidArgument>([&] { model.fit(constrained_table(40), Seed{1}); }),
              HasSubstr("40 of 40 training rows break 'predicate: never'"));
  Constrained late("copula", {}, "{}", 3);
  late.fit(constrained_table(40), Seed{1});
  late.add(Predicate{"never", [](const Dataset&, std::int64_t row) { return row < 0; }});
  EXPECT_EQ(message_of<InvalidArgument>([&] { static_cast<void>(late.sample(7, Seed{1})); }),
            "constrained.sample: after 3 draws 7 of 7 rows still break 'predicate: never'; loosen "
            "it, or raise 'tries'");
}

TEST(ConstrainedConfig, NamesTheFirstBadField) {
  const auto make = [](const char* json) {
    return message_of<InvalidArgument>(
        [&] { static_cast<void>(make_generator("constrained", json)); });
  };
  EXPECT_EQ(make(R"({"tries": 0})"), "ConstrainedConfig.tries must be >= 1, got 0");
  EXPECT_THAT(make(R"({"model": "constrained"})"), HasSubstr("must name another generator"));
  EXPECT_THAT(make(R"({"model": "copla"})"), HasSubstr("did you mean 'copula'?"));
  EXPECT_THAT(make(R"({"constraints": [{"type": "sum"}]})"), HasSubstr("key 'parts' is missing"));
}

}  // namespace
}  // namespace semblance
