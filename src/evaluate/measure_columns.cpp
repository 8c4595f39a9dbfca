// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <string>

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
  Difference::Part p_value = nullptr;  ///< Of its test, if any.
  double least = 0;                    ///< Smallest value there can be.
  Growth growth = Growth::kDistance;
};

// Anderson-Darling's A2 is at least 0; what is reported is centred and in units of its deviation.
constexpr double kLeastDarling = -1.4;
constexpr double kNoLeast = -std::numeric_limits<double>::infinity();

constexpr std::array kMeasures = {
    Measure{"shape_error", &Difference::shape, 100, "KS", "TVD"},
    Measure{"ks", &Difference::ks, 100, "KS", "", &Difference::ks_p},
    Measure{"tvd", &Difference::tvd, 100, "", "TVD"},
    Measure{"hellinger", &Difference::hellinger, 100, "Hellinger", "Hellinger"},
    Measure{"js", &Difference::jensen_shannon, 100, "JSD", "JSD", nullptr, 0, Growth::kSquare},
    Measure{"wasserstein_error", &Difference::wasserstein, 100, "W1 / SD", ""},
    Measure{"mean_error", &Difference::mean, 100, "mean / SD", ""},
    Measure{"variance_error", &Difference::variance, 100, "variance", ""},
    Measure{"quantile_error", &Difference::quantile, 100, "quantiles / SD", ""},
    Measure{"skewness_error", &Difference::skewness, 1, "skewness", ""},
    Measure{"kurtosis_error", &Difference::kurtosis, 1, "kurtosis", ""},
    Measure{"missingness_error", &Difference::missing, 100, "missing", "missing"}};

/// Those that need ColumnDetail::kAll.
constexpr std::array kMore = {
    Measure{"wasserstein2", &Difference::wasserstein2, 100, "W2 / SD", ""},
    Measure{"energy_1d", &Difference::energy, 1, "energy / sqrt SD", ""},
    Measure{"cvm", &Difference::cramer_von_mises, 1, "T", "", nullptr, 0, Growth::kTest},
    Measure{"ad", &Difference::anderson_darling, 1, "A2", "", nullptr, kLeastDarling,
            Growth::kTest},
    Measure{"ci_overlap", &Difference::overlap, 100, "overlap", "", nullptr, kNoLeast,
            Growth::kRatio},
    Measure{"range_coverage", &Difference::range, 100, "range", "", nullptr, 0, Growth::kExtreme},
    Measure{"category_adherence", &Difference::adherence, 100, "", "known"},
    Measure{"kl", &Difference::kullback_leibler, 1, "nats", "nats", nullptr, 0, Growth::kSquare},
    Measure{"psi", &Difference::stability, 1, "PSI", "PSI", nullptr, 0, Growth::kSquare},
    Measure{"chi2", &Difference::effect, 100, "Cramer's V", "Cramer's V",
            &Difference::chi_square_p}};

std::optional<double> scaled(std::optional<double> value, double scale) {
  if (value) *value *= scale;
  return value;
}

/// Distinct present values over present values; empty where there is none.
std::optional<double> unique_share(const Column& column) {
  std::set<std::string> texts;
  std::set<double> numbers;
  double present = 0;
  for (std::int64_t i = 0; i < column.size(); ++i) {
    if (!column.is_valid(i)) continue;
    present += 1;
    if (column.kind() == Kind::kText)
      texts.emplace(column.text(i));
    else
      numbers.insert(column.number(i));
  }
  if (present == 0) return std::nullopt;
  return static_cast<double>(texts.size() + numbers.size()) / present;
}

}  // namespace

/// The column comparisons behind all column metrics.
struct Evaluator::ColumnResults {
  std::vector<Measure> measures;
  std::vector<Difference> own, holdout, floor;
  BootstrapPlan plan;
  std::vector<Replicates> resampled;  ///< [measure][replicate]
};

void Evaluator::measure_columns() {
  if (wants_any(kMeasures) || wants_any(kMore)) {
    const ColumnResults results = compare_all_columns();
    step();
    for (std::size_t k = 0; k < results.measures.size(); ++k) add_column_metric(k, results);
    draw_distributions(results);
  }
  if (wants("out_of_domain")) add_out_of_domain();
  if (wants("schema_match")) add_schema_match();
  if (wants("key_uniqueness")) add_key_uniqueness();
  step();
}

