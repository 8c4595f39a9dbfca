// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "semblance/evaluate/scores.hpp"

namespace semblance {

/// The question a metric answers.
enum class Group : std::uint8_t {
  kColumns,    ///< Does each column look right?
  kPairs,      ///< Do the columns hang together as they should?
  kTime,       ///< Do signals behave in time as they should?
  kDetection,  ///< Does the table as a whole look right; can a classifier tell it from real rows?
  kDiversity,  ///< Do the rows cover all that real rows do, and nothing else?
  kUtility,    ///< Is a model trained on synthetic rows as good on real ones?
  kCopying,    ///< Are synthetic rows suspiciously near to training rows?
  kPrivacy,    ///< What does an attacker learn about the training rows?
  kFairness    ///< Are groups of people treated as they are in the real rows, or worse?
};

/// What a better value of a metric looks like.
enum class Direction : std::uint8_t { kLower, kHigher, kTarget };

/// Whether there is a value, and if not, why.
enum class Status : std::uint8_t {
  kOk,
  kUndefined,      ///< The data allow no value (a constant column, too few rows).
  kNotApplicable,  ///< Something it needs was not given (a holdout, a target).
  kUnavailable     ///< This build lacks a part; the reason names the switch.
};

/// How a value compares with real rows and with rows that lost everything.
enum class Grade : std::uint8_t { kNone, kWeak, kFair, kGood, kExcellent };

/// "columns", "pairs", ...; "lower", "higher", "target"; "ok", "undefined", ...; "", "weak", ...
[[nodiscard]] std::string_view to_string(Group group);
/// The wider question behind a group: "fidelity", "diversity", "utility", "privacy", "fairness".
[[nodiscard]] std::string_view theme(Group group);
/// A group's heading in reports: "Pairs of columns".
[[nodiscard]] std::string_view heading(Group group);
[[nodiscard]] std::string_view to_string(Direction direction);
[[nodiscard]] std::string_view to_string(Status status);
[[nodiscard]] std::string_view to_string(Grade grade);

/// A number that the value is compared with, and what it is.
struct Reference {
  std::optional<double> value = {};
  std::string meaning = {};  ///< What was measured, or why there is none.
};

/// One part of a metric: of a column, of a pair of columns, of a class.
struct Detail {
  std::string name = {};     ///< A column, or "a | b" for a pair.
  std::string measure = {};  ///< "KS", "TVD", "correlation", ...
  double value = 0;
  std::optional<double> holdout =
      {};  ///< The same with the holdout in place of the synthetic rows.
  /// Of "real and synthetic come from one distribution", where the measure has a test; adjusted for
  /// the number of parts (Benjamini-Hochberg).
  std::optional<double> p_value = {}, p_adjusted = {};
};

/// One number of a report, with everything needed to read it.
struct Metric {
  std::string id = {};       ///< Stable name: "shape_error".
  std::string title = {};    ///< For people: "Column shapes, mean error".
  std::string meaning = {};  ///< One sentence for a newcomer.
  std::string unit = {};     ///< "%" or "".
  Group group = Group::kColumns;
  Direction direction = Direction::kLower;
  std::optional<double> ideal = {};  ///< The best value, where there is one.

  Status status = Status::kOk;
  std::string reason = {};  ///< Why there is no value; empty with one.
  std::optional<double> value = {};
  std::optional<Interval> interval = {};

  /// Of "real and synthetic rows come from one distribution", where there is a test: its own, or
  /// the smallest adjusted one of the details. With many rows everything is significant: read the
  /// value first.
  std::optional<double> p_value = {};

  Reference holdout = {};  ///< Real rows that the generator has not seen in place of the synthetic.
  Reference floor = {};    ///< Rows that have lost everything the metric looks at.
  /// (value - floor) / (holdout - floor), not cut: 1 as good as real rows, 0 as bad as the floor.
  std::optional<double> normalised = {};
  Grade grade = Grade::kNone;
  std::string verdict = {};  ///< The grade in words: "excellent", "no sign of copying".

  /// Standard deviation over the judge's seeds, where there are several.
  std::optional<double> seed_deviation = {};
  /// The value of every synthetic table, `value` first, where there are several; only present ones.
  std::vector<double> draws = {};
  std::optional<double> draw_deviation = {};  ///< Standard deviation of two draws or more.

  std::string judge = {};  ///< The learner behind the number, if any.
  std::int64_t rows_real = 0, rows_synthetic = 0, rows_holdout = 0;  ///< Rows that were used.
  double seconds = 0;                                                ///< What it cost.
  std::vector<Detail> details = {};                                  ///< Worst first.
};

}  // namespace semblance
