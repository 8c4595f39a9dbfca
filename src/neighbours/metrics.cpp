// SPDX-License-Identifier: Apache-2.0
#include "semblance/neighbours/metrics.hpp"

#include <Eigen/Cholesky>
#include <cmath>

#include "neighbours/absolute.hpp"
#include "neighbours/blocked.hpp"
#include "neighbours/transformed.hpp"

namespace semblance {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

/// A map and how much it may magnify rounding.
struct ConditionedMap {
  LinearMap map;
  double condition = 1;
};

ConditionedMap map_of(const StandardizedEuclidean& metric, std::int64_t dim) {
  require(static_cast<std::int64_t>(metric.scale.size()) == dim,
          "StandardizedEuclidean.scale must have one entry a column ({}), got {}", dim,
          metric.scale.size());
  ConditionedMap out{{dim, {}, {}}, 1};
  for (const double scale : metric.scale) {
    require(std::isfinite(scale) && scale > 0 && std::isfinite(1 / scale),
            "StandardizedEuclidean.scale must be finite and > 0, got {}", scale);
    out.map.diagonal.push_back(1 / scale);
  }
  return out;
}

/// C = L L'; |L^-1 (a - b)| is the distance.
ConditionedMap map_of(const Mahalanobis& metric, std::int64_t dim) {
  require(static_cast<std::int64_t>(metric.covariance.size()) == dim * dim,
          "Mahalanobis.covariance must have {} x {} entries, got {}", dim, dim,
          metric.covariance.size());
  const Eigen::Map<const Matrix> covariance(metric.covariance.data(), dim, dim);
  require(covariance.allFinite() && covariance.isApprox(covariance.transpose(), 1e-10),
          "Mahalanobis.covariance must be finite and symmetric");
  const Eigen::LLT<Matrix> cholesky(covariance);
  require(cholesky.info() == Eigen::Success && cholesky.rcond() > 1e-14,
          "Mahalanobis.covariance must be positive definite; are some columns constant or "
          "combinations of others?");
  const Matrix lower = cholesky.matrixL();
  const Matrix inverse = lower.triangularView<Eigen::Lower>().solve(Matrix::Identity(dim, dim));
  ConditionedMap out{{dim, {}, {}}, lower.norm() * inverse.norm()};
  out.map.lower.assign(inverse.data(), inverse.data() + inverse.size());
  return out;
}

void check(const Minkowski& metric) {
  require(std::isfinite(metric.p) && metric.p >= 1, "Minkowski.p must be finite and >= 1, got {}",
          metric.p);
}

/// Minkowski's metric where it has no simpler name.
NumericMetric simplest(const NumericMetric& metric) {
  const auto* minkowski = std::get_if<Minkowski>(&metric);
  if (minkowski == nullptr) return metric;
  check(*minkowski);
  if (minkowski->p == 1) return Manhattan{};
  return minkowski->p == 2 ? NumericMetric(Euclidean{}) : metric;
}

template <class T>
double cosine_distance(const T* a, const T* b, std::int64_t dim) {
  std::vector<double> x(static_cast<std::size_t>(dim)), y(x);
  require(
      CosineMetric<T>::direction(a, dim, x.data()) && CosineMetric<T>::direction(b, dim, y.data()),
      "distance: the cosine distance needs rows other than 0");
  return 0.5 * squared_distance(x.data(), y.data(), dim);
}

template <class T>
void check_shapes(const MatrixView<T>& queries, const MatrixView<T>& references) {
  for (const auto* matrix : {&queries, &references}) {
    require(matrix->rows >= 0 && matrix->dim >= 1 && matrix->dim == references.dim &&
                static_cast<std::int64_t>(matrix->values.size()) == matrix->rows * matrix->dim,
            "nearest: queries and references must hold rows x {} values, got {} in {} x {}",
            references.dim, matrix->values.size(), matrix->rows, matrix->dim);
  }
}

}  // namespace

template <class T>
StandardizedEuclidean StandardizedEuclidean::of(const MatrixView<T>& rows) {
  require(rows.rows >= 1, "StandardizedEuclidean.of: there must be at least 1 row");
  StandardizedEuclidean out;
  for (std::int64_t j = 0; j < rows.dim; ++j) {
    double mean = 0, squares = 0;  // Welford's recurrence
    for (std::int64_t i = 0; i < rows.rows; ++i) {
      const double d = static_cast<double>(rows.row(i)[j]) - mean;
      mean += d / static_cast<double>(i + 1);
      squares += d * (static_cast<double>(rows.row(i)[j]) - mean);
    }
    out.scale.push_back(squares > 0 ? std::sqrt(squares / static_cast<double>(rows.rows)) : 1.0);
  }
  return out;
}

