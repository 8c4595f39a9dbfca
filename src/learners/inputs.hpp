// SPDX-License-Identifier: Apache-2.0
// Features as the inputs of models that add and multiply.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "semblance/learners/features.hpp"

namespace semblance {

/// One input that is not 0: its position and value.
struct Term {
  std::int32_t index;
  double value;
};

/// How one feature becomes inputs: a standardised number and an indicator of missingness, or one
/// input a kept category, one for all others and one for missing.
struct Encoding {
  std::int32_t offset = 0;
  double mean = 0, scale = 1;             // numbers
  std::vector<std::int32_t> inputs = {};  // categories: code -> input, relative to offset
  std::int32_t size = 0;

  [[nodiscard]] Term term(float value) const;
};

/// The inputs of every feature, learnt from training rows; each row has one term a feature.
class Inputs {
 public:
  Inputs() = default;
  /// \param most  Categories a column keeps by frequency; others share one input.
  Inputs(const FeatureMatrix& x, std::int32_t most);

  [[nodiscard]] std::int32_t size() const noexcept { return size_; }
  [[nodiscard]] const std::vector<Encoding>& encodings() const noexcept { return encodings_; }
  /// All rows' terms, row-major.
  [[nodiscard]] std::vector<Term> terms(const FeatureMatrix& x) const;

 private:
  std::vector<Encoding> encodings_;
  std::int32_t size_ = 0;
};

/// How numbers to predict become numbers around 0 of size 1, and back.
struct TargetScale {
  double mean = 0, scale = 1;

  TargetScale() = default;
  explicit TargetScale(std::span<const double> y);
  [[nodiscard]] double operator()(double y) const { return (y - mean) / scale; }
  [[nodiscard]] double back(double z) const { return mean + scale * z; }
};

}  // namespace semblance
