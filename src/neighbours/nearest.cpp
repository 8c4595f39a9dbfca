// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numeric>

#include "neighbours/blocked.hpp"
#include "neighbours/search.hpp"
#include "neighbours/squared.hpp"
#include "semblance/neighbours/neighbours.hpp"

namespace semblance {
namespace {

template <class T>
void check_matrix(const MatrixView<T>& matrix, const char* which) {
  require(matrix.rows >= 0 && matrix.dim >= 0 &&
              static_cast<std::int64_t>(matrix.values.size()) == matrix.rows * matrix.dim,
          "nearest: {} must hold {} x {} values, got {}", which, matrix.rows, matrix.dim,
          matrix.values.size());
}

template <class T>
void check_finite(const MatrixView<T>& matrix, const char* which) {
  for (std::size_t i = 0; i < matrix.values.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    require(std::isfinite(matrix.values[i]), "nearest: {} must be finite, row {} column {} is {}",
            which, at / matrix.dim, at % matrix.dim, matrix.values[i]);
  }
}

/// Boxes around blocks leave out almost what a tree leaves out, and what is left is 16 times as
/// fast; so a tree wins only in 1 or 2 columns, or up to 4 where a search between two sets must
/// put both in order. Measured: docs/neighbours.md.
template <class T>
bool tree_is_faster(const MatrixView<T>& queries, const MatrixView<T>& references) {
  return references.dim <= (same_rows(queries, references) ? 2 : 4);
}

template <class T>
SearchMethod chosen(const NeighbourOptions& options, const MatrixView<T>& queries,
                    const MatrixView<T>& references) {
  if (options.method != SearchMethod::kAuto) return options.method;
  if (options.run.device == Device::kCuda) return SearchMethod::kTensor;
  return tree_is_faster(queries, references) ? SearchMethod::kTree : SearchMethod::kBlocked;
}

void check_mixed(const MixedView& view, std::span<const double> mismatch, const char* which) {
  check_matrix(view.numbers, which);
  check_matrix(view.codes, which);
  require(view.numbers.dim + view.codes.dim >= 1, "nearest: {} must have at least 1 column", which);
  require((view.numbers.dim == 0 || view.numbers.rows == view.rows) &&
              (view.codes.dim == 0 || view.codes.rows == view.rows),
          "nearest: {} must have {} rows of numbers and of codes, got {} and {}", which, view.rows,
          view.numbers.rows, view.codes.rows);
  require(static_cast<std::int64_t>(mismatch.size()) == view.codes.dim,
          "nearest: {} have {} categorical columns, but there are {} mismatch weights", which,
          view.codes.dim, mismatch.size());
}

}  // namespace

template <class T>
Neighbours nearest(const MatrixView<T>& queries, const MatrixView<T>& references, std::int64_t k,
                   const NeighbourOptions& options) {
  check_matrix(queries, "queries");
  check_matrix(references, "references");
  require(queries.dim == references.dim && references.dim >= 1,
          "nearest: queries and references must have the same number of columns, >= 1, got {} and "
          "{}",
          queries.dim, references.dim);
  check_search(queries.rows, references.rows, k, options);
  const SearchMethod method = chosen(options, queries, references);
  if (method == SearchMethod::kTree) {
    check_finite(references, "references");
    check_finite(queries, "queries");
    return search_tree(queries, references, k, options);
  }
  if (method == SearchMethod::kTensor) return search_tensor(queries, references, k, options);
  const SquaredMetric<T> metric({queries, {}, queries.rows}, {references, {}, references.rows}, {},
                                options.run);
  return search_blocked(metric, k, options);
}

template Neighbours nearest(const MatrixView<float>&, const MatrixView<float>&, std::int64_t,
                            const NeighbourOptions&);
template Neighbours nearest(const MatrixView<double>&, const MatrixView<double>&, std::int64_t,
                            const NeighbourOptions&);

template <class T>
Neighbours nearest_others(const MatrixView<T>& rows, std::int64_t k,
                          const NeighbourOptions& options) {
  const auto self = own_rows(rows.rows);
  return nearest(rows, rows, k, {self, options.method, options.run});
}

template Neighbours nearest_others(const MatrixView<float>&, std::int64_t, const NeighbourOptions&);
template Neighbours nearest_others(const MatrixView<double>&, std::int64_t,
                                   const NeighbourOptions&);

Neighbours nearest_mixed(const MixedView& queries, const MixedView& references,
                         std::span<const double> mismatch, std::int64_t k,
                         const NeighbourOptions& options) {
  check_mixed(queries, mismatch, "queries");
  check_mixed(references, mismatch, "references");
  require(queries.numbers.dim == references.numbers.dim,
          "nearest: queries and references must have the same number of columns, got {} and {}",
          queries.numbers.dim, references.numbers.dim);
  for (const double weight : mismatch) {
    require(std::isfinite(weight) && weight >= 0,
            "nearest: mismatch weights must be finite and >= 0, got {}", weight);
  }
  check_search(queries.rows, references.rows, k, options);
  const SquaredMetric<double> metric({queries.numbers, queries.codes, queries.rows},
                                     {references.numbers, references.codes, references.rows},
                                     mismatch, options.run);
  return search_blocked(metric, k, options);
}

std::vector<std::int64_t> own_rows(std::int64_t n) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(n));
  std::iota(rows.begin(), rows.end(), std::int64_t{0});
  return rows;
}

}  // namespace semblance
