// SPDX-License-Identifier: Apache-2.0
// Tables that break metrics elsewhere: every metric of the catalogue gives a number, or a status
// with its reason; none throws and none gives NaN.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "semblance/core/error.hpp"
#include "semblance/data/dataset.hpp"
#include "semblance/evaluate/catalogue.hpp"
#include "semblance/evaluate/evaluate.hpp"

namespace semblance {
namespace {

const double kNan = std::nan("");

/// x normal, n an integer, c three categories, s a sensitive one, y a class that follows x.
struct Rows {
  std::vector<double> x;
  std::vector<std::int64_t> n;
  std::vector<std::int32_t> c, s, y;

  Rows(std::int64_t rows, Seed seed) {
    for (std::int64_t i = 0; i < rows; ++i) {
      Stream draw(seed, static_cast<std::uint64_t>(i));
      x.push_back(draw.normal());
      n.push_back(static_cast<std::int64_t>(draw.below(9)));
      c.push_back(static_cast<std::int32_t>(draw.below(3)));
      s.push_back(static_cast<std::int32_t>(draw.below(2)));
      y.push_back(x.back() + draw.normal() > 0 ? 1 : 0);
    }
  }

  [[nodiscard]] Dataset table(std::int64_t categories = 4) const {
    std::vector<std::string> names;
    for (std::int64_t k = 0; k < categories; ++k) names.push_back(fmt::format("c{}", k));
    Bitmap known(std::ssize(x), true);
    for (std::size_t i = 0; i < x.size(); ++i)
      if (std::isnan(x[i])) known.set(static_cast<std::int64_t>(i), false);
    auto values = x;
    for (double& v : values) v = std::isnan(v) ? 0 : v;
    return {Schema{{.name = "x", .kind = Kind::kReal, .nullable = true},
                   {.name = "n", .kind = Kind::kInteger},
                   {.name = "c", .kind = Kind::kCategorical, .categories = Vocabulary(names)},
                   {.name = "s",
                    .kind = Kind::kCategorical,
                    .sensitive = true,
                    .categories = Vocabulary({"f", "m"})},
                   {.name = "y",
                    .kind = Kind::kCategorical,
                    .role = Role::kTarget,
                    .categories = Vocabulary({"no", "yes"})}},
            {Column::reals(std::move(values), std::move(known)), Column::integers(n),
             Column::categories(c), Column::categories(s), Column::categories(y)}};
  }
};

struct BadInput {
  const char* name;
  std::function<Evaluation()> make;
};

void PrintTo(const BadInput& input, std::ostream* out) { *out << input.name; }

Rows rows(std::int64_t n, std::uint64_t seed) { return {n, Seed{seed}}; }

/// Three tables of 60 rows, changed each.
template <class Change>
Evaluation changed(Change change) {
  Rows train = rows(60, 1), synthetic = rows(60, 2), holdout = rows(60, 3);
  change(train, synthetic, holdout);
  return {.train = train.table(), .synthetic = synthetic.table(), .holdout = holdout.table()};
}

std::vector<BadInput> bad_inputs() {
  const auto fill = [](auto& column, auto value) { column.assign(column.size(), value); };
  return {
      {"AllMissingInSynthetic",
       [=] { return changed([&](Rows&, Rows& s, Rows&) { fill(s.x, kNan); }); }},
      {"AllMissingInTrain",
       [=] { return changed([&](Rows& t, Rows&, Rows&) { fill(t.x, kNan); }); }},
      {"AllMissingEverywhere",
       [=] {
         return changed([&](Rows& t, Rows& s, Rows& h) {
           for (Rows* r : {&t, &s, &h}) fill(r->x, kNan);
         });
       }},
      {"ConstantInSynthetic",
       [=] { return changed([&](Rows&, Rows& s, Rows&) { fill(s.x, 0.5), fill(s.c, 1); }); }},
      {"ConstantEverywhere",
       [=] {
         return changed([&](Rows& t, Rows& s, Rows& h) {
           for (Rows* r : {&t, &s, &h}) fill(r->x, 2.0), fill(r->n, 7), fill(r->c, 0);
         });
       }},
      {"EveryColumnConstant",
       [=] {
         return changed([&](Rows& t, Rows& s, Rows& h) {
           for (Rows* r : {&t, &s, &h})
             fill(r->x, 2.0), fill(r->n, 7), fill(r->c, 0), fill(r->s, 0), fill(r->y, 1);
         });
       }},
      {"OneClassInSynthetic",
       [=] { return changed([&](Rows&, Rows& s, Rows&) { fill(s.y, 1); }); }},
      {"UnseenCategories", [=] { return changed([&](Rows&, Rows& s, Rows&) { fill(s.c, 3); }); }},
      {"OneRowRepeated",
       [=] {
         return changed([&](Rows&, Rows& s, Rows&) {
           fill(s.x, 0.1), fill(s.n, 3), fill(s.c, 1), fill(s.s, 1), fill(s.y, 0);
         });
       }},
      {"DuplicatedRows",
       [] {
         const Dataset train = rows(60, 1).table();
         std::vector<std::int64_t> twice;
         for (std::int64_t i = 0; i < 60; ++i) twice.push_back(i / 2);
         return Evaluation{.train = train.take(twice),
                           .synthetic = rows(60, 2).table().take(twice),
                           .holdout = rows(60, 3).table().take(twice)};
       }},
      {"ACopy",
       [] {
         const Dataset train = rows(60, 1).table();
         return Evaluation{.train = train, .synthetic = train, .holdout = rows(60, 3).table()};
       }},
      {"TwoRowsEach",
       [] {
         return Evaluation{.train = rows(2, 1).table(),
                           .synthetic = rows(2, 2).table(),
                           .holdout = rows(2, 3).table()};
       }},
      {"NoHoldout",
       [] { return Evaluation{.train = rows(60, 1).table(), .synthetic = rows(60, 2).table()}; }},
      {"AThousandTimesMoreTraining",
       [] {
         return Evaluation{.train = rows(4000, 1).table(),
                           .synthetic = rows(4, 2).table(),
                           .holdout = rows(60, 3).table()};
       }},
      {"AThousandTimesMoreSynthetic",
       [] {
         return Evaluation{.train = rows(4, 1).table(),
                           .synthetic = rows(4000, 2).table(),
                           .holdout = rows(60, 3).table()};
       }},
      {"AHundredThousandCategories",
       [] {
         constexpr std::int64_t kCategories = 100'000;
         const auto wide = [](std::int64_t n, std::uint64_t seed) {
           Rows out = rows(n, seed);
           for (std::size_t i = 0; i < out.c.size(); ++i)
             out.c[i] = static_cast<std::int32_t>(
                 Stream(Seed{seed}, "c", i).below(static_cast<std::uint64_t>(kCategories)));
           return out.table(kCategories);
         };
         return Evaluation{
             .train = wide(400, 1), .synthetic = wide(200, 2), .holdout = wide(100, 3)};
       }},
      {"HugeAndTinyNumbers",
       [=] {
         return changed([&](Rows& t, Rows& s, Rows& h) {
           for (Rows* r : {&t, &s, &h}) {
             for (double& v : r->x) v *= 1e150;
             for (auto& v : r->n) v += std::int64_t{1} << 52;
           }
         });
       }},
  };
}

class BadInputs : public testing::TestWithParam<BadInput> {};

TEST_P(BadInputs, EveryMetricHasANumberOrAReason) {
  EvaluateOptions options;
  options.run.threads = 1;
  options.judge = Judge::kLinear;
  options.bootstrap = 20;
  options.metrics = {"all"};
  options.diversity_rows = 40;
  options.attacks = 20;
  const Report report = evaluate(GetParam().make(), Seed{1}, options);
  std::set<std::string> filed;
  for (const Metric& m : report.metrics) {
    filed.insert(m.id);
    if (m.status != Status::kOk) {
      EXPECT_FALSE(m.reason.empty()) << m.id;
      continue;
    }
    ASSERT_TRUE(m.value.has_value()) << m.id;
    EXPECT_TRUE(std::isfinite(*m.value)) << m.id << " = " << *m.value;
    if (m.interval) {
      EXPECT_TRUE(std::isfinite(m.interval->lo) && std::isfinite(m.interval->hi)) << m.id;
      EXPECT_LE(m.interval->lo, m.interval->hi) << m.id;
    }
    if (m.holdout.value) {
      EXPECT_TRUE(std::isfinite(*m.holdout.value)) << m.id << ", real";
    }
    if (m.floor.value) {
      EXPECT_TRUE(std::isfinite(*m.floor.value)) << m.id << ", floor";
    }
    if (m.normalised) {
      EXPECT_TRUE(std::isfinite(*m.normalised)) << m.id << ", normalised";
    }
  }
  for (const MetricInfo& info : catalogue()) {
    EXPECT_EQ(filed.contains(std::string(info.id)), info.of_tables) << info.id;
  }
  EXPECT_FALSE(report.to_text().empty());
  EXPECT_FALSE(report.to_html().empty());
}

INSTANTIATE_TEST_SUITE_P(Tables, BadInputs, testing::ValuesIn(bad_inputs()),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(BadInput, OneRowIsRefusedBeforeAnythingIsMeasured) {
  const Dataset one = rows(1, 1).table(), many = rows(9, 1).table();
  EXPECT_THROW((void)evaluate({.train = one, .synthetic = many}, Seed{1}), Error);
  EXPECT_THROW((void)evaluate({.train = many, .synthetic = one}, Seed{1}), Error);
}

}  // namespace
}  // namespace semblance
