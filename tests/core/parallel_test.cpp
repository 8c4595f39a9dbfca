// SPDX-License-Identifier: Apache-2.0
#include "semblance/core/parallel.hpp"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "semblance/core/error.hpp"

namespace semblance {
namespace {

TEST(Workers, RunEveryTaskOnce) {
  for (const int threads : {1, 2, 5}) {
    Workers workers(threads);
    for (int round = 0; round < 20; ++round) {
      std::vector<std::atomic<int>> hits(37);
      workers.run(37, [&](std::int64_t i) { ++hits[static_cast<std::size_t>(i)]; });
      for (const auto& h : hits) EXPECT_EQ(h.load(), 1);
    }
  }
}

TEST(Workers, RethrowTheFirstErrorAndStayUsable) {
  Workers workers(2);
  EXPECT_THROW(workers.run(8,
                           [](std::int64_t i) {
                             if (i == 3) throw InvalidArgument("three");
                           }),
               InvalidArgument);
  std::atomic<int> hits = 0;
  workers.run(8, [&](std::int64_t) { ++hits; });
  EXPECT_EQ(hits.load(), 8);
}

TEST(Workers, TasksSeeOneTorchThreadAndTheCallerGetsItsOwnBack) {
  const int before = at::get_num_threads();
  Workers workers(2);
  std::atomic<int> most = 0;
  workers.run(4, [&](std::int64_t) { most = std::max(most.load(), at::get_num_threads()); });
  EXPECT_EQ(most.load(), 1);
  EXPECT_EQ(at::get_num_threads(), before);
}

TEST(Workers, NeedAThread) { EXPECT_THROW(Workers(0), InvalidArgument); }

}  // namespace
}  // namespace semblance
