// SPDX-License-Identifier: Apache-2.0
#include "neighbours/kernel.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "neighbours/brute.hpp"

namespace semblance {
namespace {

/// Columns of one panel, as the packing writes them.
struct TestPanel {
  RowLayout layout;
  std::vector<float> cells;  ///< [1 + width, kPanel].

  [[nodiscard]] float at(std::int64_t column, std::int64_t lane) const {
    return cells[static_cast<std::size_t>(column * kPanel + lane)];
  }
  [[nodiscard]] std::int32_t code(std::int64_t column, std::int64_t lane) const {
    std::int32_t value = 0;
    std::memcpy(&value, &cells[static_cast<std::size_t>(column * kPanel + lane)], sizeof value);
    return value;
  }
};

TestPanel random_panel(RowLayout layout, std::uint64_t seed) {
  Stream stream(Seed{seed}, "panel");
  TestPanel out{layout,
                std::vector<float>(static_cast<std::size_t>(kPanel * (layout.width() + 1)))};
  for (std::int64_t c = 0; c <= layout.width(); ++c) {
    const std::int64_t column = c - 1 - layout.numbers;
    const bool number = column < 0 || (column < 2 * layout.gapped && column % 2 == 0);
    for (std::int64_t lane = 0; lane < kPanel; ++lane) {
      float& cell = out.cells[static_cast<std::size_t>(c * kPanel + lane)];
      const auto code = static_cast<std::int32_t>(stream.below(2));
      if (number) cell = static_cast<float>(stream.normal());
      if (!number) std::memcpy(&cell, &code, sizeof code);
    }
  }
  return out;
}

double expected(Screen screen, const TestPanel& a, std::int64_t q, const TestPanel& b,
                std::int64_t r, const std::vector<float>& weights) {
  double sum = static_cast<double>(a.at(0, q)) + static_cast<double>(b.at(0, r));
  std::int64_t c = 1;
  const auto apart = [&](std::int64_t column) {
    return std::abs(static_cast<double>(a.at(column, q)) - static_cast<double>(b.at(column, r)));
  };
  for (; c <= a.layout.numbers; ++c) {
    if (screen == Screen::kProduct) {
      sum -= static_cast<double>(a.at(c, q)) * static_cast<double>(b.at(c, r));
    }
    if (screen == Screen::kAbsolute) sum += apart(c);
    if (screen == Screen::kLargest) sum = std::max(sum, apart(c));
  }
  for (std::int64_t j = 0; j < a.layout.gapped; ++j, c += 2) {
    sum += a.code(c + 1, q) != b.code(c + 1, r) ? 1.0 : apart(c);
  }
  for (std::size_t j = 0; j < weights.size(); ++j, ++c) {
    sum += a.code(c, q) != b.code(c, r) ? static_cast<double>(weights[j]) : 0.0;
  }
  return sum;
}

void expect_sums(Screen screen, Machine machine, RowLayout layout) {
  const TestPanel a = random_panel(layout, 1), b = random_panel(layout, 2);
  std::vector<float> weights;
  for (std::int64_t j = 0; j < layout.codes; ++j)
    weights.push_back(0.25F * static_cast<float>(j + 1));
  const std::vector<float> limits(kTile, 0.5F), mirrored(kPanel, -0.5F);
  for (std::int64_t first = 0; first < kPanel; first += kTile) {
    const ScreenTask task{a.cells.data() + first, b.cells.data(), 1, layout, weights.data(),
                          limits.data(),          mirrored.data()};
    ScreenHit hit{};
    if (screen_kernel(screen, machine)(task, 0, hit) == 1) {
      for (std::int64_t i = 0; i < kTile * kPanel; ++i) {
        ASSERT_GT(expected(screen, a, first + i / kPanel, b, i % kPanel, weights), 0.5 - 1e-4);
      }
      continue;
    }
    for (std::int64_t q = 0; q < kTile; ++q) {
      for (std::int64_t r = 0; r < kPanel; ++r) {
        const double sum = expected(screen, a, first + q, b, r, weights);
        const bool near = (hit.queries[q] >> r & 1U) != 0,
                   back = (hit.references[q] >> r & 1U) != 0;
        if (std::abs(sum - 0.5) > 1e-4) {
          ASSERT_EQ(near, sum < 0.5) << q << " " << r;
        }
        if (std::abs(sum + 0.5) > 1e-4) {
          ASSERT_EQ(back, sum < -0.5) << q << " " << r;
        }
        if (near) {
          ASSERT_NEAR(hit.sums[q][r], sum, 1e-4) << q << " " << r;
        }
      }
    }
  }
}

TEST(ScreenKernel, EveryMachineSumsUpAsDefined) {
  for (int machine = 0; machine <= static_cast<int>(best_machine()); ++machine) {
    for (const std::int64_t numbers : {0, 1, 7}) {
      const auto on = static_cast<Machine>(machine);
      expect_sums(Screen::kProduct, on, {numbers, 0, 3});
      expect_sums(Screen::kAbsolute, on, {numbers, 2, 3});
      expect_sums(Screen::kLargest, on, {numbers, 0, 0});
    }
  }
}

TEST(ScreenKernel, GoesOnToTheNextHit) {
  const TestPanel a = random_panel({2, 0, 0}, 1);
  std::vector<float> panels(5 * a.cells.size(), 0.0F);
  for (const std::size_t panel : {std::size_t{1}, std::size_t{4}})
    panels[panel * a.cells.size() + 3] = -100;
  const std::vector<float> limits(kTile, -50.0F);
  ScreenHit hit{};
  for (int machine = 0; machine <= static_cast<int>(best_machine()); ++machine) {
    const auto kernel = screen_kernel(Screen::kProduct, static_cast<Machine>(machine));
    const ScreenTask task{a.cells.data(), panels.data(), 5, {2, 0, 0}, nullptr, limits.data()};
    EXPECT_EQ(kernel(task, 0, hit), 1);
    EXPECT_EQ(hit.queries[0], 8U);
    EXPECT_EQ(hit.references[0], 0U);
    EXPECT_EQ(kernel(task, 2, hit), 4);
    EXPECT_EQ(kernel(task, 5, hit), 5);
  }
}

}  // namespace
}  // namespace semblance
