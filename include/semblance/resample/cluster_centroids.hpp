// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "semblance/resample/resampler.hpp"

namespace semblance {

/// Every knob of ClusterCentroids.
struct ClusterCentroidsConfig {
  /// What stands for a cluster.
  enum class Voting : std::uint8_t {
    kSoft,  ///< A new row: means of the numbers, most frequent categories.
    kHard   ///< The row nearest to the centroid.
  };
  Voting voting = Voting::kSoft;
  std::int64_t restarts = 3;  ///< Starts of k-means, of which the best is kept, >= 1.
  bool standardize = true;    ///< Distances on columns of unit variance.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// Shrinks a class to as many rows as the strategy says, one for each cluster that k-means finds in
/// it [1].
///
/// Categories enter k-means by columns of zeros and ones, scaled so that they weigh as in
/// TableSpace. Counts are exact; where a class has fewer distinct rows than clusters, equal rows
/// stay. A missing cell of most rows of a cluster is missing in its row.
///
/// [1] Lin et al., "Clustering-based undersampling in class-imbalanced data", Information Sciences
///     409, 2017.
class ClusterCentroids final : public Resampler {
 public:
  /// \throws InvalidArgument as ClusterCentroidsConfig::validate.
  explicit ClusterCentroids(ClusterCentroidsConfig config = {});

  [[nodiscard]] const ClusterCentroidsConfig& config() const noexcept { return config_; }

 private:
  Resampled do_resample(const Dataset& data, Seed seed,
                        const ResampleOptions& options) const override;
  std::string do_name() const override;

  ClusterCentroidsConfig config_;
};

}  // namespace semblance
