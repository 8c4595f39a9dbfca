// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "semblance/core/seed.hpp"
#include "semblance/learners/features.hpp"

namespace semblance {

/// What a supervised learner predicts.
enum class Task : std::uint8_t { kBinary, kMulticlass, kRegression };

/// The answers a learner is taught.
struct Labels {
  Task task = Task::kBinary;
  std::vector<double> values = {};   ///< Class codes 0..classes-1, or numbers; finite.
  std::int64_t classes = 2;          ///< Number of classes; ignored for regression.
  std::vector<double> weights = {};  ///< How much each row counts, finite and >= 0, some > 0;
                                     ///< empty: 1 each.

  /// Those rows, in that order.
  [[nodiscard]] Labels take(std::span<const std::int64_t> rows) const;

  /// The same with every class counting alike: weight n / (classes present x rows of the class).
  /// \throws InvalidArgument for regression.
  [[nodiscard]] Labels balanced() const;
};

/// A plain supervised learner on tables: the judge of the evaluation, and a part of generators.
///
/// Public calls check, private virtuals compute. `predict` is const and may run concurrently.
class Learner {
 public:
  Learner(const Learner&) = delete;
  Learner& operator=(const Learner&) = delete;
  virtual ~Learner();

  /// Learns `labels` from `x`.
  /// \param x  At least one row and one column.
  /// \throws InvalidArgument if the sizes differ, x is empty, or a label is not finite or not a
  /// code, or a weight breaks its rule.
  void fit(const FeatureMatrix& x, const Labels& labels, Seed seed);

  /// Predictions, row-major: the probability of class 1 (kBinary, one a row), of every class
  /// (kMulticlass, `classes` a row), or the number (kRegression, one a row).
  /// \throws NotFitted before `fit`; InvalidArgument if x has other columns than in `fit`.
  [[nodiscard]] std::vector<double> predict(const FeatureMatrix& x) const;

  /// How much each feature contributed to what was learnt, [columns], >= 0, sums to 1 unless all 0.
  /// \throws NotFitted before `fit`.
  [[nodiscard]] std::vector<double> importance() const;

  /// The learner and its settings, for reports: "XGBoost 1.7.4, 200 trees of depth 6".
  [[nodiscard]] virtual std::string name() const = 0;

 protected:
  Learner() = default;

 private:
  virtual void do_fit(const FeatureMatrix& x, const Labels& labels, Seed seed) = 0;
  [[nodiscard]] virtual std::vector<double> do_predict(const FeatureMatrix& x) const = 0;
  [[nodiscard]] virtual std::vector<double> do_importance() const = 0;

  std::vector<std::int32_t> levels_;
  bool fitted_ = false;
};

}  // namespace semblance
