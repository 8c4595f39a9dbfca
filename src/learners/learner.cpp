// SPDX-License-Identifier: Apache-2.0
#include "semblance/learners/learner.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "detail/check.hpp"
#include "semblance/learners/boosted_trees.hpp"
#include "semblance/learners/random_forest.hpp"

namespace semblance {

Labels Labels::take(std::span<const std::int64_t> rows) const {
  Labels out{task, {}, classes, {}};
  out.values.reserve(rows.size());
  for (const auto i : rows) {
    out.values.push_back(values.at(static_cast<std::size_t>(i)));
    if (!weights.empty()) out.weights.push_back(weights.at(static_cast<std::size_t>(i)));
  }
  return out;
}

Labels Labels::balanced() const {
  require(task != Task::kRegression, "Labels.balanced: the task must be classification");
  std::vector<double> rows(static_cast<std::size_t>(classes));
  for (const double y : values) ++rows.at(static_cast<std::size_t>(y));
  const auto present = std::count_if(rows.begin(), rows.end(), [](double n) { return n > 0; });
  Labels out{task, values, classes, {}};
  for (const double y : values) {
    out.weights.push_back(static_cast<double>(values.size()) /
                          (static_cast<double>(present) * rows[static_cast<std::size_t>(y)]));
  }
  return out;
}

namespace {

void check_weights(const Labels& labels) {
  require(labels.weights.empty() || labels.weights.size() == labels.values.size(),
          "Learner::fit: there must be one weight a row, got {} weights and {} rows",
          labels.weights.size(), labels.values.size());
  double total = 0;
  for (const double weight : labels.weights) {
    require(std::isfinite(weight) && weight >= 0,
            "Learner::fit: a weight must be finite and >= 0, got {}", weight);
    total += weight;
  }
  require(labels.weights.empty() || total > 0, "Learner::fit: some weight must be > 0");
}

}  // namespace

Learner::~Learner() = default;

void Learner::fit(const FeatureMatrix& x, const Labels& labels, Seed seed) {
  require(x.rows >= 1 && x.columns >= 1, "Learner::fit: x must have rows and columns, got {} x {}",
          x.rows, x.columns);
  require(std::ssize(labels.values) == x.rows,
          "Learner::fit: there must be one label a row, got {} labels and {} rows",
          labels.values.size(), x.rows);
  require(labels.task == Task::kRegression || labels.classes >= 2,
          "Learner::fit: classes must be >= 2, got {}", labels.classes);
  require(labels.task != Task::kBinary || labels.classes == 2,
          "Learner::fit: a binary task must have 2 classes, got {}", labels.classes);
  for (const double y : labels.values) {
    const bool code = y >= 0 && y < static_cast<double>(labels.classes) && y == std::floor(y);
    require(std::isfinite(y) && (labels.task == Task::kRegression || code),
            "Learner::fit: a label must be finite and, for classes, a code below {}, got {}",
            labels.classes, y);
  }
  check_weights(labels);
  do_fit(x, labels, seed);
  levels_ = x.levels;
  fitted_ = true;
}

std::vector<double> Learner::predict(const FeatureMatrix& x) const {
  require<NotFitted>(fitted_, "Learner::predict: call fit first");
  require(x.levels == levels_, "Learner::predict: x must have the columns of fit, got {} of {}",
          x.columns, levels_.size());
  if (x.rows == 0) return {};
  return do_predict(x);
}

std::vector<double> Learner::importance() const {
  require<NotFitted>(fitted_, "Learner::importance: call fit first");
  std::vector<double> out = do_importance();
  const double total = std::accumulate(out.begin(), out.end(), 0.0);
  if (total > 0) {
    for (double& share : out) share /= total;
  }
  return out;
}

void BoostedTreesConfig::validate() const {
  const auto share = [](double v) { return v > 0 && v <= 1; };
  require(trees >= 1, "BoostedTreesConfig.trees must be >= 1, got {}", trees);
  require(depth >= 1 && depth <= 16, "BoostedTreesConfig.depth must be 1 to 16, got {}", depth);
  require(share(learning_rate), "BoostedTreesConfig.learning_rate must be in (0, 1], got {}",
          learning_rate);
  require(share(row_share), "BoostedTreesConfig.row_share must be in (0, 1], got {}", row_share);
  require(share(column_share), "BoostedTreesConfig.column_share must be in (0, 1], got {}",
          column_share);
}

void RandomForestConfig::validate() const {
  require(trees >= 1 && trees <= 100'000, "RandomForestConfig.trees must be 1 to 100000, got {}",
          trees);
  require(depth >= 0 && depth <= 64, "RandomForestConfig.depth must be 0 to 64, got {}", depth);
  require(min_leaf >= 1, "RandomForestConfig.min_leaf must be >= 1, got {}", min_leaf);
  require(row_share > 0 && row_share <= 1, "RandomForestConfig.row_share must be in (0, 1], got {}",
          row_share);
  require(column_share >= 0 && column_share <= 1,
          "RandomForestConfig.column_share must be in [0, 1], got {}", column_share);
}

namespace presets {

RandomForestConfig decision_tree() { return {.trees = 1, .row_share = 1, .column_share = 1}; }

}  // namespace presets

}  // namespace semblance
