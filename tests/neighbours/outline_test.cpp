// SPDX-License-Identifier: Apache-2.0
#include "neighbours/outline.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <mutex>
#include <set>
#include <thread>

#include "neighbours/brute.hpp"
#include "neighbours/squared.hpp"
#include "neighbours/tournament.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kRows = 900, kDim = 20;

/// Three clusters that lie apart, each of them a flat disc of its own.
std::vector<double> clusters() {
  auto x = test::normals(kRows, kDim, 5);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t cluster = i / kDim % 3, column = i % kDim;
    if (column % 3 == cluster) x[i] *= 0.1;
    x[i] += 3.0 * static_cast<double>(cluster) * (column % 2 == 0 ? 1 : -1);
  }
  return x;
}

double apart(const float* a, const float* b, std::int64_t width) {
  double sum = 0;
  for (std::int64_t j = 0; j < width; ++j) sum += std::pow(double{a[j]} - double{b[j]}, 2);
  return std::sqrt(sum);
}

TEST(Outline, IsNeverFartherApartThanTheRows) {
  const auto x = clusters();
  const MatrixView<double> rows{x, kRows, kDim};
  const Centring centring = centre_rows(rows, rows, 0.0, {});
  const PrincipalAxes axes = principal_axes(rows, centring);
  ASSERT_GT(axes.count, 0);
  const auto lines = outline(rows, centring, axes, 2);
  double closest = 0;
  for (std::int64_t i = 0; i < kRows; i += 7) {
    for (std::int64_t j = 0; j < kRows; j += 11) {
      const double exact =
          centring.scale * std::sqrt(squared_distance(rows.row(i), rows.row(j), kDim));
      const double bound = apart(&lines[static_cast<std::size_t>(i * axes.width())],
                                 &lines[static_cast<std::size_t>(j * axes.width())], axes.width());
      EXPECT_LE(bound, exact + 1e-6);
      if (i % 3 != j % 3) closest = std::max(closest, bound / exact);
    }
  }
  EXPECT_GT(closest, 0.9);  // clusters are told apart by their outlines
}

TEST(Outline, IsLeftOutWhereItCostsMoreThanItSaves) {
  const auto x = test::normals(600, 8, 1);
  const Centring centring{std::vector<double>(8, 0.0), 1.0};
  EXPECT_EQ(principal_axes<double>({x, 960, 5}, centring).count, 0);  // few columns
  EXPECT_EQ(principal_axes<double>({x, 200, 8}, centring).count, 0);  // few rows
  EXPECT_EQ(principal_axes<double>({x, 600, 8}, centring).count, 6);
}

TEST(Outline, SearchesOfClustersAreExact) {
  const auto x = clusters();
  const MatrixView<double> rows{x, kRows, kDim};
  const auto self = own_rows(kRows);
  const auto expected = test::all_pairs(kRows, kRows, 7, true, [&](std::int64_t q, std::int64_t r) {
    return squared_distance(rows.row(q), rows.row(r), kDim);
  });
  for (const int threads : {1, 3}) {
    const NeighbourOptions options{
        .excluded = self, .method = SearchMethod::kBlocked, .run = {.threads = threads}};
    const Neighbours found = nearest(rows, rows, 7, options);
    for (std::int64_t q = 0; q < kRows; ++q) {
      for (std::size_t i = 0; i < 7; ++i) {
        EXPECT_EQ(found.indices(q)[i], expected[static_cast<std::size_t>(q)][i].second);
      }
    }
  }
}

TEST(Tournament, HandsOutEveryPairOnceAndNoBlockTwiceAtATime) {
  for (const std::int64_t blocks : {1, 2, 5, 8}) {
    Tournament tournament(blocks);
    std::mutex mutex;
    std::multiset<Tournament::Pair> met;
    std::multiset<std::int64_t> held;
    const auto play = [&](std::int64_t i, std::int64_t j) {
      {
        const std::lock_guard lock(mutex);
        EXPECT_LE(i, j);
        EXPECT_EQ(held.count(i) + held.count(j), 0U);
        held.insert({i, j});
        met.insert({i, j});
      }
      std::this_thread::yield();
      const std::lock_guard lock(mutex);
      held.erase(i);
      held.erase(j);
    };
    std::thread other([&] { tournament.join(play); });
    tournament.join(play);
    other.join();
    EXPECT_EQ(std::ssize(met), blocks * (blocks + 1) / 2);
    EXPECT_EQ(std::set(met.begin(), met.end()).size(), met.size());
  }
}

TEST(Tournament, GivesBlocksBackWhenAPlayFails) {
  Tournament tournament(3);
  EXPECT_THROW(tournament.join([](std::int64_t, std::int64_t) { throw std::bad_alloc(); }),
               std::bad_alloc);
  std::int64_t left = 0;
  tournament.join([&](std::int64_t, std::int64_t) { ++left; });
  EXPECT_EQ(left, 5);
}

}  // namespace
}  // namespace semblance
