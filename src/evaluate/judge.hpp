// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "evaluate/tables.hpp"
#include "semblance/evaluate/evaluate.hpp"
#include "semblance/learners/learner.hpp"

namespace semblance {

/// Who predicts, or why nobody can.
struct JudgeChoice {
  Judge kind = Judge::kLinear;  ///< Never kAuto.
  std::string name;
  std::string unavailable;  ///< Not empty: there is no such judge in this build.
  std::string warning;      ///< Not empty: a weaker judge than asked for.

  explicit JudgeChoice(Judge judge);
  [[nodiscard]] std::unique_ptr<Learner> make() const;
};

/// Independent pieces of work (model fits) that run in parallel in one go.
using Tasks = std::vector<std::function<void()>>;

/// A classifier two-sample test: can the judge tell rows of `a` from rows of `b`? Out-of-fold
/// scores of five stratified folds, equally many rows of both.
class TwoSampleTest {
 public:
  static constexpr int kFolds = 5;

  TwoSampleTest(const JudgeChoice& judge, const Dataset& a, const Dataset& b, std::int64_t most,
                Seed seed);

  void add_tasks(Tasks& tasks);

  [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
  [[nodiscard]] AucEstimate auc() const;
  /// DeLong's variance holds for a given judge; judges of folds share rows, and their spread adds
  /// the share 1/(1 - 1/folds) of it, as for any cross-validated mean [1].
  ///
  /// [1] Nadeau, Bengio, "Inference for the generalization error", Machine Learning 52, 2003.
  [[nodiscard]] Interval interval(double level) const;
  [[nodiscard]] std::vector<RocPoint> roc() const { return roc_curve(scores_, positive_); }
  /// Share of each feature in what the judge learnt, mean over the folds.
  [[nodiscard]] std::vector<double> importance() const;

 private:
  void run_fold(int fold);

  const JudgeChoice& judge_;
  Seed seed_;
  std::int64_t rows_;
  FeatureMatrix x_;
  Labels y_;
  std::vector<int> folds_;
  std::vector<double> scores_;
  std::vector<std::uint8_t> positive_;
  std::vector<std::vector<double>> importance_;
};

}  // namespace semblance
