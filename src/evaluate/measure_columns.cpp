// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>

#include "evaluate/evaluator.hpp"

namespace semblance {

/// The column comparisons behind all column metrics.
struct Evaluator::ColumnResults {
  std::vector<ColumnDifference> own, holdout, floor;
  BootstrapPlan plan;
  std::vector<ColumnSummary> resampled;
};

/// One metric read off those comparisons.
struct Evaluator::ColumnMeasure {
  const char* id;
  std::optional<double> ColumnSummary::* mean;
  std::optional<double> (*part)(const ColumnDifference&);
  const char* of_numbers;
  const char* of_categories;
};

void Evaluator::measure_columns() {
  constexpr std::array kMeasures = {
      ColumnMeasure{"shape_error", &ColumnSummary::shape,
                    [](const ColumnDifference& d) { return d.shape; }, "KS", "TVD"},
      ColumnMeasure{"wasserstein_error", &ColumnSummary::wasserstein,
                    [](const ColumnDifference& d) { return d.wasserstein; }, "W1 / SD", ""},
      ColumnMeasure{"missingness_error", &ColumnSummary::missing,
                    [](const ColumnDifference& d) { return std::optional(d.missing); }, "missing",
                    "missing"}};
  const ColumnResults results = compare_all_columns();
  step();
  for (const ColumnMeasure& measure : kMeasures) add_column_metric(measure, results);
  add_out_of_domain();
  draw_distributions(results);
  step();
}

Evaluator::ColumnResults Evaluator::compare_all_columns() {
  const auto& t = tables_;
  std::vector<ColumnPair> pairs;
  for (std::size_t c = 0; c < t.names.size(); ++c)
    pairs.emplace_back(t.train_frame.columns[c], t.synthetic_frame.columns[c]);
  ColumnResults out{compare_columns(t.train_frame, t.synthetic_frame),
                    compare_columns(t.reference_train_frame, t.reference_frame),
                    compare_columns(t.train_frame, t.random_frame),
                    bootstrap_plan("columns", 2 * static_cast<double>(pairs.size())),
                    {}};
  out.resampled.resize(static_cast<std::size_t>(options_.bootstrap));
  workers_.run(options_.bootstrap, [&](std::int64_t b) {
    const auto rows = out.plan.rows(b);
    std::vector<ColumnDifference> now;
    for (const auto& pair : pairs) now.push_back(pair.difference(rows));
    out.resampled[static_cast<std::size_t>(b)] = summarise(now);
  });
  return out;
}

void Evaluator::add_column_metric(const ColumnMeasure& measure, const ColumnResults& results) {
  Metric m = start(measure.id);
  m.value = summarise(results.own).*measure.mean;
  m.holdout = {summarise(results.holdout).*measure.mean, tables_.reference_meaning};
  m.floor = {summarise(results.floor).*measure.mean,
             "values drawn uniformly from the training range or categories"};
  m.interval = results.plan.interval(m.value, results.resampled, measure.mean);
  for (std::size_t c = 0; c < results.own.size(); ++c) {
    const auto value = measure.part(results.own[c]), real = measure.part(results.holdout[c]);
    if (!value) continue;
    m.details.push_back({tables_.names[c],
                         tables_.number(c) ? measure.of_numbers : measure.of_categories,
                         100 * *value, real ? std::optional(100 * *real) : std::nullopt});
  }
  worst_first(m.details);
  finish(std::move(m));
}

void Evaluator::add_out_of_domain() {
  const auto& t = tables_;
  const auto own = out_of_domain(t.train_frame, t.synthetic_frame);
  const auto real = out_of_domain(t.reference_train_frame, t.reference_frame);
  const auto n = static_cast<double>(t.synthetic.rows());
  const auto n_real = static_cast<double>(t.reference_rows.rows());
  Metric m = start("out_of_domain");
  m.value = 100 * own.rows / n;
  m.interval = percent(wilson(own.rows, n, options_.level));
  m.holdout = {100 * real.rows / n_real, t.reference_meaning};
  m.floor = {std::nullopt, "none: values drawn from the training domain cannot leave it"};
  for (std::size_t c = 0; c < own.columns.size(); ++c)
    m.details.push_back(
        {t.names[c], "cells outside", 100 * own.columns[c] / n, 100 * real.columns[c] / n_real});
  worst_first(m.details);
  finish(std::move(m));
}

void Evaluator::draw_distributions(const ColumnResults& results) {
  auto& pictures = report_.pictures.distributions;
  for (std::size_t c = 0; c < results.own.size(); ++c) {
    ColumnPicture picture = picture_of(tables_, c);
    picture.error = 100 * results.own[c].shape.value_or(0);
    picture.expected_error = 100 * results.holdout[c].shape.value_or(0);
    pictures.push_back(std::move(picture));
  }
  std::ranges::sort(pictures, [](const auto& a, const auto& b) {
    return a.error != b.error ? a.error > b.error : a.name < b.name;
  });
}

}  // namespace semblance
