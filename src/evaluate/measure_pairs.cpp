// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>

#include "evaluate/evaluator.hpp"

namespace semblance {

namespace {

using Difference = PairDifference;
using Pairs = std::vector<Difference>;

/// One metric: a part of the pair comparisons, summed up over the pairs, scaled.
struct Measure {
  const char* id;
  Difference::Part part;
  std::optional<double> (*sum_up)(const Pairs&, Difference::Part);
  double scale;
  const char* of_numbers;  ///< What a part is called for two numbers, and for other pairs.
  const char* of_others;
  Growth growth = Growth::kDistance;

  [[nodiscard]] std::optional<double> operator()(const Pairs& pairs) const {
    auto out = sum_up(pairs, part);
    if (out) *out *= scale;
    return out;
  }
};

constexpr std::array kMeasures = {
    Measure{"pair_tvd", &Difference::tvd, mean_of, 100, "TVD", "TVD"},
    Measure{"trend_error_shared", &Difference::trend_shared, mean_of, 100, "correlation", "TVD"},
    Measure{"trend_sdmetrics", &Difference::trend_own, mean_of, 100, "correlation", "TVD",
            Growth::kExtreme},  // bins of equal width
    Measure{"pcd", &Difference::correlation, norm_of, 1, "correlation", ""},
    Measure{"assoc_diff", &Difference::association, mean_of, 100, "|correlation|", "association"},
    Measure{"mi_diff", &Difference::information, mean_of, 1, "bits", "bits"}};

}  // namespace

/// The pair comparisons behind all pair metrics.
struct Evaluator::PairResults {
  Pairs own, holdout, floor;
  BootstrapPlan plan;
  std::vector<Replicates> resampled;  ///< [measure][replicate]
};

void Evaluator::measure_pairs() {
  if (tables_.names.size() >= 2) {
    const PairResults results = compare_all_pairs();
    for (std::size_t k = 0; k < kMeasures.size(); ++k) add_pair_metric(k, results);
    draw_pairs(results);
    return step(2);
  }
  for (const Measure& measure : kMeasures)
    skip(measure.id, Status::kNotApplicable, "there is one column only");
  step(6);
}

Evaluator::PairResults Evaluator::compare_all_pairs() {
  const auto& t = tables_;
  const auto n = static_cast<double>(t.names.size());
  const SharedBins bins(t.train_frame), reference_bins(t.reference_train_frame);
  const PairComparison comparison(t.train_frame, t.synthetic_frame, bins);
  PairResults out{comparison.all(), {}, {}, bootstrap_plan("pairs", 2 * n * (n - 1)), {}};
  step();
  out.holdout = PairComparison(t.reference_train_frame, t.reference_frame, reference_bins).all();
  step();
  out.floor = PairComparison(t.train_frame, t.shuffled_frame, bins).all();
  step();
  out.resampled.assign(kMeasures.size(), Replicates(static_cast<std::size_t>(options_.bootstrap)));
  workers_.run(options_.bootstrap, [&](std::int64_t b) {
    const Pairs now = comparison.all(out.plan.rows(b));
    for (std::size_t k = 0; k < kMeasures.size(); ++k)
      out.resampled[k][static_cast<std::size_t>(b)] = kMeasures[k](now);
  });
  step();
  return out;
}

void Evaluator::add_pair_metric(std::size_t which, const PairResults& results) {
  const Measure& measure = kMeasures.at(which);
  const std::size_t n = tables_.names.size();
  Metric m = start(measure.id);
  m.value = measure(results.own);
  m.holdout = {measure(results.holdout), tables_.reference_meaning};
  m.floor = {measure(results.floor), kShuffleFloor};
  m.interval = results.plan.interval(m.value, results.resampled[which],
                                     {.growth = measure.growth, .even = m.ideal, .least = 0});
  for (std::size_t i = 0, k = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j, ++k) {
      const auto value = results.own[k].*measure.part, real = results.holdout[k].*measure.part;
      const bool numbers = tables_.number(i) && tables_.number(j);
      if (!value) continue;
      m.details.push_back({tables_.names[i] + " | " + tables_.names[j],
                           numbers ? measure.of_numbers : measure.of_others, measure.scale * *value,
                           real ? std::optional(measure.scale * *real) : std::nullopt});
    }
  }
  worst_first(m.details);
  finish(std::move(m));
}

void Evaluator::draw_pairs(const PairResults& results) {
  const std::size_t n = tables_.names.size();
  auto& error = report_.pictures.pair_error.values;
  error.assign(n * n, 0);
  for (std::size_t i = 0, k = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j, ++k)
      error[i * n + j] = error[j * n + i] = 100 * *results.own[k].tvd;
  }
  report_.pictures.real_association.values = association(tables_.train_frame);
  report_.pictures.synthetic_association.values = association(tables_.synthetic_frame);
}

}  // namespace semblance
