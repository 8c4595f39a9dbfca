// SPDX-License-Identifier: Apache-2.0
// XGBoost's C API behind three owners. Single-threaded, so that trees depend on the seed only.
#pragma once

#include <xgboost/c_api.h>

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "detail/check.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/learners/features.hpp"

namespace semblance::xgboost {

inline void check(int status) {
  require<Error>(status == 0, "XGBoost failed: {}", XGBGetLastError());
}

/// "XGBoost 1.7.4".
inline std::string version() {
  int major = 0, minor = 0, patch = 0;
  XGBoostVersion(&major, &minor, &patch);
  return fmt::format("XGBoost {}.{}.{}", major, minor, patch);
}

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

  void set_labels(const std::vector<float>& labels) {
    check(XGDMatrixSetFloatInfo(handle_, "label", labels.data(), labels.size()));
  }
  /// [rows, outputs], row-major: a target for each of several outputs.
  void set_targets(std::span<const float> targets, std::int64_t outputs) {
    const auto rows = static_cast<std::int64_t>(targets.size()) / outputs;
    const std::string array =
        fmt::format(R"({{"data": [{}, true], "shape": [{}, {}], "typestr": "<f4", "version": 3}})",
                    reinterpret_cast<std::uintptr_t>(targets.data()), rows, outputs);
    check(XGDMatrixSetInfoFromInterface(handle_, "label", array.c_str()));
  }
  /// Empty: 1 each.
  void set_weights(const std::vector<float>& weights) {
    if (weights.empty()) return;
    check(XGDMatrixSetFloatInfo(handle_, "weight", weights.data(), weights.size()));
  }
  [[nodiscard]] DMatrixHandle get() const { return handle_; }

 private:
  DMatrixHandle handle_ = nullptr;
};

/// Owns a Booster.
class Booster {
 public:
  Booster(const Matrix& train, Seed seed) {
    const DMatrixHandle cache = train.get();
    check(XGBoosterCreate(&cache, 1, &handle_));
    set("verbosity", "0");
    set("nthread", "1");
    set("seed", std::to_string(Stream(seed)() >> 1));
    set("tree_method", "hist");
  }
  ~Booster() {
    if (handle_ != nullptr) XGBoosterFree(handle_);
  }
  Booster(Booster&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Booster& operator=(Booster&&) = delete;

  void set(const char* key, const std::string& value) {
    check(XGBoosterSetParam(handle_, key, value.c_str()));
  }
  void set(const char* key, double value) { set(key, fmt::format("{:.9g}", value)); }

  void boost(const Matrix& train, int round) {
    check(XGBoosterUpdateOneIter(handle_, round, train.get()));
  }

  /// Predictions, row-major.
  [[nodiscard]] std::vector<double> predict(const Matrix& rows) const {
    const char* config =
        R"({"type": 0, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": true})";
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0, size = 1;
    const float* values = nullptr;
    check(XGBoosterPredictFromDMatrix(handle_, rows.get(), config, &shape, &dimensions, &values));
    for (bst_ulong i = 0; i < dimensions; ++i) size *= shape[i];
    return {values, values + size};
  }

  /// The trees in the order they were boosted, each a JSON object.
  [[nodiscard]] std::vector<std::string> dump() const {
    bst_ulong count = 0;
    const char** trees = nullptr;
    check(XGBoosterDumpModelEx(handle_, "", 0, "json", &count, &trees));
    return {trees, trees + count};
  }

  /// What the splits of each of `columns` features gained.
  [[nodiscard]] std::vector<double> gain(std::size_t columns) const {
    const char* config = R"({"importance_type": "total_gain"})";
    bst_ulong features = 0, dimensions = 0;
    const char** names = nullptr;
    const bst_ulong* shape = nullptr;
    const float* scores = nullptr;
    check(XGBoosterFeatureScore(handle_, config, &features, &names, &dimensions, &shape, &scores));
    std::vector<double> out(columns, 0.0);
    for (bst_ulong i = 0; i < features; ++i) {
      // Features carry no names, so XGBoost calls the k-th "f<k>".
      const auto k = static_cast<std::size_t>(std::stoul(std::string(names[i]).substr(1)));
      out.at(k) = static_cast<double>(scores[i]);
    }
    return out;
  }

 private:
  BoosterHandle handle_ = nullptr;
};

}  // namespace semblance::xgboost
