// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "semblance/core/parallel.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// The centroids of a k-means++ start, [clusters, dim]: rows drawn one after the other with
/// probability proportional to their squared distance to the nearest one drawn before.
std::vector<double> kmeans_start(const MatrixView<double>& rows, std::int64_t clusters, Seed seed,
                                 Workers& workers);

}  // namespace semblance
