// SPDX-License-Identifier: Apache-2.0
// How honest intervals and p-values are: draws of three tables from one population. Shared by
// calibration_bench and the tests.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "semblance/evaluate/evaluate.hpp"

namespace semblance::calibration {

/// x and z correlated normals, n an integer, c a category that follows x, s a sensitive one, y a
/// class that follows x and n.
inline Dataset population(std::int64_t rows, Seed seed) {
  std::vector<double> x, z;
  std::vector<std::int64_t> n;
  std::vector<std::int32_t> c, s, y;
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream draw(seed, static_cast<std::uint64_t>(i));
    x.push_back(draw.normal());
    z.push_back(0.6 * x.back() + 0.8 * draw.normal());
    n.push_back(static_cast<std::int64_t>(draw.below(30)));
    c.push_back(x.back() > 0.5 ? 0 : x.back() + draw.normal() > 0 ? 1 : 2);
    s.push_back(draw.uniform() < 0.4 ? 1 : 0);
    y.push_back(x.back() + static_cast<double>(n.back()) / 15 + draw.normal() > 1 ? 1 : 0);
  }
  return {
      Schema{{.name = "x"},
             {.name = "z"},
             {.name = "n", .kind = Kind::kInteger},
             {.name = "c", .kind = Kind::kCategorical, .categories = {"a", "b", "c"}},
             {.name = "s", .kind = Kind::kCategorical, .sensitive = true, .categories = {"f", "m"}},
             {.name = "y",
              .kind = Kind::kCategorical,
              .role = Role::kTarget,
              .categories = {"no", "yes"}}},
      {Column::reals(std::move(x)), Column::reals(std::move(z)), Column::integers(std::move(n)),
       Column::categories(std::move(c)), Column::categories(std::move(s)),
       Column::categories(std::move(y))}};
}

/// What became of one metric over all draws.
struct Record {
  std::vector<double> values, lo, hi;  ///< Of the draws with an interval.
  std::vector<double> p_values;        ///< Of the metric's parts, or its own.
  std::optional<double> ideal;
  std::string method;

  [[nodiscard]] double mean() const {
    double sum = 0;
    for (const double v : values) sum += v;
    return sum / static_cast<double>(values.size());
  }
  /// Whether more than 95 % of the draws have one value: no interval of such a number can miss
  /// more often than that.
  [[nodiscard]] bool constant() const {
    std::map<double, double> times;
    double most = 0;
    for (const double v : values) most = std::max(most, ++times[v]);
    return most > 0.95 * static_cast<double>(values.size());
  }
  /// Share of the intervals that hold a number.
  [[nodiscard]] double coverage(double truth) const {
    double hits = 0;
    for (std::size_t i = 0; i < lo.size(); ++i) hits += lo[i] <= truth && truth <= hi[i] ? 1 : 0;
    return hits / static_cast<double>(lo.size());
  }
};

using Records = std::map<std::string, Record>;

/// Draws train, synthetic and holdout tables of one population and evaluates them.
inline Records run(std::int64_t draws, std::int64_t rows, const EvaluateOptions& options,
                   const std::function<void(std::int64_t)>& on_draw = {}) {
  Records out;
  for (std::int64_t k = 0; k < draws; ++k) {
    const Seed seed = derive(Seed{2024}, static_cast<std::uint64_t>(k));
    const Report report = evaluate({.train = population(rows, derive(seed, "train")),
                                    .synthetic = population(rows, derive(seed, "synthetic")),
                                    .holdout = population(rows, derive(seed, "holdout"))},
                                   seed, options);
    for (const Metric& m : report.metrics) {
      Record& record = out[m.id];
      record.ideal = m.ideal;
      const bool of_parts = !m.details.empty() && m.details[0].p_value;
      for (const Detail& d : m.details)
        if (d.p_value) record.p_values.push_back(*d.p_value);
      if (m.p_value && !of_parts) record.p_values.push_back(*m.p_value);
      if (!m.value || !m.interval) continue;
      record.values.push_back(*m.value);
      record.lo.push_back(m.interval->lo);
      record.hi.push_back(m.interval->hi);
      record.method = m.interval->method;
    }
    if (on_draw) on_draw(k + 1);
  }
  return out;
}

/// Largest distance of the p-values' distribution from the uniform one.
inline double off_uniform(std::vector<double> p) {
  std::ranges::sort(p);
  double out = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const auto n = static_cast<double>(p.size()), at = static_cast<double>(i);
    out = std::max({out, p[i] - at / n, (at + 1) / n - p[i]});
  }
  return out;
}

}  // namespace semblance::calibration
