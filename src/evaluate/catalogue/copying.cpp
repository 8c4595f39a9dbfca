// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "evaluate/catalogue/entries.hpp"

namespace semblance {
namespace {

constexpr auto kTarget = Direction::kTarget;

Grade grade_nearer(const Metric& m) {
  const double noise = m.interval ? *m.value - m.interval->lo : 0;
  return grade_by_excess(*m.value - 50 - noise, 2, 8);
}

Grade grade_distance(const Metric& m) {
  if (!m.holdout.value) return Grade::kNone;
  const double real = *m.holdout.value;
  if (real <= 0) return *m.value >= real ? Grade::kExcellent : Grade::kNone;
  return grade_by_excess(1 - *m.value / real, 0.1, 0.5);
}

/// Shares: the interval's lower end against real rows.
Grade grade_share(const Metric& m) {
  if (!m.holdout.value) return Grade::kNone;
  const double lo = m.interval ? m.interval->lo : *m.value;
  return grade_by_excess(lo - *m.holdout.value, 0.005, 0.05);
}

/// Beyond real rows even at the end of the interval that is nearest to them.
Grade grade_below_real(const Metric& m) {
  if (!m.holdout.value) return Grade::kNone;
  const double hi = m.interval ? m.interval->hi : *m.value;
  return grade_by_excess(*m.holdout.value - hi, 0.02, 0.1);
}
Grade grade_above_real(const Metric& m) {
  if (!m.holdout.value) return Grade::kNone;
  const double lo = m.interval ? m.interval->lo : *m.value;
  return grade_by_excess(lo - *m.holdout.value, 0.02, 0.1);
}

constexpr std::array kEntries = {
    Entry{{"dcr_share", "dcr", "Rows nearer to training than to unseen rows", "%", Group::kCopying,
           kTarget, 50,
           "Share of synthetic rows whose nearest record is a training row rather than one of "
           "equally many unseen rows: 50 % is what new rows get, more means copying."},
          grade_nearer},
    Entry{{"dcr_p5", "dcr_p5", "Distance to the nearest training row, 5th percentile", "",
           Group::kCopying, kTarget, std::nullopt,
           "How near the nearest twentieth of the synthetic rows is to a training row (Gower "
           "distance). It should not be below that of unseen real rows."},
          grade_distance},
    Entry{{"nndr", "nndr", "Nearest over second nearest distance, median", "", Group::kCopying,
           kTarget, std::nullopt,
           "Near 0 where a row hugs one training row, near 1 where it lies between many. It should "
           "not be below that of unseen real rows."},
          grade_distance},
    Entry{{"ims", "copies", "Exact copies of training rows, share", "", Group::kCopying, kTarget,
           std::nullopt,
           "Share of rows equal to a training row in every cell (identical match share). Unseen "
           "real rows can be equal by chance, so their share is the yardstick."},
          grade_share},
    Entry{{"near_copies", "near_copies", "Rows that differ in one cell at most, share", "",
           Group::kCopying, kTarget, std::nullopt,
           "Share of rows that are a training row with at most one cell changed. Unseen real rows "
           "can be that by chance, so their share is the yardstick.",
           false},
          grade_share},
    Entry{
        {"near_rows", "near_rows", "Rows suspiciously near to a training row, share", "",
         Group::kCopying, kTarget, 0.05,
         "Share of rows nearer to a training row than 1 in 20 unseen real rows is: 5 % is what new "
         "rows get.",
         false},
        grade_above_real},
    Entry{{"nnaa", "nnaa", "Nearest-neighbour adversarial accuracy", "", Group::kCopying, kTarget,
           0.5,
           "How often a row's nearest row is of its own table: 0.5 where real and synthetic rows "
           "mix, "
           "towards 0 for copies, towards 1 for rows apart.",
           false},
          grade_below_real},
    Entry{{"nnaa_loss", "nnaa_loss", "Adversarial accuracy lost on training rows", "",
           Group::kCopying, kTarget, 0,
           "Adversarial accuracy against unseen rows minus that against training rows; above 0 the "
           "synthetic rows stand nearer to what was learned.",
           false},
          grade_above_real},
    Entry{{"identifiability_gap", "identifiability", "Identifiable training rows, excess", "",
           Group::kCopying, kTarget, 0,
           "Share of training rows with a synthetic row nearer than any other training row, minus "
           "the same share of unseen rows.",
           false},
          grade_above_real},
    Entry{
        {"authenticity", "authenticity", "Authenticity", "", Group::kCopying, kTarget, std::nullopt,
         "Share of synthetic rows that are farther from their nearest training row than that is "
         "from its own neighbour; it should not be below that of unseen real rows.",
         false},
        grade_below_real},
    Entry{{"hitting_rate", "hitting_rate", "Training rows hit, share", "", Group::kCopying, kTarget,
           std::nullopt,
           "Share of training rows with a synthetic row of the same categories and every number "
           "within a thirtieth of the range. It should not be above that of unseen real rows.",
           false},
          grade_above_real},
};

}  // namespace

std::span<const Entry> copying_entries() { return kEntries; }

}  // namespace semblance
