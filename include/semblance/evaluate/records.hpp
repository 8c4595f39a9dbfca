// SPDX-License-Identifier: Apache-2.0
// Single records beside single records: do synthetic rows stand nearer to the rows that were
// learned than to other rows? Signs of copying, no evidence of privacy: compare each with the value
// of a holdout in place of the synthetic rows.
#pragma once

#include <cstdint>
#include <vector>

#include "semblance/core/run.hpp"
#include "semblance/neighbours/gower.hpp"
#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

class Dataset;

/// How far the nearest records of two samples are, of n real and m synthetic rows.
struct RecordDistances {
  std::vector<double> real_to_synthetic;       ///< [n]
  std::vector<double> real_to_real;            ///< [n] to another row.
  std::vector<double> synthetic_to_real;       ///< [m]
  std::vector<double> synthetic_to_synthetic;  ///< [m] to another row.
  std::vector<std::int64_t> nearest_real;      ///< [m] the real row nearest to each synthetic one.
};

/// Euclidean; scale the columns first.
/// \param real, synthetic  [n, d] and [m, d] finite, at least 2 rows each.
/// \throws InvalidArgument as `nearest`; Cancelled if the stop token was triggered.
[[nodiscard]] RecordDistances record_distances(const MatrixView<double>& real,
                                               const MatrixView<double>& synthetic,
                                               const RunOptions& run = {});
/// Gower; rows as `gower` encodes them.
[[nodiscard]] RecordDistances record_distances(const Gower& gower, const Gower::Rows& real,
                                               const Gower::Rows& synthetic,
                                               const RunOptions& run = {});

/// What equal distances count in "farther than" and "nearer than".
enum class Ties : std::uint8_t {
  kStrict,  ///< Nothing, as published.
  kHalf     ///< A half: fair to tables with categories, where many rows are equally far.
};

/// Nearest-neighbour adversarial accuracy [1]: how often the nearest row is of the own sample.
struct AdversarialAccuracy {
  double real = 0;       ///< P(d(r, S) > d(r, R without r)) over the real rows.
  double synthetic = 0;  ///< P(d(s, R) > d(s, S without s)) over the synthetic rows.

  /// Mean of both: 0.5 for samples of one population, 0 for copies, 1 for samples apart. Use
  /// equally many rows.
  [[nodiscard]] double value() const noexcept { return (real + synthetic) / 2; }
};
/// \throws InvalidArgument unless the vectors of a sample are equally long and not empty.
///
/// [1] Yale et al., "Generation and evaluation of privacy preserving synthetic health data",
///     Neurocomputing 416, 2020. Their privacy loss is the accuracy with unseen real rows minus
///     that with the training rows.
[[nodiscard]] AdversarialAccuracy nnaa(const RecordDistances& distances, Ties ties = Ties::kStrict);

/// Share of the real rows that have a synthetic row nearer than any other real row [2]: 1/2 for a
/// sample of the same population and size, 1 for copies. Only the difference to unseen real rows
/// tells of copying.
///
/// [2] Yoon, Drumright, van der Schaar, "Anonymization through data synthesis using GANs
///     (ADS-GAN)", IEEE JBHI 24, 2020; without their weights of the columns.
[[nodiscard]] double identifiability(const RecordDistances& distances, Ties ties = Ties::kStrict);

/// Share of the synthetic rows whose nearest real row has a real row nearer to it than they are
/// [3]: 0 for copies.
///
/// [3] Alaa et al., "How faithful is your synthetic data?", ICML 2022.
[[nodiscard]] double authenticity(const RecordDistances& distances, Ties ties = Ties::kStrict);

/// Share of the real rows that some synthetic row hits [4]: equal categories, and every number
/// within `tolerance` of the range of the real column. A missing cell is hit by a missing one.
/// Rows are grouped by their categories and searched in a sorted column: no table of pairs.
/// \throws InvalidArgument for a negative tolerance, no rows, other columns in one than the other.
///
/// [4] Hernandez et al., "Standardised metrics and methods for synthetic tabular data evaluation",
///     2021; the tolerance of SynthEval, Lautrup et al., DMKD 39, 2025.
[[nodiscard]] double hitting_rate(const MixedView& real, const MixedView& synthetic,
                                  double tolerance = 1.0 / 30);
[[nodiscard]] double hitting_rate(const Dataset& real, const Dataset& synthetic,
                                  double tolerance = 1.0 / 30);

/// For each query the fewest cells in which it differs from any reference: 0 is a copy, 1 a copy
/// with one cell changed. Numbers are compared to 9 digits; missing cells equal one another.
/// \throws InvalidArgument for no references or other columns in one than the other; Cancelled.
[[nodiscard]] std::vector<std::int64_t> differing_cells(const MixedView& queries,
                                                        const MixedView& references,
                                                        const RunOptions& run = {});
[[nodiscard]] std::vector<std::int64_t> differing_cells(const Dataset& queries,
                                                        const Dataset& references,
                                                        const RunOptions& run = {});

}  // namespace semblance
