// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluate/columns.hpp"
#include "evaluate/judge.hpp"
#include "evaluate/pairs.hpp"
#include "evaluate/tables.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/evaluate/evaluate.hpp"

namespace semblance {

/// One evaluation in progress: fills a report, group by group.
class Evaluator {
 public:
  Evaluator(const Evaluation& evaluation, Seed seed, const EvaluateOptions& options);

  [[nodiscard]] Report run();

 private:
  void measure_columns();
  void measure_pairs();
  void measure_models();
  void measure_copying();
  void collect_warnings();

  void add_shape_metrics(const std::vector<ColumnDifference>& own,
                         const std::vector<std::vector<ColumnSummary>>& resampled);
  void add_out_of_domain();
  void add_pair_details(Metric& metric, const std::vector<PairDifference>& own,
                        const std::vector<PairDifference>& holdout);
  void add_detection(Metric metric, const TwoSampleTest* own, const TwoSampleTest* real,
                     const TwoSampleTest* floor);
  void add_utility(const UtilityProblem& problem, const UtilityModel& own, const UtilityModel& real,
                   const UtilityModel& floor);
  void add_nearest(const class Closeness& closeness);
  void add_copies();
  void draw_distributions(const std::vector<ColumnDifference>& own,
                          const std::vector<ColumnDifference>& holdout);

  [[nodiscard]] bool wants(Group group) const;
  /// A metric with the sizes filled in.
  [[nodiscard]] Metric start(const char* id) const;
  /// Normalises, grades, takes the time and files it.
  void finish(Metric metric);
  void run_tasks(Tasks& tasks);
  void step(std::int64_t by = 1) { reporter_.step(done_ += by); }
  /// An interval from B resampled values, or none where there are none.
  [[nodiscard]] std::optional<Interval> percentiles(std::vector<double> values) const;

  const Evaluation& evaluation_;
  Seed seed_;
  const EvaluateOptions& options_;
  Tables tables_;
  JudgeChoice judge_;
  Workers workers_;
  std::int64_t done_ = 0;
  Reporter reporter_;
  Report report_;
  std::chrono::steady_clock::time_point lap_ = std::chrono::steady_clock::now();
};

/// Title, meaning, unit, group, direction and ideal of a metric.
[[nodiscard]] Metric describe(std::string_view id);

/// Sets `normalised`, `grade` and `verdict`.
void grade(Metric& metric);

/// Orders details by value, largest first; equal ones by name.
void worst_first(std::vector<Detail>& details);

/// Bars of one column, for the report. `error` and `expected_error` are left to the caller.
[[nodiscard]] ColumnPicture picture_of(const Tables& tables, std::size_t column);

}  // namespace semblance
