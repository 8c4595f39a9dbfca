// SPDX-License-Identifier: Apache-2.0
#include "train/permutation.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace semblance {
namespace {

TEST(Permutation, HasEveryElementOnce) {
  for (const std::int64_t n : {1, 2, 3, 5, 64, 65, 1000, 5000}) {
    const Permutation order(n, Seed{7});
    std::set<std::int64_t> seen;
    for (std::int64_t i = 0; i < n; ++i) {
      ASSERT_GE(order[i], 0);
      ASSERT_LT(order[i], n);
      seen.insert(order[i]);
    }
    EXPECT_EQ(std::ssize(seen), n);
  }
}

TEST(Permutation, PutsEachElementInAnyPlace) {
  constexpr int kSeeds = 6000;
  std::vector<int> count(6);
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed)
    ++count[static_cast<std::size_t>(Permutation(6, Seed{seed})[2])];
  // Binomial(6000, 1/6), deviation 29: beyond 6 of them with probability 2e-9 each.
  for (const int n : count) EXPECT_NEAR(n, kSeeds / 6, 174);
}

TEST(Permutation, TakesNumbersBeyond32Bits) {
  const Permutation order(std::int64_t{1} << 40, Seed{1});
  std::set<std::int64_t> seen;
  for (std::int64_t i = 0; i < 1000; ++i) seen.insert(order[i]);
  EXPECT_EQ(seen.size(), 1000);
  EXPECT_GT(*seen.rbegin(), std::int64_t{1} << 39);
}

}  // namespace
}  // namespace semblance
