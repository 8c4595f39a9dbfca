// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluate/closeness.hpp"
#include "evaluate/columns.hpp"
#include "evaluate/groups.hpp"
#include "evaluate/judge.hpp"
#include "evaluate/pairs.hpp"
#include "evaluate/tables.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/evaluate/depth.hpp"
#include "semblance/evaluate/evaluate.hpp"

namespace semblance {

struct Lessons;
struct Panel;

/// One evaluation in progress: fills a report, group by group.
class Evaluator {
 public:
  Evaluator(const Evaluation& evaluation, Seed seed, const EvaluateOptions& options);

  [[nodiscard]] Report run();

  // What the groups of metrics share.
  /// Files a metric that cannot be had.
  void skip(const char* id, Status status, std::string reason);
  /// Whether a metric, or any metric of a group, was asked for.
  [[nodiscard]] bool wants(std::string_view id) const;
  [[nodiscard]] bool wants(Group group) const;
  /// Whether any of these metrics (or things with an `id`) was asked for.
  template <class Measures>
  [[nodiscard]] bool wants_any(const Measures& measures) const {
    return std::ranges::any_of(measures, [&](const auto& measure) {
      if constexpr (requires { measure.id; })
        return wants(measure.id);
      else
        return wants(measure);
    });
  }
  /// A metric with the sizes filled in.
  [[nodiscard]] Metric start(const char* id) const;
  /// Normalises, grades, takes the time and files it; one that was not asked for is dropped.
  void finish(Metric metric);
  void run_tasks(Tasks& tasks);
  void step(std::int64_t by = 1) { reporter_.step(done_ += by); }
  /// Bootstrap of both tables that counts `cells_a_row` cells a row; large tables are subsampled.
  [[nodiscard]] BootstrapPlan bootstrap_plan(const char* stage, double cells_a_row) const;
  /// An interval from B resampled values, or none where there are none.
  [[nodiscard]] std::optional<Interval> percentiles(std::vector<double> values) const;
  /// An interval from B resampled values (empty ones left out), or none where there are few.
  [[nodiscard]] std::optional<Interval> percentiles(const Replicates& values) const;
  /// value -+ standard errors of B resampled values and of the rows behind them that are not
  /// resampled (`parts`: of disjoint parts of those); none where there are few. `even`: of groups
  /// or samples without a difference, where the number has a kink.
  [[nodiscard]] std::optional<Interval> spread(
      const std::optional<double>& value, const Replicates& values, const std::vector<Twice>& parts,
      double most = std::numeric_limits<double>::infinity(), std::optional<double> even = {}) const;
  [[nodiscard]] const Evaluation& evaluation() const noexcept { return evaluation_; }
  [[nodiscard]] const EvaluateOptions& options() const noexcept { return options_; }
  [[nodiscard]] const Tables& tables() const noexcept { return tables_; }
  [[nodiscard]] Seed seed() const noexcept { return seed_; }
  [[nodiscard]] const JudgeChoice& judge() const noexcept { return judges_.front(); }
  [[nodiscard]] Workers& workers() noexcept { return workers_; }
  [[nodiscard]] Report& report() noexcept { return report_; }

 private:
  void measure_columns();
  void measure_pairs();
  void measure_depth();
  void measure_models();
  void measure_copying();
  void file_the_rest();
  void warn_of_input();
  void warn_of_results();

  struct ColumnResults;
  [[nodiscard]] ColumnResults compare_all_columns();
  void add_column_metric(std::size_t measure, const ColumnResults& results);
  void add_out_of_domain();
  void add_schema_match();
  void add_key_uniqueness();
  void draw_distributions(const ColumnResults& results);

  struct PairResults;
  [[nodiscard]] PairResults compare_all_pairs();
  void add_pair_metric(std::size_t measure, const PairResults& results);
  void draw_pairs(const PairResults& results);

  struct Tests;
  [[nodiscard]] Tests plan_tests(Tasks& tasks);
  [[nodiscard]] std::unique_ptr<Usefulness> plan_usefulness(Tasks& tasks);
  void plan_panel(Panel& panel, std::int64_t s, const Usefulness& asked, const Lessons& lessons,
                  Tasks& tasks);
  [[nodiscard]] Decisions decisions_of(const Usefulness* asked) const;
  void add_detection(Metric metric, const TwoSampleTest* own, const Tests& tests);
  void draw_detection(const Metric& metric, const TwoSampleTest& own, const Tests& tests);
  void add_no_utility();

  struct DepthPlots;
  void add_depth_metric(const char* id, double DdPlot::* number, const DepthPlots& plots,
                        std::int64_t rows);

  struct ThreeSamples;
  void add_nearest(const Closeness& closeness);
  void add_nearer_share(const Closeness& closeness, const Distances& own, const Distances& floor);
  void add_distance_quantile(const char* id, double q, const ThreeSamples& samples,
                             const Closeness& closeness);
  void add_copies();

  const Evaluation& evaluation_;
  Seed seed_;
  const EvaluateOptions& options_;
  std::vector<std::string> wanted_;  // ids
  struct Absence {
    Status status;
    std::string reason;
  };
  std::map<Group, Absence> absent_;  // the first of each group
  Tables tables_;
  std::vector<JudgeChoice> judges_;  ///< Each kind once; the first tells rows apart.
  Workers workers_;
  std::int64_t done_ = 0;
  Reporter reporter_;
  Report report_;
  std::chrono::steady_clock::time_point lap_ = std::chrono::steady_clock::now();
};

inline constexpr const char* kShuffleFloor = "training columns shuffled independently";
inline constexpr const char* kUniformFloor =
    "values drawn uniformly from the training range or categories";
inline constexpr const char* kNeedsHoldout =
    "needs a holdout: real rows that the generator has not seen";

/// The interval of a share as one of percents.
[[nodiscard]] inline Interval percent(Interval share) {
  share.lo *= 100;
  share.hi *= 100;
  return share;
}

/// Title, meaning, unit, group, direction and ideal of a metric.
[[nodiscard]] Metric describe(std::string_view id);

/// Sets `normalised`, `grade` and `verdict`.
void grade(Metric& metric);

/// Orders details by value, largest first, or smallest where higher is better; equal ones by name.
void worst_first(std::vector<Detail>& details, Direction direction = Direction::kLower);

/// Adjusts the details' p-values for their number and sets the metric's.
void adjust_p_values(Metric& metric);

/// Bars of one column, for the report. `error` and `expected_error` are left to the caller.
[[nodiscard]] ColumnPicture picture_of(const Tables& tables, std::size_t column);

}  // namespace semblance
