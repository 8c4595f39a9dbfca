// SPDX-License-Identifier: Apache-2.0
// Rows as points: measured on request.
#include <array>

#include "evaluate/catalogue/entries.hpp"

namespace semblance {
namespace {

constexpr auto kGroup = Group::kDetection;
constexpr auto kLower = Direction::kLower, kTarget = Direction::kTarget;

constexpr std::array kEntries = {
    Entry{{"mmd", "mmd", "Maximum mean discrepancy, squared", "", kGroup, kLower, 0,
           "How differently real and synthetic rows lie near one another, at the typical distance "
           "of real rows (Gaussian kernel): about 0 for equal tables, where it may be below 0.",
           kOnRequest},
          grade_by_references},
    Entry{{"energy", "energy", "Energy distance of the rows", "", kGroup, kLower, 0,
           "How much farther synthetic rows lie from real ones than either lie from one another: 0 "
           "for equal tables, and no scale to choose.",
           kOnRequest},
          grade_by_references},
    Entry{{"frechet", "frechet", "Frechet distance of the rows", "", kGroup, kLower, 0,
           "Distance of the means plus distance of the covariances of the standardised rows, not "
           "of any network's features; falls as the rows grow.",
           kOnRequest},
          grade_by_references},
    Entry{{"kid", "kid", "Kernel distance of the rows", "", kGroup, kLower, 0,
           "The maximum mean discrepancy with a cubic kernel, which compares the first three "
           "moments of the standardised rows, mean over subsets; may be below 0.",
           kOnRequest},
          grade_by_references},
    Entry{{"sliced_w", "sliced_w", "Sliced Wasserstein distance", "", kGroup, kLower, 0,
           "How far a row would have to be moved, seen from a random direction: mean over 100 "
           "directions of the mean shift, in standard deviations.",
           kOnRequest},
          grade_by_references},
    Entry{{"c2st_knn", "c2st_knn", "Nearest row is of the own table", "", kGroup, kTarget, 0.5,
           "Share of rows whose nearest other row is of their own table: 0.5 for equal tables, "
           "more where they can be told apart, less where synthetic rows hug training rows.",
           kOnRequest},
          grade_by_auc},
    Entry{{"pmse", "pmse", "Propensity mean squared error, ratio", "", kGroup, kTarget, 1,
           "How well a logistic regression tells the tables apart, over what it does for equal "
           "tables by chance: 1 for equal tables.",
           kOnRequest},
          grade_by_references},
    Entry{{"specks", "specks", "Propensity, gap of the curves (SPECKS)", "", kGroup, kLower, 0,
           "Widest gap between the cumulative curves of that regression's scores of real and of "
           "synthetic rows.",
           kOnRequest},
          grade_by_references},
    Entry{{"log_cluster", "log_cluster", "Log-cluster", "", kGroup, kLower, std::nullopt,
           "Logarithm of how unevenly clusters of all rows are filled by the two tables: the lower "
           "the better, and lower for more rows.",
           kOnRequest},
          grade_by_references},
    Entry{{"pca_diff", "pca_diff", "Principal components, difference", "", kGroup, kLower, 0,
           "Difference of the shares of the variance that the principal components explain, 0 to "
           "1; the angle of the first ones is among the details.",
           kOnRequest},
          grade_by_references},
    Entry{{"copula_hellinger", "copula_hellinger", "Hellinger distance of Gaussian copulas", "",
           kGroup, kLower, 0,
           "How different the dependence of the columns is, whatever their own distributions: 0 "
           "for the same rank correlations, 1 for none in common.",
           kOnRequest},
          grade_by_references},
};

}  // namespace

std::span<const Entry> sample_entries() { return kEntries; }

}  // namespace semblance