Evaluator::ColumnResults Evaluator::compare_all_columns() {
  const auto& t = tables_;
  std::vector<Measure> measures;
  for (const auto& m : kMeasures)
    if (wants(m.id)) measures.push_back(m);
  for (const auto& m : kMore)
    if (wants(m.id)) measures.push_back(m);
  // p-values are cheap enough without resampling.
  const auto detail = wants_any(kMore) ? ColumnDetail::kAll : ColumnDetail::kStandard;
  std::vector<ColumnPair> pairs;
  for (std::size_t c = 0; c < t.names.size(); ++c)
    pairs.emplace_back(t.train_frame.columns[c], t.synthetic_frame.columns[c], detail);
  ColumnResults out{measures,
                    compare_columns(t.train_frame, t.synthetic_frame, ColumnDetail::kTested),
                    compare_columns(t.reference_train_frame, t.reference_frame, detail),
                    compare_columns(t.train_frame, t.random_frame, detail),
                    bootstrap_plan("columns", 2 * static_cast<double>(pairs.size())),
                    {}};
  out.resampled.assign(measures.size(), Replicates(static_cast<std::size_t>(options_.bootstrap)));
  workers_.run(options_.bootstrap, [&](std::int64_t b) {
    const auto rows = out.plan.rows(b);
    std::vector<Difference> now;
    for (const auto& pair : pairs) now.push_back(pair.difference(rows));
    for (std::size_t k = 0; k < measures.size(); ++k) {
      out.resampled[k][static_cast<std::size_t>(b)] =
          scaled(mean_of(now, measures[k].part), measures[k].scale);
    }
  });
  return out;
}

void Evaluator::add_column_metric(std::size_t k, const ColumnResults& results) {
  const Measure& measure = results.measures.at(k);
  const auto mean = [&](const auto& columns) {
    return scaled(mean_of(columns, measure.part), measure.scale);
  };
  Metric m = start(measure.id);
  m.value = mean(results.own);
  m.holdout = {mean(results.holdout), tables_.reference_meaning};
  m.floor = {mean(results.floor), kUniformFloor};
  const bool squared = measure.growth == Growth::kSquare || measure.growth == Growth::kTest;
  m.interval = results.plan.interval(
      m.value, results.resampled[k],
      {.growth = measure.growth, .even = squared ? 0 : m.ideal, .least = measure.least});
  for (std::size_t c = 0; c < results.own.size(); ++c) {
    const auto value = scaled(results.own[c].*measure.part, measure.scale);
    if (!value) continue;
    m.details.push_back({tables_.names[c],
                         tables_.number(c) ? measure.of_numbers : measure.of_categories, *value,
                         scaled(results.holdout[c].*measure.part, measure.scale)});
    if (measure.p_value != nullptr) m.details.back().p_value = results.own[c].*measure.p_value;
  }
  adjust_p_values(m);
  worst_first(m.details, m.direction);
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
  // Where the domain ends is drawn too: of rows like the training rows, as many more are outside as
  // they are fewer, and the variance of that count is 1 + n / training rows times a binomial one.
  const double inflated = 1 + n / static_cast<double>(t.train.rows());
  m.interval = percent(wilson(own.rows / inflated, n / inflated, options_.level));
  m.holdout = {100 * real.rows / n_real, t.reference_meaning};
  m.floor = {std::nullopt, "none: values drawn from the training domain cannot leave it"};
  for (std::size_t c = 0; c < own.columns.size(); ++c)
    m.details.push_back(
        {t.names[c], "cells outside", 100 * own.columns[c] / n, 100 * real.columns[c] / n_real});
  worst_first(m.details);
  finish(std::move(m));
}

/// Columns of either schema that are in both, of one kind.
void Evaluator::add_schema_match() {
  const Schema &train = evaluation_.train.schema(), &other = evaluation_.synthetic.schema();
  double same = 0, all = static_cast<double>(other.size());
  Metric m = start("schema_match");
  for (const Field& field : train) {
    const auto at = other.find(field.name);
    const bool match = at >= 0 && other[at].kind == field.kind;
    all += at < 0 ? 1 : 0;
    same += match ? 1 : 0;
    if (!match) m.details.push_back({field.name, "kind", 0, {}});
  }
  m.value = 100 * same / all;
  m.holdout = {100, "train itself"};
  m.floor = {std::nullopt, "none"};
  finish(std::move(m));
}

void Evaluator::add_key_uniqueness() {
  Metric m = start("key_uniqueness");
  const auto share = [](const Dataset& table, const std::string& name) {
    return unique_share(table.column(table.schema().index(name)));
  };
  for (const Field& field : evaluation_.train.schema()) {
    if (field.role != Role::kKey) continue;
    const auto own = share(evaluation_.synthetic, field.name);
    const auto real = share(evaluation_.train, field.name);
    if (!own || !real) continue;
    m.details.push_back({field.name, "unique", 100 * *own, 100 * *real});
    m.value = std::min(m.value.value_or(100), 100 * *own);
    m.holdout = {std::min(m.holdout.value.value_or(100), 100 * *real), "the training rows"};
  }
  if (!m.value) return skip("key_uniqueness", Status::kNotApplicable, "no column is a key");
  m.floor = {std::nullopt, "none"};
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
