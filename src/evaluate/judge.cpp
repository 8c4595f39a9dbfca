// SPDX-License-Identifier: Apache-2.0
#include "evaluate/judge.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "detail/check.hpp"
#include "evaluate/groups.hpp"
#include "evaluate/ranks.hpp"
#include "semblance/learners/boosted_trees.hpp"
#include "semblance/learners/linear.hpp"

namespace semblance {
namespace {

constexpr const char* kSwitch = "built without XGBoost; configure with -D SEMBLANCE_XGBOOST=ON";

/// Rows whose target is known.
std::vector<std::int64_t> rows_with(const Column& target) {
  std::vector<std::int64_t> out;
  for (std::int64_t i = 0; i < target.size(); ++i) {
    if (target.is_valid(i)) out.push_back(i);
  }
  return out;
}

std::set<std::int32_t> classes_in(const Column& target) {
  std::set<std::int32_t> out;
  for (const auto i : rows_with(target)) out.insert(target.codes()[static_cast<std::size_t>(i)]);
  return out;
}

/// Area under the ROC curve of weighted rows whose scores ascend along `order`.
std::optional<double> weighted_auc(const std::vector<std::size_t>& order,
                                   const std::vector<double>& scores,
                                   const std::vector<std::int32_t>& classes, std::int32_t positive,
                                   std::span<const double> weights) {
  double below = 0, yes = 0, pairs = 0;
  for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
    double tied_yes = 0, tied_no = 0;
    while (last < order.size() && scores[order[last]] == scores[order[first]]) {
      const double w = weights.empty() ? 1 : weights[order[last]];
      (classes[order[last]] == positive ? tied_yes : tied_no) += w;
      ++last;
    }
    pairs += tied_yes * (below + tied_no / 2);
    below += tied_no;
    yes += tied_yes;
  }
  if (yes == 0 || below == 0) return std::nullopt;
  return pairs / (yes * below);
}

/// The class of that name, or the schema's, or the last of these in alphabetical order.
std::int32_t positive_code(const Field& field, std::span<const std::int32_t> classes,
                           const std::string& name) {
  std::int32_t out = -1;
  for (const auto code : classes) {
    if (code >= 0 && (out < 0 || field.categories[code] > field.categories[out])) out = code;
  }
  const std::string& wanted = name.empty() ? field.positive_class : name;
  if (wanted.empty()) return out;
  out = field.categories.code(wanted);
  require(out >= 0, "evaluate: positive class '{}' is no category of '{}'", wanted, field.name);
  return out;
}

}  // namespace

std::int32_t positive_code(const Tables& tables, const std::string& name) {
  const auto target = static_cast<std::size_t>(tables.target);
  return positive_code(tables.train.schema()[tables.target],
                       tables.reference_frame.columns[target].codes, name);
}

JudgeChoice::JudgeChoice(Judge judge) {
  trees = judge == Judge::kBoostedTrees || (judge == Judge::kAuto && boosted_trees_available());
  if (trees && !boosted_trees_available()) {
    unavailable = kSwitch;
    name = "boosted trees";
    return;
  }
  name = make()->name();
  if (judge == Judge::kAuto && !trees) {
    warning = fmt::format(
        "The judge is a linear model, which cannot see lost interactions between columns ({}).",
        kSwitch);
  }
}

std::unique_ptr<Learner> JudgeChoice::make() const {
  if (trees) return std::make_unique<BoostedTrees>();
  return std::make_unique<LinearLearner>();
}

TwoSampleTest::TwoSampleTest(const JudgeChoice& judge, const Dataset& a, const Dataset& b,
                             std::int64_t most, Seed seed)
    : judge_(judge), seed_(seed), rows_(std::min({a.rows(), b.rows(), most})) {
  x_ = stack(features(draw(a, rows_, derive(seed, "a"))),
             features(draw(b, rows_, derive(seed, "b"))));
  const auto n = static_cast<std::size_t>(2 * rows_);
  y_.values.assign(n, 0);
  std::fill(y_.values.begin() + rows_, y_.values.end(), 1);
  positive_.assign(y_.values.begin(), y_.values.end());
  scores_.assign(n, 0);
  importance_.resize(kFolds);
  folds_.resize(n);
  for (const std::int64_t first : {std::int64_t{0}, rows_}) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(rows_));
    std::iota(order.begin(), order.end(), first);
    Stream shuffle(seed, "folds", static_cast<std::uint64_t>(first));
    shuffle.shuffle(order);
    for (std::size_t i = 0; i < order.size(); ++i)
      folds_[static_cast<std::size_t>(order[i])] = static_cast<int>(i % kFolds);
  }
}

void TwoSampleTest::add_tasks(Tasks& tasks) {
  for (int fold = 0; fold < kFolds; ++fold) tasks.emplace_back([this, fold] { run_fold(fold); });
}

