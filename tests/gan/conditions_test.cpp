// SPDX-License-Identifier: Apache-2.0
#include "gan/conditions.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

namespace semblance {
namespace {

/// Two categorical columns around a number: "a" has 900 rows of 0 and 100 of 1; "b" is 2 in 10
/// rows, else 0 or 1 in turn.
Dataset table() {
  std::vector<std::int32_t> a, b;
  std::vector<double> x;
  for (std::int32_t i = 0; i < 1000; ++i) {
    a.push_back(i < 900 ? 0 : 1);
    b.push_back(i % 100 == 7 ? 2 : i % 2);
    x.push_back(i);
  }
  return {Schema({{.name = "a", .kind = Kind::kCategorical, .categories = {"no", "yes"}},
                  {.name = "x"},
                  {.name = "b", .kind = Kind::kCategorical, .categories = {"p", "q", "rare"}}}),
          {Column::categories(a), Column::reals(x), Column::categories(b)}};
}

struct Conditioner : testing::Test {
  Dataset data = table();
  FeatureCodec codec{data, {0, 1, 2}, {.rare_count = 1}, Seed{1}};
  at::Tensor vectors = codec.encode(data, Seed{2}).vector;
  GanConditioner conditioner{codec, data.schema(), true};

  void SetUp() override {
    FeatureRows rows(codec, Records::Place::kMemory);
    rows.append(vectors);
    conditioner.learn(rows);
  }

  /// Share of conditions that ask for category `code` of `column`.
  double share(std::int64_t column, std::int64_t code, bool training) {
    const auto asked = conditioner.draw(0, 100'000, Seed{3}, training);
    return asked.codes.select(1, conditioner.offset_of(column) + code).mean().item<double>();
  }
};

// 100,000 draws: standard deviations below 0.0016; bounds of 0.008 are 5 of them.
TEST_F(Conditioner, TrainsByTheLogarithmOfCounts) {
  const double no = std::log(901), yes = std::log(101);
  EXPECT_NEAR(share(0, 0, true), 0.5 * no / (no + yes), 0.008);
  EXPECT_NEAR(share(0, 1, true), 0.5 * yes / (no + yes), 0.008);
}

TEST_F(Conditioner, SamplesByFrequencyInEveryColumn) {
  EXPECT_NEAR(share(0, 1, false), 0.5 * 0.1, 0.008);
  EXPECT_NEAR(share(2, 2, false), 0.5 * 0.01, 0.002);  // not of the first column's frequencies
}

TEST_F(Conditioner, RealRowsHaveWhatTheyAreAskedFor) {
  const auto asked = conditioner.draw(0, 500, Seed{4}, true);
  const auto rows = conditioner.draw_rows(asked, Seed{5}, 0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(vectors[rows[i]][asked.slot[i]].item<float>(), 1);
  }
}

TEST_F(Conditioner, DrawsDoNotDependOnChunks) {
  const auto all = conditioner.draw(0, 20, Seed{6}, true);
  const auto tail = conditioner.draw(12, 8, Seed{6}, true);
  EXPECT_TRUE(at::equal(all.codes.narrow(0, 12, 8), tail.codes));
}

TEST_F(Conditioner, TablesWithoutCategoriesHaveNone) {
  const GanConditioner none(codec, data.schema(), false);
  EXPECT_EQ(none.width(), 0);
  EXPECT_TRUE(none.draw(0, 5, Seed{1}, true).slot.empty());
}

}  // namespace
}  // namespace semblance
