// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "semblance/core/seed.hpp"
#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// Every knob of kmeans.
struct KMeansConfig {
  std::int64_t clusters = 8;      ///< k, 1 to the number of rows.
  std::int64_t restarts = 3;      ///< Starts, of which the best is kept, >= 1.
  std::int64_t iterations = 300;  ///< Most rounds of one start, >= 1.
  double tolerance = 1e-4;  ///< A start ends when the centroids' summed squared step is at most
                            ///< this share of the columns' mean variance; >= 0.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// A clustering of rows.
struct KMeans {
  std::vector<double> centroids = {};  ///< [clusters, dim].
  std::vector<std::int64_t> assignment =
      {};                       ///< [rows]: the nearest centroid, the first of equals.
  double inertia = 0;           ///< Sum of the squared distances of the rows to their centroids.
  std::int64_t iterations = 0;  ///< Rounds of the start that was kept.
  bool converged = false;       ///< Whether that start ended before its rounds were used up.
};

/// k-means: Lloyd's rounds [1] from a k-means++ start [2], the best of several starts.
///
/// A round looks again only at rows whose bounds allow another nearest centroid [3], so it gives
/// what a full round gives. A cluster that loses all its rows starts again at the row farthest from
/// its centroid. Float64; the result depends on the seed and the rows, not on the threads. Memory:
/// a few numbers a row, and a copy of the rows for more than 32 clusters.
///
/// \param rows  [n, d] finite, n >= clusters, d >= 1.
/// \throws InvalidArgument if a rule above is broken; Cancelled if the stop token was triggered.
///
/// [1] Lloyd, "Least squares quantization in PCM", IEEE Trans. Information Theory 28, 1982.
/// [2] Arthur, Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.
/// [3] Hamerly, "Making k-means even faster", SDM 2010.
[[nodiscard]] KMeans kmeans(const MatrixView<double>& rows, const KMeansConfig& config, Seed seed,
                            const RunOptions& run = {});

}  // namespace semblance
