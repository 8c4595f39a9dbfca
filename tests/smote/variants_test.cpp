// SPDX-License-Identifier: Apache-2.0
// What polynom-fit, ProWSyn, Lee, SMOBD, CCR, MGS and simplicial SMOTE promise of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <set>

#include "semblance/core/error.hpp"
#include "semblance/core/log.hpp"
#include "semblance/registry.hpp"
#include "semblance/smote/ccr.hpp"
#include "semblance/smote/lee.hpp"
#include "semblance/smote/mgs.hpp"
#include "semblance/smote/polynom_fit.hpp"
#include "semblance/smote/prowsyn.hpp"
#include "semblance/smote/simplicial.hpp"
#include "semblance/smote/smobd.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// Points of class "few", and of class "many" after them.
Dataset points(const std::vector<std::array<double, 2>>& few,
               const std::vector<std::array<double, 2>>& many = {}) {
  std::vector<double> x, z;
  std::vector<std::int32_t> label;
  for (const auto* set : {&few, &many}) {
    for (const auto& point : *set) {
      x.push_back(point[0]);
      z.push_back(point[1]);
      label.push_back(set == &few ? 1 : 0);
    }
  }
  return {Schema{{.name = "x"},
                 {.name = "z"},
                 {.name = "y",
                  .kind = Kind::kCategorical,
                  .role = Role::kTarget,
                  .categories = {"many", "few"}}},
          {Column::reals(x), Column::reals(z), Column::categories(label)}};
}

/// n normal points around a centre.
std::vector<std::array<double, 2>> cloud(std::int64_t n, double x, double z) {
  std::vector<std::array<double, 2>> out;
  for (std::int64_t i = 0; i < n; ++i) {
    Stream s(Seed{3}, "cloud", static_cast<std::uint64_t>(i) + 1000 * at(n));
    out.push_back({x + s.normal(), z + s.normal()});
  }
  return out;
}

std::array<double, 2> point(const Dataset& rows, std::int64_t i) {
  return {rows.column(0).number(i), rows.column(1).number(i)};
}

template <class Model>
Model& fit(Model& model, const Dataset& data) {
  model.fit(data, Seed{1});
  return model;
}

TEST(PolynomFit, EveryPairOfAMeshGetsItsShare) {
  for (const std::int64_t n : {2, 3, 6, 7}) {
    PolynomFit mesh({.kind = PolynomKind::kMesh});
    fit(mesh, points(cloud(n, 0, 0)));
    const std::int64_t pairs = n * (n - 1) / 2;
    std::map<std::set<std::int64_t>, std::multiset<double>> found;
    for (const Provenance& p : mesh.generate("few", 3 * pairs, Seed{1}).provenance) {
      found[{p.base, p.neighbour}].insert(p.u);
    }
    EXPECT_EQ(found.size(), at(pairs));
    for (const auto& [pair, steps] : found) EXPECT_THAT(steps, ElementsAre(0.25, 0.5, 0.75));
  }
}

TEST(PolynomFit, FewRowsOfAMeshAreTheMidpointsOfDifferentPairs) {
  PolynomFit mesh({.kind = PolynomKind::kMesh});
  fit(mesh, points(cloud(9, 0, 0)));
  const TracedRows made = mesh.generate("few", 20, Seed{1});
  std::set<std::set<std::int64_t>> pairs;
  for (const Provenance& p : made.provenance) {
    pairs.insert({p.base, p.neighbour});
    EXPECT_EQ(p.u, 0.5);
  }
  EXPECT_EQ(pairs.size(), 20U);
}

TEST(PolynomFit, StarPointsAtTheMeanOfPresentValues) {
  Bitmap known(4, true);
  known.set(3, false);
  Field gaps{.name = "x"};
  gaps.nullable = true;
  const Dataset train(Schema{gaps}, {Column::reals({0, 3, 9, 0}, known)});
  PolynomFit star;
  fit(star, train);
  const std::vector<Provenance> parents = {{0, 0, 0.5}, {2, 2, 1}, {3, 3, 0.5}};
  const Dataset made = star.interpolate(parents, Seed{1});
  EXPECT_NEAR(made.column(0).number(0), 2, 1e-12);
  EXPECT_NEAR(made.column(0).number(1), 4, 1e-12);
  EXPECT_FALSE(made.column(0).is_valid(2));
}

