// SPDX-License-Identifier: Apache-2.0
#include "semblance/learners/boosted_trees.hpp"

#include <algorithm>

#include "learners/xgboost.hpp"

namespace semblance {
namespace {

const char* objective(Task task) {
  switch (task) {
    case Task::kBinary:
      return "binary:logistic";
    case Task::kMulticlass:
      return "multi:softprob";
    case Task::kRegression:
      return "reg:squarederror";
  }
  return "";
}

/// Where boosting starts: the mean label, kept inside (0, 1) for probabilities.
double base_score(const Labels& labels) {
  double sum = 0, total = 0;
  for (std::size_t i = 0; i < labels.values.size(); ++i) {
    const double weight = labels.weights.empty() ? 1 : labels.weights[i];
    sum += weight * labels.values[i];
    total += weight;
  }
  const double mean = sum / total;
  if (labels.task == Task::kRegression) return mean;
  return labels.task == Task::kBinary ? std::clamp(mean, 1e-6, 1 - 1e-6) : 0.5;
}

}  // namespace

struct BoostedTrees::Impl {
  xgboost::Booster booster;
  std::size_t columns;
};

bool boosted_trees_available() noexcept { return true; }

BoostedTrees::BoostedTrees(BoostedTreesConfig config) : config_(config) { config_.validate(); }

BoostedTrees::~BoostedTrees() = default;

std::string BoostedTrees::name() const {
  return fmt::format("{}, {} trees of depth {}", xgboost::version(), config_.trees, config_.depth);
}

void BoostedTrees::do_fit(const FeatureMatrix& x, const Labels& labels, Seed seed) {
  xgboost::Matrix train(x);
  train.set_labels({labels.values.begin(), labels.values.end()});
  train.set_weights({labels.weights.begin(), labels.weights.end()});
  xgboost::Booster booster(train, derive(seed, "boosted-trees"));
  booster.set("objective", std::string(objective(labels.task)));
  if (labels.task == Task::kMulticlass) booster.set("num_class", std::to_string(labels.classes));
  booster.set("base_score", base_score(labels));
  booster.set("max_depth", std::to_string(config_.depth));
  booster.set("eta", config_.learning_rate);
  booster.set("subsample", config_.row_share);
  booster.set("colsample_bytree", config_.column_share);
  for (int i = 0; i < config_.trees; ++i) booster.boost(train, i);
  impl_ = std::make_unique<Impl>(std::move(booster), static_cast<std::size_t>(x.columns));
}

std::vector<double> BoostedTrees::do_predict(const FeatureMatrix& x) const {
  return impl_->booster.predict(xgboost::Matrix(x));
}

std::vector<double> BoostedTrees::do_importance() const {
  return impl_->booster.gain(impl_->columns);
}

}  // namespace semblance
