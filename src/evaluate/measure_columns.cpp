// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>

#include "evaluate/evaluator.hpp"

namespace semblance {
namespace {

using Difference = ColumnDifference;

/// One metric: a part of the column comparisons, its mean over the columns, scaled.
struct Measure {
  const char* id;
  Difference::Part part;
  double scale;
  const char* of_numbers;
  const char* of_categories;
};

constexpr std::array kMeasures = {
    Measure{"shape_error", &Difference::shape, 100, "KS", "TVD"},
    Measure{"ks", &Difference::ks, 100, "KS", ""},
    Measure{"tvd", &Difference::tvd, 100, "", "TVD"},
    Measure{"hellinger", &Difference::hellinger, 100, "Hellinger", "Hellinger"},
    Measure{"js", &Difference::jensen_shannon, 100, "JSD", "JSD"},
    Measure{"wasserstein_error", &Difference::wasserstein, 100, "W1 / SD", ""},
    Measure{"mean_error", &Difference::mean, 100, "mean / SD", ""},
    Measure{"variance_error", &Difference::variance, 100, "variance", ""},
    Measure{"quantile_error", &Difference::quantile, 100, "quantiles / SD", ""},
    Measure{"skewness_error", &Difference::skewness, 1, "skewness", ""},
    Measure{"kurtosis_error", &Difference::kurtosis, 1, "kurtosis", ""},
    Measure{"missingness_error", &Difference::missing, 100, "missing", "missing"}};

std::optional<double> scaled(std::optional<double> value, double scale) {
  if (value) *value *= scale;
  return value;
}

}  // namespace

/// The column comparisons behind all column metrics.
struct Evaluator::ColumnResults {
  std::vector<Difference> own, holdout, floor;
  BootstrapPlan plan;
  std::vector<Replicates> resampled;  ///< [measure][replicate]
};

void Evaluator::measure_columns() {
  const ColumnResults results = compare_all_columns();
  step();
  for (std::size_t k = 0; k < kMeasures.size(); ++k) add_column_metric(k, results);
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
  out.resampled.assign(kMeasures.size(), Replicates(static_cast<std::size_t>(options_.bootstrap)));
  workers_.run(options_.bootstrap, [&](std::int64_t b) {
    const auto rows = out.plan.rows(b);
    std::vector<Difference> now;
    for (const auto& pair : pairs) now.push_back(pair.difference(rows));
    for (std::size_t k = 0; k < kMeasures.size(); ++k) {
      out.resampled[k][static_cast<std::size_t>(b)] =
          scaled(mean_of(now, kMeasures[k].part), kMeasures[k].scale);
    }
  });
  return out;
}

void Evaluator::add_column_metric(std::size_t k, const ColumnResults& results) {
  const Measure& measure = kMeasures.at(k);
  const auto mean = [&](const auto& columns) {
    return scaled(mean_of(columns, measure.part), measure.scale);
  };
  Metric m = start(measure.id);
  m.value = mean(results.own);
  m.holdout = {mean(results.holdout), tables_.reference_meaning};
  m.floor = {mean(results.floor), kUniformFloor};
  m.interval = results.plan.interval(m.value, results.resampled[k]);
  for (std::size_t c = 0; c < results.own.size(); ++c) {
    const auto value = scaled(results.own[c].*measure.part, measure.scale);
    if (!value) continue;
    m.details.push_back({tables_.names[c],
                         tables_.number(c) ? measure.of_numbers : measure.of_categories, *value,
                         scaled(results.holdout[c].*measure.part, measure.scale)});
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
