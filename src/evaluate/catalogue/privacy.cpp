// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "evaluate/catalogue/entries.hpp"

namespace semblance {
namespace {

constexpr auto kGroup = Group::kPrivacy;
constexpr auto kLower = Direction::kLower;

/// What is shown beyond `nothing` at the interval's lower end.
Grade grade_beyond(const Metric& m, double nothing, double small, double large) {
  return grade_by_excess((m.interval ? m.interval->lo : *m.value) - nothing, small, large);
}

Grade grade_membership(const Metric& m) { return grade_beyond(m, 0.5, 0.02, 0.1); }
Grade grade_true_positives(const Metric& m) { return grade_beyond(m, 0.01, 0.01, 0.1); }
Grade grade_epsilon(const Metric& m) { return grade_by_excess(*m.value, 0.1, 1); }
Grade grade_risk(const Metric& m) { return grade_beyond(m, 0, 0.02, 0.1); }

Grade grade_gap(const Metric& m) { return grade_beyond(m, 0, 0.02, 0.1); }
/// Beyond what works on unseen rows.
Grade grade_above_unseen(const Metric& m) {
  return m.holdout.value ? grade_beyond(m, *m.holdout.value, 0.02, 0.1) : Grade::kNone;
}
Grade grade_claim(const Metric& m) { return *m.value > 0 ? Grade::kWeak : Grade::kExcellent; }

constexpr std::array kEntries = {
    Entry{{"mia_auc", "mia", "Membership found, AUC", "", kGroup, Direction::kTarget, 0.5,
           "Chance that an attacker, shown a training row and an unseen one, knows which was "
           "learned: 0.5 is guessing, 1 is certain."},
          grade_membership},
    Entry{{"mia_tpr", "mia_tpr", "Membership found at 1 % false alarms", "", kGroup, kLower, 0.01,
           "Share of training rows that the same attacker recognises while taking 1 in 100 unseen "
           "rows for one; guessing finds 1 in 100."},
          grade_true_positives},
    Entry{{"mia_epsilon", "mia_epsilon", "Epsilon shown by the attack", "", kGroup, kLower, 0,
           "The attack would have been this unlikely to succeed under differential privacy with a "
           "smaller epsilon: a lower bound of what leaks, 0 where nothing was shown."},
          grade_epsilon},
    Entry{{"singling_out", "singling_out", "Singling out, several columns", "", kGroup, kLower, 0,
           "How often a description that fits one synthetic row fits exactly one training row, "
           "beyond what it does for unseen rows."},
          grade_risk},
    Entry{{"singling_out_univariate", "singling_out", "Singling out, one column", "", kGroup,
           kLower, 0, "The same with a single value that occurs once, or beyond the extremes."},
          grade_risk},
    Entry{{"linkability", "linkability", "Linkability", "", kGroup, kLower, 0,
           "How often two parts of a training row can be linked through the synthetic rows, beyond "
           "what works for unseen rows."},
          grade_risk},
    Entry{{"inference", "inference", "Inference of a secret", "", kGroup, kLower, 0,
           "How often the most alike synthetic row gives away a training row's sensitive value or "
           "target, beyond what works for unseen rows; the worst column."},
          grade_risk},
    Entry{{"outlier_exposure", "outlier_exposure", "Membership of outliers found, AUC", "", kGroup,
           Direction::kTarget, 0.5,
           "The membership attack on the 1 % of rows that lie farthest from all others, who have "
           "most to lose: 0.5 is guessing.",
           false},
          grade_membership},
    Entry{
        {"mia_shadow", "mia_shadow", "Membership found by shadow models, AUC", "", kGroup,
         Direction::kTarget, 0.5,
         "Chance that an attacker who can refit the generator tells from what it releases whether "
         "it had an isolated row: 0.5 is guessing.",
         false},
        grade_membership},
    Entry{
        {"dp_audit", "dp_audit", "Epsilon shown beyond the claim", "", kGroup, kLower, std::nullopt,
         "What the membership attack proves about epsilon minus the epsilon that was claimed: "
         "above 0 the claim is false.",
         false},
        grade_claim},
    Entry{
        {"attribute_model_gap", "attribute_model_gap", "Secrets predicted, excess", "", kGroup,
         kLower, 0,
         "How much better a model of the synthetic rows predicts a sensitive column or the target "
         "of training rows than of unseen rows; the worst column.",
         false},
        grade_gap},
    Entry{{"cap", "cap", "Correct attribution", "", kGroup, Direction::kTarget, std::nullopt,
           "Chance that a synthetic row with a training row's quasi-identifiers has its target. It "
           "should not be above that of unseen rows.",
           false},
          grade_above_unseen},
    Entry{{"tcap", "tcap", "Correct attribution, certain targets", "", kGroup, Direction::kTarget,
           std::nullopt,
           "How often the target is right where the synthetic rows with the same quasi-identifiers "
           "all agree on it. It should not be above that of unseen rows.",
           false},
          grade_above_unseen},
    Entry{
        {"k_anonymity", "k_anonymity", "k-anonymity", "", kGroup, Direction::kTarget, std::nullopt,
         "Synthetic rows of the rarest combination of quasi-identifiers. Synthetic rows are not "
         "people: read it beside that of real rows.",
         false},
        ungraded},
    Entry{
        {"l_diversity", "l_diversity", "l-diversity", "", kGroup, Direction::kTarget, std::nullopt,
         "Fewest different targets among synthetic rows with equal quasi-identifiers.", false},
        ungraded},
    Entry{
        {"t_closeness", "t_closeness", "t-closeness", "", kGroup, Direction::kTarget, std::nullopt,
         "How far the targets of rows with equal quasi-identifiers are from those of all rows, at "
         "most (earth mover's distance).",
         false},
        ungraded},
    Entry{
        {"k_map", "k_map", "k-map", "", kGroup, Direction::kTarget, std::nullopt,
         "Fewest training rows that a synthetic row's quasi-identifiers point at, where they point "
         "at any.",
         false},
        ungraded},
    Entry{{"delta_presence", "delta_presence", "Delta-presence", "", kGroup, Direction::kTarget,
           std::nullopt,
           "Largest share of the training rows of one combination of quasi-identifiers that "
           "synthetic rows account for, at most 1.",
           false},
          ungraded},
};

}  // namespace

std::span<const Entry> privacy_entries() { return kEntries; }

}  // namespace semblance
