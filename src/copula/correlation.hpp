// SPDX-License-Identifier: Apache-2.0
// Correlations of the normal variables behind columns whose values are steps of them.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

namespace semblance::copula {

using Matrix = Eigen::MatrixXd;

/// A column as a step function of a standard normal z: level k is the k-th interval, in order.
///
/// The score of a level is the mean of z in its interval, so that scores have mean 0; `hermite[k]`
/// is their coefficient E[score(z) h_k(z)] on the k-th normalised Hermite polynomial, k >= 1.
struct Steps {
  /// \param counts  Rows of each level, in order; at least one row.
  explicit Steps(std::span<const double> counts);
  std::vector<double> score;    ///< By level.
  std::vector<double> hermite;  ///< [0] is unused.
};

/// The correlation of two normal variables whose scores have that covariance: the root of
/// sum over k of a_k b_k rho^k (Mehler's formula), which is monotone in rho; within +-0.999.
///
/// For two continuous columns this is the covariance of normal scores; for a continuous and a
/// discrete one the two-step polyserial estimate; for two discrete ones a polychoric estimate from
/// one moment instead of the likelihood. Two binary columns get the tetrachoric correlation.
[[nodiscard]] double correlation(const Steps& a, const Steps& b, double covariance);

/// A correlation matrix near `r` whose eigenvalues are at least `ridge`: eigenvalues below 0 are
/// raised to 0, the diagonal is scaled back to 1, and the rest is shrunk by 1 - ridge.
/// \param r      Symmetric, ones on the diagonal.
/// \param ridge  In (0, 1].
[[nodiscard]] Matrix positive_definite(const Matrix& r, double ridge);

}  // namespace semblance::copula