TEST(PolynomFit, PolyStaysOnItsCurves) {
  // In the order of the rows' means x is 0, 1, ..., 9 and z its square.
  std::vector<std::array<double, 2>> parabola;
  for (int i = 9; i >= 0; --i) parabola.push_back({double(i), double(i * i)});
  PolynomFit poly({.kind = PolynomKind::kPoly});
  fit(poly, points(parabola));
  const Dataset made = poly.sample(500, Seed{1});
  double low = 81, high = 0, apart = 0;
  for (std::int64_t i = 0; i < 500; ++i) {
    const auto [x, z] = point(made, i);
    EXPECT_GE(x, -1e-12);
    EXPECT_LE(x, 9 + 1e-9);
    EXPECT_GE(z, -1e-9);
    low = std::min(low, z);
    high = std::max(high, z);
    apart = std::max(apart, std::abs(z - x * x));
  }
  EXPECT_LT(low, 1);
  EXPECT_GT(high, 70);
  EXPECT_GT(apart, 20);  // each column draws its own place
}

TEST(ProWSyn, WithoutOtherClassesIsOneLevel) {
  ProWSyn model;
  fit(model, points(cloud(20, 0, 0)));
  for (const BaseRow& base : model.bases("few")) EXPECT_NEAR(base.share, 0.05, 1e-12);
}

// Row i is i from the others: with k = 1 levels are rows 0, 1, 2 and the rest.
TEST(ProWSyn, TheLastLevelHasTheRest) {
  ProWSyn model({.k = 1, .levels = 4, .theta = std::log(2)});
  fit(model, points({{0, 0}, {1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}}, {{-1, 0}, {-2, 0}}));
  std::vector<double> shares;
  for (const BaseRow& base : model.bases("few")) shares.push_back(base.share * 15);
  const auto near = [](double share) { return DoubleNear(share, 1e-12); };
  EXPECT_THAT(shares,
              ElementsAre(near(8), near(4), near(2), near(1. / 3), near(1. / 3), near(1. / 3)));
}

/// Two rare rows with common ones between them: half of the line is foreign.
Dataset split() {
  return points({{0, 0}, {1, 0}, {10, 0}, {11, 0}},
                {{4, 0}, {4.5, 0}, {5, 0}, {5.5, 0}, {6, 0}, {6.5, 0}, {5, 1}});
}

TEST(Lee, RowsStayAwayFromOtherClasses) {
  Lee lee({.k = 3, .m = 3, .attempts = 200});
  Lee once({.k = 3, .m = 3, .attempts = 1});
  fit(lee, split());
  fit(once, split());
  const auto foreign = [](const Lee& model) {
    const Dataset made = model.generate("few", 400, Seed{1}).rows;
    int count = 0;
    for (std::int64_t i = 0; i < 400; ++i) {
      const double x = made.column(0).number(i);
      count += x > 3 && x < 8 ? 1 : 0;
    }
    return count;
  };
  EXPECT_GT(foreign(once), 80);
  EXPECT_EQ(foreign(lee), 0);
}

TEST(Lee, RowsDependOnTheirOwnCandidatesOnly) {
  Lee lee({.k = 3, .m = 3});
  fit(lee, split());
  const SampleOptions rare{.given = {{"y", "few"}}};
  const Dataset all = lee.sample(60, Seed{5}, rare);
  const Dataset tail = lee.sample(20, Seed{5}, {.given = {{"y", "few"}}, .first_row = 40});
  for (std::int64_t i = 0; i < 20; ++i) EXPECT_EQ(tail.cell(i, 0), all.cell(40 + i, 0));
}

