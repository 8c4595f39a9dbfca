// SPDX-License-Identifier: Apache-2.0
// What an analyst would conclude from a regression: coefficients with their intervals.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "learners/inputs.hpp"

namespace semblance {

/// Rows of a regression: features and a number, or 0 and 1.
struct RegressionRows {
  FeatureMatrix x;
  std::vector<double> y;
};

/// One coefficient of an input, on the scale of the inputs' training rows.
struct Coefficient {
  std::size_t feature = 0;
  double value = 0;
  double error = 0;  ///< Standard error.
};

/// A logistic or linear regression with ridge 1 on inputs that were learnt elsewhere, by Newton's
/// method; standard errors from the inverse of the penalised information matrix.
class CoefficientModel {
 public:
  /// \param like      Rows that fix the inputs: scales, kept categories, and which inputs vary.
  /// \param logistic  y is 0 or 1; else a number, scaled as in `like`.
  CoefficientModel(const RegressionRows& like, bool logistic);

  /// The coefficients of inputs that vary in `like`, without the intercept; empty for no rows.
  [[nodiscard]] std::vector<Coefficient> fit(const RegressionRows& rows) const;

 private:
  Inputs inputs_;
  TargetScale scale_;
  std::vector<std::uint8_t> varies_;
  bool logistic_;
};

/// Karr's overlap of two intervals: the mean of the overlap's share of either, cut at 0.
[[nodiscard]] double overlap_of(const Coefficient& a, const Coefficient& b, double level);

/// Mean over coefficients; empty without any.
[[nodiscard]] std::optional<double> mean_overlap(const std::vector<Coefficient>& a,
                                                 const std::vector<Coefficient>& b, double level);

}  // namespace semblance
