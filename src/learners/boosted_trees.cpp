// SPDX-License-Identifier: Apache-2.0
#include "semblance/learners/boosted_trees.hpp"

#include <xgboost/c_api.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "detail/check.hpp"

namespace semblance {
namespace {

void check(int status) { require<Error>(status == 0, "XGBoost failed: {}", XGBGetLastError()); }

/// Owns a DMatrix with the features of x.
class Matrix {
 public:
  explicit Matrix(const FeatureMatrix& x) {
    check(XGDMatrixCreateFromMat(x.values.data(), static_cast<bst_ulong>(x.rows),
                                 static_cast<bst_ulong>(x.columns),
                                 std::numeric_limits<float>::quiet_NaN(), &handle_));
    std::vector<const char*> types;
    for (const auto levels : x.levels) types.push_back(levels > 0 ? "c" : "float");
    check(XGDMatrixSetStrFeatureInfo(handle_, "feature_type", types.data(), types.size()));
  }
  ~Matrix() { XGDMatrixFree(handle_); }
  Matrix(const Matrix&) = delete;
  Matrix& operator=(const Matrix&) = delete;

  void set_labels(const std::vector<double>& values) {
    const std::vector<float> labels(values.begin(), values.end());
    check(XGDMatrixSetFloatInfo(handle_, "label", labels.data(), labels.size()));
  }
  [[nodiscard]] DMatrixHandle get() const { return handle_; }

 private:
  DMatrixHandle handle_ = nullptr;
};

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
  const auto n = static_cast<double>(labels.values.size());
  const double mean = std::accumulate(labels.values.begin(), labels.values.end(), 0.0) / n;
  if (labels.task == Task::kRegression) return mean;
  return labels.task == Task::kBinary ? std::clamp(mean, 1e-6, 1 - 1e-6) : 0.5;
}

}  // namespace

struct BoostedTrees::Impl {
  BoosterHandle handle = nullptr;
  std::size_t columns = 0;

  Impl() = default;
  ~Impl() {
    if (handle != nullptr) XGBoosterFree(handle);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void set(const char* key, const std::string& value) {
    check(XGBoosterSetParam(handle, key, value.c_str()));
  }
};

bool boosted_trees_available() noexcept { return true; }

BoostedTrees::BoostedTrees(BoostedTreesConfig config) : config_(config) { config_.validate(); }

BoostedTrees::~BoostedTrees() = default;

std::string BoostedTrees::name() const {
  int major = 0, minor = 0, patch = 0;
  XGBoostVersion(&major, &minor, &patch);
  return fmt::format("XGBoost {}.{}.{}, {} trees of depth {}", major, minor, patch, config_.trees,
                     config_.depth);
}

void BoostedTrees::do_fit(const FeatureMatrix& x, const Labels& labels, Seed seed) {
  Matrix train(x);
  train.set_labels(labels.values);
  auto next = std::make_unique<Impl>();
  next->columns = static_cast<std::size_t>(x.columns);
  const DMatrixHandle cache = train.get();
  check(XGBoosterCreate(&cache, 1, &next->handle));
  next->set("verbosity", "0");
  next->set("nthread", "1");
  next->set("seed", std::to_string(Stream(seed, "boosted-trees")() >> 1));
  next->set("objective", objective(labels.task));
  if (labels.task == Task::kMulticlass) next->set("num_class", std::to_string(labels.classes));
  next->set("base_score", fmt::format("{:.9g}", base_score(labels)));
  next->set("tree_method", "hist");
  next->set("max_depth", std::to_string(config_.depth));
  next->set("eta", fmt::format("{}", config_.learning_rate));
  next->set("subsample", fmt::format("{}", config_.row_share));
  next->set("colsample_bytree", fmt::format("{}", config_.column_share));
  for (int i = 0; i < config_.trees; ++i)
    check(XGBoosterUpdateOneIter(next->handle, i, train.get()));
  impl_ = std::move(next);
}

std::vector<double> BoostedTrees::do_predict(const FeatureMatrix& x) const {
  const Matrix rows(x);
  const char* config =
      R"({"type": 0, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": true})";
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* values = nullptr;
  check(
      XGBoosterPredictFromDMatrix(impl_->handle, rows.get(), config, &shape, &dimensions, &values));
  const auto size = std::accumulate(shape, shape + dimensions, bst_ulong{1}, std::multiplies<>{});
  return {values, values + size};
}

std::vector<double> BoostedTrees::do_importance() const {
  const char* config = R"({"importance_type": "total_gain"})";
  bst_ulong features = 0, dimensions = 0;
  const char** names = nullptr;
  const bst_ulong* shape = nullptr;
  const float* scores = nullptr;
  check(XGBoosterFeatureScore(impl_->handle, config, &features, &names, &dimensions, &shape,
                              &scores));
  std::vector<double> out(impl_->columns, 0.0);
  for (bst_ulong i = 0; i < features; ++i) {
    // Features carry no names, so XGBoost calls the k-th "f<k>".
    const auto k = static_cast<std::size_t>(std::stoul(std::string(names[i]).substr(1)));
    out.at(k) = static_cast<double>(scores[i]);
  }
  return out;
}

}  // namespace semblance
