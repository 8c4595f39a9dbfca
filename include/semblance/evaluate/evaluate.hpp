// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "semblance/core/run.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/data/constraint.hpp"
#include "semblance/data/dataset.hpp"
#include "semblance/evaluate/audit.hpp"
#include "semblance/evaluate/report.hpp"
#include "semblance/evaluate/shadow.hpp"

namespace semblance {

/// What is compared with what.
struct Evaluation {
  Dataset train;                        ///< The rows the generator learned, >= 2.
  Dataset synthetic;                    ///< The rows it made, >= 2, of the same columns.
  std::optional<Dataset> holdout = {};  ///< Real rows it has not seen, >= 2.
  std::string target = {};              ///< Column to predict; empty: the schema's target, if any.
  /// Its positive (favourable) class; empty: the schema's, or the last one in alphabetical order.
  std::string positive = {};
  /// What somebody may know of a person, for k-anonymity, attribution and their kin; empty: the
  /// sensitive columns. The target is the secret.
  std::vector<std::string> quasi_identifiers = {};
  /// What every row must keep, for `constraint_violations`; predicates of your own among them.
  Constraints constraints = {};
  std::optional<DpClaim> claim = {};  ///< Of differential privacy, to be audited.
  /// What made the synthetic rows, for `mia_shadow`, which fits it again and again; empty: unknown.
  GeneratorFactory generator = {};
  /// Further tables that the same generator made, with other seeds of sampling or of training:
  /// every metric then tells how much it moves between them.
  std::vector<Dataset> more_synthetic = {};
};

/// Who predicts in the classifier tests.
enum class Judge : std::uint8_t {
  kAuto,          ///< Boosted trees where the build has them, else linear with a warning.
  kBoostedTrees,  ///< Without XGBoost in the build their metrics are "unavailable".
  kLinear,        ///< Logistic, softmax or ridge regression: fast, blind to interactions.
  kForest,        ///< Random forest; like boosted trees, needs XGBoost.
  kMlp            ///< Multi-layer perceptron.
};

/// How much is measured.
struct EvaluateOptions {
  RunOptions run = {};  ///< Progress, cancellation, threads: never the numbers.
  std::vector<Group> groups = {Group::kColumns,   Group::kPairs,   Group::kDetection,
                               Group::kDiversity, Group::kUtility, Group::kCopying,
                               Group::kPrivacy,   Group::kFairness};
  /// What is measured of these groups: ids, families, groups, themes, "default", "all" (see
  /// `select_metrics`); empty: the default set, which has `constraint_violations` where there are
  /// constraints. Nothing else is computed.
  std::vector<std::string> metrics = {};
  Judge judge = Judge::kAuto;  ///< Of the classifier tests, usefulness and fairness.
  /// Further judges of usefulness: their scores stand among the details and in the ranking of
  /// models; those this build lacks are left out.
  std::vector<Judge> more_judges = {Judge::kLinear};
  std::int64_t judge_seeds = 1;  ///< Trainings of each judge of usefulness, >= 1; scores are means.
  double level = 0.95;           ///< Confidence of the intervals, in (0, 1).
  std::int64_t bootstrap = 200;  ///< Replicates; 0: no bootstrap intervals. 0 or >= 20.
  std::int64_t c2st_rows = 20'000;  ///< Most rows a side of a classifier two-sample test, >= 10.
  std::int64_t floor_rows = 5'000;  ///< The same for its floor, which needs no precision, >= 10.
  std::int64_t diversity_rows = 2'000;   ///< Most rows of a table in the diversity group, >= 20.
  std::int64_t dcr_queries = 5'000;      ///< Most rows whose nearest record is searched, >= 1.
  std::int64_t dcr_references = 20'000;  ///< Most rows searched through, >= 2.

  std::int64_t attacks = 500;  ///< Attacks of a kind in the privacy group, >= 20.

  std::int64_t shadows = 64;  ///< Generators that `mia_shadow` fits, >= 8 and even.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// Measures how good, how useful and how independent of its training rows a synthetic table is.
///
/// Every metric is also taken with real rows in place of the synthetic ones (the holdout; without
/// one, a half of the training rows against the other where that makes sense) and with rows that
/// lost everything it looks at (its floor): a number alone says nothing. docs/report.md explains
/// each. Text, tensor and key columns are left out with a warning.
///
/// The numbers depend on the data, the seed and the options other than `run`; not on threads.
///
/// \throws InvalidArgument if a table has fewer than 2 rows or lacks a column of the training
///         table, no column can be evaluated, the target is unknown, or a constraint does not
///         fit the columns.
/// \throws Cancelled       if the callback answers `Flow::kStop` or the stop token was triggered.
[[nodiscard]] Report evaluate(const Evaluation& evaluation, Seed seed,
                              const EvaluateOptions& options = {});

}  // namespace semblance
