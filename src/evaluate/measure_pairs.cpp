// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>

#include "evaluate/evaluator.hpp"

namespace semblance {

/// The pair comparisons behind all pair metrics.
struct Evaluator::PairResults {
  std::vector<PairDifference> own, holdout, floor;
  BootstrapPlan plan;
  std::vector<PairSummary> resampled;
};

/// One metric read off those comparisons.
struct Evaluator::PairMeasure {
  const char* id;
  std::optional<double> PairSummary::* mean;
  double PairDifference::* part;
  bool correlates;  ///< Two numbers are compared by their correlation.
};

void Evaluator::measure_pairs() {
  constexpr std::array kMeasures = {
      PairMeasure{"pair_tvd", &PairSummary::tvd, &PairDifference::tvd, false},
      PairMeasure{"trend_error_shared", &PairSummary::trend_shared, &PairDifference::trend_shared,
                  true},
      PairMeasure{"trend_sdmetrics", &PairSummary::trend_own, &PairDifference::trend_own, true}};
  if (tables_.names.size() >= 2) {
    const PairResults results = compare_all_pairs();
    for (const PairMeasure& measure : kMeasures) add_pair_metric(measure, results);
    draw_pairs(results);
    return step(2);
  }
  for (const PairMeasure& measure : kMeasures) {
    Metric m = start(measure.id);
    m.status = Status::kNotApplicable;
    m.reason = "there is one column only";
    finish(std::move(m));
  }
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
  out.resampled.resize(static_cast<std::size_t>(options_.bootstrap));
  workers_.run(options_.bootstrap, [&](std::int64_t b) {
    out.resampled[static_cast<std::size_t>(b)] = summarise(comparison.all(out.plan.rows(b)));
  });
  step();
  return out;
}

void Evaluator::add_pair_metric(const PairMeasure& measure, const PairResults& results) {
  const std::size_t n = tables_.names.size();
  Metric m = start(measure.id);
  m.value = summarise(results.own).*measure.mean;
  m.holdout = {summarise(results.holdout).*measure.mean, tables_.reference_meaning};
  m.floor = {summarise(results.floor).*measure.mean, kShuffleFloor};
  m.interval = results.plan.interval(m.value, results.resampled, measure.mean);
  for (std::size_t i = 0, k = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j, ++k) {
      const double value = results.own[k].*measure.part, real = results.holdout[k].*measure.part;
      const bool numbers = tables_.number(i) && tables_.number(j);
      if (std::isnan(value)) continue;
      m.details.push_back({tables_.names[i] + " | " + tables_.names[j],
                           measure.correlates && numbers ? "correlation" : "TVD", 100 * value,
                           std::isnan(real) ? std::nullopt : std::optional(100 * real)});
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
      error[i * n + j] = error[j * n + i] = 100 * results.own[k].tvd;
  }
  report_.pictures.real_association.values = association(tables_.train_frame);
  report_.pictures.synthetic_association.values = association(tables_.synthetic_frame);
}

}  // namespace semblance
