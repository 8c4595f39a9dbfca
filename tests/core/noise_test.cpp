// SPDX-License-Identifier: Apache-2.0
#include "core/noise.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace semblance {
namespace {

TEST(Noise, IsTheWordsOfStream) {
  constexpr std::int64_t kRows = 70;
  for (const std::int64_t width : {1, 4, 7, 130, 261}) {
    const std::int64_t first = (std::int64_t{1} << 32) - 3;  // the index passes 32 bits
    std::vector<std::uint32_t> rows(static_cast<std::size_t>(kRows * width)), columns(rows);
    stream_rows(Seed{5}, first, kRows, width, rows.data());
    stream_columns(Seed{5}, first, kRows, width, columns.data());
    for (std::int64_t i = 0; i < kRows; ++i) {
      Stream stream(Seed{5}, static_cast<std::uint64_t>(first + i));
      for (std::int64_t j = 0; j < width; ++j) {
        const std::uint32_t word = stream();
        ASSERT_EQ(rows[static_cast<std::size_t>(i * width + j)], word) << i << ' ' << j;
        ASSERT_EQ(columns[static_cast<std::size_t>(j * kRows + i)], word) << i << ' ' << j;
      }
    }
  }
}

TEST(Noise, PairsAreBoxMuller) {
  std::vector<std::uint32_t> radius(10'000), angle(radius);
  stream_rows(Seed{1}, 0, 1, 10'000, radius.data());
  stream_rows(Seed{2}, 0, 1, 10'000, angle.data());
  std::copy_n(std::vector<std::uint32_t>{0, 1, 0x80000000U, 0xFFFFFFFFU}.begin(), 4,
              radius.begin());
  std::vector<float> first(radius.size()), second(first);
  normal_pairs(radius.data(), angle.data(), std::ssize(radius), first.data(), second.data());
  for (std::size_t i = 0; i < radius.size(); ++i) {
    const double u = (static_cast<double>(radius[i]) + 0.5) * 0x1.0p-32;
    const double r = std::sqrt(-2 * std::log(u)), a = angle[i] * 0x1.0p-31 * std::numbers::pi;
    EXPECT_NEAR(first[i], r * std::cos(a), 5e-5);  // words near 2^32 lose their last bits
    EXPECT_NEAR(second[i], r * std::sin(a), 5e-5);
  }
}

}  // namespace
}  // namespace semblance
