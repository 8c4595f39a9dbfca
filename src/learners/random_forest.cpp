// SPDX-License-Identifier: Apache-2.0
#include "semblance/learners/random_forest.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "learners/xgboost.hpp"

namespace semblance {
namespace {

/// What the forest of class `which` learns: 1 for its rows, or the number itself.
std::vector<float> answers(const Labels& labels, std::size_t which) {
  if (labels.task != Task::kMulticlass) return {labels.values.begin(), labels.values.end()};
  std::vector<float> out;
  for (const double y : labels.values) {
    out.push_back(static_cast<std::size_t>(y) == which ? 1.0F : 0.0F);
  }
  return out;
}

/// The weight that a leaf needs so that `min_leaf` rows of the smallest weight are enough.
double leaf_weight(const Labels& labels, std::int64_t min_leaf) {
  double smallest = std::numeric_limits<double>::infinity();
  for (const double w : labels.weights) smallest = w > 0 ? std::min(smallest, w) : smallest;
  return static_cast<double>(min_leaf) *
         (labels.weights.empty() ? 1 : smallest * (1 - 1e-6));  // rounded to float32
}

}  // namespace

/// One forest of squared errors a class, or one alone. With squared errors, no penalty and a step
/// of 1 / trees in one round, XGBoost's leaves are the means of their rows and its trees' sum is
/// the mean of the trees.
struct RandomForest::Impl {
  Task task = Task::kBinary;
  std::size_t columns = 0;
  std::vector<xgboost::Booster> forests = {};

  /// Predictions of the forests, row-major: shares, divided by their sum where there are several.
  [[nodiscard]] std::vector<double> predict(const FeatureMatrix& x) const {
    const xgboost::Matrix rows(x);
    const std::size_t k = forests.size();
    std::vector<double> out(static_cast<std::size_t>(x.rows) * k);
    for (std::size_t c = 0; c < k; ++c) {
      const auto part = forests[c].predict(rows);
      for (std::size_t i = 0; i < part.size(); ++i) {
        out[i * k + c] = task == Task::kRegression ? part[i] : std::clamp(part[i], 0.0, 1.0);
      }
    }
    for (std::size_t i = 0; k > 1 && i < out.size(); i += k) normalise(out.data() + i, k);
    return out;
  }

  static void normalise(double* shares, std::size_t k) {
    const double total = std::accumulate(shares, shares + k, 0.0);
    for (std::size_t c = 0; c < k; ++c) {
      shares[c] = total > 0 ? shares[c] / total : 1 / static_cast<double>(k);
    }
  }
};

RandomForest::RandomForest(RandomForestConfig config) : config_(config) { config_.validate(); }

RandomForest::~RandomForest() = default;

std::string RandomForest::name() const {
  return fmt::format("{}, random forest of {} trees", xgboost::version(), config_.trees);
}

void RandomForest::do_fit(const FeatureMatrix& x, const Labels& labels, Seed seed) {
  auto next = std::make_unique<Impl>(
      Impl{.task = labels.task, .columns = static_cast<std::size_t>(x.columns)});
  const double share = config_.column_share > 0 ? config_.column_share
                                                : 1 / std::sqrt(static_cast<double>(x.columns));
  xgboost::Matrix train(x);
  train.set_weights({labels.weights.begin(), labels.weights.end()});
  const std::size_t forests =
      labels.task == Task::kMulticlass ? static_cast<std::size_t>(labels.classes) : 1;
  for (std::size_t c = 0; c < forests; ++c) {
    train.set_labels(answers(labels, c));
    train.set_weights({labels.weights.begin(), labels.weights.end()});
    auto& forest = next->forests.emplace_back(train, derive(derive(seed, "random-forest"), c));
    forest.set("objective", std::string("reg:squarederror"));
    forest.set("base_score", 0.0);
    forest.set("lambda", 0.0);
    forest.set("eta", 1.0);
    forest.set("max_depth", std::to_string(config_.depth));
    forest.set("min_child_weight", leaf_weight(labels, config_.min_leaf));
    forest.set("num_parallel_tree", std::to_string(config_.trees));
    forest.set("subsample", config_.row_share);
    forest.set("colsample_bynode", share);
    forest.boost(train, 0);
  }
  impl_ = std::move(next);
}

std::vector<double> RandomForest::do_predict(const FeatureMatrix& x) const {
  return impl_->predict(x);
}

std::vector<double> RandomForest::do_importance() const {
  std::vector<double> out(impl_->columns, 0.0);
  for (const auto& forest : impl_->forests) {
    const auto part = forest.gain(out.size());
    std::transform(out.begin(), out.end(), part.begin(), out.begin(), std::plus<>{});
  }
  return out;
}

}  // namespace semblance
