// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "semblance/smote/kmeans_smote.hpp"
#include "smote/method.hpp"

namespace semblance {

/// A cluster in which a class is strong.
struct StrongCluster {
  std::int64_t cluster = 0;
  std::vector<std::int64_t> rows = {};  ///< Of the class, ascending.
  double weight = 0;                    ///< The weights of a class add up to 1.
};

/// The least share of a class in its clusters.
[[nodiscard]] double cluster_threshold(const KMeansSmoteConfig& config, const Training& training,
                                       std::int32_t label);

/// The clusters of a class that take part. \param assignment  The cluster of each row.
[[nodiscard]] std::vector<StrongCluster> strong_clusters(const KMeansSmoteConfig& config,
                                                         const Training& training,
                                                         std::int32_t label,
                                                         std::span<const std::int64_t> assignment);

}  // namespace semblance
