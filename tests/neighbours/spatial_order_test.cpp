// SPDX-License-Identifier: Apache-2.0
#include "neighbours/spatial_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "neighbours/brute.hpp"
#include "neighbours/panels.hpp"

namespace semblance {
namespace {

TEST(SpatialOrder, VisitsEachRowOnce) {
  for (const std::int64_t rows : {0, 1, 31, 32, 33, 65, 1000}) {
    const auto x = test::normals(rows, 3, 1);
    for (const int threads : {1, 2}) {
      auto order = spatial_order<double>({x, rows, 3}, threads);
      std::sort(order.begin(), order.end());
      const std::vector<std::int64_t> sorted(order.begin(), order.end());
      EXPECT_EQ(sorted, own_rows(rows));
    }
  }
}

TEST(SpatialOrder, PanelsOfALineAreIntervals) {
  auto x = test::normals(960, 1, 2);
  const auto order = spatial_order<double>({x, 960, 1}, 1);
  std::sort(x.begin(), x.end());
  const auto original = test::normals(960, 1, 2);
  for (std::size_t p = 0; p < 960; p += kPanel) {
    std::vector<double> cells;
    for (std::size_t i = p; i < p + kPanel; ++i) {
      cells.push_back(original[static_cast<std::size_t>(order[i])]);
    }
    std::sort(cells.begin(), cells.end());
    EXPECT_TRUE(std::equal(cells.begin(), cells.end(), x.begin() + static_cast<std::ptrdiff_t>(p)));
  }
}

TEST(SpatialOrder, EqualRowsAndNanDoNotMatter) {
  std::vector<double> x(300, 5.0);
  x[7] = NAN;
  auto order = spatial_order<double>({x, 300, 1}, 2);
  std::sort(order.begin(), order.end());
  EXPECT_EQ(order.back(), 299);
}

}  // namespace
}  // namespace semblance
