// SPDX-License-Identifier: Apache-2.0
// OPTICS: how dense the neighbourhoods of rows are.
#pragma once

#include <cstdint>
#include <vector>

#include "semblance/core/run.hpp"
#include "semblance/neighbours/table_space.hpp"

namespace semblance {

struct OpticsOptions {
  std::int64_t min_samples = 5;  ///< Rows that make a core, the row itself included, >= 1.
  double eps = 0;                ///< Radius of a neighbourhood; 0: `spread` mean core distances.
  double spread = 1.8;
};

/// What OPTICS finds for each row; infinity where a distance is undefined.
struct Optics {
  std::vector<double> core;   ///< Distance to the min_samples-th nearest row, if within eps.
  std::vector<double> reach;  ///< Reachability in the order in which rows are visited.
  std::vector<double> near;   ///< Rows within eps, the row included.
};

/// Visits the rows in the order of OPTICS [1]: the most reachable next, or the first one left.
///
/// Distances are Euclidean over the numbers, plus m^2 under the root for a category that differs, m
/// the median deviation of the numbers, 1 without numbers. O(n^2) time, O(n) memory. A class of
/// fewer than min_samples rows counts all.
///
/// \throws Cancelled.
///
/// [1] Ankerst et al., "OPTICS: ordering points to identify the clustering structure", SIGMOD 1999.
[[nodiscard]] Optics optics(const SpaceRows& rows, const OpticsOptions& options,
                            const RunOptions& run);

/// The mean of those that are finite; 0 if none is.
[[nodiscard]] double finite_mean(const std::vector<double>& values);

}  // namespace semblance
