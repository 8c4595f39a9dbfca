// SPDX-License-Identifier: Apache-2.0
#include "semblance/neighbours/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "neighbours/brute.hpp"
#include "semblance/core/error.hpp"

namespace semblance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

MatrixView<double> view(const std::vector<double>& values, std::int64_t dim) {
  return {values, static_cast<std::int64_t>(values.size()) / dim, dim};
}

/// Metrics for rows of `dim` columns.
std::vector<NumericMetric> metrics(std::int64_t dim) {
  std::vector<double> scale, covariance;
  for (std::int64_t i = 0; i < dim; ++i) {
    scale.push_back(0.5 + static_cast<double>(i));
    for (std::int64_t j = 0; j < dim; ++j) {
      covariance.push_back(i == j ? 2.0 : 1 / static_cast<double>(1 + i + j));
    }
  }
  return {Euclidean{},
          Manhattan{},
          Chebyshev{},
          Minkowski{1},
          Minkowski{1.3},
          Minkowski{3},
          Minkowski{40},
          Cosine{},
          StandardizedEuclidean{scale},
          Mahalanobis{covariance}};
}

void expect_exact(const NumericMetric& metric, const std::vector<double>& a,
                  const std::vector<double>& b, std::int64_t dim, std::int64_t k) {
  const auto queries = view(a, dim), references = view(b, dim);
  const bool others = &a == &b;
  const auto expected = test::all_pairs(
      queries.rows, references.rows, k, others,
      [&](auto q, auto r) { return distance(metric, queries.row(q), references.row(r), dim); });
  for (const int threads : {1, 2}) {
    const NeighbourOptions options{.run = {.threads = threads}};
    const auto got = others ? nearest_others(references, k, metric, options)
                            : nearest(queries, references, k, metric, options);
    for (std::int64_t q = 0; q < queries.rows; ++q) {
      for (std::size_t i = 0; i < static_cast<std::size_t>(k); ++i) {
        const auto& [value, row] = expected[static_cast<std::size_t>(q)][i];
        ASSERT_EQ(got.indices(q)[i], row) << "metric " << metric.index() << " query " << q;
        ASSERT_EQ(got.distances(q)[i], value) << "metric " << metric.index() << " query " << q;
      }
    }
  }
}

TEST(NumericMetric, AgreesWithAllPairs) {
  for (const std::int64_t dim : {1, 7, 33}) {
    const auto a = test::normals(20, dim, 1), b = test::normals(120, dim, 2);
    for (const auto& metric : metrics(dim)) {
      if (dim == 1 && std::holds_alternative<Cosine>(metric)) continue;  // signs alone: all tie
      expect_exact(metric, a, b, dim, 5);
      expect_exact(metric, b, b, dim, 20);
    }
  }
}

TEST(NumericMetric, TiesAndDuplicatesGoToTheLowerRow) {
  auto x = test::integers<double>(250, 3, 3, 3);
  for (double& value : x) value += 1;  // no rows of zeros
  for (const NumericMetric& metric :
       {NumericMetric(Manhattan{}), NumericMetric(Chebyshev{}), NumericMetric(Minkowski{4}),
        NumericMetric(Cosine{}), NumericMetric(StandardizedEuclidean{{1, 2, 4}}),
        NumericMetric(Mahalanobis{{4, 0, 0, 0, 1, 0, 0, 0, 16}})}) {
    expect_exact(metric, x, x, 3, 6);
  }
}

// Halves beside 10^8 are exact in float64, so all but the cosine distance must not notice.
TEST(NumericMetric, IsBlindToTranslation) {
  auto x = test::integers<double>(200, 4, 1000, 4), far = x;
  for (double& value : x) value /= 2;
  for (std::size_t i = 0; i < x.size(); ++i) far[i] = x[i] + 1e8;
  for (const auto& metric : metrics(4)) {
    if (std::holds_alternative<Cosine>(metric)) continue;
    const auto near = nearest_others(view(x, 4), 5, metric);
    const auto moved = nearest_others(view(far, 4), 5, metric);
    EXPECT_EQ(near.index, moved.index) << metric.index();
    EXPECT_EQ(near.distance, moved.distance) << metric.index();
  }
}

TEST(NumericMetric, EveryOtherRowCanBeANeighbour) {
  const auto x = test::normals(70, 3, 5);
  for (const auto& metric : metrics(3)) expect_exact(metric, x, x, 3, 69);
}

// Boxes of different clusters are passed over: whoever drops one row too many fails here.
TEST(NumericMetric, ClustersFarApartAgreeWithAllPairs) {
  auto x = test::normals(250, 4, 7);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += static_cast<double>(i / 4 % 3) * 20;
  const std::vector<double> a(x.begin(), x.begin() + 4 * 30), b(x.begin() + 4 * 30, x.end());
  for (const auto& metric : metrics(4)) {
    expect_exact(metric, x, x, 4, 5);
    expect_exact(metric, a, b, 4, 120);  // beyond one's own cluster
  }
}

