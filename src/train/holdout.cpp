// SPDX-License-Identifier: Apache-2.0
#include "train/holdout.hpp"

#include <algorithm>
#include <numeric>

#include "data/choose_rows.hpp"

namespace semblance {
namespace {

std::int64_t judges(std::int64_t rows, double share) {
  const auto wanted = static_cast<std::int64_t>(static_cast<double>(rows) * share);
  return share > 0 ? std::max(wanted, std::min<std::int64_t>(200, rows / 5)) : 0;
}

}  // namespace

Holdout hold_back(std::int64_t rows, double share, Seed seed) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(rows));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  Stream(seed, "validation split").shuffle(order);
  const auto cut = order.begin() + judges(rows, share);
  return {{order.begin(), cut}, {cut, order.end()}};
}

void deal(const RowSource& rows, double share, Seed seed, const RunOptions& run,
          const std::function<void(const Dataset&)>& judge,
          const std::function<void(const Dataset&)>& teach) {
  constexpr std::int64_t kMostJudges = 20'000;
  const auto judging = choose_rows(rows.rows(), std::min(kMostJudges, judges(rows.rows(), share)),
                                   derive(seed, "validation split"));
  auto next = judging.begin();
  std::int64_t seen = 0;
  Reporter progress(run, "encode", rows.rows());
  rows.for_each_chunk([&](const Dataset& chunk) {
    std::vector<std::int64_t> held, others;
    for (std::int64_t i = 0; i < chunk.rows(); ++i) {
      const bool is_judge = next != judging.end() && *next == seen + i;
      if (is_judge) ++next;
      (is_judge ? held : others).push_back(i);
    }
    if (!held.empty()) judge(chunk.take(held));
    if (!others.empty()) teach(held.empty() ? chunk : chunk.take(others));
    progress.step(seen += chunk.rows());
  });
}

}  // namespace semblance