void TwoSampleTest::run_fold(int fold) {
  std::vector<std::int64_t> fit, test;
  for (std::size_t i = 0; i < folds_.size(); ++i)
    (folds_[i] == fold ? test : fit).push_back(static_cast<std::int64_t>(i));
  if (test.empty() || fit.empty()) return;
  const auto learner = judge_.make();
  learner->fit(x_.take(fit), y_.take(fit), derive(seed_, static_cast<std::uint64_t>(fold)));
  const auto p = learner->predict(x_.take(test));
  for (std::size_t i = 0; i < test.size(); ++i) scores_[static_cast<std::size_t>(test[i])] = p[i];
  importance_[static_cast<std::size_t>(fold)] = learner->importance();
}

AucEstimate TwoSampleTest::auc() const { return auc_delong(scores_, positive_).value(); }

std::vector<double> TwoSampleTest::importance() const {
  std::vector<double> out(static_cast<std::size_t>(x_.columns), 0);
  for (const auto& fold : importance_) {
    for (std::size_t c = 0; c < fold.size(); ++c) out[c] += fold[c] / kFolds;
  }
  return out;
}

UtilityProblem::UtilityProblem(const Dataset& train, const Dataset& test,
                               std::int64_t target_column, const std::string& positive_class)
    : target(target_column) {
  const Column& answers = test.column(target);
  const auto rows = rows_with(answers);
  x = features(test, target).take(rows);
  const Field& field = test.schema()[target];
  if (field.kind != Kind::kCategorical) {
    task = Task::kRegression;
    for (const auto i : rows) numbers.push_back(answers.number(i));
    return;
  }
  task = classes_in(train.column(target)).size() == 2 ? Task::kBinary : Task::kMulticlass;
  for (const auto i : rows) classes.push_back(answers.codes()[static_cast<std::size_t>(i)]);
  if (task == Task::kBinary) positive = positive_code(field, classes, positive_class);
}

UtilityModel::UtilityModel(const JudgeChoice& judge, const UtilityProblem& problem,
                           const Dataset& train, Seed seed)
    : judge_(judge), problem_(problem), seed_(seed) {
  const Column& answers = train.column(problem.target);
  const auto rows = rows_with(answers);
  x_ = features(train, problem.target).take(rows);
  y_.task = problem.task;
  if (problem.task == Task::kRegression) {
    for (const auto i : rows) y_.values.push_back(answers.number(i));
    return;
  }
  const auto present = classes_in(answers);
  known_.assign(present.begin(), present.end());
  for (const auto i : rows) {
    const auto code = answers.codes()[static_cast<std::size_t>(i)];
    y_.values.push_back(
        static_cast<double>(std::lower_bound(known_.begin(), known_.end(), code) - known_.begin()));
  }
  y_.classes = std::ssize(known_);
  y_.task = known_.size() > 2 ? Task::kMulticlass : Task::kBinary;
}

void UtilityModel::add_task(Tasks& tasks) {
  tasks.emplace_back([this] { run(); });
}

void UtilityModel::run() {
  const auto rows = static_cast<std::size_t>(problem_.rows());
  if (problem_.task != Task::kRegression &&
      known_.size() < 2) {  // nothing to learn: says one class
    guess_.assign(rows, known_.empty() ? -1 : known_[0]);
    score_.assign(rows, 0);
  } else if (x_.rows > 0 && x_.columns > 0 && rows > 0) {
    const auto learner = judge_.make();
    learner->fit(x_, y_, seed_);
    score_ = learner->predict(problem_.x);
    if (problem_.task != Task::kRegression)
      predict_classes(score_, y_.task == Task::kBinary ? 1 : y_.classes);
  }
  ascending_ = ascending(score_);
}

void UtilityModel::predict_classes(const std::vector<double>& chances, std::int64_t width) {
  const auto at = std::lower_bound(known_.begin(), known_.end(), problem_.positive);
  const bool can = at != known_.end() && *at == problem_.positive;
  const auto column = static_cast<std::size_t>(at - known_.begin());
  std::vector<double> score;
  for (std::int64_t i = 0; i < problem_.rows(); ++i) {
    const double* row = chances.data() + i * width;
    std::vector<double> p(row, row + width);
    if (width == 1) p = {1 - row[0], row[0]};
    const auto top = static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
    guess_.push_back(known_[top]);
    score.push_back(can ? p[column] : 0);
  }
  score_ = std::move(score);
}

std::optional<double> UtilityModel::headline(std::span<const double> weights) const {
  if (score_.empty()) return std::nullopt;
  if (problem_.task == Task::kRegression) return r_squared(problem_.numbers, score_, weights);
  if (problem_.task == Task::kMulticlass) return macro_f1(weights);
  return weighted_auc(ascending_, score_, problem_.classes, problem_.positive, weights);
}

std::optional<double> UtilityModel::macro_f1(std::span<const double> weights) const {
  if (guess_.empty() || guess_[0] < 0) return std::nullopt;
  return semblance::macro_f1(problem_.classes, guess_, weights);
}

}  // namespace semblance
