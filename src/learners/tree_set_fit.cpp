// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <deque>
#include <nlohmann/json.hpp>

#include "learners/tree_set.hpp"
#include "learners/xgboost.hpp"

namespace semblance {

/// Trees as XGBoost prints them, to arrays.
class TreeReader {
 public:
  explicit TreeReader(TreeSet& to) : to_(to) {}

  void add(const nlohmann::json& tree) {
    to_.roots_.push_back(allocate(1));
    std::deque<std::pair<const nlohmann::json*, std::size_t>> open;
    open.emplace_back(&tree, static_cast<std::size_t>(to_.roots_.back()));
    for (; !open.empty(); open.pop_front()) {
      const auto [node, at] = open.front();
      if (node->contains("leaf")) {
        to_.numbers_[at] = node->at("leaf").get<float>();
        continue;
      }
      const auto& children = node->at("children");
      const std::int32_t left = allocate(2);
      to_.nodes_[2 * at] = feature(node->at("split").get<std::string>());
      to_.nodes_[2 * at + 1] = left;
      to_.numbers_[at] = node->at("split_condition").get<float>();
      const bool first_is_left = children.at(0).at("nodeid") == node->at("yes");
      for (std::size_t side = 0; side < 2; ++side) {
        open.emplace_back(&children.at(first_is_left ? side : 1 - side),
                          static_cast<std::size_t>(left) + side);
      }
    }
  }

 private:
  /// Features carry no names, so XGBoost calls the k-th "f<k>".
  static std::int32_t feature(const std::string& name) {
    return static_cast<std::int32_t>(std::stol(name.substr(1)));
  }

  std::int32_t allocate(std::size_t nodes) {
    const auto first = static_cast<std::int32_t>(to_.numbers_.size());
    to_.numbers_.resize(to_.numbers_.size() + nodes);
    for (std::size_t i = 0; i < nodes; ++i) to_.nodes_.insert(to_.nodes_.end(), {-1, 0});
    return first;
  }

  TreeSet& to_;
};

TreeSet TreeSet::fit(const FeatureMatrix& x, std::span<const float> targets, std::int64_t outputs,
                     const TreeSetConfig& config, Seed seed) {
  xgboost::Matrix train(x);
  train.set_targets(targets, outputs);
  xgboost::Booster booster(train, derive(seed, "tree-set"));
  booster.set("objective", std::string("reg:squarederror"));
  booster.set("base_score", 0.0);
  booster.set("lambda", 0.0);
  booster.set("max_depth", std::to_string(config.depth));
  booster.set("eta", config.learning_rate);
  for (std::int64_t i = 0; i < config.trees; ++i) booster.boost(train, static_cast<int>(i));
  TreeSet out;
  out.features_ = x.columns;
  out.outputs_ = outputs;
  TreeReader reader(out);
  for (const std::string& tree : booster.dump()) reader.add(nlohmann::json::parse(tree));
  return out;
}

}  // namespace semblance
