// SPDX-License-Identifier: Apache-2.0
#include <ATen/Context.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "neighbours/brute.hpp"
#include "semblance/core/error.hpp"

namespace semblance {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

constexpr SearchMethod kMethods[] = {SearchMethod::kBlocked, SearchMethod::kTree,
                                     SearchMethod::kTensor};

template <class T>
MatrixView<T> view(const std::vector<T>& values, std::int64_t dim) {
  return {values, static_cast<std::int64_t>(values.size()) / dim, dim};
}

template <class T>
double squared(const MatrixView<T>& a, std::int64_t i, const MatrixView<T>& b, std::int64_t j) {
  double sum = 0;
  for (std::int64_t c = 0; c < a.dim; ++c) {
    const double d = static_cast<double>(a.row(i)[c]) - static_cast<double>(b.row(j)[c]);
    sum += d * d;
  }
  return sum;
}

template <class T>
void expect_exact(const std::vector<T>& a, const std::vector<T>& b, std::int64_t dim,
                  std::int64_t k, SearchMethod method) {
  const auto queries = view(a, dim), references = view(b, dim);
  const bool others = &a == &b;
  const auto expected =
      test::all_pairs(queries.rows, references.rows, k, others,
                      [&](auto q, auto r) { return squared(queries, q, references, r); });
  const auto got = others ? nearest_others(references, k, {.method = method})
                          : nearest(queries, references, k, {.method = method});
  for (std::int64_t q = 0; q < queries.rows; ++q) {
    for (std::int64_t i = 0; i < k; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const auto& pair = expected[static_cast<std::size_t>(q)][at];
      ASSERT_EQ(got.indices(q)[at], pair.second) << "query " << q << " rank " << i;
      ASSERT_EQ(got.distances(q)[at], std::sqrt(pair.first)) << "query " << q << " rank " << i;
    }
  }
}

TEST(Nearest, AgreesWithAllPairs) {
  for (const std::int64_t dim : {1, 2, 3, 8, 17, 40}) {
    for (const auto method : kMethods) {
      expect_exact(test::normals(50, dim, 1), test::normals(331, dim, 2), dim, 7, method);
    }
  }
}

TEST(Nearest, OthersAgreeWithAllPairs) {
  for (const std::int64_t rows : {2, 15, 16, 17, 97, 300}) {
    const auto x = test::normals(rows, 5, 3);
    for (const auto method : kMethods) {
      expect_exact(x, x, 5, std::min<std::int64_t>(rows - 1, 6), method);
    }
  }
}

// Many blocks of a self-join, each two of which meet once; and k beyond the kept bounds.
TEST(Nearest, OthersOfManyBlocksAgreeWithAllPairs) {
  for (const std::int64_t k : {1, 16, 17}) {
    const auto x = test::normals(500, 6, 21);
    expect_exact(x, x, 6, k, SearchMethod::kBlocked);
    const auto grid = test::integers<double>(400, 2, 5, 22);
    expect_exact(grid, grid, 2, k, SearchMethod::kBlocked);
    expect_exact(grid, grid, 2, k, SearchMethod::kTensor);  // ties beyond what is kept
  }
}

TEST(Nearest, EveryOtherRowCanBeANeighbour) {
  const auto x = test::normals(120, 3, 23);
  for (const auto method : kMethods) {
    expect_exact(x, x, 3, 119, method);
    expect_exact(test::normals(20, 3, 24), x, 3, 120, method);
  }
}

TEST(Nearest, IdenticalRowsAreOrderedByNumber) {
  const std::vector<double> x(200 * 3, 7.5);
  expect_exact(x, x, 3, 30, SearchMethod::kBlocked);
}

TEST(Nearest, TiesGoToTheLowerRow) {
  for (const std::int64_t dim : {1, 3, 9}) {
    const auto x = test::integers<double>(400, dim, 3, 4);
    for (const auto method : kMethods) {
      expect_exact(x, x, dim, 5, method);
      expect_exact(test::integers<double>(40, dim, 3, 5), x, dim, 5, method);
    }
  }
}

TEST(Nearest, FloatRowsAreComparedInDouble) {
  const auto a = test::normals(200, 6, 6);
  const std::vector<float> x(a.begin(), a.end());
  for (const auto method : kMethods) {
    expect_exact(x, x, 6, 4, method);
  }
}

// Squares of 10^8 leave 10^-8 of float64 for distances of 1: only centred rows come through.
TEST(Nearest, RowsFarFromTheOriginLoseNothing) {
  const auto x = test::normals(300, 4, 7, 1.0, 1e8);
  for (const auto method : {SearchMethod::kBlocked, SearchMethod::kTensor}) {
    expect_exact(x, x, 4, 5, method);
  }
  const auto tiny = test::normals(300, 4, 8, 1e-6, 1e3);
  expect_exact(test::normals(40, 4, 25, 1e150), test::normals(90, 4, 26, 1e148), 4, 5,
               SearchMethod::kBlocked);
  const auto smallest = test::normals(90, 4, 27, 1e-140);
  expect_exact(smallest, smallest, 4, 5, SearchMethod::kBlocked);
  expect_exact(tiny, tiny, 4, 5, SearchMethod::kBlocked);
}

TEST(Nearest, OneHugeRowDoesNotBlurTheOthers) {
  auto x = test::normals(300, 4, 9);
  x[40] = 1e9;
  for (const auto method : {SearchMethod::kBlocked, SearchMethod::kTensor}) {
    expect_exact(x, x, 4, 5, method);
  }
}

TEST(Nearest, DuplicatesAreNeighboursTheRowItselfIsNot) {
  const std::vector<double> x = {0, 0, 0, 0, 0, 0, 1, 0, 2, 0, 3, 0};
  const auto got = nearest_others(view(x, 2), 3);
  EXPECT_THAT(got.indices(0), ElementsAre(1, 2, 3));
  EXPECT_THAT(got.indices(1), ElementsAre(0, 2, 3));
  EXPECT_THAT(got.indices(2), ElementsAre(0, 1, 3));
  EXPECT_THAT(got.indices(4), ElementsAre(3, 5, 0));
  EXPECT_THAT(got.distances(4), ElementsAre(1, 1, 2));
}

TEST(Nearest, AnyRowCanBeExcluded) {
  const std::vector<double> x = {0, 1, 2, 3}, q = {0.1, 2.9};
  const std::vector<std::int64_t> excluded = {0, -1};
  const auto got = nearest(view(q, 1), view(x, 1), 2, {.excluded = excluded});
  EXPECT_THAT(got.indices(0), ElementsAre(1, 2));
  EXPECT_THAT(got.indices(1), ElementsAre(3, 2));
}

TEST(Nearest, NoQueriesHaveNoNeighbours) {
  const std::vector<double> x = {0, 1, 2, 3};
  for (const auto method : kMethods) {
    const auto got = nearest(MatrixView<double>{{}, 0, 1}, view(x, 1), 2, {.method = method});
    EXPECT_EQ(got.queries, 0);
    EXPECT_TRUE(got.index.empty());
  }
}

TEST(Nearest, ThreadsDoNotMatter) {
  const auto x = test::normals(700, 9, 10);  // many panels: both threads work at every round
  const auto one = nearest_others(view(x, 9), 5, {.run = {.threads = 1}});
  const auto three = nearest_others(view(x, 9), 5, {.run = {.threads = 3}});
  EXPECT_EQ(one.index, three.index);
  EXPECT_EQ(one.distance, three.distance);
}

TEST(Nearest, RunsOnTheGpu) {
  const auto x = test::normals(3000, 9, 28);
  const NeighbourOptions gpu{.run = {.device = Device::kCuda}};
  if (!at::hasCUDA()) {
    EXPECT_THROW((void)nearest_others(view(x, 9), 5, gpu), InvalidArgument);
    GTEST_SKIP() << "no CUDA device";
  }
  const auto host = nearest_others(view(x, 9), 5), device = nearest_others(view(x, 9), 5, gpu);
  EXPECT_EQ(host.index, device.index);
  EXPECT_EQ(host.distance, device.distance);
}

TEST(Nearest, BreaksWithAClearSentence) {
  const std::vector<double> x = {0, 1, 2, 3}, bad = {0, NAN};
  const auto message = [](auto&& call) -> std::string {
    try {
      call();
    } catch (const InvalidArgument& e) {
      return e.what();
    }
    return "nothing";
  };
  EXPECT_EQ(message([&] { (void)nearest(view(x, 1), view(x, 1), 5); }),
            "nearest: k must be between 1 and 4, the rows to choose from, got 5");
  EXPECT_EQ(message([&] { (void)nearest_others(view(x, 1), 4); }),
            "nearest: k must be between 1 and 3, the rows to choose from, got 4");
  EXPECT_EQ(message([&] { (void)nearest(view(x, 1), view(x, 2), 1); }),
            "nearest: queries and references must have the same number of columns, >= 1, got 1 "
            "and 2");
  for (const auto method : kMethods) {
    EXPECT_EQ(message([&] { (void)nearest(view(bad, 1), view(x, 1), 1, {.method = method}); }),
              "nearest: queries must be finite, row 1 column 0 is nan");
  }
  const std::vector<std::int64_t> excluded = {0};
  EXPECT_EQ(message([&] { (void)nearest(view(x, 1), view(x, 1), 1, {.excluded = excluded}); }),
            "NeighbourOptions.excluded must have one entry a query (4), got 1");
}

TEST(Nearest, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const auto x = test::normals(20, 2, 1);
  EXPECT_THROW((void)nearest_others(view(x, 2), 1, {.run = {.stop = stop.get_token()}}), Cancelled);
}

TEST(NearestMixed, AgreesWithAllPairs) {
  const std::vector<double> mismatch = {0.7, 0.0, 2.5};
  for (const std::int64_t numeric : {0, 1, 6}) {
    const auto a = test::normals(60, numeric, 11), b = test::normals(250, numeric, 12);
    const auto ca = test::integers<std::int32_t>(60, 3, 4, 13);
    const auto cb = test::integers<std::int32_t>(250, 3, 4, 14);
    const MixedView queries{{a, 60, numeric}, {ca, 60, 3}, 60};
    const MixedView references{{b, 250, numeric}, {cb, 250, 3}, 250};
    const auto expected = test::all_pairs(60, 250, 6, false, [&](auto q, auto r) {
      double sum = squared(queries.numbers, q, references.numbers, r);
      for (int c = 0; c < 3; ++c) {
        sum += queries.codes.row(q)[c] != references.codes.row(r)[c]
                   ? mismatch[static_cast<std::size_t>(c)]
                   : 0;
      }
      return sum;
    });
    const auto got = nearest_mixed(queries, references, mismatch, 6);
    for (std::int64_t q = 0; q < 60; ++q) {
      std::vector<std::int64_t> rows;
      for (const auto& pair : expected[static_cast<std::size_t>(q)]) rows.push_back(pair.second);
      ASSERT_THAT(got.indices(q), ElementsAreArray(rows)) << "query " << q;
    }
  }
}

TEST(NearestMixed, NeedsAWeightAColumn) {
  const std::vector<std::int32_t> codes = {0, 1};
  const MixedView rows{{}, {codes, 2, 1}, 2};
  try {
    (void)nearest_mixed(rows, rows, {}, 1);
    FAIL();
  } catch (const InvalidArgument& e) {
    EXPECT_STREQ(e.what(),
                 "nearest: queries have 1 categorical columns, but there are 0 mismatch weights");
  }
}

}  // namespace
}  // namespace semblance
