// SPDX-License-Identifier: Apache-2.0
#include "semblance/learners/kmeans.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "semblance/core/error.hpp"
#include "support/message.hpp"

namespace semblance {
namespace {

MatrixView<double> view(const std::vector<double>& values, std::int64_t dim) {
  return {values, std::ssize(values) / dim, dim};
}

/// `n` rows around `centres` points on a circle of radius 10, the i-th belonging to i % centres.
std::vector<double> blobs(std::int64_t n, int centres, double noise, double offset = 0) {
  std::vector<double> out;
  for (std::int64_t i = 0; i < n; ++i) {
    Stream draw(Seed{11}, "blobs", static_cast<std::uint64_t>(i));
    const double angle = 6.283185307179586 * static_cast<double>(i % centres) / centres;
    out.push_back(offset + 10 * std::cos(angle) + noise * draw.normal());
    out.push_back(offset + 10 * std::sin(angle) + noise * draw.normal());
  }
  return out;
}

double squared(const double* a, const double* b, std::int64_t dim) {
  double sum = 0;
  for (std::int64_t j = 0; j < dim; ++j) sum += (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

/// Lloyd's rounds without any shortcut, from the given centroids, until nothing changes.
std::vector<double> plain_lloyd(const std::vector<double>& rows, std::vector<double> centroids) {
  const std::size_t k = centroids.size() / 2;
  for (int round = 0; round < 1000; ++round) {
    std::vector<double> sum(k * 2), count(k);
    for (std::size_t i = 0; i < rows.size() / 2; ++i) {
      std::size_t best = 0;
      for (std::size_t c = 1; c < k; ++c) {
        if (squared(&rows[i * 2], &centroids[c * 2], 2) <
            squared(&rows[i * 2], &centroids[best * 2], 2))
          best = c;
      }
      ++count[best];
      sum[best * 2] += rows[i * 2];
      sum[best * 2 + 1] += rows[i * 2 + 1];
    }
    for (std::size_t j = 0; j < sum.size(); ++j) sum[j] /= count[j / 2];
    if (sum == centroids) break;
    centroids = sum;
  }
  return centroids;
}

TEST(KMeans, ThreeGroupsHaveTheirMeansAsCentroids) {
  const std::vector<double> rows = {0, 0, 0, 1, 1, 0, 10, 10, 10, 11, 11, 10, 20, 0, 20, 1, 21, 0};
  const KMeans found = kmeans(view(rows, 2), {.clusters = 3}, Seed{1});
  std::set<std::pair<double, double>> rounded;
  for (std::size_t c = 0; c < 3; ++c)
    rounded.emplace(std::round(found.centroids[2 * c] * 3),
                    std::round(found.centroids[2 * c + 1] * 3));
  EXPECT_EQ(rounded, (std::set<std::pair<double, double>>{{1, 1}, {31, 31}, {61, 1}}));
  // Within a group the squared distances to the mean are 2/9, 5/9, 5/9.
  EXPECT_NEAR(found.inertia, 3 * 12.0 / 9, 1e-12);
  EXPECT_TRUE(found.converged);
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(found.assignment[i], found.assignment[i / 3 * 3]);
}

TEST(KMeans, IsAFixedPointOfLloydsRounds) {
  for (const double offset : {0.0, 1e6}) {
    const auto rows = blobs(6000, 5, 4, offset);
    const KMeans found =
        kmeans(view(rows, 2), {.clusters = 7, .restarts = 1, .tolerance = 0}, Seed{3});
    EXPECT_TRUE(found.converged);
    EXPECT_GT(found.iterations, 5);
    const auto again = plain_lloyd(rows, found.centroids);
    double inertia = 0;
    for (std::size_t i = 0; i < 14; ++i)
      EXPECT_NEAR(found.centroids[i], again[i], 1e-9 * (1 + offset));
    for (std::size_t i = 0; i < 6000; ++i) {
      const auto own = static_cast<std::size_t>(found.assignment[i]);
      for (std::size_t c = 0; c < 7; ++c) {
        ASSERT_LE(squared(&rows[2 * i], &found.centroids[2 * own], 2),
                  squared(&rows[2 * i], &found.centroids[2 * c], 2) * (1 + 1e-12));
      }
      inertia += squared(&rows[2 * i], &found.centroids[2 * own], 2);
    }
    EXPECT_NEAR(found.inertia, inertia, 1e-9 * inertia);
  }
}

TEST(KMeans, ManyClustersAreNearestToTheirRowsToo) {
  const auto rows = blobs(2000, 5, 4);
  const KMeans found =
      kmeans(view(rows, 2), {.clusters = 60, .restarts = 1, .tolerance = 0}, Seed{3});
  const auto again = plain_lloyd(rows, found.centroids);
  for (std::size_t i = 0; i < again.size(); ++i) EXPECT_NEAR(found.centroids[i], again[i], 1e-9);
  EXPECT_LT(found.inertia, kmeans(view(rows, 2), {.clusters = 20, .restarts = 1}, Seed{3}).inertia);
}

TEST(KMeans, DependsOnTheSeedNotOnTheThreads) {
  const auto rows = blobs(10'000, 5, 6);
  const KMeansConfig config{.clusters = 9, .restarts = 2};
  const KMeans one = kmeans(view(rows, 2), config, Seed{1}, {.threads = 1});
  const KMeans three = kmeans(view(rows, 2), config, Seed{1}, {.threads = 3});
  EXPECT_EQ(one.centroids, three.centroids);
  EXPECT_EQ(one.assignment, three.assignment);
  EXPECT_EQ(one.inertia, three.inertia);
  EXPECT_NE(one.centroids, kmeans(view(rows, 2), config, Seed{2}).centroids);
}

TEST(KMeans, MoreStartsAreNeverWorse) {
  const auto rows = blobs(600, 8, 0.5);
  double before = 1e300;
  for (const std::int64_t restarts : {1, 2, 5, 10}) {
    const double inertia =
        kmeans(view(rows, 2), {.clusters = 8, .restarts = restarts}, Seed{5}).inertia;
    EXPECT_LE(inertia, before);
    before = inertia;
  }
  // The right clustering has about 600 * 2 * 0.25 = 300; a merged pair of groups over 2000.
  EXPECT_LT(before, 400);
}

TEST(KMeans, EveryRowItsOwnClusterAndEqualRowsAreNoProblem) {
  const std::vector<double> rows = {4, 1, 3, 2};
  const KMeans own = kmeans(view(rows, 1), {.clusters = 4}, Seed{1});
  EXPECT_EQ(own.inertia, 0);
  EXPECT_EQ(std::set<double>(own.centroids.begin(), own.centroids.end()),
            (std::set<double>{1, 2, 3, 4}));
  const std::vector<double> equal(10, 7.0);
  const KMeans same = kmeans(view(equal, 1), {.clusters = 3}, Seed{1});
  EXPECT_EQ(same.inertia, 0);
  EXPECT_THAT(same.centroids, testing::Each(7.0));
}

TEST(KMeans, AsManyClustersAsDistinctRowsHaveARowEach) {
  // 40 rows of 8 distinct values: every k-means++ draw is a new value, and none gets lost.
  std::vector<double> rows;
  for (int i = 0; i < 40; ++i) rows.push_back(i % 8 * i % 8);
  std::set<double> distinct(rows.begin(), rows.end());
  const auto k = static_cast<std::int64_t>(distinct.size());
  const KMeans found = kmeans(view(rows, 1), {.clusters = k, .restarts = 1}, Seed{2});
  EXPECT_EQ(found.inertia, 0);
  EXPECT_EQ(std::set<double>(found.centroids.begin(), found.centroids.end()), distinct);
}

TEST(KMeans, MessagesNameTheRule) {
  const std::vector<double> rows = {1, 2, 3};
  const auto error = [&](const KMeansConfig& config, const std::vector<double>& of) {
    return message_of<InvalidArgument>([&] { (void)kmeans(view(of, 1), config, Seed{1}); });
  };
  EXPECT_EQ(error({.clusters = 4}, rows), "kmeans: 4 clusters need as many rows, got 3");
  EXPECT_EQ(error({.clusters = 0}, rows), "KMeansConfig.clusters must be >= 1, got 0");
  EXPECT_EQ(error({.restarts = 0}, rows), "KMeansConfig.restarts must be >= 1, got 0");
  EXPECT_EQ(error({.iterations = 0}, rows), "KMeansConfig.iterations must be >= 1, got 0");
  EXPECT_EQ(error({.tolerance = -1}, rows),
            "KMeansConfig.tolerance must be finite and >= 0, got -1");
  EXPECT_EQ(error({.clusters = 1}, {1, NAN}), "kmeans: rows must be finite, got nan");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW((void)kmeans(view(rows, 1), {.clusters = 2}, Seed{1}, {.stop = stop.get_token()}),
               Cancelled);
}

}  // namespace
}  // namespace semblance
