// SPDX-License-Identifier: Apache-2.0
// Solvers on denoisers that are known in closed form: the order of convergence, and where the rows
// end.
#include "diffusion/samplers.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "diffusion/frame.hpp"
#include "semblance/core/error.hpp"
#include "semblance/nn/parameters.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

/// Clean rows N(1, 0.5^2): D(x, s) = 1 + (x - 1) 0.25 / (0.25 + s^2).
at::Tensor gaussian(const at::Tensor& x, double sigma) {
  return (x - 1) * (0.25 / (0.25 + sigma * sigma)) + 1;
}
/// Its exact path: distances from the mean shrink like the deviation of x.
double exact(double x, double from, double to) {
  return 1 + (x - 1) * std::sqrt((0.25 + to * to) / (0.25 + from * from));
}

/// Clean rows -1 or 1, equally often.
at::Tensor two_points(const at::Tensor& x, double sigma) { return (x / (sigma * sigma)).tanh(); }

double error_after(Solver solver, std::int64_t steps) {
  auto levels = karras_levels(steps + 1, 0.1, 5, 3);
  levels.pop_back();  // up to 0.1: the last step to 0 is of first order in all of them
  const at::Tensor x = at::full({1}, 4.0, at::kDouble);
  return std::abs(solve(solver, gaussian, x, levels).item<double>() - exact(4, 5, 0.1));
}

void expect_order(Solver solver, double order) {
  const double coarse = error_after(solver, 40), fine = error_after(solver, 80);
  EXPECT_NEAR(std::log2(coarse / fine), order, 0.15) << static_cast<int>(solver);
}

TEST(Samplers, ConvergeWithTheirOrder) {
  expect_order(Solver::kEuler, 1);
  expect_order(Solver::kHeun, 2);
  expect_order(Solver::kMidpoint, 2);
  expect_order(Solver::kMultistep, 2);
}

StepNoise noise_for(std::int64_t rows) {
  return [rows](std::int64_t step) {
    return normal_rows(derive(Seed{5}, static_cast<std::uint64_t>(step)), 0, rows, 1)
        .to(at::kDouble);
  };
}

at::Tensor run(Solver solver, const Denoiser& denoiser, std::int64_t rows,
               std::int64_t steps = 60) {
  const auto levels = karras_levels(steps, 0.002, 80, 7);
  const at::Tensor start = normal_rows(Seed{4}, 0, rows, 1).to(at::kDouble) * levels[0];
  return solve(solver, denoiser, start, levels, noise_for(rows));
}

// 20,000 rows of N(1, 0.25): the mean is off by 0.0035 and the deviation by 0.0025 (one standard
// error); 5 of them, and the discretisation of
// the steps, is what the bounds allow.
TEST(Samplers, EndInTheCleanDistribution) {
  for (const Solver solver : {Solver::kEuler, Solver::kHeun, Solver::kMidpoint, Solver::kMultistep,
                              Solver::kAncestral, Solver::kSdeMultistep}) {
    const bool first_order = solver == Solver::kEuler || solver == Solver::kAncestral;
    const at::Tensor rows = run(solver, gaussian, 20'000, first_order ? 400 : 60);
    const double bias = first_order ? 0.01 : 0.005;
    EXPECT_NEAR(rows.mean().item<double>(), 1, 0.018 + bias) << static_cast<int>(solver);
    EXPECT_NEAR(rows.std().item<double>(), 0.5, 0.013 + bias) << static_cast<int>(solver);
  }
}

TEST(Samplers, FindBothPointsOfAMixture) {
  for (const Solver solver : {Solver::kHeun, Solver::kMultistep, Solver::kSdeMultistep}) {
    const at::Tensor rows = run(solver, two_points, 10'000);
    EXPECT_LT((rows.abs() - 1).abs().max().item<double>(), 1e-3) << static_cast<int>(solver);
    EXPECT_NEAR(rows.mean().item<double>(), 0, 0.05) << static_cast<int>(solver);
  }
}

TEST(Samplers, DoNotDependOnHowRowsAreCut) {
  const at::Tensor start = at::linspace(-3, 3, 7, at::kDouble).unsqueeze(1);
  const auto levels = flow_levels(10, 50);
  const at::Tensor all = solve(Solver::kHeun, two_points, start, levels);
  const at::Tensor part = solve(Solver::kHeun, two_points, start.narrow(0, 4, 3), levels);
  EXPECT_TRUE(at::equal(all.narrow(0, 4, 3), part));
}

TEST(Samplers, LevelsMustFall) {
  const std::vector<double> levels = {1, 2};
  EXPECT_EQ(message_of<InvalidArgument>(
                [&] { static_cast<void>(solve(Solver::kEuler, gaussian, at::ones({1}), levels)); }),
            "solve: noise levels must fall and be >= 0, got 1 before 2");
}

TEST(Levels, FallStrictlyToZeroForAnyNumberOfSteps) {
  for (std::int64_t n = 1; n <= 1000; ++n) {
    for (const auto& levels :
         {karras_levels(n, 0.002, 80, 7), flow_levels(n, 80), vp_levels(n), cosine_levels(n)}) {
      ASSERT_EQ(std::ssize(levels), n + 1);
      ASSERT_EQ(levels.back(), 0);
      for (std::size_t i = 1; i < levels.size(); ++i) ASSERT_LT(levels[i], levels[i - 1]) << n;
    }
  }
}

TEST(Levels, KarrasEndsAreThoseAskedFor) {
  const auto levels = karras_levels(18, 0.002, 80, 7);
  EXPECT_NEAR(levels[0], 80, 1e-9);
  EXPECT_NEAR(levels[17], 0.002, 1e-12);
  EXPECT_NEAR(flow_levels(4, 80)[0], 80, 1e-9);
}

TEST(Frame, AllPredictionsMeanTheSameCleanRow) {
  const at::Tensor clean_row = normal_rows(Seed{1}, 0, 3, 2).to(at::kDouble);
  const at::Tensor e = normal_rows(Seed{2}, 0, 3, 2).to(at::kDouble);
  for (const double t : {0.1, 0.5, 0.9}) {
    const PathPoint vp{std::cos(t), std::sin(t)}, straight{1 - t, t};
    const at::Tensor x = clean_row * vp.a + e * vp.s;
    EXPECT_TRUE(at::allclose(clean(Prediction::kNoise, x, e, vp), clean_row));
    EXPECT_TRUE(
        at::allclose(clean(Prediction::kVelocity, x, e * vp.a - clean_row * vp.s, vp), clean_row));
    EXPECT_TRUE(at::equal(clean(Prediction::kSample, x, clean_row, vp), clean_row));
    const at::Tensor y = clean_row * straight.a + e * straight.s;
    EXPECT_TRUE(at::allclose(clean(Prediction::kFlow, y, e - clean_row, straight), clean_row));
    EXPECT_DOUBLE_EQ(straight.sigma(), t / (1 - t));
  }
}

}  // namespace
}  // namespace semblance