// All rows near the only line are foreign, so that nothing is ever accepted: of 10 candidates the
// one with the fewest foreign judges is taken, and the first of several.
TEST(Lee, TheBestCandidateIsTakenWhereNoneIsAccepted) {
  const Dataset train = points(
      {{0, 0}, {10, 0}}, {{1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}, {6, 0}, {7, 0}, {8, 0}, {9, 0}});
  Lee best({.k = 1, .m = 2, .share = 0.01, .attempts = 10});
  Lee first({.k = 1, .m = 2, .share = 0.01, .attempts = 1});
  fit(best, train);
  fit(first, train);
  const auto ends = [](const Lee& model) {
    const Dataset made = model.generate("few", 300, Seed{1}).rows;
    int count = 0;
    for (std::int64_t i = 0; i < 300; ++i) {
      const double x = made.column(0).number(i);
      count += x < 1 || x > 9 ? 1 : 0;
    }
    return count;
  };
  EXPECT_LT(ends(first), 120);  // 60 expected, 7 standard deviations: probability < 1e-11
  EXPECT_GT(ends(best), 220);   // 268 expected, 9 standard deviations
}

TEST(Smobd, NoiseIsNoBaseAndSparseRowsAreMoreOftenThanDenseOnes) {
  std::vector<std::array<double, 2>> few;
  for (int i = 0; i < 12; ++i) few.push_back({0.1 * i, 0});
  few.push_back({100, 0});
  Smobd model({.min_samples = 3, .standardize = false});
  fit(model, points(few, cloud(30, -5, 0)));
  const auto bases = model.bases("few");
  ASSERT_EQ(bases.size(), 13U);
  EXPECT_EQ(bases[12].share, 0);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_GT(bases[i].share, 0);
  for (const Provenance& p : model.generate("few", 300, Seed{1}).provenance) EXPECT_NE(p.base, 12);
}

// Core distances are 1, 1, 1, 1, 3; within 4 of each row are 4, 4, 5, 5 and 3 rows; nothing is ten
// times as far as the mean.
TEST(Smobd, WeightsByHand) {
  Smobd model(
      {.k = 2, .min_samples = 2, .eps = 4, .noise = 10, .balance = 0.25, .standardize = false});
  fit(model, points({{0, 0}, {1, 0}, {2, 0}, {3, 0}, {6, 0}}));
  const std::array<double, 5> expected = {0.25 / 3 + 0.75 * 4 / 5, 0.25 / 3 + 0.75 * 4 / 5,
                                          0.25 / 3 + 0.75, 0.25 / 3 + 0.75, 0.25 + 0.75 * 3 / 5};
  double total = 0;
  for (const double weight : expected) total += weight;
  const auto bases = model.bases("few");
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(bases[i].share, expected[i] / total, 1e-12);
}

TEST(Smobd, WhereAllIsNoiseAllRowsAreBasesAndTheLogSaysSo) {
  std::string log;
  const LogSink before = set_log_sink([&](LogLevel, std::string_view line) { log += line; });
  Smobd model({.eps = 1e-6});
  fit(model, points(cloud(20, 0, 0)));
  for (const BaseRow& base : model.bases("few")) EXPECT_NEAR(base.share, 0.05, 1e-12);
  set_log_sink(before);
  EXPECT_EQ(log,
            "smobd: class 'few' has nothing but noise; all its rows are bases with equal weight");
}

TEST(Smobd, ColumnsStepByThemselves) {
  Smobd model({.k = 1});
  fit(model, points({{0, 0}, {1, 1}}));
  const TracedRows made = model.generate("few", 2'000, Seed{1});
  double product = 0;
  for (std::int64_t i = 0; i < 2'000; ++i) {
    const auto [x, z] = point(made.rows, i);
    const Provenance& p = made.provenance[at(i)];
    EXPECT_NEAR(x, p.base == 0 ? p.u : 1 - p.u, 1e-12);
    EXPECT_TRUE(z >= 0 && z <= 1);
    product += (x - 0.5) * (z - 0.5);
  }
  // Independent uniform columns: mean 0, deviation 1/12 per row; 6 deviations, probability < 2e-9.
  EXPECT_NEAR(product / 2'000, 0, 6. / 12 / std::sqrt(2'000));
}

