// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>

#include "evaluate/catalogue/entries.hpp"

namespace semblance {
namespace {

constexpr auto kGroup = Group::kFairness;
constexpr auto kTarget = Direction::kTarget;

/// How far from real rows, either way.
Grade grade_off(const Metric& m) {
  if (!m.holdout.value) return Grade::kNone;
  return grade_by_excess(std::abs(*m.value - *m.holdout.value) - 0.01, 0.03, 0.1);
}

/// How much more unequal than with real rows.
Grade grade_worse(const Metric& m) {
  if (!m.holdout.value) return Grade::kNone;
  return grade_by_excess(*m.value - *m.holdout.value - 0.01, 0.03, 0.1);
}

/// What is amplified beyond doubt.
Grade grade_amplified(const Metric& m) {
  return grade_by_excess(m.interval ? m.interval->lo : *m.value, 0.02, 0.1);
}

constexpr std::array kEntries = {
    Entry{{"representation", "representation", "Groups in the wrong size", "%", kGroup,
           Direction::kLower, 0,
           "Share of rows that would have to change their group for every group to be as large as "
           "in the training rows; the worst sensitive column."},
          grade_by_references},
    Entry{{"base_rate", "base_rate", "Favourable outcomes, gap between groups", "", kGroup, kTarget,
           std::nullopt,
           "Largest difference between two groups in the share of rows with the favourable class; "
           "the worst sensitive column. It should be that of real rows."},
          grade_off},
    Entry{{"disparate_impact", "disparate_impact", "Disparate impact", "", kGroup, kTarget,
           std::nullopt,
           "Smallest share of favourable outcomes of a group over the largest; below 0.8 is often "
           "taken for discrimination. It should be that of real rows."},
          grade_off},
    Entry{{"bias_amplification", "bias_amplification", "Bias added to the data", "", kGroup,
           kTarget, 0,
           "How much wider the gap in favourable outcomes is than in the training rows; the "
           "sensitive column where it grew most. Below 0 it shrank."},
          grade_amplified},
    Entry{{"dp_gap", "dp_gap", "Model's decisions, gap between groups", "", kGroup, kTarget,
           std::nullopt,
           "Difference between two groups in how often a model trained on synthetic rows decides "
           "favourably about unseen real rows (demographic parity)."},
          grade_worse},
    Entry{{"eo_gap", "eo_gap", "Model's errors, gap between groups", "", kGroup, kTarget,
           std::nullopt,
           "The larger of the differences between two groups in that model's true and false "
           "positive rates (equalised odds)."},
          grade_worse},
    Entry{{"bias_amplification_model", "bias_amplification", "Bias added to a model", "", kGroup,
           kTarget, 0,
           "How much wider the gap in a model's decisions is when it was trained on synthetic "
           "instead of real rows."},
          grade_amplified},
};

}  // namespace

std::span<const Entry> fairness_entries() { return kEntries; }

}  // namespace semblance
