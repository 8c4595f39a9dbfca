// SPDX-License-Identifier: Apache-2.0
// Can real and synthetic rows be told apart, without a learner: by nearest neighbours, by an
// in-sample logistic regression, by clusters. Rows are points of a Euclidean space, row-major and
// finite; scale the columns first.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "semblance/core/run.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// What becomes of a row that is equally near to both samples.
enum class TieRule : std::uint8_t {
  kHalf,  ///< It counts half: with categories ties abound.
  kOther  ///< It is of the other sample, as where distances are compared by "<".
};

/// Leave-one-out 1-nearest-neighbour two-sample test [1]: shares of rows whose nearest other row,
/// of both samples together, is of their own sample.
struct NearestNeighbourTest {
  double accuracy = 0;  ///< Of all rows: 1/2 for equal distributions and sizes, 0 for a copy.
  double first = 0;     ///< Of the rows of the first sample.
  double second = 0;
};
/// \throws InvalidArgument if a sample has fewer than 2 rows or the dimensions differ; Cancelled.
///
/// [1] Lopez-Paz, Oquab, "Revisiting classifier two-sample tests", ICLR 2017.
[[nodiscard]] NearestNeighbourTest nearest_neighbour_test(const MatrixView<double>& a,
                                                          const MatrixView<double>& b,
                                                          TieRule ties = TieRule::kHalf,
                                                          const RunOptions& run = {});

/// The chance of each row to be of the second sample by a logistic regression without penalty that
/// was fitted to the same rows.
struct Propensity {
  std::vector<double> first, second;  ///< Of the rows of either sample.
  double parameters = 0;              ///< Coefficients, the intercept among them: independent ones.
  bool converged = false;             ///< False where the samples can be separated.
};
/// Columns that depend linearly on others are left out. Newton's method, O((n + m) d^2) a step.
/// \throws InvalidArgument if the dimensions differ or a sample has no row.
[[nodiscard]] Propensity fit_propensity(const MatrixView<double>& a, const MatrixView<double>& b);

/// The columns of each row, and the products of every two of those in `of`.
/// \throws InvalidArgument if one of them is no column.
[[nodiscard]] std::vector<double> with_interactions(const MatrixView<double>& rows,
                                                    std::span<const std::int64_t> of);

/// Propensity score mean squared error [2], mean (p - c)^2 with c the share of the second sample,
/// and what chance gives for equal distributions: mean (k - 1) c (1 - c) / N and deviation
/// sqrt(2 (k - 1)) c (1 - c) / N for k parameters and N rows.
struct Pmse {
  double value = 0;
  double null = 0;               ///< The mean under equal distributions.
  double deviation = 0;          ///< The standard deviation there.
  std::optional<double> ratio;   ///< value / null: 1 for equal distributions; empty for k = 1.
  std::optional<double> z = {};  ///< (value - null) / deviation.
};
/// \throws InvalidArgument if a side is empty or parameters < 1.
///
/// [2] Snoke et al., "General and specific utility measures for synthetic data", J. R. Stat. Soc. A
/// 181, 2018.
[[nodiscard]] Pmse pmse(std::span<const double> first, std::span<const double> second,
                        double parameters);

/// Log-cluster metric [3]: ln mean over the clusters of (share of the first sample - c)^2, c its
/// share of all rows; low is good, not below -27.6 (shares equal to 1e-6).
/// \param cluster  Of each row, >= 0; those of the first sample come first.
/// \param first    Rows of the first sample, 1 to all but one.
/// \throws InvalidArgument if a rule above is broken.
///
/// [3] Woo et al., "Global measures of data utility for microdata masked for disclosure
/// limitation", J. Privacy and Confidentiality 1, 2009.
[[nodiscard]] double log_cluster(std::span<const std::int64_t> cluster, std::int64_t first);

}  // namespace semblance
