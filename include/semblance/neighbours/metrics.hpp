// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <variant>
#include <vector>

#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// sqrt(sum (a_j - b_j)^2).
struct Euclidean {};

/// sum |a_j - b_j|.
struct Manhattan {};

/// max |a_j - b_j|.
struct Chebyshev {};

/// (sum |a_j - b_j|^p)^(1/p).
struct Minkowski {
  double p = 3;  ///< Finite, >= 1.
};

/// 1 - a b / (|a| |b|), of rows divided by their length. Rows of zeros have no direction.
struct Cosine {};

/// sqrt(sum ((a_j - b_j) / scale_j)^2).
struct StandardizedEuclidean {
  std::vector<double> scale = {};  ///< One a column, finite and > 0.

  /// With the standard deviations (of the population) of some rows; 1 for a constant column.
  template <class T>
  [[nodiscard]] static StandardizedEuclidean of(const MatrixView<T>& rows);
};

/// sqrt((a - b)' C^-1 (a - b)) for a covariance matrix C.
struct Mahalanobis {
  std::vector<double> covariance = {};  ///< [d, d], symmetric and positive definite.

  /// With the covariance (divided by n - 1) of some rows, at least two.
  template <class T>
  [[nodiscard]] static Mahalanobis of(const MatrixView<T>& rows);
};

/// A distance of numeric rows. Rows with categories or gaps: Gower, Heterogeneous,
/// ValueDifference, nearest_mixed.
using NumericMetric = std::variant<Euclidean, Manhattan, Chebyshev, Minkowski, Cosine,
                                   StandardizedEuclidean, Mahalanobis>;

/// The distance of two rows of `dim` finite cells, as the search decides it: in float64.
/// \throws InvalidArgument if the metric does not fit the rows, or does not define the distance.
template <class T>
[[nodiscard]] double distance(const NumericMetric& metric, const T* a, const T* b,
                              std::int64_t dim);

/// Exact k nearest neighbours under any of the metrics: the contract of `nearest` without one.
///
/// Each is screened in float32 (Minkowski by bounds of its Euclidean distance, cosine, standardised
/// and Mahalanobis as the Euclidean distance of transformed rows) and decided in float64 by its
/// definition. Memory: as `nearest`, and a float64 copy of the rows that are transformed.
///
/// \throws InvalidArgument as `nearest`; for a metric that does not fit the rows; for a row of
/// zeros under Cosine; for SearchMethod::kTree and kTensor, which are for Euclidean.
template <class T>
[[nodiscard]] Neighbours nearest(const MatrixView<T>& queries, const MatrixView<T>& references,
                                 std::int64_t k, const NumericMetric& metric,
                                 const NeighbourOptions& options = {});

/// The same among the rows themselves: a row is not its own neighbour, its duplicates are.
template <class T>
[[nodiscard]] Neighbours nearest_others(const MatrixView<T>& rows, std::int64_t k,
                                        const NumericMetric& metric,
                                        const NeighbourOptions& options = {});

/// Any distance: of query i and reference j. Called from several threads at once; never for a pair
/// that is excluded.
using PairDistance = std::function<double(std::int64_t i, std::int64_t j)>;

/// Exact k nearest neighbours under a distance of your own, pair by pair; order and errors as
/// `nearest`.
/// \throws InvalidArgument if it returns NaN.
[[nodiscard]] Neighbours nearest_by(std::int64_t queries, std::int64_t references, std::int64_t k,
                                    const PairDistance& distance,
                                    const NeighbourOptions& options = {});

extern template StandardizedEuclidean StandardizedEuclidean::of(const MatrixView<float>&);
extern template StandardizedEuclidean StandardizedEuclidean::of(const MatrixView<double>&);
extern template Mahalanobis Mahalanobis::of(const MatrixView<float>&);
extern template Mahalanobis Mahalanobis::of(const MatrixView<double>&);
extern template double distance(const NumericMetric&, const float*, const float*, std::int64_t);
extern template double distance(const NumericMetric&, const double*, const double*, std::int64_t);
extern template Neighbours nearest(const MatrixView<float>&, const MatrixView<float>&, std::int64_t,
                                   const NumericMetric&, const NeighbourOptions&);
extern template Neighbours nearest(const MatrixView<double>&, const MatrixView<double>&,
                                   std::int64_t, const NumericMetric&, const NeighbourOptions&);
extern template Neighbours nearest_others(const MatrixView<float>&, std::int64_t,
                                          const NumericMetric&, const NeighbourOptions&);
extern template Neighbours nearest_others(const MatrixView<double>&, std::int64_t,
                                          const NumericMetric&, const NeighbourOptions&);

}  // namespace semblance
