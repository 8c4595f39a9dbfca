// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "semblance/core/seed.hpp"

namespace semblance::detail {

/// A mixture of univariate normal distributions.
struct Mixture {
  std::vector<double> weight;  ///< > 0, sum 1.
  std::vector<double> mean;
  std::vector<double> deviation;  ///< > 0.
};

/// Variational Bayesian mixture with a truncated Dirichlet-process prior of concentration 0.001
/// and normal-gamma priors around the data's mean and variance [1, ch. 10.2; 2].
///
/// \param values      At least two different ones, finite.
/// \param components  Truncation, >= 1.
/// \return the components with weight > 0.005, at least one, weights not renormalised to more.
///
/// [1] Bishop, "Pattern recognition and machine learning", 2006.
/// [2] Blei, Jordan, "Variational inference for Dirichlet process mixtures", Bayesian Analysis
/// 2006.
Mixture fit_mixture(std::span<const double> values, int components, Seed seed);

}  // namespace semblance::detail
