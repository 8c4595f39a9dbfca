// SPDX-License-Identifier: Apache-2.0
// The inputs of docs/peers.md: what other tools get wrong there, and what we say.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

#include "semblance/core/error.hpp"
#include "semblance/data/csv.hpp"
#include "semblance/evaluate/association.hpp"
#include "semblance/evaluate/attacks.hpp"
#include "semblance/evaluate/evaluate.hpp"
#include "semblance/evaluate/fairness.hpp"
#include "semblance/evaluate/marginal.hpp"
#include "semblance/evaluate/records.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using V = std::vector<double>;
constexpr double kTight = 1e-9;

/// x uniform times `scale` plus `shift`, c one of three.
Dataset rows(std::int64_t n, Seed seed, double scale = 1, double shift = 0) {
  std::string csv = "x,c\n";
  for (std::int64_t i = 0; i < n; ++i) {
    Stream draw(seed, static_cast<std::uint64_t>(i));
    csv += fmt::format("{},{}\n", shift + scale * draw.uniform(),
                       static_cast<char>('p' + static_cast<char>(draw.below(3))));
  }
  return parse_csv(csv, {.schema = Schema{{.name = "x", .kind = Kind::kReal},
                                          {.name = "c", .kind = Kind::kCategorical}}});
}

EvaluateOptions only(std::vector<std::string> metrics) {
  EvaluateOptions out;
  out.run.threads = 1;
  out.judge = Judge::kLinear;
  out.bootstrap = 20;
  out.metrics = std::move(metrics);
  return out;
}

TEST(PeerDefects, TiesBelongToNobody) {
  // SDMetrics credits them to the holdout: protection 1 for a copy of both.
  const auto all = rows(60, Seed{1});
  const auto report = evaluate({.train = all, .synthetic = all, .holdout = all}, Seed{1},
                               only({"dcr_share", "ims"}));
  EXPECT_NEAR(*report["dcr_share"].value, 50, kTight);
  EXPECT_EQ(*report["ims"].value, 1);
}

TEST(PeerDefects, MassOutsideTheRangeCounts) {
  const auto train = rows(60, Seed{1}), far = rows(60, Seed{2}, 1, 100);
  const auto report =
      evaluate({.train = train, .synthetic = far}, Seed{1}, only({"ks", "out_of_domain"}));
  EXPECT_NEAR(*report["ks"].value, 100, kTight);
  EXPECT_NEAR(*report["out_of_domain"].value, 100, kTight);
}

TEST(PeerDefects, TheCallersTableIsLeftAlone) {
  const auto train =
      parse_csv("x\n1\n\n3\n4\n", {.schema = Schema{{.name = "x", .kind = Kind::kReal}}});
  (void)evaluate({.train = train, .synthetic = train}, Seed{1}, only({"columns"}));
  EXPECT_EQ(train.column(0).null_count(), 1);
  EXPECT_FALSE(train.column(0).is_valid(1));
}

TEST(PeerDefects, CategoriesShareTheirBins) {
  // Real 0,0,0,1,2 and synthetic 1,1,1,1,2: SynthEval's own edges for each give 0.327.
  EXPECT_NEAR(*hellinger(V{3, 1, 1}, V{0, 4, 1}), std::sqrt(0.4), kTight);
}

TEST(PeerDefects, CramersVIsNotSquared) { EXPECT_NEAR(*cramers_v(V{4, 1, 1, 4}, 2), 0.6, kTight); }

TEST(PeerDefects, SmallRangesAreScaledToo) {
  const V real = {0, 0.5}, fake = {0.25};
  const Gower gower(MixedView{{real, 2, 1}, {{}, 2, 0}, 2});
  const auto a = gower.encode(MixedView{{real, 2, 1}, {{}, 2, 0}, 2});
  const auto b = gower.encode(MixedView{{fake, 1, 1}, {{}, 1, 0}, 1});
  EXPECT_NEAR(gower.distance(a, 0, b, 0), 0.5, kTight);
}

TEST(PeerDefects, SharesOfTheHoldoutAreOverTheHoldout) {
  const V unseen = {0, .4, 2, 0, 1, 2, 3, 3}, fake = {0, .5, 1, .2, 2, 1, 4, 4, .5, .5};
  const MatrixView<double> a{unseen, 4, 2}, b{fake, 5, 2};
  EXPECT_NEAR(identifiability(record_distances(a, b)), 1, kTight);  // 4 of 4, not of 6 real rows
}

TEST(PeerDefects, CategoriesAreComparedByName) {
  // table-evaluator codes each table on its own: a, b and b, c are then both 0, 1.
  const Schema types{{.name = "c", .kind = Kind::kCategorical}};
  const auto train = parse_csv("c\na\na\nb\nb\n", {.schema = types});
  const auto fake = parse_csv("c\nb\nb\nc\nc\n", {.schema = types});
  const auto report = evaluate({.train = train, .synthetic = fake}, Seed{1}, only({"tvd"}));
  EXPECT_NEAR(*report["tvd"].value, 50, kTight);
}

TEST(PeerDefects, SizesMayDifferAndBeSmall) {
  const auto report = evaluate(
      {.train = rows(40, Seed{1}), .synthetic = rows(30, Seed{2}), .holdout = rows(25, Seed{3})},
      Seed{1}, only({"dcr_share", "prdc_coverage"}));
  EXPECT_TRUE(report["dcr_share"].value && report["prdc_coverage"].value);
}

