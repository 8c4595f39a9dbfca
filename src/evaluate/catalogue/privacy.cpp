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
};

}  // namespace

std::span<const Entry> privacy_entries() { return kEntries; }

}  // namespace semblance
