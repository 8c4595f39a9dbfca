// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>

#include "evaluate/catalogue/entries.hpp"

namespace semblance {
namespace {

constexpr auto kGroup = Group::kDiversity;
constexpr auto kHigher = Direction::kHigher, kTarget = Direction::kTarget;

/// By the ratio to real rows: 5, 15, 30 % off.
Grade grade_by_ratio(const Metric& m) {
  if (!m.holdout.value || *m.holdout.value <= 0) return Grade::kNone;
  const double off = std::abs(*m.value / *m.holdout.value - 1);
  return off <= 0.05 ? Grade::kExcellent : grade_by_excess(off, 0.15, 0.3);
}

/// The interval's lower end against as many real rows.
Grade grade_repeats(const Metric& m) {
  if (!m.holdout.value) return Grade::kNone;
  return grade_by_excess((m.interval ? m.interval->lo : *m.value) - *m.holdout.value, 1, 10);
}

constexpr std::array kEntries = {
    Entry{{"prdc_precision", "prdc", "Rows near real ones (precision)", "", kGroup, kHigher, 1,
           "Share of synthetic rows that lie where real rows do: within reach of the fifth "
           "neighbour of some real row."},
          grade_by_references},
    Entry{{"prdc_recall", "prdc", "Real rows reached (recall)", "", kGroup, kHigher, 1,
           "Share of real rows that lie where synthetic rows do; low where a kind of row was "
           "forgotten."},
          grade_by_references},
    Entry{
        {"prdc_density", "prdc", "Density", "", kGroup, kTarget, 1,
         "How many real neighbourhoods a synthetic row lies in, over five: about 1 for real rows, "
         "more where synthetic rows crowd where real ones do."},
        grade_by_ratio},
    Entry{{"prdc_coverage", "prdc", "Neighbourhoods reached (coverage)", "", kGroup, kHigher, 1,
           "Share of the real rows' neighbourhoods with a synthetic row in them; rows of the same "
           "population reach 97 %."},
          grade_by_references},
    Entry{{"clipped_density", "clipped_dc", "Clipped density", "", kGroup, kHigher, 1,
           "Share of good rows: density that outliers' wide neighbourhoods cannot inflate, beside "
           "that of real rows."},
          grade_by_references},
    Entry{{"clipped_coverage", "clipped_dc", "Clipped coverage", "", kGroup, kHigher, 1,
           "Share of the real rows' neighbourhoods that hold as many synthetic rows as they "
           "should; falls in proportion to what is missing."},
          grade_by_references},
    Entry{{"alpha_precision", "alpha_beta", "Alpha-precision", "", kGroup, kHigher, 1,
           "Whether as many synthetic as real rows lie in each ball around the centre of the real "
           "rows: 1 for the same spread."},
          grade_by_references},
    Entry{{"beta_recall", "alpha_beta", "Beta-recall", "", kGroup, kTarget, std::nullopt,
           "Share of real rows with a synthetic row nearer than their nearest real one, from "
           "centre to edge: about 0.5 for new rows, near 1 for copies."},
          grade_by_ratio},
    Entry{{"dcscore", "dcscore", "DCScore, normalised", "", kGroup, kTarget, std::nullopt,
           "Share of rows that can be told from all others, 0 (one row repeated) to 1, at the "
           "sharpness at which half of the training rows can."},
          grade_by_ratio},
    Entry{
        {"vendi", "vendi", "Vendi score", "", kGroup, kTarget, std::nullopt,
         "Effective number of different rows among as many real and synthetic ones; it grows with "
         "their number, so compare with real rows only."},
        grade_by_ratio},
    Entry{{"rke", "rke", "Vendi score of order 2 (RKE)", "", kGroup, kTarget, std::nullopt,
           "The same counting common kinds of rows more: an effective number of modes."},
          grade_by_ratio},
    Entry{{"intdiv", "intdiv", "Internal diversity", "", kGroup, kTarget, std::nullopt,
           "How far two synthetic rows are apart on average (Gower distance); compare with real "
           "rows.",
           kOnRequest},
          grade_by_ratio},
    Entry{{"mode_drop", "mode_drop", "Rarest kind of row, share kept", "", kGroup, kHigher, 1,
           "Of 20 clusters of real rows, the one that synthetic rows neglect most: its share among "
           "them over that among real rows; compare with real rows.",
           kOnRequest},
          grade_by_references},
    Entry{{"duplicates", "duplicates", "Rows that repeat an earlier one", "%", kGroup, kTarget,
           std::nullopt,
           "Share of synthetic rows equal to another one in every cell; compare with as many real "
           "rows."},
          grade_repeats},
    Entry{{"coverage_1way", "coverage", "Values reached", "%", kGroup, kHigher, 100,
           "Share of the bins and categories of the training columns that synthetic rows fill, "
           "mean over columns; among as many rows as the holdout has.",
           kOnRequest},
          grade_by_references},
    Entry{{"coverage_2way", "coverage", "Pairs of values reached", "%", kGroup, kHigher, 100,
           "The same of the joint tables of two columns.", kOnRequest},
          grade_by_references},
    Entry{{"coverage_3way", "coverage", "Triples of values reached", "%", kGroup, kHigher, 100,
           "The same of three columns, up to 100 triples.", kOnRequest},
          grade_by_references},
    Entry{{"rare_coverage", "rare_coverage", "Rare categories reached", "%", kGroup, kHigher, 100,
           "Share of the categories of fewer than 1 in 100 training rows that occur among the "
           "synthetic ones.",
           kOnRequest},
          grade_by_references},
    Entry{{"entropy_ratio", "entropy_ratio", "Entropy over real entropy", "", kGroup, kTarget, 1,
           "How much less, or more, evenly synthetic values spread over the bins and categories of "
           "a column than training values do, mean over columns.",
           kOnRequest},
          grade_by_ratio},
};

}  // namespace

std::span<const Entry> diversity_entries() { return kEntries; }

}  // namespace semblance
