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
};

}  // namespace

std::span<const Entry> copying_entries() { return kEntries; }

}  // namespace semblance
