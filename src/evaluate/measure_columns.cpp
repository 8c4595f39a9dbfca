// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "evaluate/evaluator.hpp"

namespace semblance {
namespace {

constexpr const char* kRandomFloor = "values drawn uniformly from the training range or categories";
constexpr const char* kShuffleFloor = "training columns shuffled independently";

/// Cells that a bootstrap may count in all before it draws fewer rows.
constexpr double kBootstrapCells = 2e9;

std::int64_t rows_within(double cells_a_row, std::int64_t replicates) {
  if (replicates == 0) return 1;
  const double most = kBootstrapCells / (cells_a_row * static_cast<double>(replicates));
  return std::max<std::int64_t>(1000, std::llround(std::min(most, 1e15)));
}

template <class Pick>
std::vector<double> values_of(const std::vector<ColumnSummary>& all, Pick pick) {
  std::vector<double> out;
  for (const auto& one : all) {
    if (pick(one)) out.push_back(*pick(one));
  }
  return out;
}

}  // namespace

void Evaluator::measure_columns() {
  const auto& t = tables_;
  const auto own = compare_columns(t.train_frame, t.synthetic_frame);
  const auto holdout = compare_columns(t.reference_train_frame, t.reference_frame);
  const auto floor = compare_columns(t.train_frame, t.random_frame);
  std::vector<ColumnPair> pairs;
  for (std::size_t c = 0; c < own.size(); ++c)
    pairs.emplace_back(t.train_frame.columns[c], t.synthetic_frame.columns[c]);
  step();

  const auto columns = static_cast<double>(std::max<std::size_t>(own.size(), 1));
  const BootstrapPlan plan(t.train.rows(), t.synthetic.rows(),
                           rows_within(2 * columns, options_.bootstrap), options_.bootstrap,
                           options_.level, derive(seed_, "columns"));
  std::vector<ColumnSummary> resampled(static_cast<std::size_t>(options_.bootstrap));
  workers_.run(options_.bootstrap, [&](std::int64_t b) {
    const auto rows = plan.rows(b);
    std::vector<ColumnDifference> now;
    for (const auto& pair : pairs) now.push_back(pair.difference(rows));
    resampled[static_cast<std::size_t>(b)] = summarise(now);
  });

  const auto add = [&](const char* id, auto pick, auto part, const char* number_measure,
                       const char* category_measure) {
    Metric m = start(id);
    m.value = pick(summarise(own));
    m.holdout = {pick(summarise(holdout)), t.reference_meaning};
    m.floor = {pick(summarise(floor)), kRandomFloor};
    if (m.value && options_.bootstrap > 0)
      m.interval = plan.interval(*m.value, values_of(resampled, pick), 0, 1e300);
    for (std::size_t c = 0; c < own.size(); ++c) {
      const std::optional<double> value = part(own[c]), real = part(holdout[c]);
      if (!value) continue;
      m.details.push_back({t.names[c], t.number(c) ? number_measure : category_measure,
                           100 * *value, real ? std::optional(100 * *real) : std::nullopt});
    }
    worst_first(m.details);
    finish(std::move(m));
  };
  add(
      "shape_error", [](const ColumnSummary& s) { return s.shape; },
      [](const ColumnDifference& d) { return d.shape; }, "KS", "TVD");
  add(
      "wasserstein_error", [](const ColumnSummary& s) { return s.wasserstein; },
      [](const ColumnDifference& d) { return d.wasserstein; }, "W1 / SD", "");
  add(
      "missingness_error", [](const ColumnSummary& s) { return s.missing; },
      [](const ColumnDifference& d) { return std::optional(d.missing); }, "missing", "missing");
  add_out_of_domain();
  draw_distributions(own, holdout);
  step();
}

void Evaluator::add_out_of_domain() {
  const auto& t = tables_;
  const auto own = out_of_domain(t.train_frame, t.synthetic_frame);
  const auto real = out_of_domain(t.reference_train_frame, t.reference_frame);
  const auto n = static_cast<double>(t.synthetic.rows());
  const auto n_real = static_cast<double>(t.reference_rows.rows());
  Metric m = start("out_of_domain");
  m.value = 100 * own.rows / n;
  m.interval = wilson(own.rows, n, options_.level);
  m.interval->lo *= 100;
  m.interval->hi *= 100;
  m.holdout = {100 * real.rows / n_real, t.reference_meaning};
  m.floor = {std::nullopt, "none: values drawn from the training domain cannot leave it"};
  for (std::size_t c = 0; c < own.columns.size(); ++c)
    m.details.push_back(
        {t.names[c], "cells outside", 100 * own.columns[c] / n, 100 * real.columns[c] / n_real});
  worst_first(m.details);
  finish(std::move(m));
}

void Evaluator::draw_distributions(const std::vector<ColumnDifference>& own,
                                   const std::vector<ColumnDifference>& holdout) {
  for (std::size_t c = 0; c < own.size(); ++c) {
    ColumnPicture picture = picture_of(tables_, c);
    picture.error = 100 * own[c].shape.value_or(0);
    picture.expected_error = 100 * holdout[c].shape.value_or(0);
    report_.pictures.distributions.push_back(std::move(picture));
  }
  std::ranges::sort(report_.pictures.distributions, [](const auto& a, const auto& b) {
    return a.error != b.error ? a.error > b.error : a.name < b.name;
  });
}

void Evaluator::measure_pairs() {
  const auto& t = tables_;
  const std::size_t n = t.names.size();
  if (n < 2) {
    for (const char* id : {"pair_tvd", "trend_error_shared", "trend_sdmetrics"}) {
      Metric m = start(id);
      m.status = Status::kNotApplicable;
      m.reason = "there is one column only";
      finish(std::move(m));
    }
    return step(6);
  }
  const SharedBins bins(t.train_frame);
  const PairComparison comparison(t.train_frame, t.synthetic_frame, bins);
  const auto own = comparison.all();
  step();
  const SharedBins reference_bins(t.reference_train_frame);
  const auto holdout =
      PairComparison(t.reference_train_frame, t.reference_frame, reference_bins).all();
  step();
  const auto floor = PairComparison(t.train_frame, t.shuffled_frame, bins).all();
  step();

  const double cells = 2.0 * static_cast<double>(n * (n - 1));
  const BootstrapPlan plan(t.train.rows(), t.synthetic.rows(),
                           rows_within(cells, options_.bootstrap), options_.bootstrap,
                           options_.level, derive(seed_, "pairs"));
  std::vector<PairSummary> resampled(static_cast<std::size_t>(options_.bootstrap));
  workers_.run(options_.bootstrap, [&](std::int64_t b) {
    resampled[static_cast<std::size_t>(b)] = summarise(comparison.all(plan.rows(b)));
  });
  step();

  const auto add = [&](const char* id, auto pick, auto part) {
    Metric m = start(id);
    m.value = pick(summarise(own));
    m.holdout = {pick(summarise(holdout)), t.reference_meaning};
    m.floor = {pick(summarise(floor)), kShuffleFloor};
    std::vector<double> again;
    for (const auto& s : resampled) {
      if (pick(s)) again.push_back(*pick(s));
    }
    if (m.value && !again.empty()) m.interval = plan.interval(*m.value, again, 0, 100);
    for (std::size_t i = 0, k = 0; i < n; ++i) {
      for (std::size_t j = i + 1; j < n; ++j, ++k) {
        if (std::isnan(part(own[k]))) continue;
        const double real = part(holdout[k]);
        m.details.push_back({t.names[i] + " | " + t.names[j],
                             id[0] == 't' && t.number(i) && t.number(j) ? "correlation" : "TVD",
                             100 * part(own[k]),
                             std::isnan(real) ? std::nullopt : std::optional(100 * real)});
      }
    }
    worst_first(m.details);
    finish(std::move(m));
  };
  add(
      "pair_tvd", [](const PairSummary& s) { return std::optional(s.tvd); },
      [](const PairDifference& d) { return d.tvd; });
  add(
      "trend_error_shared", [](const PairSummary& s) { return s.trend_shared; },
      [](const PairDifference& d) { return d.trend_shared; });
  add(
      "trend_sdmetrics", [](const PairSummary& s) { return s.trend_own; },
      [](const PairDifference& d) { return d.trend_own; });

  auto& error = report_.pictures.pair_error.values;
  error.assign(n * n, 0);
  for (std::size_t i = 0, k = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j, ++k)
      error[i * n + j] = error[j * n + i] = 100 * own[k].tvd;
  }
  report_.pictures.real_association.values = association(t.train_frame);
  report_.pictures.synthetic_association.values = association(t.synthetic_frame);
  step(2);
}

}  // namespace semblance
