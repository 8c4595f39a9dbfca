// SPDX-License-Identifier: Apache-2.0
// Rules that a report must not meet, for tests and pipelines: "c2st > 0.8".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "semblance/evaluate/report.hpp"

namespace semblance {

/// Which number of a metric a rule looks at.
enum class GateField : std::uint8_t { kValue, kLo, kHi, kHoldout, kFloor, kNormalised };

/// How it is compared with the limit.
enum class GateOperator : std::uint8_t { kLess, kLessEqual, kGreater, kGreaterEqual };

/// One rule, understood. A report fails it where `number operator limit` holds, or where there is
/// no number to compare.
struct Gate {
  std::string rule = {};                  ///< As it was written.
  std::vector<std::string> metrics = {};  ///< Ids; the first one with a value counts.
  GateField field = GateField::kValue;
  GateOperator comparison = GateOperator::kGreater;
  double limit = 0;  ///< In the metric's unit.
};

/// Reads a rule: `[group.]metric[.field] operator number`.
///
/// The metric is an id or a family of the catalogue (dots and underscores are alike: `mia.auc` is
/// `mia_auc`); the group is one of a report (`pairs`) or of the five themes (`fidelity`,
/// `diversity`, `utility`, `privacy`, `fairness`); the field is `value`, `lo` and `hi` of the
/// interval, `holdout`, `floor` or `normalised`; the operator <, <=, > or >=.
///
/// \throws InvalidArgument if it is written otherwise or no metric has this name (the nearest is
///         named).
[[nodiscard]] Gate parse_gate(std::string_view rule);

/// What to measure so that every rule has a number to look at: `metrics` (see `select_metrics`) and
/// the metrics of rules that it leaves out.
[[nodiscard]] std::vector<std::string> with_gates(std::vector<std::string> metrics,
                                                  std::span<const Gate> gates);

/// Compares a report with the rules and keeps the outcomes in `report.gates`, in their order.
/// \return Whether it passes all of them.
bool apply_gates(Report& report, std::span<const Gate> gates);

}  // namespace semblance
