// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/evaluate.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <set>
#include <thread>

#include "detail/check.hpp"
#include "evaluate/evaluator.hpp"
#include "evaluate/groups.hpp"
#include "evaluate/panel.hpp"
#include "semblance/core/version.hpp"
#include "semblance/evaluate/catalogue.hpp"

namespace semblance {
namespace {

/// Steps of a whole evaluation, as the progress bar counts them.
constexpr std::int64_t kColumnSteps = 2, kPairSteps = 6, kCopyingSteps = 5, kDiversitySteps = 4,
                       kPrivacySteps = 3, kDepthSteps = 1, kSampleSteps = 4, kCellSteps = 1;
constexpr std::int64_t kTestSteps = 5 * TwoSampleTest::kFolds, kPanelSteps = 4, kFloorSteps = 2;

/// Ids of what is measured: the selection, of the groups.
std::vector<std::string> wanted_of(const Evaluation& evaluation, const EvaluateOptions& options) {
  auto out = select_metrics(options.metrics);
  const bool standard = options.metrics.empty() ||
                        std::ranges::find(options.metrics, "default") != options.metrics.end();
  if (standard && !evaluation.constraints.empty()) out.emplace_back("constraint_violations");
  std::erase_if(out, [&](const std::string& id) {
    const auto& info = *std::ranges::find(catalogue(), id, &MetricInfo::id);
    return !info.of_tables || std::ranges::find(options.groups, info.group) == options.groups.end();
  });
  return out;
}

std::int64_t steps(const std::vector<std::string>& wanted, const EvaluateOptions& options) {
  std::set<Group> groups;
  for (const auto& id : wanted) groups.insert(describe(id).group);
  std::int64_t out = 1;
  const std::int64_t panels = (1 + std::ssize(options.more_judges)) * options.judge_seeds;
  const std::int64_t parts = options.bootstrap > 0 ? Usefulness::kParts : 0;
  for (const Group group : groups) {
    if (group == Group::kColumns) out += kColumnSteps;
    if (group == Group::kPairs) out += kPairSteps;
    if (group == Group::kCopying) out += kCopyingSteps;
    if (group == Group::kDetection) out += kDepthSteps;
    if (group == Group::kDiversity) out += kDiversitySteps;
    if (group == Group::kPrivacy) out += kPrivacySteps;
    if (group == Group::kDetection) out += kTestSteps;
    if (group == Group::kUtility) out += kPanelSteps * (panels + parts) + kFloorSteps;
  }
  if (groups.contains(Group::kDetection) || groups.contains(Group::kDiversity)) out += kSampleSteps;
  if (groups.contains(Group::kPairs) || groups.contains(Group::kDiversity)) out += kCellSteps;
  return out;
}

void sort_as_in_catalogue(std::vector<Metric>& metrics) {
  std::ranges::sort(metrics, {}, [](const Metric& m) {
    return std::ranges::find(catalogue(), m.id, &MetricInfo::id) - catalogue().begin();
  });
}

/// The judge and the further ones, each kind once.
std::vector<JudgeChoice> choose_judges(const EvaluateOptions& options) {
  std::vector<JudgeChoice> out = {JudgeChoice(options.judge)};
  for (const Judge more : options.more_judges) {
    JudgeChoice next(more);
    if (std::ranges::find(out, next.kind, &JudgeChoice::kind) == out.end())
      out.push_back(std::move(next));
  }
  return out;
}

const EvaluateOptions& checked(const EvaluateOptions& options) {
  options.validate();
  return options;
}

}  // namespace

void EvaluateOptions::validate() const {
  (void)select_metrics(metrics);
  require(level > 0 && level < 1, "EvaluateOptions.level must be in (0, 1), got {}", level);
  require(bootstrap == 0 || bootstrap >= 20, "EvaluateOptions.bootstrap must be 0 or >= 20, got {}",
          bootstrap);
  require(c2st_rows >= 10, "EvaluateOptions.c2st_rows must be >= 10, got {}", c2st_rows);
  require(floor_rows >= 10, "EvaluateOptions.floor_rows must be >= 10, got {}", floor_rows);
  require(diversity_rows >= 20, "EvaluateOptions.diversity_rows must be >= 20, got {}",
          diversity_rows);
  require(judge_seeds >= 1, "EvaluateOptions.judge_seeds must be >= 1, got {}", judge_seeds);
  require(attacks >= 20, "EvaluateOptions.attacks must be >= 20, got {}", attacks);
  require(shadows >= 8 && shadows % 2 == 0, "EvaluateOptions.shadows must be >= 8 and even, got {}",
          shadows);
  require(dcr_queries >= 1, "EvaluateOptions.dcr_queries must be >= 1, got {}", dcr_queries);
  require(dcr_references >= 2, "EvaluateOptions.dcr_references must be >= 2, got {}",
          dcr_references);
}

Evaluator::Evaluator(const Evaluation& evaluation, Seed seed, const EvaluateOptions& options)
    : evaluation_(evaluation),
      seed_(seed),
      options_(checked(options)),
      wanted_(wanted_of(evaluation, options)),
      tables_(prepare(evaluation, derive(seed, "tables"))),
      judges_(choose_judges(options)),
      workers_(worker_threads(options.run)),
      reporter_(options_.run, "evaluate", steps(wanted_, options_)) {}

Report Evaluator::run() {
  auto& p = report_.provenance;
  p.version = kVersion;
  p.seed = seed_;
  p.train_rows = tables_.train.rows();
  p.synthetic_rows = tables_.synthetic.rows();
  p.holdout_rows = tables_.holdout ? tables_.holdout->rows() : 0;
  p.columns = std::ssize(tables_.names);
  p.judge = judge().name;
  if (tables_.target >= 0) p.target = tables_.names[static_cast<std::size_t>(tables_.target)];
  report_.pictures.columns = tables_.names;
  step();
  if (wants(Group::kColumns)) {
    measure_columns();
    measure_constraints(*this);
  }
  if (wants(Group::kPairs)) measure_pairs();
  if (wants(Group::kDetection)) measure_depth();
  if (wants(Group::kDetection) || wants(Group::kDiversity)) measure_samples(*this);
  if (wants(Group::kDetection) || wants(Group::kUtility) || wants(Group::kFairness))
    measure_models();
  if (wants(Group::kPairs) || wants(Group::kDiversity)) measure_cells(*this);
  if (wants(Group::kDiversity)) measure_diversity(*this);
  if (wants(Group::kCopying)) {
    measure_copying();
    measure_records(*this);
  }
  if (wants(Group::kPrivacy)) {
    measure_privacy(*this);
    measure_disclosure(*this);
    measure_attribute_gap(*this);
    measure_shadow(*this);
  }
  file_the_rest();
  sort_as_in_catalogue(report_.metrics);
  warn_of_input();
  warn_of_results();
  reporter_.step(steps(wanted_, options_));
  p.seconds = reporter_.seconds();
  return std::move(report_);
}

bool Evaluator::wants(std::string_view id) const {
  return std::ranges::find(wanted_, id) != wanted_.end();
}

bool Evaluator::wants(Group group) const {
  return std::ranges::any_of(
      catalogue(), [&](const MetricInfo& info) { return info.group == group && wants(info.id); });
}

Metric Evaluator::start(const char* id) const {
  Metric out = describe(id);
  out.rows_real = tables_.train.rows();
  out.rows_synthetic = tables_.synthetic.rows();
  out.rows_holdout = tables_.holdout ? tables_.holdout->rows() : 0;
  return out;
}

void Evaluator::skip(const char* id, Status status, std::string reason) {
  absent_.emplace(describe(id).group, Absence{status, reason});
  Metric m = start(id);
  m.status = status;
  m.reason = std::move(reason);
  finish(std::move(m));
}

void Evaluator::finish(Metric metric) {
  if (!wants(metric.id)) return;
  if (metric.status == Status::kOk && !metric.value) {
    metric.status = Status::kUndefined;
    if (metric.reason.empty()) metric.reason = "the columns at hand allow no value";
  }
  grade(metric);
  const auto now = std::chrono::steady_clock::now();
  metric.seconds = std::chrono::duration<double>(now - lap_).count();
  lap_ = now;
  report_.metrics.push_back(std::move(metric));
}

/// What was asked for and not filed lacks what its group lacks.
void Evaluator::file_the_rest() {
  for (const std::string& id : wanted_) {
    if (report_.has(id)) continue;
    const Group group = describe(id).group;
    const auto absent = absent_.find(group);
    if (absent != absent_.end()) skip(id.c_str(), absent->second.status, absent->second.reason);
  }
}

BootstrapPlan Evaluator::bootstrap_plan(const char* stage, double cells_a_row) const {
  constexpr double kCells = 2e9;  // that all replicates may count together
  const double replicates = static_cast<double>(std::max<std::int64_t>(options_.bootstrap, 1));
  const double most = std::min(kCells / (cells_a_row * replicates), 1e15);
  return {tables_.train.rows(), tables_.synthetic.rows(),
          std::max<std::int64_t>(1000, std::llround(most)), options_.level, derive(seed_, stage)};
}

void Evaluator::run_tasks(Tasks& tasks) {
  const auto caller = std::this_thread::get_id();
  const std::int64_t before = done_;
  std::atomic<std::int64_t> finished{0};
  workers_.run(std::ssize(tasks), [&](std::int64_t i) {
    tasks[static_cast<std::size_t>(i)]();
    const std::int64_t count = ++finished;
    if (std::this_thread::get_id() == caller) reporter_.step(before + count);
  });
  done_ = before + finished;
  reporter_.step(done_);
}

std::optional<Interval> Evaluator::percentiles(std::vector<double> values) const {
  if (values.size() < 20) return std::nullopt;
  std::ranges::sort(values);
  const double tail = (1 - options_.level) / 2;
  return Interval{quantile(values, tail), quantile(values, 1 - tail), options_.level, "bootstrap"};
}

std::optional<Interval> Evaluator::percentiles(const Replicates& values) const {
  return percentiles(present(values));
}

std::optional<Interval> Evaluator::spread(const std::optional<double>& value,
                                          const Replicates& values, const std::vector<Twice>& parts,
                                          double most, std::optional<double> even) const {
  auto known = present(values);
  if (known.size() < 20) return std::nullopt;
  return spread_interval(
      value, std::move(known),
      {.level = options_.level, .even = even, .most = most, .more = batch_variance(parts)},
      parts.empty() ? "bootstrap standard error" : "bootstrap, disjoint parts");
}

void Evaluator::warn_of_input() {
  auto& out = report_.warnings;
  if (!tables_.left_out.empty()) {
    out.push_back(fmt::format("Left out, since they are text, tensors or keys: {}.",
                              fmt::join(tables_.left_out, ", ")));
  }
  if (!tables_.holdout) {
    out.emplace_back(
        "No holdout was given: nothing here can tell a good generator from one that copies. "
        "References are one half of the training rows against the other.");
  } else if (tables_.holdout->rows() < 100) {
    out.push_back(fmt::format("The holdout has {} rows only: its references are noisy.",
                              tables_.holdout->rows()));
  }
  if (tables_.synthetic.rows() < 100) {
    out.push_back(fmt::format("The synthetic table has {} rows only: its numbers are noisy.",
                              tables_.synthetic.rows()));
  }
  if (!judge().warning.empty()) out.push_back(judge().warning);
}

void Evaluator::warn_of_results() {
  auto& out = report_.warnings;
  for (const Metric& m : report_.metrics) {
    const bool bad = m.grade == Grade::kFair || m.grade == Grade::kWeak;
    if (bad && m.group == Group::kCopying) {
      out.push_back(fmt::format(
          "{}: {:.4g}{} ({} on unseen real rows). High fidelity means little while this is so.",
          m.title, *m.value, m.unit.empty() ? "" : " " + m.unit,
          m.holdout.value ? fmt::format("{:.4g}", *m.holdout.value) : "unknown"));
    }
    if (bad && m.id == "out_of_domain") {
      out.push_back(
          fmt::format("{:.3g} % of the synthetic rows hold a value outside the training "
                      "rows' domain.",
                      *m.value));
    }
    if (m.id == "constraint_violations" && m.value.value_or(0) > 0) {
      out.push_back(
          fmt::format("{:.3g} % of the synthetic rows break a constraint ({:.3g} % of {}).",
                      *m.value, *m.holdout.value, m.holdout.meaning));
    }
    if (m.group == Group::kPairs && m.value && m.grade == Grade::kNone && m.floor.value) {
      out.push_back(fmt::format(
          "{}: the holdout is too small to judge by, since real rows get {:.4g} and rows without "
          "any structure {:.4g}.",
          m.title, m.holdout.value.value_or(0), *m.floor.value));
    }
    if (m.id == "c2st_train" && m.interval && m.interval->hi < 0.45) {
      out.push_back(fmt::format(
          "Told apart from training rows with AUC {:.3f}, below guessing: the same rows stand on "
          "both sides, so the synthetic rows repeat training rows.",
          *m.value));
    }
  }
  if (wants(Group::kCopying)) {
    out.emplace_back(
        "Distances to the nearest record detect copies; they are no evidence of privacy.");
  }
}

Report evaluate(const Evaluation& evaluation, Seed seed, const EvaluateOptions& options) {
  Report out = Evaluator(evaluation, seed, options).run();
  measure_draws(out, evaluation, seed, options);
  return out;
}

}  // namespace semblance
