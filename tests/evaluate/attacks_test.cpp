// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/attacks.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "semblance/core/error.hpp"
#include "semblance/data/csv.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using V = std::vector<double>;
using Flags = std::vector<std::uint8_t>;
constexpr double kTight = 1e-9;

double centre(const Interval& i) { return (i.lo + i.hi) / 2; }
double half_width(const Interval& i) { return (i.hi - i.lo) / 2; }

Dataset numbers(const std::string& csv) {
  return parse_csv(csv, {.schema = Schema{{.name = "a", .kind = Kind::kReal},
                                          {.name = "b", .kind = Kind::kReal}}});
}

/// Rows of a small population: a normal, b near it, c in five categories, s in two.
Dataset population(std::int64_t rows, Seed seed) {
  std::string csv = "a,b,c,s\n";
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream draw(seed, static_cast<std::uint64_t>(i));
    const double a = draw.normal();
    csv += fmt::format("{:.4f},{:.4f},{},{}\n", a, a + 0.3 * draw.normal(),
                       static_cast<char>('p' + static_cast<char>(draw.below(5))),
                       draw.below(2) == 0 ? "no" : "yes");
  }
  return parse_csv(csv, {.schema = Schema{{.name = "a", .kind = Kind::kReal},
                                          {.name = "b", .kind = Kind::kReal},
                                          {.name = "c", .kind = Kind::kCategorical},
                                          {.name = "s", .kind = Kind::kCategorical}}});
}

TEST(Membership, EqualsTheReference) {
  const V scores = {.9, .8, .7, .6, .5, .4, .3, .2};
  const auto found = membership(scores, Flags{1, 1, 0, 1, 0, 1, 0, 0}, Seed{1}).value();
  EXPECT_NEAR(found.auc.value, 0.8125, kTight);
  EXPECT_NEAR(found.advantage, 0.5, kTight);
  EXPECT_EQ(found.at[3].bound, 0.25);
  EXPECT_NEAR(found.at[3].rate, 0.75, kTight);
}

TEST(Membership, EpsilonIsShownByACopyAndNotByNoise) {
  V copy, noise;
  Flags members;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    Stream draw(Seed{3}, i);
    members.push_back(i < 1000 ? 1 : 0);
    copy.push_back(i < 1000 ? 1 : draw.uniform());
    noise.push_back(draw.uniform());
  }
  // No false alarm among about 500: at most 1 - 0.025^(1/500) = 0.0074, so about ln(0.9926/0.0074).
  EXPECT_NEAR(membership(copy, members, Seed{1})->epsilon, 4.9, 0.15);
  // The threshold is chosen on other rows than the rates: 2.5 % false alarms, the seed is fixed.
  EXPECT_EQ(membership(noise, members, Seed{1})->epsilon, 0);
}

TEST(Membership, TiesAreOneThresholdAndAbsentClassesAreEmpty) {
  const auto tied = membership(V{1, 1, 1, 1}, Flags{1, 0, 1, 0}, Seed{1}).value();
  EXPECT_EQ(tied.advantage, 0);
  EXPECT_EQ(tied.at[2].rate, 0);
  EXPECT_FALSE(membership(V{1, 2}, Flags{1, 1}, Seed{1}).has_value());
  EXPECT_EQ(message_of<InvalidArgument>(
                [] { (void)membership(V{1, 2}, Flags{0, 1}, Seed{1}, {.delta = 1}); }),
            "MembershipOptions.delta must be in [0, 1), got 1");
}

TEST(AttackRisk, EqualsAnonymetersTests) {
  const auto many = attack_risk({.attacks = 1000, .hits = 850});
  EXPECT_NEAR(centre(many.rate), 0.8486606346, 1e-10);
  EXPECT_NEAR(half_width(many.rate), 0.02212929296, 1e-10);
  const auto few = attack_risk({.attacks = 100, .hits = 23});
  EXPECT_NEAR(centre(few.rate), 0.2399882445, 1e-10);
  EXPECT_NEAR(few.risk, 0.2399882445, 1e-10);
  const auto risk = residual_risk(0.9, 0.02, 0.85, 0.02);
  EXPECT_NEAR(risk.value, 1.0 / 3, kTight);
  EXPECT_NEAR(risk.error, 0.1602467, 1e-7);
}

