// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "evaluate/catalogue/entries.hpp"

namespace semblance {
namespace {

constexpr auto kLower = Direction::kLower;

Grade grade_outside(const Metric& m) {
  return grade_by_excess(*m.value - m.holdout.value.value_or(0), 0.1, 1);
}

constexpr auto kColumns = Group::kColumns;
constexpr auto kHigher = Direction::kHigher;

/// Of columns, measured on request.
constexpr std::array kColumnsOnRequest = {
    Entry{{"wasserstein2", "wasserstein2", "Column values, root mean square shift", "% of SD",
           kColumns, kLower, 0,
           "As the mean shift of values, but far moves count more (Wasserstein-2), in percent of "
           "the real standard deviation.",
           kOnRequest},
          grade_by_references},
    Entry{{"energy_1d", "energy_1d", "Energy distance of columns, mean", "", kColumns, kLower, 0,
           "Distance of the cumulative curves, squared and summed over all values, in units of "
           "the root of the real standard deviation; mean over number columns.",
           kOnRequest},
          grade_by_references},
    Entry{{"cvm", "cvm", "Cramer-von Mises statistic, mean", "", kColumns, kLower, std::nullopt,
           "Squared distance of the cumulative curves, summed over the rows: about 1/6 for equal "
           "columns, and it grows with the number of rows.",
           kOnRequest},
          ungraded},
    Entry{{"ad", "ad", "Anderson-Darling statistic, mean", "", kColumns, kLower, std::nullopt,
           "The same with more weight on the tails, standardised: about 0 for equal columns, and "
           "it grows with the number of rows.",
           kOnRequest},
          ungraded},
    Entry{
        {"ci_overlap", "ci_overlap", "Overlap of the means' intervals", "%", kColumns, kHigher, 100,
         "How much of the 95 % confidence intervals of the real and the synthetic mean lie in "
         "each other, mean over number columns; negative where they are apart.",
         kOnRequest},
        grade_by_references},
    Entry{{"range_coverage", "range_coverage", "Range reached", "%", kColumns, kHigher, 100,
           "How much of the range of the training column the synthetic values span, mean over "
           "number columns.",
           kOnRequest},
          grade_by_references},
    Entry{{"category_adherence", "category_adherence", "Known categories", "%", kColumns, kHigher,
           100,
           "Share of synthetic values whose category occurs in the training column, mean over "
           "category columns.",
           kOnRequest},
          ungraded},
    Entry{{"kl", "kl", "Kullback-Leibler divergence, mean", "nats", kColumns, kLower, 0,
           "How many nats a value costs more when it is coded for the synthetic shares of the "
           "bins instead of the real ones, mean over columns.",
           kOnRequest},
          grade_by_references},
    Entry{{"psi", "psi", "Population stability index, mean", "", kColumns, kLower, 0,
           "Kullback-Leibler divergence in both directions; below 0.1 is usually called stable, "
           "above 0.25 shifted; mean over columns.",
           kOnRequest},
          grade_by_references},
    Entry{{"chi2", "chi2", "Chi-square test of the bins, effect size", "%", kColumns, kLower, 0,
           "How strongly the bin of a value and its being synthetic hang together (Cramer's V), "
           "mean over columns; the columns' p-values are among the details.",
           kOnRequest},
          grade_by_references},
    Entry{{"schema_match", "schema_match", "Columns of the right kind", "%", kColumns, kHigher, 100,
           "Share of the columns of either table that both have, with the same kind of values.",
           kOnRequest},
          ungraded},
    Entry{{"key_uniqueness", "key_uniqueness", "Keys that occur once", "%", kColumns, kHigher, 100,
           "Distinct values of a key column over its values; the worst key column.", kOnRequest},
          ungraded},
    Entry{
        {"constraint_violations", "constraint_violations", "Rows that break a constraint", "%",
         kColumns, kLower, 0,
         "Rows that break one of the rules that were declared for the table, such as \"discharged "
         "is not before admitted\"; the details count each rule.",
         kOnRequest},
        grade_outside},
};

constexpr std::array kColumnEntries = {
    Entry{{"shape_error", "shapes", "Column shapes, mean error", "%", Group::kColumns, kLower, 0,
           "How far each column's distribution is from the real one: the widest gap of the "
           "cumulative curves (numbers, Kolmogorov-Smirnov) or the share of rows in the wrong "
           "category (total variation), mean over columns."},
          grade_by_references},
    Entry{{"ks", "ks", "Numbers, widest gap of the curves (KS)", "%", Group::kColumns, kLower, 0,
           "Widest gap between the cumulative curves of the real and the synthetic column, mean "
           "over number columns."},
          grade_by_references},
    Entry{{"tvd", "tvd", "Categories, rows in the wrong one (TVD)", "%", Group::kColumns, kLower, 0,
           "Share of rows that would have to change their category to get the real shares, mean "
           "over category columns."},
          grade_by_references},
    Entry{{"hellinger", "hellinger", "Hellinger distance, mean", "%", Group::kColumns, kLower, 0,
           "Distance of the shares of a column's bins that weighs rare ones more than the total "
           "variation does: 0 for equal shares, 100 for no bin in common; mean over columns."},
          grade_by_references},
    Entry{{"js", "js", "Jensen-Shannon divergence, mean", "%", Group::kColumns, kLower, 0,
           "What one value tells about whether it is real or synthetic, in hundredths of a bit: 0 "
           "nothing, 100 everything; mean over columns."},
          grade_by_references},
    Entry{{"wasserstein_error", "wasserstein1", "Column values, mean shift", "% of SD",
           Group::kColumns, kLower, 0,
           "How far a number would have to be moved on average to turn the synthetic column into "
           "the real one (Wasserstein-1), in percent of the real standard deviation."},
          grade_by_references},
    Entry{{"mean_error", "mean", "Means, mean error", "% of SD", Group::kColumns, kLower, 0,
           "How far each synthetic mean is from the real one, in percent of the real standard "
           "deviation, mean over number columns."},
          grade_by_references},
    Entry{{"variance_error", "variance", "Variances, mean error", "%", Group::kColumns, kLower, 0,
           "How far each synthetic variance is from the real one, in percent of it, mean over "
           "number columns."},
          grade_by_references},
    Entry{{"quantile_error", "quantiles", "Quantiles, mean error", "% of SD", Group::kColumns,
           kLower, 0,
           "How far the 5, 25, 50, 75 and 95 % quantiles are from the real ones, in percent of the "
           "real standard deviation, mean over them and over number columns."},
          grade_by_references},
    Entry{{"skewness_error", "skewness", "Skewness, mean error", "", Group::kColumns, kLower, 0,
           "How much more or less the synthetic columns lean to one side than the real ones, mean "
           "over number columns."},
          ungraded},
    Entry{{"kurtosis_error", "kurtosis", "Kurtosis, mean error", "", Group::kColumns, kLower, 0,
           "How much more or less of the spread comes from far values than in the real columns, "
           "mean over number columns; a few extreme values rule it."},
          ungraded},
    Entry{
        {"missingness_error", "missingness", "Missing cells, mean difference", "%", Group::kColumns,
         kLower, 0, "Difference between the shares of missing cells, mean over columns."},
        grade_by_references},
    Entry{{"out_of_domain", "boundary", "Rows outside the training domain", "%", Group::kColumns,
           kLower, 0,
           "Rows with a category that the training rows lack, a number outside their range, or a "
           "gap where they have none."},
          grade_outside},
};

constexpr std::array kPairEntries = {
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
    Entry{{"pcd", "pcd", "Pairwise correlation difference (PCD)", "", Group::kPairs, kLower, 0,
           "Size of the difference of the two correlation matrices of the number columns "
           "(Frobenius norm, both triangles): 0 where every correlation is kept."},
          grade_by_references},
    Entry{
        {"assoc_diff", "assoc_diff", "Associations, mean difference", "%", Group::kPairs, kLower, 0,
         "Difference of the strength of association, 0 to 100, of two columns (correlation, "
         "correlation ratio or Cramér's V, corrected for bias), mean over all pairs."},
        grade_by_references},
    Entry{
        {"mi_diff", "mi_diff", "Mutual information, mean difference", "bits", Group::kPairs, kLower,
         0, "Difference of what one column tells about another, in bits, mean over all pairs."},
        grade_by_references},
    Entry{{"kway_marginals", "kway_marginals", "Triples of columns, mean error", "%", Group::kPairs,
           kLower, 0,
           "Share of rows in the wrong cell of the joint table of three columns, mean over up to "
           "100 triples.",
           kOnRequest},
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
    Entry{{"ddplot_r2", "ddplot", "Depth-depth plot, R2 about the diagonal", "", Group::kDetection,
           Direction::kHigher, 1,
           "Whether a row lies as deep among the synthetic rows as among the real ones (spatial "
           "depth): 1 where all do, 0 where the one says nothing about the other."},
          grade_by_references},
    Entry{{"ddplot_slope", "ddplot_slope", "Depth-depth plot, slope", "", Group::kDetection,
           Direction::kTarget, 1,
           "Slope of the line through the depth-depth plot: 1 for equal tables, off 1 where the "
           "synthetic rows are more or less spread out."},
          ungraded},
    Entry{{"ddplot_intercept", "ddplot_intercept", "Depth-depth plot, intercept", "",
           Group::kDetection, Direction::kTarget, 0,
           "Where the line through the depth-depth plot starts: 0 for equal tables."},
          ungraded},
    Entry{{"ddplot_r2_ols", "ddplot_r2_ols", "Depth-depth plot, squared correlation", "",
           Group::kDetection, Direction::kHigher, 1,
           "R2 of that line: near 1 even for a table stretched twofold, so read it with slope and "
           "intercept only."},
          ungraded},
    Entry{{"ddplot_mahalanobis", "ddplot", "Mahalanobis depth, R2 about the diagonal", "",
           Group::kDetection, Direction::kHigher, 1,
           "The same with a depth made from means and covariances: blind to shape, strict about "
           "correlations."},
          grade_by_references},
};

}  // namespace

std::span<const Entry> column_entries() { return kColumnEntries; }
std::span<const Entry> more_column_entries() { return kColumnsOnRequest; }
std::span<const Entry> fidelity_entries() { return kPairEntries; }

}  // namespace semblance