TEST(NumericMetric, IsWhatItsFormulaSays) {
  const double a[] = {1, 2, 2}, b[] = {4, -2, 2};
  EXPECT_DOUBLE_EQ(distance(Euclidean{}, a, b, 3), 5);
  EXPECT_DOUBLE_EQ(distance(Manhattan{}, a, b, 3), 7);
  EXPECT_DOUBLE_EQ(distance(Chebyshev{}, a, b, 3), 4);
  EXPECT_DOUBLE_EQ(distance(Minkowski{3}, a, b, 3), std::cbrt(27.0 + 64));
  EXPECT_NEAR(distance(Cosine{}, a, b, 3), 1 - 4 / (3 * std::sqrt(24.0)), 1e-15);
  EXPECT_DOUBLE_EQ(distance(StandardizedEuclidean{{3, 2, 1}}, a, b, 3), std::sqrt(5.0));
  // C = [[2, 1], [1, 2]]: C^-1 = [[2, -1], [-1, 2]] / 3, and (3, -4) gives (18 + 24 + 32) / 3.
  EXPECT_DOUBLE_EQ(distance(Mahalanobis{{2, 1, 1, 2}}, a, b, 2), std::sqrt(74.0 / 3));
  const float c[] = {1, 2}, d[] = {4, -2};
  EXPECT_DOUBLE_EQ(distance(Manhattan{}, c, d, 2), 7);
}

TEST(NumericMetric, LearnsItsScaleFromRows) {
  const std::vector<double> x = {1, 5, 3, 5, 5, 5};  // columns 1 3 5 and 5 5 5
  EXPECT_THAT(StandardizedEuclidean::of(view(x, 2)).scale, ElementsAre(std::sqrt(8.0 / 3), 1));
  const std::vector<double> y = {1, 2, 3, 3, 5, 7};  // covariance 4, 5, 7
  EXPECT_THAT(Mahalanobis::of(view(y, 2)).covariance, ElementsAre(4, 5, 5, 7));
}

// Whitening makes columns of any scale and slant one cloud: the answer must not change.
TEST(NumericMetric, MahalanobisIsBlindToInvertibleMaps) {
  const auto x = test::normals(150, 2, 6);
  std::vector<double> mapped;
  for (std::size_t i = 0; i < x.size(); i += 2) {
    mapped.push_back(1000 * x[i] + 1);
    mapped.push_back(x[i] + 0.01 * x[i + 1] - 7);
  }
  const auto before = nearest_others(view(x, 2), 4, Mahalanobis::of(view(x, 2)));
  const auto after = nearest_others(view(mapped, 2), 4, Mahalanobis::of(view(mapped, 2)));
  EXPECT_EQ(before.index, after.index);
}

template <class Call>
std::string message(const Call& call) {
  try {
    (void)call();
  } catch (const InvalidArgument& e) {
    return e.what();
  }
  return "nothing";
}

TEST(NumericMetric, BreaksWithAClearSentence) {
  const std::vector<double> x = {1, 2, 0, 0, 3, 4}, bad = {1, NAN, 3, 4, 5, 6};
  const auto search = [&](const std::vector<double>& rows, const NumericMetric& metric) {
    return message([&] { return nearest_others(view(rows, 2), 1, metric); });
  };
  EXPECT_EQ(search(x, Minkowski{0.5}), "Minkowski.p must be finite and >= 1, got 0.5");
  EXPECT_EQ(search(x, StandardizedEuclidean{{1}}),
            "StandardizedEuclidean.scale must have one entry a column (2), got 1");
  EXPECT_EQ(search(x, StandardizedEuclidean{{1, 0}}),
            "StandardizedEuclidean.scale must be finite and > 0, got 0");
  EXPECT_EQ(search(x, Mahalanobis{{1, 2}}),
            "Mahalanobis.covariance must have 2 x 2 entries, got 2");
  EXPECT_EQ(search(x, Mahalanobis{{1, 2, 0, 1}}),
            "Mahalanobis.covariance must be finite and symmetric");
  EXPECT_THAT(search(x, Mahalanobis{{1, 1, 1, 1}}), HasSubstr("must be positive definite"));
  EXPECT_EQ(search(x, Cosine{}),
            "nearest: the cosine distance needs rows other than 0, row 1 of references is");
  for (const auto& metric : metrics(2)) {
    if (std::holds_alternative<Cosine>(metric)) continue;
    EXPECT_EQ(search(bad, metric), "nearest: references must be finite, row 0 column 1 is nan");
  }
  EXPECT_EQ(message([&] {
              return nearest_others(view(x, 2), 1, Manhattan{}, {.method = SearchMethod::kTree});
            }),
            "nearest: SearchMethod::kTree is for the Euclidean distance of numeric rows");
  EXPECT_EQ(message([&] { return nearest_others(view(x, 2), 3, Chebyshev{}); }),
            "nearest: k must be between 1 and 2, the rows to choose from, got 3");
}

TEST(NearestBy, TakesAnyDistance) {
  const std::vector<double> place = {0, 10, 11, 13};
  const auto apart = [&](std::int64_t i, std::int64_t j) {
    return std::abs(place[static_cast<std::size_t>(i)] - place[static_cast<std::size_t>(j)]);
  };
  const auto self = own_rows(4);
  const auto got = nearest_by(4, 4, 2, apart, {.excluded = self});
  EXPECT_THAT(got.indices(1), ElementsAre(2, 3));
  EXPECT_THAT(got.distances(3), ElementsAre(2, 3));
  EXPECT_EQ(
      message([&] { return nearest_by(1, 1, 1, [](std::int64_t, std::int64_t) { return NAN; }); }),
      "nearest_by: distance(0, 0) must not be NaN");
}

}  // namespace
}  // namespace semblance