TEST(Linkability, EqualsAnonymetersTest) {
  const auto train = numbers("a,b\n0,0\n0,1\n4,9\n0,4\n");
  const auto fake = numbers("a,b\n0,0\n1,1\n4,4\n9,9\n");
  const auto found = linkability({train, fake, train.slice(0, 0)}, {"a"}, {"b"}, 1, Seed{1});
  EXPECT_EQ(found.hits, 1);
  EXPECT_EQ(found.attacks, 4);
  EXPECT_NEAR(found.risk, 0.3724727, 1e-7);
  EXPECT_NEAR(found.interval.lo, 0.045587, 1e-6);
  EXPECT_NEAR(found.interval.hi, 0.699358, 1e-6);
}

TEST(Linkability, TiesDoNotLinkRows) {
  // Among equal synthetic rows a neighbour is any of them, for either part on its own. By row
  // number all 100 would link.
  std::string csv = "a,b\n";
  for (int i = 0; i < 100; ++i) csv += "1,1\n";
  const auto rows = numbers(csv);
  const auto found = linkability({rows, rows, rows}, {"a"}, {"b"}, 1, Seed{1}, {.attacks = 100});
  EXPECT_EQ(found.hits, found.control_hits);
  EXPECT_EQ(found.hits, 0);  // the first of one order is the first of the other once in 100 seeds
}

TEST(Inference, ANegativeGuessIsNoSuccess) {
  // Anonymeter divides by the signed guess, so that any negative one counts.
  const auto train = numbers("a,b\n0,-10\n1,-10\n2,-10\n3,-10\n");
  const auto fake = numbers("a,b\n0,-50\n1,-50\n2,-10.4\n3,-50\n");
  const auto found = inference({train, fake, train.slice(0, 0)}, "b", {"a"}, Seed{1});
  EXPECT_EQ(found.hits, 1);  // -10.4 is within 5 % of -10
}

TEST(Attacks, CopiesAreFoundAndFreshRowsAreNot) {
  const auto train = population(400, Seed{1}), control = population(400, Seed{2});
  const auto fresh = population(400, Seed{3});
  const AttackOptions options{.attacks = 200};
  const auto all = [&](const Dataset& release) {
    const AttackTables tables{train, release, control};
    return std::vector{singling_out(tables, 1, Seed{1}, options),
                       singling_out(tables, 3, Seed{1}, options),
                       linkability(tables, {"a"}, {"b"}, 1, Seed{1}, options),
                       inference(tables, "b", {}, Seed{1}, 0.05, options)};
  };
  for (const auto& found : all(train)) {
    EXPECT_GT(found.interval.lo, 0.5);
    EXPECT_GE(found.attacks, 20);
    EXPECT_LT(found.baseline_hits, found.hits);
  }
  // 200 attacks on either side: both rates agree, so the risk's standard error is at most
  // sqrt(2/4/200) = 0.05 over 1 - c; five of them.
  for (const auto& found : all(fresh)) EXPECT_LT(found.risk, 0.3);
}

TEST(Attacks, SameSeedSameNumbersWhateverTheThreads) {
  const auto train = population(100, Seed{1}), fake = population(100, Seed{2});
  const AttackTables tables{train, fake, fake};
  const auto hits = [&](int threads) {
    const AttackOptions options{.attacks = 50, .run = {.threads = threads}};
    return V{singling_out(tables, 2, Seed{4}, options).hits,
             linkability(tables, {"a", "c"}, {"b"}, 3, Seed{4}, options).hits,
             inference(tables, "c", {}, Seed{4}, 0, options).hits};
  };
  EXPECT_EQ(hits(1), hits(4));
}

TEST(Attacks, MessagesNameTheRule) {
  const auto train = population(20, Seed{1});
  const AttackTables tables{train, train, train};
  EXPECT_EQ(message_of<InvalidArgument>([&] { (void)singling_out(tables, 5, Seed{1}); }),
            "singling_out: columns must be 1 to 4, got 5");
  EXPECT_EQ(message_of<InvalidArgument>(
                [&] { (void)linkability(tables, {"a"}, {"b", "a"}, 1, Seed{1}); }),
            "linkability: column 'a' is in both parts");
  EXPECT_EQ(
      message_of<InvalidArgument>([&] { (void)inference(tables, "s", {"s"}, Seed{1}); }),
      "inference: the secret 's' may not be among the known columns, of which there must be one");
}

}  // namespace
}  // namespace semblance
