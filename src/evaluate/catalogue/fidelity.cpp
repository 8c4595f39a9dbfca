// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "evaluate/catalogue/entries.hpp"

namespace semblance {
namespace {

constexpr auto kLower = Direction::kLower;

Grade grade_outside(const Metric& m) {
  return grade_by_excess(*m.value - m.holdout.value.value_or(0), 0.1, 1);
}

constexpr std::array kEntries = {
    Entry{{"shape_error", "shapes", "Column shapes, mean error", "%", Group::kColumns, kLower, 0,
           "How far each column's distribution is from the real one: the widest gap of the "
           "cumulative curves (numbers, Kolmogorov-Smirnov) or the share of rows in the wrong "
           "category (total variation), mean over columns."},
          grade_by_references},
    Entry{{"wasserstein_error", "wasserstein1", "Column values, mean shift", "% of SD",
           Group::kColumns, kLower, 0,
           "How far a number would have to be moved on average to turn the synthetic column into "
           "the real one (Wasserstein-1), in percent of the real standard deviation."},
          grade_by_references},
    Entry{
        {"missingness_error", "missingness", "Missing cells, mean difference", "%", Group::kColumns,
         kLower, 0, "Difference between the shares of missing cells, mean over columns."},
        grade_by_references},
    Entry{{"out_of_domain", "boundary", "Rows outside the training domain", "%", Group::kColumns,
           kLower, 0,
           "Rows with a category that the training rows lack, a number outside their range, or a "
           "gap where they have none."},
          grade_outside},
    Entry{{"pair_tvd", "contingency", "Pairs of columns, mean error", "%", Group::kPairs, kLower, 0,
           "Share of rows in the wrong cell of the joint table of two columns (deciles of the "
           "training column, or its categories), mean over all pairs. The strictest pair measure "
           "here."},
          grade_by_references},
    Entry{{"trend_error_shared", "trends", "Pair trends, shared bins, mean error", "%",
           Group::kPairs, kLower, 0,
           "Half the difference of the correlations for two numbers, joint-table error in shared "
           "bins for other pairs, mean over all pairs."},
          grade_by_references},
    Entry{{"trend_sdmetrics", "trends", "Pair trends as SDMetrics measures them", "%",
           Group::kPairs, kLower, 0,
           "100 (1 - SDMetrics Column Pair Trends) over all pairs. Bins have each table's own "
           "edges, which hides changes of scale; given to compare with published numbers."},
          grade_by_references},
    Entry{{"c2st_holdout", "c2st", "Told apart from unseen real rows, AUC", "", Group::kDetection,
           Direction::kTarget, 0.5,
           "Chance that a classifier, shown one unseen real and one synthetic row, knows which is "
           "which: 0.5 is guessing, 1 is certain."},
          grade_by_auc},
    Entry{{"c2st_train", "c2st", "Told apart from training rows, AUC", "", Group::kDetection,
           Direction::kTarget, 0.5,
           "The same against the training rows. A generator that copies gets nearer to 0.5 here "
           "than against unseen rows."},
          grade_by_auc},
};

}  // namespace

std::span<const Entry> fidelity_entries() { return kEntries; }

}  // namespace semblance
