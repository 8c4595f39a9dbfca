// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/anonymity.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "semblance/core/error.hpp"
#include "semblance/evaluate/attribution.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using Codes = std::vector<std::int32_t>;
constexpr double kTight = 1e-9;

KeyRows keys(const Codes& codes, std::int64_t dim = 1) {
  return {codes, static_cast<std::int64_t>(codes.size()) / dim, dim};
}

// Two key columns: classes (0,0) of 3, (0,1) of 2, (5,5) of 1.
const Codes kKeys = {0, 0, 0, 1, 0, 0, 5, 5, 0, 1, 0, 0};
const Codes kSecrets = {1, 1, 2, 3, 1, 1};

TEST(Anonymity, ClassesByHand) {
  const auto classes = key_classes(keys(kKeys, 2));
  EXPECT_EQ(classes.size, (std::vector<double>{3, 2, 1}));
  EXPECT_EQ(classes.of, (std::vector<std::int64_t>{0, 1, 0, 2, 1, 0}));
  EXPECT_EQ(k_anonymity(keys(kKeys, 2)), 1);
  EXPECT_EQ(k_anonymity(keys({7, 7, 3, 3, 3})), 2);
  EXPECT_EQ(k_anonymity(keys({})), 0);
  EXPECT_NEAR(share_below_k(keys(kKeys, 2), 3), 0.5, kTight);
}

TEST(Anonymity, LDiversityByHand) {
  // Secrets 1, 2, 1 and 1, 1: one different secret, entropy 0.
  const Codes two = {0, 0, 0, 1, 1};
  const auto found = l_diversity(keys(two), Codes{1, 2, 1, 1, 1});
  EXPECT_EQ(found.distinct, 1);
  EXPECT_NEAR(found.entropy, 1, kTight);
  const auto better = l_diversity(keys(two), Codes{1, 2, 1, 1, 3});
  EXPECT_EQ(better.distinct, 2);
  // exp of the entropy of 2/3 and 1/3.
  EXPECT_NEAR(better.entropy, std::exp(-2.0 / 3 * std::log(2.0 / 3) - 1.0 / 3 * std::log(1.0 / 3)),
              kTight);
}

TEST(Anonymity, TClosenessByHand) {
  const Codes two = {0, 0, 1, 1};
  EXPECT_NEAR(t_closeness(keys(two), Codes{4, 4, 9, 9}), 0.5, kTight);
  EXPECT_NEAR(t_closeness(keys(two), Codes{4, 9, 9, 4}), 0, kTight);
  // Li et al., example: incomes 3k to 11k, one of each; classes of three, the first {3k, 4k, 5k}:
  // 0.375 over all nine, ordered.
  const Codes classes = {0, 0, 0, 1, 1, 1, 2, 2, 2}, incomes = {3, 4, 5, 6, 11, 8, 7, 9, 10};
  EXPECT_NEAR(t_closeness(keys(classes), incomes, SecretScale::kOrdered), 0.375, kTight);
  EXPECT_NEAR(t_closeness(keys(Codes{0, 0, 0, 1, 1, 1, 1, 1, 1}),
                          Codes{6, 8, 11, 3, 4, 5, 7, 9, 10}, SecretScale::kOrdered),
              1.0 / 6, kTight);  // {6k, 8k, 11k}, 0.167 in the paper
}

TEST(Anonymity, MapAndPresenceByHand) {
  const Codes released = {1, 1, 2, 9}, population = {1, 1, 1, 2, 3, 3};
  const auto map = k_map(keys(released), keys(population));
  EXPECT_EQ(map.k, 1);
  EXPECT_NEAR(map.matched, 0.75, kTight);
  EXPECT_NEAR(map.unique, 0.25, kTight);
  EXPECT_FALSE(k_map(keys(Codes{8}), keys(population)).k.has_value());
  const auto presence = delta_presence(keys(released), keys(population)).value();
  EXPECT_EQ(presence.lowest, 0);
  EXPECT_EQ(presence.highest, 1);
  const auto less = delta_presence(keys(Codes{1, 1, 3}), keys(Codes{1, 1, 1, 3, 3})).value();
  EXPECT_NEAR(less.lowest, 0.5, kTight);
  EXPECT_NEAR(less.highest, 2.0 / 3, kTight);
}

TEST(Attribution, EqualsTheReference) {
  // Keys a, b, c and secrets x, y; SDMetrics' scores are 1 minus these over 1 - 1/2, at most 1.
  const Codes real = {0, 0, 1, 2}, truth = {0, 1, 0, 1}, fake = {0, 0, 0, 1}, said = {0, 0, 1, 1};
  const auto found = attribution({keys(real), truth}, {keys(fake), said});
  EXPECT_NEAR(1 - *found.cap, 0.6666666667, 1e-10);
  EXPECT_NEAR(1 - found.zero, 0.75, kTight);
  EXPECT_NEAR(1 - found.generalised, 0.625, kTight);
  EXPECT_NEAR(found.matched, 0.75, kTight);
  EXPECT_NEAR(found.generalised_rows[0], 2.0 / 3, kTight);
  EXPECT_NEAR(found.generalised_rows[3], 0.5, kTight);
  EXPECT_EQ(attribution_protection(found.generalised, 2), 1);
  EXPECT_NEAR(attribution_protection(0.75, 2), 0.5, kTight);
}

TEST(Attribution, TargetsAreSecretsThatTheKeysDetermine) {
  const Codes real = {0, 0, 1, 2}, truth = {0, 1, 0, 1}, fake = {0, 0, 0, 1}, said = {0, 0, 1, 1};
  // Certain is only b -> y, which is x in truth.
  const auto certain = targeted_attribution({keys(real), truth}, {keys(fake), said});
  EXPECT_NEAR(*certain.value, 0, kTight);
  EXPECT_NEAR(certain.targets, 0.25, kTight);
  // a -> x with 2/3, twice, true for one of two; and b.
  const auto likely = targeted_attribution({keys(real), truth}, {keys(fake), said}, 0.6);
  EXPECT_NEAR(*likely.value, 1.0 / 3, kTight);
  EXPECT_FALSE(targeted_attribution({keys(real), truth}, {keys(Codes{7}), Codes{0}}).value);
}

TEST(Attribution, NearestKeysAreThoseThatDifferLeast) {
  // (0, 0, 9) differs from (0, 0, 1) once, from (5, 0, 1) twice.
  const Codes real = {0, 0, 9}, fake = {0, 0, 1, 5, 0, 1, 0, 0, 2}, said = {4, 8, 6};
  const auto found = attribution({keys(real, 3), Codes{4}}, {keys(fake, 3), said});
  EXPECT_NEAR(found.generalised, 0.5, kTight);
  EXPECT_FALSE(found.cap.has_value());
  EXPECT_EQ(found.zero, 0);
}

TEST(Anonymity, MessagesNameTheRule) {
  EXPECT_EQ(message_of<InvalidArgument>([] { (void)l_diversity(keys(kKeys, 2), Codes{1}); }),
            "l_diversity: one secret a row, got 1 for 6 rows");
  EXPECT_EQ(message_of<InvalidArgument>([] { (void)k_map(keys(kKeys, 2), keys(kKeys)); }),
            "k_map: both tables must have the same key columns, got 2 and 1");
  EXPECT_EQ(message_of<InvalidArgument>([] {
              (void)targeted_attribution({keys(Codes{1}), Codes{1}}, {keys(Codes{1}), Codes{1}}, 2);
            }),
            "targeted_attribution: certainty must be in (0, 1], got 2");
}

}  // namespace
}  // namespace semblance
