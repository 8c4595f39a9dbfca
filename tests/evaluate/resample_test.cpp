// SPDX-License-Identifier: Apache-2.0
#include "evaluate/resample.hpp"

#include <gtest/gtest.h>

#include <set>

#include "evaluate/tables.hpp"

namespace semblance {
namespace {

TEST(Variance, OfValuesAndOfSums) {
  const Variance a = variance_of({1, 2, 3, 6});  // mean 3, squares 4 + 1 + 0 + 9
  EXPECT_DOUBLE_EQ(a.value, 14.0 / 3);
  EXPECT_DOUBLE_EQ(a.freedom, 3);
  // Satterthwaite: (2 + 4)^2 / (2^2 / 4 + 4^2 / 8) = 36 / 3.
  const Variance sum = Variance{2, 4} + Variance{4, 8};
  EXPECT_DOUBLE_EQ(sum.value, 6);
  EXPECT_DOUBLE_EQ(sum.freedom, 12);
  const Variance alone = a + Variance{};
  EXPECT_DOUBLE_EQ(alone.value, a.value);
  EXPECT_DOUBLE_EQ(alone.freedom, a.freedom);
}

TEST(BatchVariance, IsTheCovarianceOfTheHalvesOverTheParts) {
  // Products of the deviations (-1, 0, 1) and (-2, 0, 2): 4 over 2 degrees of freedom and 3 parts.
  const Variance found = batch_variance({Twice{1, 10}, Twice{2, 12}, Twice{3, 14}});
  EXPECT_DOUBLE_EQ(found.value, 2.0 / 3);
  EXPECT_DOUBLE_EQ(found.freedom, 2);
}

TEST(BatchVariance, IsNothingWhereHalvesDisagreeOrPartsAreFew) {
  EXPECT_EQ(batch_variance({Twice{1, 3}, Twice{2, 2}, Twice{3, 1}}).value, 0);
  EXPECT_EQ(batch_variance({Twice{1, 1}, Twice{2, std::nullopt}}).value, 0);
  EXPECT_EQ(batch_variance({}).value, 0);
}

TEST(BatchVariance, OfMeansIsThatOfTheWholeMean) {
  // 4,000 times 4 parts of 25 normals: E = 1 / 100, the estimate's deviation is 0.01 sqrt(2 / 3),
  // its mean's 0.00013; 6 of those are exceeded with probability 2e-9.
  double sum = 0;
  for (std::uint64_t k = 0; k < 4000; ++k) {
    Stream draw(Seed{1}, k);
    std::vector<Twice> parts;
    for (int p = 0; p < 4; ++p) {
      double mean = 0;
      for (int i = 0; i < 25; ++i) mean += draw.normal() / 25;
      parts.push_back({mean, mean});
    }
    sum += batch_variance(parts).value / 4000;
  }
  EXPECT_NEAR(sum, 0.01, 0.0008);
}

TEST(SpreadInterval, AddsWhatIsNotResampled) {
  const std::vector<double> resampled = {1, 2, 3, 6};
  const auto own = spread_interval(3.0, resampled, {}, "x");
  EXPECT_NEAR(own->hi - 3, student_quantile(0.95, 3) * std::sqrt(14.0 / 3), 1e-12);
  const auto both = spread_interval(3.0, resampled, {.more = {14.0 / 3, 3}}, "x");
  EXPECT_NEAR(both->hi - 3, student_quantile(0.95, 6) * std::sqrt(28.0 / 3), 1e-12);
}

TEST(DisjointParts, HoldEveryRowOnceInEqualSizes) {
  const auto parts = disjoint_parts(10, 4, Seed{3});
  std::multiset<std::int64_t> all;
  for (const auto& part : parts) {
    EXPECT_TRUE(part.size() == 2 || part.size() == 3);
    all.insert(part.begin(), part.end());
  }
  EXPECT_EQ(all, (std::multiset<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  const auto [a, b] = half_weights(5, Seed{3});
  double first = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i] + b[i], 1);
    first += a[i];
  }
  EXPECT_EQ(first, 2);
}

}  // namespace
}  // namespace semblance