// A ball in the plane with nothing in it has radius 1; uniform in it, |x| + |z| <= r has
// probability r^2. 4,000 rows: Kolmogorov-Smirnov distance above 0.05 with probability < 5e-9.
TEST(Ccr, RowsAreUniformInTheBall) {
  Ccr model({.standardize = false});
  fit(model, points({{0, 0}}, {{5, 5}, {6, 5}}));
  const Dataset made = model.generate("few", 4'000, Seed{1}).rows;
  std::vector<double> level;
  std::array<int, 4> quadrant{};
  for (std::int64_t i = 0; i < 4'000; ++i) {
    const auto [x, z] = point(made, i);
    level.push_back(std::pow(std::abs(x) + std::abs(z), 2));
    ++quadrant[(x > 0 ? 1U : 0U) + (z > 0 ? 2U : 0U)];
  }
  std::sort(level.begin(), level.end());
  for (std::size_t i = 0; i < level.size(); ++i) {
    EXPECT_LE(level[i], 1);
    EXPECT_NEAR(level[i], static_cast<double>(i) / 4'000, 0.05);
  }
  // 1,000 each: 6 standard deviations of 27, probability < 2e-9.
  for (const int count : quadrant) EXPECT_NEAR(count, 1'000, 165);
}

// The first unit of energy buys 0.5 up to the row at 0.5, and then 0.25 at twice the price.
TEST(Ccr, EnergyBuysLessAmongOthers) {
  Ccr model({.standardize = false});
  fit(model, points({{0, 0}, {50, 0}}, {{0.25, 0.25}, {100, 0}}));
  const auto bases = model.bases("few");
  EXPECT_NEAR(bases[0].share / bases[1].share, 1 / 0.75, 1e-12);
}

// Five rows that are each other's neighbours make one Gaussian. The mean of 20,000 rows is off by
// 6 deviations sqrt(s_jj / n), the covariances by 6 sqrt((s_ii s_jj + s_ij^2) / n), each with
// probability < 2e-9.
TEST(Mgs, RowsHaveTheMeanAndTheCovarianceOfTheNeighbourhood) {
  const std::vector<std::array<double, 2>> few = {{0, 0}, {2, 1}, {1, 5}, {4, 2}, {3, 7}};
  for (const double lambda : {1.0, 0.25}) {
    Mgs model({.k = 4, .lambda = lambda});
    fit(model, points(few));
    const std::int64_t n = 20'000;
    const Dataset made = model.sample(n, Seed{1});
    const std::array<double, 2> mean = {2, 3};
    std::array<double, 3> s{}, found{};
    std::array<double, 2> sum{};
    for (const auto& [x, z] : few) {
      s[0] += lambda * (x - 2) * (x - 2) / 5;
      s[1] += lambda * (z - 3) * (z - 3) / 5;
      s[2] += lambda * (x - 2) * (z - 3) / 5;
    }
    for (std::int64_t i = 0; i < n; ++i) {
      const auto [x, z] = point(made, i);
      sum[0] += x;
      sum[1] += z;
      found[0] += (x - 2) * (x - 2);
      found[1] += (z - 3) * (z - 3);
      found[2] += (x - 2) * (z - 3);
    }
    const auto rows = static_cast<double>(n);
    for (std::size_t j = 0; j < 2; ++j) {
      EXPECT_NEAR(sum[j] / rows, mean[j], 6 * std::sqrt(s[j] / rows));
      EXPECT_NEAR(found[j] / rows, s[j], 6 * s[j] * std::sqrt(2 / rows));
    }
    EXPECT_NEAR(found[2] / rows, s[2], 6 * std::sqrt((s[0] * s[1] + s[2] * s[2]) / rows));
  }
}

TEST(Mgs, TheStepIsTheWeightOfTheNeighbour) {
  // Two rows: x = (1 - u) a + u b, wherever u leads.
  Mgs model;
  fit(model, points({{0, 1}, {4, 3}}));
  const std::vector<Provenance> parents = {{0, 1, 0.25}, {0, 1, -0.5}, {1, 0, 1.5}};
  const Dataset made = model.interpolate(parents, Seed{1});
  EXPECT_THAT(made.column(0).reals(), ElementsAre(1, -2, -2));
  EXPECT_THAT(made.column(1).reals(), ElementsAre(1.5, 0, 0));
  const auto drawn = model.generate("few", 2'000, Seed{1}).provenance;
  double mean = 0, square = 0;
  for (const Provenance& p : drawn) {
    mean += p.u / 2'000;
    square += (p.u - 0.5) * (p.u - 0.5) / 2'000;
  }
  // u ~ N(1/2, 1/4): 6 deviations of the mean and of the variance, probability < 2e-9 each.
  EXPECT_NEAR(mean, 0.5, 6 * 0.5 / std::sqrt(2'000));
  EXPECT_NEAR(square, 0.25, 6 * 0.25 * std::sqrt(2. / 2'000));
}

TEST(Mgs, NeighboursFollowTheColumns) {
  Mgs model, three({.k = 3});
  const Dataset train = points(cloud(30, 0, 0), cloud(4, 9, 9));
  fit(model, train);
  fit(three, train);
  EXPECT_EQ(model.neighbours(0).size(), 5U);
  EXPECT_EQ(three.neighbours(0).size(), 3U);
  EXPECT_EQ(model.neighbours(33).size(), 3U);
}

/// Coordinates of a point of the plane in a triangle.
std::array<double, 3> barycentric(const std::vector<std::array<double, 2>>& t, double x, double z) {
  const double ax = t[1][0] - t[0][0], az = t[1][1] - t[0][1];
  const double bx = t[2][0] - t[0][0], bz = t[2][1] - t[0][1];
  const double area = ax * bz - az * bx, px = x - t[0][0], pz = z - t[0][1];
  const double b = (px * bz - pz * bx) / area, c = (ax * pz - az * px) / area;
  return {1 - b - c, b, c};
}

// Coordinates are Dirichlet(1, 1, 1): mean 1/3, variance 1/18, product of two 1/12. Over 6,000 rows
// their means are off by 6 deviations (at most 0.24 a row) with probability < 2e-9 each.
TEST(Simplicial, RowsAreUniformInTheTriangle) {
  const std::vector<std::array<double, 2>> triangle = {{0, 0}, {4, 1}, {1, 3}};
  Simplicial model;
  fit(model, points(triangle));
  const TracedRows made = model.generate("few", 6'000, Seed{1});
  std::array<double, 3> sum{}, square{}, product{};
  for (std::int64_t i = 0; i < 6'000; ++i) {
    const auto [x, z] = point(made.rows, i);
    const auto w = barycentric(triangle, x, z);
    const Provenance& p = made.provenance[at(i)];
    EXPECT_NEAR(w[at(p.neighbour)], p.u, 1e-12);
    for (std::size_t j = 0; j < 3; ++j) {
      EXPECT_GE(w[j], -1e-12);
      sum[j] += w[j] / 6'000;
      square[j] += w[j] * w[j] / 6'000;
      product[j] += w[j] * w[(j + 1) % 3] / 6'000;
    }
  }
  const double bound = 6 * 0.24 / std::sqrt(6'000);
  for (std::size_t j = 0; j < 3; ++j) {
    EXPECT_NEAR(sum[j], 1. / 3, bound);
    EXPECT_NEAR(square[j], 1. / 18 + 1. / 9, bound);
    EXPECT_NEAR(product[j], 1. / 12, bound);
  }
}

TEST(Simplicial, RowsLieInTheHullOfOneClique) {
  // Two triangles far apart: with k = 2 nothing joins them.
  const std::vector<std::array<double, 2>> a = {{0, 0}, {1, 0}, {0, 1}},
                                           b = {{50, 0}, {51, 0}, {50, 1}};
  std::vector<std::array<double, 2>> all = a;
  all.insert(all.end(), b.begin(), b.end());
  Simplicial model({.k = 2, .standardize = false});
  fit(model, points(all));
  const TracedRows made = model.generate("few", 500, Seed{1});
  for (std::int64_t i = 0; i < 500; ++i) {
    const auto [x, z] = point(made.rows, i);
    for (const double w : barycentric(made.provenance[at(i)].base < 3 ? a : b, x, z)) {
      EXPECT_GE(w, -1e-9);
    }
  }
}

// A path of neighbours has edges only, so that inner rows are in two of three simplices and outer
// ones in one: shares 1, 2, 2, 1 of 6.
TEST(Simplicial, SimplicesAreDrawnUniformly) {
  Simplicial model({.k = 1});
  fit(model, points({{0, 0}, {1, 0}, {2.1, 0}, {3.1, 0}}));
  // Nearest: 0-1, 1-0, 2-3, 3-2: two edges.
  for (const BaseRow& base : model.bases("few")) EXPECT_NEAR(base.share, 0.25, 1e-12);
  Simplicial path({.k = 1});
  fit(path, points({{0, 0}, {1, 0}, {1.9, 0}, {2.7, 0}}));  // nearest: 1, 2, 3, 2
  std::vector<double> shares;
  for (const BaseRow& base : path.bases("few")) shares.push_back(base.share * 6);
  const auto near = [](double share) { return DoubleNear(share, 1e-12); };
  EXPECT_THAT(shares, ElementsAre(near(1), near(2), near(2), near(1)));
}

// Five rows that are all joined have ten triangles; those of dimension 2 have the coordinates of
// three of the rows. The base and its neighbour are 20 pairs: 2,000 rows, 6 deviations of 9.7.
TEST(Simplicial, LargeCliquesStandForTheirFaces) {
  const Dataset train = points(cloud(5, 0, 0));
  Simplicial model({.dimension = 2});
  fit(model, train);
  const TracedRows made = model.generate("few", 2'000, Seed{1});
  std::map<std::pair<std::int64_t, std::int64_t>, int> pairs;
  int inside = 0;
  for (std::int64_t i = 0; i < 2'000; ++i) {
    const Provenance& p = made.provenance[at(i)];
    ++pairs[{p.base, p.neighbour}];
    const auto [x, z] = point(made.rows, i);
    bool found = false;
    for (std::int64_t third = 0; third < 5; ++third) {
      if (third == p.base || third == p.neighbour) continue;
      const auto w =
          barycentric({point(train, p.base), point(train, p.neighbour), point(train, third)}, x, z);
      found = found || (std::abs(w[1] - p.u) < 1e-9 && w[0] > -1e-9 && w[2] > -1e-9);
    }
    inside += found ? 1 : 0;
  }
  EXPECT_EQ(inside, 2'000);
  EXPECT_EQ(pairs.size(), 20U);
  for (const auto& [pair, count] : pairs) EXPECT_NEAR(count, 100, 59);
}

TEST(Simplicial, DimensionOneAndStrangersAreLines) {
  const Dataset train = points(cloud(12, 0, 0));
  Simplicial model({.dimension = 1});
  fit(model, train);
  TracedRows made = model.generate("few", 200, Seed{1});
  for (std::int64_t i = 0; i < 200; ++i) {
    const Provenance& p = made.provenance[at(i)];
    for (std::size_t j = 0; j < 2; ++j) {
      const double a = point(train, p.base)[j], b = point(train, p.neighbour)[j];
      EXPECT_NEAR(point(made.rows, i)[j], a + p.u * (b - a), 1e-12);
    }
  }
}

TEST(Variants, AreTheSameAfterSavingAndLoading) {
  const Dataset train = points(cloud(20, 0, 0), cloud(40, 1, 1));
  const auto file = std::filesystem::temp_directory_path() / "semblance_variants_test.semb";
  for (const auto& [name, config] :
       std::map<std::string, std::string>{{"polynom-fit", R"({"kind": "mesh"})"},
                                          {"prowsyn", R"({"levels": 3})"},
                                          {"lee", R"({"attempts": 4})"},
                                          {"smobd", R"({"eps": 0.7})"},
                                          {"ccr", R"({"energy": 0.3})"},
                                          {"mgs", R"({"lambda": 2.0})"},
                                          {"simplicial", R"({"dimension": 2})"}}) {
    const auto model = make_generator(name, config);
    model->fit(train, Seed{1});
    model->save(file);
    const auto loaded = load_generator(file);
    EXPECT_EQ(loaded->config_json(), model->config_json()) << name;
    const Dataset a = model->sample(30, Seed{2}), b = loaded->sample(30, Seed{2});
    for (std::int64_t i = 0; i < 30; ++i) EXPECT_EQ(a.cell(i, 0), b.cell(i, 0)) << name;
  }
  std::filesystem::remove(file);
}

TEST(Variants, SayWhatIsWrong) {
  const auto message = [](const char* name, const char* config) {
    return message_of<InvalidArgument>([&] { (void)make_generator(name, config); });
  };
  EXPECT_EQ(message("polynom-fit", R"({"degree": 21})"),
            "PolynomFitConfig.degree must be between 1 and 20, got 21");
  EXPECT_EQ(message("polynom-fit", R"({"kind": "ring"})"),
            "PolynomFitConfig.kind: \"ring\" does not fit (Where new rows lie: star, bus, mesh or "
            "poly)");
  EXPECT_EQ(message("prowsyn", R"({"levels": 0})"), "ProWSynConfig.levels must be >= 1, got 0");
  EXPECT_EQ(message("prowsyn", R"({"theta": -1})"), "ProWSynConfig.theta must be >= 0, got -1");
  EXPECT_EQ(message("prowsyn", R"({"k": 0})"), "ProWSynConfig.k must be >= 1, got 0");
  EXPECT_EQ(message("lee", R"({"share": 0})"), "LeeConfig.share must be in (0, 1], got 0");
  EXPECT_EQ(message("lee", R"({"m": 0})"), "LeeConfig.m must be >= 1, got 0");
  EXPECT_EQ(message("lee", R"({"attempts": 1001})"),
            "LeeConfig.attempts must be between 1 and 1000, got 1001");
  EXPECT_EQ(message("smobd", R"({"eps": -1})"), "SmobdConfig.eps must be >= 0, got -1");
  EXPECT_EQ(message("smobd", R"({"noise": 0})"), "SmobdConfig.noise must be > 0, got 0");
  EXPECT_EQ(message("smobd", R"({"balance": 2})"),
            "SmobdConfig.balance must be between 0 and 1, got 2");
  EXPECT_EQ(message("ccr", R"({"energy": 0})"), "CcrConfig.energy must be > 0, got 0");
  EXPECT_EQ(message("mgs", R"({"lambda": 0})"), "MgsConfig.lambda must be > 0, got 0");
  EXPECT_EQ(message("mgs", R"({"k": -1})"), "MgsConfig.k must be >= 0, got -1");
  EXPECT_EQ(message("simplicial", R"({"dimension": 0})"),
            "SimplicialConfig.dimension must be >= 1, got 0");
  const auto small = [](const char* name) {
    const auto model = make_generator(name, R"({"small_class": "error"})");
    return message_of<InvalidArgument>(
        [&] { model->fit(points(cloud(5, 0, 0), cloud(9, 1, 1)), Seed{1}); });
  };
  for (const char* name : {"prowsyn", "lee", "smobd", "mgs", "simplicial"}) {
    EXPECT_EQ(small(name),
              std::string(name) + ".fit: class 'few' has 5 rows, k = 5 neighbours need at least 6");
  }
}

}  // namespace
}  // namespace semblance
