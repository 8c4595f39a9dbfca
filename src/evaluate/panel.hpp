// SPDX-License-Identifier: Apache-2.0
// Models that are trained on one table and asked about others: usefulness and fairness.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evaluate/judge.hpp"

namespace semblance {

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

/// What one model says about a problem's rows. Weights count the rows; none: 1 each.
class Answers {
 public:
  explicit Answers(const UtilityProblem& problem) : problem_(problem) {}

  [[nodiscard]] const UtilityProblem& problem() const noexcept { return problem_; }
  /// The guessed class of each row, -1 where there is none; empty for regression.
  [[nodiscard]] const std::vector<std::int32_t>& guesses() const noexcept { return guess_; }

  /// P(positive) (binary) or the predicted number (regression) of each row.
  [[nodiscard]] const std::vector<double>& scores() const noexcept { return score_; }

  /// AUC, macro-F1 or R2, by task. Classes that the model never saw count as errors.
  [[nodiscard]] std::optional<double> headline(std::span<const double> weights = {}) const;
  [[nodiscard]] std::optional<double> macro_f1(std::span<const double> weights = {}) const;
  /// Expected calibration error: mean over rows of |share right - chance stated| of their tenth.
  [[nodiscard]] std::optional<double> calibration_error(std::span<const double> weights = {}) const;

 private:
  friend class UtilityModel;
  /// \param chances  Of the classes `known`, row-major (one number a row for two classes), or the
  ///                 predicted numbers.
  void take(std::vector<double> chances, std::span<const std::int32_t> known);
  /// Every row is of the one class there was to learn, or of none.
  void take_constant(std::span<const std::int32_t> known);

  const UtilityProblem& problem_;
  std::vector<std::int32_t> guess_;     ///< Classification: predicted code a row.
  std::vector<double> score_;           ///< Binary: P(positive); regression: the prediction.
  std::vector<double> confidence_;      ///< Classification: P(guess).
  std::vector<std::size_t> ascending_;  ///< Order of score_.
};

/// A judge taught by one table.
class UtilityModel {
 public:
  /// \param asked  Problems of one target; they must outlive the model.
  UtilityModel(const JudgeChoice& judge, const Dataset& train, Seed seed,
               std::span<const UtilityProblem* const> asked);

  void add_task(Tasks& tasks);

  /// What it says about the i-th problem.
  [[nodiscard]] const Answers& answers(std::size_t i) const { return answers_.at(i); }
  /// Share of each feature; empty where nothing could be learnt.
  [[nodiscard]] const std::vector<double>& importance() const noexcept { return importance_; }

 private:
  void run();

  const JudgeChoice& judge_;
  Dataset train_;
  Seed seed_;
  std::vector<Answers> answers_;
  std::vector<double> importance_;
};

/// The models of one judge, and what they say: element s has the judge's s-th seed.
struct Panel {
  using Asked = std::vector<const Answers*>;
  explicit Panel(const JudgeChoice* who) : judge(who) {}
  const JudgeChoice* judge;
  Asked synthetic, real, augmented;  ///< Tested on the holdout.
  Asked trts, tsts;                  ///< Tested on synthetic rows.
  Asked floor;                       ///< Taught by shuffled columns; of the first judge only.
  const UtilityModel *of_synthetic = nullptr, *of_real = nullptr, *of_holdout = nullptr,
                     *of_floor = nullptr;  ///< Of the first seed.
  std::vector<std::unique_ptr<UtilityModel>> models;
};

/// What models are taught by.
struct Lessons {
  Dataset train, synthetic;
  Dataset half;  ///< Synthetic rows that `Usefulness::half` lacks.

  /// The same of disjoint parts of each.
  [[nodiscard]] std::vector<Lessons> parts(std::int64_t count, Seed seed) const;
};

/// All that was asked about usefulness; panels[0] has the evaluation's judge.
struct Usefulness {
  static constexpr std::int64_t kParts = 4;

  UtilityProblem unseen;     ///< The holdout.
  UtilityProblem synthetic;  ///< All synthetic rows.
  UtilityProblem half;       ///< One half of them.
  std::vector<Panel> panels;
  /// That judge again, taught by disjoint parts of the rows: how much a score moves with the rows
  /// that taught it.
  std::vector<Panel> parts = {};
};

}  // namespace semblance