TEST(PeerDefects, AUnitChangesNoScore) {
  const auto report = [](double scale) {
    return evaluate({.train = rows(60, Seed{1}, scale), .synthetic = rows(60, Seed{2}, scale)},
                    Seed{1}, only({"prdc_precision", "prdc_density", "nndr"}));
  };
  const auto metres = report(1), millimetres = report(1024);
  for (const char* id : {"prdc_precision", "prdc_density", "nndr"})
    EXPECT_NEAR(*metres[id].value, *millimetres[id].value, 1e-6) << id;
}

TEST(PeerDefects, OnlyAttacksThatWereMadeCount) {
  // Three rows, of which one value occurs once: "= 2" and ">= 2". Anonymeter divides by 500.
  const Schema types{{.name = "a", .kind = Kind::kReal}, {.name = "b", .kind = Kind::kReal}};
  const auto three = parse_csv("a,b\n1,1\n1,1\n2,1\n", {.schema = types});
  const auto risk = singling_out({three, three, three.slice(0, 0)}, 1, Seed{1});
  EXPECT_EQ(risk.attacks, 2);
  EXPECT_EQ(risk.hits, 2);
}

TEST(PeerDefects, DatesAreAttacked) {
  const auto dates = parse_csv("d\n2020-01-01\n2020-01-01\n2021-05-07\n",
                               {.schema = Schema{{.name = "d", .kind = Kind::kDatetime}}});
  EXPECT_EQ(singling_out({dates, dates, dates.slice(0, 0)}, 1, Seed{1}).hits, 2);
}

TEST(PeerDefects, SizesDoNotTiltTheShare) {
  // 400 training rows, 100 unseen: the nearest of all is a training row four times in five. Ours
  // are equally many: 50, binomial of 300 rows, 5 standard errors of 2.9 (false alarm below 1e-6).
  const auto report = evaluate(
      {.train = rows(400, Seed{1}), .synthetic = rows(300, Seed{2}), .holdout = rows(100, Seed{3})},
      Seed{1}, only({"dcr_share"}));
  EXPECT_NEAR(*report["dcr_share"].value, 50, 15);
}

/// A table of number columns.
Dataset numbers(std::int64_t n, Seed seed, const std::function<V(Stream&)>& row) {
  std::string csv = "a,b\n";
  for (std::int64_t i = 0; i < n; ++i) {
    Stream draw(seed, static_cast<std::uint64_t>(i));
    const V values = row(draw);
    csv += fmt::format("{},{}\n", values[0], values[1]);
  }
  return parse_csv(csv, {.schema = Schema{{.name = "a", .kind = Kind::kReal},
                                          {.name = "b", .kind = Kind::kReal}}});
}

double told_apart(const Dataset& train, const Dataset& synthetic, Seed seed = Seed{1}) {
  const auto report = evaluate({.train = train, .synthetic = synthetic}, seed, only({"c2st_knn"}));
  return *report["c2st_knn"].value;
}

TEST(PeerDefects, AComponentIsNoClass) {
  const auto normal = [](double scale) {
    return [scale](Stream& draw) { return V{scale * draw.normal(), scale * draw.normal()}; };
  };
  const auto real = numbers(1000, Seed{1}, normal(1)), wide = numbers(1000, Seed{2}, normal(3));
  EXPECT_GT(told_apart(real, wide), 0.65);
  EXPECT_GT(told_apart(real, wide, Seed{2}), 0.65);
  EXPECT_NEAR(told_apart(real, numbers(1000, Seed{3}, normal(1))), 0.5, 0.08);
}

TEST(PeerDefects, LostDependenceIsToldApart) {
  const auto bent = [](Stream& draw) {
    const double z = draw.normal();
    return V{z + 0.3 * draw.normal(), z * z + 0.3 * draw.normal()};
  };
  const auto real = numbers(1000, Seed{1}, bent), other = numbers(1000, Seed{2}, bent);
  const auto shuffled = Dataset(other.schema(), {other.column(0), real.column(1)});
  EXPECT_GT(told_apart(real, shuffled), 0.59);  // 0.5 -+ 0.013 for equal tables
  EXPECT_LT(told_apart(real, other), 0.57);
}

TEST(PeerDefects, BinsFollowTheScaleOfAColumn) {
  // Uniform to 1.5, and in its middle third, whose rows fill four deciles with 0.2, 0.3, 0.3, 0.2:
  // root of 1 - 2 (sqrt 0.02 + sqrt 0.03).
  const auto real = rows(2000, Seed{1}, 1.5), middle = rows(2000, Seed{2}, 0.5, 0.5);
  const auto report = evaluate({.train = real, .synthetic = middle}, Seed{1}, only({"hellinger"}));
  double x = 0;
  for (const auto& d : report["hellinger"].details) x = d.name == "x" ? d.value : x;
  EXPECT_NEAR(x, 60.9, 3);
}

TEST(PeerDefects, AMismatchWeighsAsMuchAsARange) {
  const auto two = parse_csv("x,c\n0,p\n1,q\n", {.schema = rows(60, Seed{1}).schema()});
  const Gower gower(two);
  const auto a = gower.encode(parse_csv("x,c\n0,p\n0,q\n1,p\n", {.schema = two.schema()}));
  EXPECT_NEAR(gower.distance(a, 0, a, 1), 0.5, kTight);
  EXPECT_NEAR(gower.distance(a, 0, a, 2), 0.5, kTight);
}

TEST(PeerDefects, EntropyOfOrderZeroIsRefused) {
  const std::vector<std::uint8_t> yes = {1, 0};
  EXPECT_EQ(message_of<InvalidArgument>([&] { (void)generalised_entropy(yes, yes, 0); }),
            "generalised_entropy: order may not be 0");
}

}  // namespace
}  // namespace semblance
