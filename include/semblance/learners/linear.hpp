// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "semblance/learners/learner.hpp"

namespace semblance {

/// Every knob of LinearLearner.
struct LinearConfig {
  double l2 = 1.0;                ///< Weight of the squared coefficients in the summed loss, >= 0.
  std::int64_t iterations = 200;  ///< Most L-BFGS steps, >= 1.
  double tolerance = 1e-6;        ///< Stops when no gradient of the mean loss exceeds it, > 0.
  std::int32_t max_levels =
      100;  ///< Categories a column keeps by frequency; others share one, >= 1.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// Logistic regression (binary), softmax regression (multiclass) or ridge regression.
///
/// Minimises sum_i weight_i loss(x_i, y_i) + l2/2 |w|^2 by L-BFGS [1] on standardised numbers, with an
/// indicator of missingness, and one-hot categories; the intercept is not penalised. Convex, so
/// the result does not depend on the seed.
///
/// [1] Liu, Nocedal, "On the limited memory BFGS method", Math. Programming 45, 1989.
class LinearLearner final : public Learner {
 public:
  explicit LinearLearner(LinearConfig config = {});
  ~LinearLearner() override;

  [[nodiscard]] const LinearConfig& config() const noexcept { return config_; }
  [[nodiscard]] std::string name() const override;

 private:
  void do_fit(const FeatureMatrix& x, const Labels& labels, Seed seed) override;
  [[nodiscard]] std::vector<double> do_predict(const FeatureMatrix& x) const override;
  [[nodiscard]] std::vector<double> do_importance() const override;

  struct Impl;
  LinearConfig config_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace semblance
