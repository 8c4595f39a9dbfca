// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "semblance/smote/over_sampler.hpp"

namespace semblance {

/// Every knob of Mgs.
struct MgsConfig {
  std::int64_t k = 0;       ///< Neighbours of a base, >= 1; 0: numeric columns + 1, at least 5.
  double lambda = 1;        ///< Scale of the covariance, > 0.
  bool standardize = true;  ///< Distances on columns of unit variance.
  SmallClass small_class = SmallClass::kClamp;  ///< For classes of k rows or fewer; of 5 if k is 0.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// MGS, multivariate Gaussian SMOTE [1]: new rows from the Gaussian of a base and its neighbours.
///
/// x ~ N(mu, lambda Sigma) with mu and Sigma the mean and the covariance (over k + 1) of the base
/// and its k nearest in the class; a class of k rows or fewer uses all. Exactly and without a
/// matrix: x is the sum of w_i x_i over these rows, w_i = 1/(k+1) + sqrt(lambda/(k+1)) (z_i - mean
/// z), z_i ~ N(0, 1). Provenance: any one of the neighbours, and u its weight, which may leave
/// [0, 1]. A cell that is missing in a neighbour counts as the base's.
///
/// [1] Sakho, Malherbe and Scornet, "Do we need rebalancing strategies? A theoretical and empirical
/// study around SMOTE and its variants", arXiv 2402.03819.
using Mgs = OverSamplerOf<MgsConfig>;

extern template class OverSamplerOf<MgsConfig>;

}  // namespace semblance
