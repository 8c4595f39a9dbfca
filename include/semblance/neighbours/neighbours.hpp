// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "semblance/core/run.hpp"

namespace semblance {

/// A row-major matrix that somebody else owns.
template <class T>
struct MatrixView {
  std::span<const T> values = {};  ///< rows x dim elements.
  std::int64_t rows = 0;
  std::int64_t dim = 0;

  [[nodiscard]] const T* row(std::int64_t i) const noexcept { return values.data() + i * dim; }
};

/// Rows with numeric and categorical cells: row i is numbers[i] and codes[i].
struct MixedView {
  MatrixView<double> numbers = {};
  MatrixView<std::int32_t> codes = {};  ///< Any codes; only equality counts.
  std::int64_t rows = 0;                ///< Of both matrices, where they have columns.
};

/// How the nearest rows are found; all ways give the same answer.
enum class SearchMethod : std::uint8_t {
  kAuto,     ///< By size and dimension.
  kBlocked,  ///< Every pair: blocks screened in float32, candidates decided in float64.
  kTree,     ///< A k-d tree; the Euclidean distance of numeric rows only.
  kTensor    ///< Matrix products of LibTorch on RunOptions::device, candidates decided in float64;
             ///< the Euclidean distance of numeric rows only. kAuto on a GPU.
};

/// What a search may be asked besides k.
struct NeighbourOptions {
  /// For each query the reference row that is not its neighbour (itself), or -1; empty: none.
  std::span<const std::int64_t> excluded = {};
  SearchMethod method = SearchMethod::kAuto;
  RunOptions run = {};  ///< `threads`, `stop` and, by kTensor, `device` are honoured.
};

/// The k nearest references of each query, nearest first.
struct Neighbours {
  std::int64_t queries = 0;
  std::int64_t k = 0;
  std::vector<std::int64_t> index = {};  ///< [queries, k] rows of the references.
  std::vector<double> distance = {};     ///< [queries, k], >= 0.

  [[nodiscard]] std::span<const std::int64_t> indices(std::int64_t query) const {
    return std::span(index).subspan(static_cast<std::size_t>(query * k),
                                    static_cast<std::size_t>(k));
  }
  [[nodiscard]] std::span<const double> distances(std::int64_t query) const {
    return std::span(distance).subspan(static_cast<std::size_t>(query * k),
                                       static_cast<std::size_t>(k));
  }
};

/// Exact k nearest neighbours under the Euclidean distance.
///
/// Order is by (distance, row of the reference): equal distances are told apart by row, so the
/// answer is one, whatever the method, the number of threads or the machine. Distances are those of
/// float64; rows far from the origin lose nothing, since screening works on centred rows and every
/// candidate within its rounding error is decided in float64. A search of rows among themselves
/// looks at each pair once. Memory beyond the result: float32 copies of queries and references,
/// and in a search among themselves about 270 + 4 k bytes a row for candidates (2,100 at most).
///
/// \param queries     [m, d] finite.
/// \param references  [n, d] finite; d >= 1.
/// \param k           1 <= k <= n, or n - 1 where a row is excluded.
/// \throws InvalidArgument if a rule above is broken; Cancelled if the stop token was triggered.
template <class T>
[[nodiscard]] Neighbours nearest(const MatrixView<T>& queries, const MatrixView<T>& references,
                                 std::int64_t k, const NeighbourOptions& options = {});

extern template Neighbours nearest(const MatrixView<float>&, const MatrixView<float>&, std::int64_t,
                                   const NeighbourOptions&);
extern template Neighbours nearest(const MatrixView<double>&, const MatrixView<double>&,
                                   std::int64_t, const NeighbourOptions&);

/// The same among the rows themselves: a row is not its own neighbour, its duplicates are.
template <class T>
[[nodiscard]] Neighbours nearest_others(const MatrixView<T>& rows, std::int64_t k,
                                        const NeighbourOptions& options = {});

extern template Neighbours nearest_others(const MatrixView<float>&, std::int64_t,
                                          const NeighbourOptions&);
extern template Neighbours nearest_others(const MatrixView<double>&, std::int64_t,
                                          const NeighbourOptions&);

/// Exact k nearest neighbours of mixed rows: squared distance = squared differences of the numbers
/// plus `mismatch[j]` for every categorical column j in which the rows differ.
///
/// The metric of SMOTE-NC with mismatch[j] = (median standard deviation)^2, and the overlap metric
/// without numbers. Order, exactness and errors as `nearest`.
///
/// \param mismatch  One weight a categorical column, finite and >= 0.
[[nodiscard]] Neighbours nearest_mixed(const MixedView& queries, const MixedView& references,
                                       std::span<const double> mismatch, std::int64_t k,
                                       const NeighbourOptions& options = {});

/// 0, 1, ..., n - 1: the `excluded` of a search among the rows themselves.
[[nodiscard]] std::vector<std::int64_t> own_rows(std::int64_t n);

}  // namespace semblance
