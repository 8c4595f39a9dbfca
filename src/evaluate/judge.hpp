// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evaluate/tables.hpp"
#include "semblance/evaluate/evaluate.hpp"
#include "semblance/learners/learner.hpp"

namespace semblance {

/// Who predicts, or why nobody can.
struct JudgeChoice {
  bool trees = false;
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

/// The rows that models are tested on and what they must predict there.
struct UtilityProblem {
  Task task = Task::kBinary;
  std::int64_t target = -1;
  FeatureMatrix x;                    ///< Test rows with a known target.
  std::vector<double> numbers;        ///< Regression: the truth.
  std::vector<std::int32_t> classes;  ///< Classification: the truth, codes of the vocabulary.
  std::int32_t positive = -1;         ///< Binary: the code of the positive class.

  /// \param positive  A category, or empty for the last in alphabetical order among test's.
  UtilityProblem(const Dataset& train, const Dataset& test, std::int64_t target,
                 const std::string& positive);
  [[nodiscard]] std::int64_t rows() const noexcept { return x.rows; }
};

/// A model trained on one table and its scores on the problem's rows.
class UtilityModel {
 public:
  UtilityModel(const JudgeChoice& judge, const UtilityProblem& problem, const Dataset& train,
               Seed seed);

  void add_task(Tasks& tasks);

  /// The guessed class of each test row, -1 where there is none; empty for regression.
  [[nodiscard]] const std::vector<std::int32_t>& guesses() const noexcept { return guess_; }

  /// P(positive) (binary) or the predicted number (regression) of each test row; else empty.
  [[nodiscard]] const std::vector<double>& scores() const noexcept { return score_; }

  /// AUC, macro-F1 or R2, by task; `weights` count the test rows.
  [[nodiscard]] std::optional<double> headline(std::span<const double> weights = {}) const;
  [[nodiscard]] std::optional<double> macro_f1(std::span<const double> weights = {}) const;

 private:
  void run();
  void predict_classes(const std::vector<double>& chances, std::int64_t width);

  const JudgeChoice& judge_;
  const UtilityProblem& problem_;
  Seed seed_;
  FeatureMatrix x_;
  Labels y_;
  std::vector<std::int32_t> known_;     ///< Class codes that the training rows have.
  std::vector<std::int32_t> guess_;     ///< Classification: predicted code a row.
  std::vector<double> score_;           ///< Binary: P(positive); regression: the prediction.
  std::vector<std::size_t> ascending_;  ///< Order of score_.
};

}  // namespace semblance
