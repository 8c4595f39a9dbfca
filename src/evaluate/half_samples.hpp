// SPDX-License-Identifier: Apache-2.0
// Scores of samples of rows that no bootstrap can resample, since it would put rows at distance 0.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "evaluate/evaluator.hpp"
#include "evaluate/resample.hpp"

namespace semblance {

/// How many halves are drawn.
[[nodiscard]] inline std::size_t half_count(const EvaluateOptions& options) {
  return static_cast<std::size_t>(std::min<std::int64_t>(options.bootstrap, 30));
}

/// The share of the rows in each part. Neighbours in halves of the rows depend on each other more
/// than whole samples do; quarters less.
inline constexpr double kHalfShare = 0.5, kQuarterShare = 0.25;

/// So many of n rows.
[[nodiscard]] inline std::int64_t part_of(std::int64_t n, double share) {
  return static_cast<std::int64_t>(share * static_cast<double>(n));
}

/// The same scores of the synthetic rows, of real ones and of the floor, each against training
/// rows, and of parts of training and synthetic rows, drawn without replacement.
template <class Scores>
struct Compared {
  Scores own, real, floor;
  std::vector<std::vector<Scores>> parts;  ///< By size.
};

/// What is compared, and how.
struct Comparison {
  const Dataset &real, &other;
  Seed seed;
  RunOptions run;
  bool part = false;  ///< Of a part of the rows only.
};

/// Compares equally many rows, n of each, and parts of these sizes. `compare` maps a Comparison to
/// Scores.
template <class Compare>
auto compare_samples(Evaluator& e, Seed seed, std::int64_t n,
                     const std::vector<std::int64_t>& sizes, const Dataset& floor,
                     Compare compare) {
  const Tables& t = e.tables();
  const RunOptions run{.stop = e.options().run.stop, .threads = e.options().run.threads};
  const auto some = [&](const Dataset& rows, const char* stage) {
    return draw(rows, n, derive(seed, stage));
  };
  const Dataset train = some(t.train, "train"), own = some(t.synthetic, "own");
  const Seed scores = derive(seed, "scores");
  using Scores = decltype(compare(Comparison{train, own, scores, run}));
  Compared<Scores> out;
  out.own = compare(Comparison{train, own, scores, run});
  e.step();
  out.real = compare(
      Comparison{some(t.reference_train, "train"), some(t.reference_rows, "real"), scores, run});
  e.step();
  out.floor = compare(Comparison{train, some(floor, "floor"), scores, run});
  e.step();
  for (const std::int64_t size : sizes) {
    auto& parts = out.parts.emplace_back(half_count(e.options()));
    e.workers().run(std::ssize(parts), [&](std::int64_t b) {
      const Seed stage = derive(seed, static_cast<std::uint64_t>(b));
      const Dataset a = draw(train, size, derive(stage, "train")),
                    c = draw(own, size, derive(stage, "own"));
      parts[static_cast<std::size_t>(b)] =
          compare(Comparison{a, c, stage, {.stop = run.stop, .threads = 1}, true});
    });
  }
  e.step();
  return out;
}

/// From the spread over parts, drawn without replacement; see spread_interval.
inline std::optional<Interval> part_interval(const std::optional<double>& value,
                                             const std::vector<double>& parts, double share,
                                             Spread spread) {
  spread.factor = share / (1 - share);
  return spread_interval(value, parts, spread,
                         share == kHalfShare ? "half-samples" : "quarter-samples");
}

/// From the spread over half-samples, within the range.
inline std::optional<Interval> half_interval(
    const std::optional<double>& value, const std::vector<double>& halves, double level,
    double least = -std::numeric_limits<double>::infinity(),
    double most = std::numeric_limits<double>::infinity()) {
  return part_interval(value, halves, kHalfShare, {.level = level, .least = least, .most = most});
}

}  // namespace semblance
