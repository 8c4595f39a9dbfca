// SPDX-License-Identifier: Apache-2.0
// What the variants of SMOTE compute with: cliques, OPTICS, least squares.
#include "smote/cliques.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "semblance/core/error.hpp"
#include "semblance/core/seed.hpp"
#include "smote/gram.hpp"
#include "smote/optics.hpp"

namespace semblance {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::Pointwise;
using testing::UnorderedElementsAre;
using Clique = std::vector<std::int64_t>;

TEST(Cliques, OfASmallGraph) {
  // A square 0-1-2-3 with the diagonal 0-2, an edge 3-4, and a lone vertex.
  const Graph graph = {{1, 2, 3}, {0, 2}, {0, 1, 3}, {0, 2, 4}, {3}, {}};
  EXPECT_THAT(maximal_cliques(graph, {}),
              UnorderedElementsAre(Clique{0, 1, 2}, Clique{0, 2, 3}, Clique{3, 4}, Clique{5}));
  EXPECT_TRUE(maximal_cliques({}, {}).empty());
}

TEST(Cliques, NeighbourListsJoinBothWays) {
  EXPECT_THAT(symmetric_graph({1, 0, 1}, 3),
              ElementsAre(ElementsAre(1), ElementsAre(0, 2), ElementsAre(1)));
  EXPECT_THAT(symmetric_graph({}, 2), ElementsAre(ElementsAre(), ElementsAre()));
}

/// Every set of vertices that is a clique and that no vertex extends, by trying them all.
std::vector<Clique> by_force(const Graph& graph) {
  const auto joined = [&](std::int64_t a, std::int64_t b) {
    const auto& near = graph[static_cast<std::size_t>(a)];
    return std::binary_search(near.begin(), near.end(), b);
  };
  const auto n = static_cast<std::int64_t>(graph.size());
  std::vector<Clique> out;
  for (unsigned set = 1; set < (1U << n); ++set) {
    Clique clique;
    for (std::int64_t v = 0; v < n; ++v) {
      if ((set >> v & 1U) != 0) clique.push_back(v);
    }
    const auto fits = [&](std::int64_t v) {
      return std::all_of(clique.begin(), clique.end(),
                         [&](std::int64_t w) { return v == w || joined(v, w); });
    };
    bool maximal = std::all_of(clique.begin(), clique.end(), fits);
    for (std::int64_t v = 0; v < n; ++v) maximal = maximal && ((set >> v & 1U) != 0 || !fits(v));
    if (maximal) out.push_back(clique);
  }
  return out;
}

TEST(Cliques, AreThoseFoundByTryingAllSets) {
  for (std::uint64_t trial = 0; trial < 60; ++trial) {
    Stream stream(Seed{1}, "graphs", trial);
    const double density = stream.uniform();
    Graph graph(9);
    for (std::size_t a = 0; a < 9; ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        if (stream.uniform() >= density) continue;
        graph[a].push_back(static_cast<std::int64_t>(b));
        graph[b].push_back(static_cast<std::int64_t>(a));
      }
    }
    for (auto& near : graph) std::sort(near.begin(), near.end());
    EXPECT_THAT(maximal_cliques(graph, {}), testing::UnorderedElementsAreArray(by_force(graph)));
  }
}

TEST(Cliques, CanBeStopped) {
  std::stop_source source;
  source.request_stop();
  EXPECT_THROW((void)maximal_cliques({{1}, {0}}, source.get_token()), Cancelled);
}

SpaceRows line(std::vector<double> x) {
  SpaceRows rows;
  rows.rows = static_cast<std::int64_t>(x.size());
  rows.numeric = 1;
  rows.numbers = std::move(x);
  return rows;
}

constexpr double kNever = std::numeric_limits<double>::infinity();

// Rows 0 to 4 are one apart, row 5 is far away. Nothing is near it but itself.
TEST(Optics, DistancesByHand) {
  const Optics found =
      optics(line({0, 1, 2, 3, 4, 100}), {.min_samples = 3, .eps = 2.5, .spread = 1}, {});
  EXPECT_THAT(found.core, ElementsAre(2, 1, 1, 1, 2, kNever));
  EXPECT_THAT(found.near, ElementsAre(3, 4, 5, 4, 3, 1));
  // 0 is visited first and reaches 1 and 2 at its core distance 2; from there all is 1 away; 5 is
  // never reached.
  EXPECT_THAT(found.reach, ElementsAre(kNever, 2, 1, 1, 1, kNever));
}

TEST(Optics, WithoutARadiusItFollowsTheMeanCoreDistance) {
  // Core distances 1, 1, 1, 1, 96: mean 20, radius 1.5 * 20 = 30.
  const Optics found =
      optics(line({0, 1, 2, 3, 99}), {.min_samples = 2, .eps = 0, .spread = 1.5}, {});
  EXPECT_THAT(found.core, ElementsAre(1, 1, 1, 1, kNever));
  EXPECT_THAT(found.near, ElementsAre(4, 4, 4, 4, 1));
  EXPECT_EQ(finite_mean(found.core), 1);
  EXPECT_EQ(finite_mean({kNever}), 0);
}

TEST(Optics, CategoriesAreTheMedianDeviationApart) {
  SpaceRows rows = line({0, 0, 2, 2});  // deviation 1
  rows.categorical = 1;
  rows.codes = {0, 1, 0, 1};
  const Optics found = optics(rows, {.min_samples = 2, .eps = 1.5, .spread = 1}, {});
  EXPECT_THAT(found.core, ElementsAre(1, 1, 1, 1));
  EXPECT_THAT(found.near, ElementsAre(2, 2, 2, 2));
}

TEST(Optics, IdenticalAndSingleRows) {
  const Optics same = optics(line({5, 5, 5}), {}, {});
  EXPECT_THAT(same.core, ElementsAre(0, 0, 0));
  EXPECT_THAT(same.near, ElementsAre(3, 3, 3));
  EXPECT_THAT(optics(line({5}), {}, {}).near, ElementsAre(1));
}

TEST(GramFit, ReproducesPolynomialsOfItsDegree) {
  std::vector<double> values;
  for (int i = 0; i < 12; ++i) values.push_back(3 - 2 * i + 0.5 * i * i - 0.01 * i * i * i);
  const GramFit fit(values, 3);
  for (const double t : {0.0, 3.7, 11.0, 12.5}) {
    EXPECT_NEAR(fit(t), 3 - 2 * t + 0.5 * t * t - 0.01 * t * t * t, 1e-11);
  }
}

TEST(GramFit, IsTheMeanAtDegreeZeroAndTheValuesAtFullDegree) {
  const std::vector<double> values = {1, 5, -2, 8};
  EXPECT_DOUBLE_EQ(GramFit(values, 0)(1.3), 3);
  const GramFit through(values, 9);
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_NEAR(through(static_cast<double>(i)), values[i], 1e-12);
  }
  EXPECT_EQ(GramFit(std::vector<double>{7}, 2)(0), 7);
  EXPECT_EQ(GramFit(std::vector<double>{0.1, 0.1, 0.1}, 2)(1.9), 0.1);
}

}  // namespace
}  // namespace semblance
