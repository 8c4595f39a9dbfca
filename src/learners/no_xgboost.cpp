// SPDX-License-Identifier: Apache-2.0
// What the trees are in a build without XGBoost: a clear refusal.
#include "detail/check.hpp"
#include "learners/tree_set.hpp"
#include "semblance/learners/boosted_trees.hpp"
#include "semblance/learners/random_forest.hpp"

namespace semblance {

struct BoostedTrees::Impl {};
struct RandomForest::Impl {};

bool boosted_trees_available() noexcept { return false; }

BoostedTrees::BoostedTrees(BoostedTreesConfig config) : config_(config) {
  fail("BoostedTrees: built without XGBoost; configure with -D SEMBLANCE_XGBOOST=ON");
}

BoostedTrees::~BoostedTrees() = default;

std::string BoostedTrees::name() const { return "XGBoost (not in this build)"; }

// The constructor throws, so nothing below can run.
void BoostedTrees::do_fit(const FeatureMatrix&, const Labels&, Seed) {}
std::vector<double> BoostedTrees::do_predict(const FeatureMatrix&) const { return {}; }
std::vector<double> BoostedTrees::do_importance() const { return {}; }

RandomForest::RandomForest(RandomForestConfig config) : config_(config) {
  fail("RandomForest: built without XGBoost; configure with -D SEMBLANCE_XGBOOST=ON");
}

RandomForest::~RandomForest() = default;

TreeSet TreeSet::fit(const FeatureMatrix&, std::span<const float>, std::int64_t,
                     const TreeSetConfig&, Seed) {
  fail("ForestFlow: built without XGBoost; configure with -D SEMBLANCE_XGBOOST=ON");
}

std::string RandomForest::name() const { return "XGBoost (not in this build)"; }

void RandomForest::do_fit(const FeatureMatrix&, const Labels&, Seed) {}
std::vector<double> RandomForest::do_predict(const FeatureMatrix&) const { return {}; }
std::vector<double> RandomForest::do_importance() const { return {}; }

}  // namespace semblance