template <class T>
Mahalanobis Mahalanobis::of(const MatrixView<T>& rows) {
  require(rows.rows >= 2, "Mahalanobis.of: there must be at least 2 rows, got {}", rows.rows);
  const Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> values(
      rows.values.data(), rows.rows, rows.dim);
  const Eigen::RowVectorXd first = values.row(0).template cast<double>();
  const Matrix shifted = values.template cast<double>().rowwise() - first;
  const Matrix centred = shifted.rowwise() - shifted.colwise().mean();
  const Matrix covariance =
      centred.transpose() * centred / static_cast<double>(std::max<std::int64_t>(rows.rows - 1, 1));
  return {{covariance.data(), covariance.data() + covariance.size()}};
}

template <class T>
double distance(const NumericMetric& metric, const T* a, const T* b, std::int64_t dim) {
  return std::visit(
      Overloaded{
          [&](const Euclidean&) { return std::sqrt(squared_distance(a, b, dim)); },
          [&](const Manhattan&) {
            return AbsoluteMetric<T, Screen::kAbsolute>::distance_of(a, b, dim);
          },
          [&](const Chebyshev&) {
            return AbsoluteMetric<T, Screen::kLargest>::distance_of(a, b, dim);
          },
          [&](const Minkowski& own) { return MinkowskiMetric<T>::distance_of(a, b, dim, own.p); },
          [&](const Cosine&) { return cosine_distance(a, b, dim); },
          [&](const auto& own) { return std::sqrt(map_of(own, dim).map.squared(a, b)); }},
      simplest(metric));
}

template <class T>
Neighbours nearest(const MatrixView<T>& queries, const MatrixView<T>& references, std::int64_t k,
                   const NumericMetric& metric, const NeighbourOptions& options) {
  const NumericMetric chosen = simplest(metric);
  if (std::holds_alternative<Euclidean>(chosen)) return nearest(queries, references, k, options);
  check_shapes(queries, references);
  check_search(queries.rows, references.rows, k, options);
  const auto search = [&](const auto& own) { return search_blocked(own, k, options); };
  return std::visit(
      Overloaded{
          [&](const Euclidean&) { return nearest(queries, references, k, options); },
          [&](const Manhattan&) {
            return search(AbsoluteMetric<T, Screen::kAbsolute>(queries, references, options.run));
          },
          [&](const Chebyshev&) {
            return search(AbsoluteMetric<T, Screen::kLargest>(queries, references, options.run));
          },
          [&](const Minkowski& own) {
            return search(MinkowskiMetric<T>(queries, references, own.p, options.run));
          },
          [&](const Cosine&) { return search(CosineMetric<T>(queries, references, options.run)); },
          [&](const auto& own) {
            const ConditionedMap linear = map_of(own, references.dim);
            return search(
                LinearMetric<T>(queries, references, linear.map, linear.condition, options.run));
          }},
      chosen);
}

template <class T>
Neighbours nearest_others(const MatrixView<T>& rows, std::int64_t k, const NumericMetric& metric,
                          const NeighbourOptions& options) {
  const auto self = own_rows(rows.rows);
  return nearest(rows, rows, k, metric, {self, options.method, options.run});
}

Neighbours nearest_by(std::int64_t queries, std::int64_t references, std::int64_t k,
                      const PairDistance& distance, const NeighbourOptions& options) {
  return search_pairs(
      queries, references, k, options,
      [&](std::int64_t q, std::int64_t r) {
        const double value = distance(q, r);
        require(!std::isnan(value), "nearest_by: distance({}, {}) must not be NaN", q, r);
        return value;
      },
      [](double key) { return key; });
}

template StandardizedEuclidean StandardizedEuclidean::of(const MatrixView<float>&);
template StandardizedEuclidean StandardizedEuclidean::of(const MatrixView<double>&);
template Mahalanobis Mahalanobis::of(const MatrixView<float>&);
template Mahalanobis Mahalanobis::of(const MatrixView<double>&);
template double distance(const NumericMetric&, const float*, const float*, std::int64_t);
template double distance(const NumericMetric&, const double*, const double*, std::int64_t);
template Neighbours nearest(const MatrixView<float>&, const MatrixView<float>&, std::int64_t,
                            const NumericMetric&, const NeighbourOptions&);
template Neighbours nearest(const MatrixView<double>&, const MatrixView<double>&, std::int64_t,
                            const NumericMetric&, const NeighbourOptions&);
template Neighbours nearest_others(const MatrixView<float>&, std::int64_t, const NumericMetric&,
                                   const NeighbourOptions&);
template Neighbours nearest_others(const MatrixView<double>&, std::int64_t, const NumericMetric&,
                                   const NeighbourOptions&);

}  // namespace semblance
