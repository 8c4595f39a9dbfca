// SPDX-License-Identifier: Apache-2.0
#include "evaluate/judge.hpp"

#include <algorithm>
#include <numeric>

#include "detail/check.hpp"
#include "semblance/learners/boosted_trees.hpp"
#include "semblance/learners/linear.hpp"
#include "semblance/learners/mlp.hpp"
#include "semblance/learners/random_forest.hpp"

namespace semblance {
namespace {

constexpr const char* kSwitch = "built without XGBoost; configure with -D SEMBLANCE_XGBOOST=ON";

}  // namespace

JudgeChoice::JudgeChoice(Judge judge) : kind(judge) {
  if (judge == Judge::kAuto)
    kind = boosted_trees_available() ? Judge::kBoostedTrees : Judge::kLinear;
  if ((kind == Judge::kBoostedTrees || kind == Judge::kForest) && !boosted_trees_available()) {
    unavailable = kSwitch;
    name = kind == Judge::kForest ? "random forest" : "boosted trees";
    return;
  }
  name = make()->name();
  if (judge == Judge::kAuto && kind == Judge::kLinear) {
    warning = fmt::format(
        "The judge is a linear model, which cannot see lost interactions between columns ({}).",
        kSwitch);
  }
}

std::unique_ptr<Learner> JudgeChoice::make() const {
  if (kind == Judge::kBoostedTrees) return std::make_unique<BoostedTrees>();
  if (kind == Judge::kForest) return std::make_unique<RandomForest>();
  if (kind == Judge::kMlp) return std::make_unique<MlpLearner>();
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

Interval TwoSampleTest::interval(double level) const {
  AucEstimate estimate = auc();
  estimate.variance *= 1 + static_cast<double>(kFolds) / (kFolds - 1);
  Interval out = estimate.interval(level);
  out.method = "DeLong, for refitted judges";
  return out;
}

}  // namespace semblance
