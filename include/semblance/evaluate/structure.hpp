// SPDX-License-Identifier: Apache-2.0
// How far the dependence structures of two samples of points are apart.
#pragma once

#include <optional>

#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// Difference of the principal components of two samples.
struct PcaDifference {
  double eigenvalues = 0;  ///< d / (2 (d - 1)) sum |l_i - l'_i| of the spectra of the covariances,
                           ///< each over its sum, largest first; in [0, 1].
  double angle = 0;        ///< Between the first axes, over a right angle; in [0, 1].
};
/// Empty where a sample is constant.
/// \throws InvalidArgument if the dimensions differ or are below 2, or a sample has fewer than 2
///         rows.
[[nodiscard]] std::optional<PcaDifference> pca_difference(const MatrixView<double>& a,
                                                          const MatrixView<double>& b);

/// Hellinger distance of two normal distributions with mean 0 and these correlation matrices [d,
/// d]: sqrt(1 - det(A)^(1/4) det(B)^(1/4) / det((A + B) / 2)^(1/2)), in [0, 1]. `ridge` is added to
/// every eigenvalue, so that columns that determine one another give a number.
/// \throws InvalidArgument if the matrices are not square and of one size.
[[nodiscard]] double correlation_hellinger(const MatrixView<double>& a, const MatrixView<double>& b,
                                           double ridge = 1e-6);

/// The same of the Gaussian copulas fitted to two samples [1]: their columns' mid-ranks as normal
/// scores; constant columns count as independent of all others.
/// \throws InvalidArgument if the dimensions differ or a sample has fewer than 2 rows.
///
/// [1] El Emam et al., "Utility metrics for evaluating synthetic health data generation methods",
/// JMIR Med. Inform. 10(4):e35734, 2022.
[[nodiscard]] double copula_hellinger(const MatrixView<double>& a, const MatrixView<double>& b);

}  // namespace semblance
