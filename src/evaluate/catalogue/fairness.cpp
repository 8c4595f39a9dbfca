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

/// Less than real rows, by their references: shares of rows.
Grade grade_fewer(const Metric& m) {
  if (!m.holdout.value) return Grade::kNone;
  return grade_by_excess(*m.holdout.value - *m.value, 0.05, 0.15);
}
/// More error than real rows, %.
Grade grade_more_error(const Metric& m) {
  if (!m.holdout.value) return Grade::kNone;
  return grade_by_excess(*m.value - *m.holdout.value, 3, 10);
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
    Entry{{"bias_amplification_directional", "bias_amplification",
           "Associations with groups, growth", "", kGroup, kTarget, 0,
           "How much the chances of an outcome moved, from the training to the synthetic rows, in "
           "the "
           "direction in which a group leaned already; below 0 the lean shrank.",
           false},
          grade_amplified},
    Entry{{"edf", "edf", "Differential fairness of the data", "", kGroup, kTarget, std::nullopt,
           "Largest ratio of two groups' rates of an outcome, as a logarithm: 0 is equal, 0.7 is "
           "twice. It should be that of real rows.",
           false},
          grade_worse},
    Entry{
        {"consistency", "consistency", "Like rows with like outcomes", "", kGroup, kTarget,
         std::nullopt,
         "How far rows that are alike in all else have the same outcome: 1 is always. It should be "
         "that of real rows.",
         false},
        grade_off},
    Entry{
        {"per_group_fidelity", "per_group_fidelity", "Column shapes within groups, worst", "%",
         kGroup, Direction::kLower, 0,
         "Mean error of the column shapes among the rows of one group, where it is largest: a rare "
         "group may be worse drawn than the whole.",
         false},
        grade_more_error},
    Entry{{"per_group_coverage", "per_group_coverage",
           "Neighbourhoods reached within groups, worst", "", kGroup, Direction::kHigher, 1,
           "Share of a group's training rows with a synthetic row of the group among their five "
           "nearest, where it is smallest.",
           false},
          grade_fewer},
    Entry{
        {"eopp_gap", "eopp_gap", "Model's hits, gap between groups", "", kGroup, kTarget,
         std::nullopt,
         "Difference between two groups in how often those who deserve the favourable decision get "
         "it (equal opportunity).",
         false},
        grade_worse},
    Entry{{"avg_odds", "avg_odds", "Model's errors, mean gap between groups", "", kGroup, kTarget,
           std::nullopt,
           "Mean of two groups' differences in true and in false positive rates (average odds).",
           false},
          grade_worse},
    Entry{{"predictive_parity", "predictive_parity", "Model's precision, gap between groups", "",
           kGroup, kTarget, std::nullopt,
           "Difference between two groups in how often a favourable decision is right.", false},
          grade_worse},
    Entry{{"calibration_group", "calibration_group", "Model's calibration, gap between groups", "",
           kGroup, kTarget, std::nullopt,
           "Difference between two groups in how far the model's chances lie above what happens.",
           false},
          grade_worse},
    Entry{
        {"gei", "gei", "Inequality of model's benefits", "", kGroup, kTarget, std::nullopt,
         "Generalised entropy of order 2 of what people get beyond what they deserve; 0 where all "
         "get the same.",
         false},
        grade_worse},
    Entry{{"theil", "gei", "Inequality of model's benefits, Theil", "", kGroup, kTarget,
           std::nullopt, "The same of order 1.", false},
          grade_worse},
};

}  // namespace

std::span<const Entry> fairness_entries() { return kEntries; }

}  // namespace semblance
