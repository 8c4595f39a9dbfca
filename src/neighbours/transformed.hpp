// SPDX-License-Identifier: Apache-2.0
// Metrics that are screened as the Euclidean distance of other rows.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "neighbours/squared.hpp"

namespace semblance {

/// Rows made from others, in float64.
class MadeRows {
 public:
  /// \param make  make(which, row, double* out) writes one row of `dim`; which: "queries" or
  /// "references".
  template <class T, class Make>
  MadeRows(const MatrixView<T>& queries, const MatrixView<T>& references, std::int64_t dim,
           const RunOptions& run, const Make& make)
      : dim_(dim), references_(made(references, run, make, "references")) {
    if (!same_rows(queries, references)) queries_ = made(queries, run, make, "queries");
  }

  [[nodiscard]] TypedRows<double> references() const { return rows(references_); }
  [[nodiscard]] TypedRows<double> queries() const {
    return rows(queries_ ? *queries_ : references_);
  }

 private:
  [[nodiscard]] TypedRows<double> rows(const std::vector<double>& values) const {
    const std::int64_t count = static_cast<std::int64_t>(values.size()) / dim_;
    return {{values, count, dim_}, {}, count};
  }

  template <class T, class Make>
  [[nodiscard]] std::vector<double> made(const MatrixView<T>& from, const RunOptions& run,
                                         const Make& make, const char* which) const {
    constexpr std::int64_t kTask = 256;
    std::vector<double> out(static_cast<std::size_t>(from.rows * dim_));
    parallel_for(worker_threads(run), (from.rows + kTask - 1) / kTask, [&](std::int64_t task) {
      for (std::int64_t i = task * kTask; i < std::min((task + 1) * kTask, from.rows); ++i) {
        make(which, i, from.row(i), out.data() + i * dim_);
      }
    });
    return out;
  }

  std::int64_t dim_;
  std::vector<double> references_;
  std::optional<std::vector<double>> queries_;
};

/// A linear map of differences: the diagonal matrix or the lower triangular one with these entries.
struct LinearMap {
  std::int64_t dim = 0;
  std::vector<double> diagonal = {};  ///< [dim], or
  std::vector<double> lower = {};     ///< [dim, dim].

  /// |map (a - b)|^2 in float64: what decides.
  template <class T>
  [[nodiscard]] double squared(const T* a, const T* b) const {
    double sum = 0;
    for (std::int64_t i = 0; i < dim; ++i) {
      const double z = component(
          i, [&](std::int64_t j) { return static_cast<double>(a[j]) - static_cast<double>(b[j]); });
      sum += z * z;
    }
    return sum;
  }

  /// Component i of the map of a vector.
  template <class Vector>
  [[nodiscard]] double component(std::int64_t i, const Vector& vector) const {
    if (lower.empty()) return diagonal[static_cast<std::size_t>(i)] * vector(i);
    double z = 0;
    for (std::int64_t j = 0; j <= i; ++j) {
      z += lower[static_cast<std::size_t>(i * dim + j)] * vector(j);
    }
    return z;
  }
};

/// |map (a - b)|. The rows that are screened, map (a - centre), are off by the rounding of float64
/// times the condition of the map; a millionth of it is added to the float32 bounds, which are
/// 10^8 times coarser.
template <class T>
class LinearMetric : private MadeRows, public SquaredMetric<double> {
 public:
  LinearMetric(const MatrixView<T>& queries, const MatrixView<T>& references, const LinearMap& map,
               double condition, const RunOptions& run)
      : LinearMetric(queries, references, map, condition, run,
                     centre_rows(queries, references, 0, run).centre) {}

  [[nodiscard]] float error(float query_norm, float reference_norm) const noexcept {
    return static_cast<float>(1 + 1e-6 * condition_) *
           SquaredMetric<double>::error(query_norm, reference_norm);
  }
  [[nodiscard]] double key(std::int64_t query, std::int64_t reference) const {
    return map_.squared(queries_.row(query), references_.row(reference));
  }
  [[nodiscard]] float bound(double key) const {
    return round_up(sum_of(key) * (1 + 1e-14 * condition_));
  }
  using SquaredMetric<double>::queries;
  using SquaredMetric<double>::references;

 private:
  LinearMetric(const MatrixView<T>& queries, const MatrixView<T>& references, const LinearMap& map,
               double condition, const RunOptions& run, const std::vector<double>& centre)
      : MadeRows(queries, references, map.dim, run,
                 [&](const char*, std::int64_t, const T* row, double* out) {
                   for (std::int64_t i = 0; i < map.dim; ++i) {
                     out[i] = map.component(i, [&](std::int64_t j) {
                       return static_cast<double>(row[j]) - centre[static_cast<std::size_t>(j)];
                     });
                   }
                 }),
        SquaredMetric<double>(MadeRows::queries(), MadeRows::references(), {}, run),
        queries_(queries),
        references_(references),
        map_(map),
        condition_(condition) {}

  MatrixView<T> queries_, references_;
  const LinearMap& map_;
  double condition_;
};

/// Half the squared distance of rows divided by their length, 1 - cos.
template <class T>
class CosineMetric : private MadeRows, public SquaredMetric<double> {
 public:
  CosineMetric(const MatrixView<T>& queries, const MatrixView<T>& references, const RunOptions& run)
      : MadeRows(queries, references, references.dim, run,
                 [&](const char* which, std::int64_t i, const T* row, double* out) {
                   require(direction(row, references.dim, out),
                           "nearest: the cosine distance needs rows other than 0, row {} of {} is",
                           i, which);
                 }),
        SquaredMetric<double>(MadeRows::queries(), MadeRows::references(), {}, run) {}

  [[nodiscard]] double distance(double key) const { return 0.5 * key; }
  using SquaredMetric<double>::queries;
  using SquaredMetric<double>::references;

  /// The row divided by its length; false if that is 0.
  static bool direction(const T* row, std::int64_t dim, double* out) {
    double most = 0, sum = 0;
    for (std::int64_t j = 0; j < dim; ++j)
      most = std::max(most, std::abs(static_cast<double>(row[j])));
    for (std::int64_t j = 0; j < dim; ++j) {
      out[j] = most > 0 ? static_cast<double>(row[j]) / most : 0.0;
      sum += out[j] * out[j];
    }
    for (std::int64_t j = 0; j < dim; ++j) out[j] /= most > 0 ? std::sqrt(sum) : 1.0;
    return most > 0;
  }
};

/// Minkowski's distance, screened by the Euclidean one: with c = d^|1/p - 1/2|,
/// |x|_2 <= |x|_p <= c |x|_2 for p <= 2 and |x|_p <= |x|_2 <= c |x|_p for p >= 2.
template <class T>
class MinkowskiMetric : public SquaredMetric<T> {
 public:
  MinkowskiMetric(const MatrixView<T>& queries, const MatrixView<T>& references, double p,
                  const RunOptions& run)
      : SquaredMetric<T>({queries, {}, queries.rows}, {references, {}, references.rows}, {}, run),
        queries_(queries),
        references_(references),
        p_(p),
        ratio_(std::pow(static_cast<double>(references.dim), std::abs(1 / p - 0.5))) {}

  [[nodiscard]] double key(std::int64_t query, std::int64_t reference) const {
    return distance_of(queries_.row(query), references_.row(reference), references_.dim, p_);
  }
  [[nodiscard]] float bound(double key) const {
    const double euclidean = p_ > 2 ? ratio_ * key : key;
    return round_up(this->sum_of(euclidean * euclidean));
  }
  [[nodiscard]] static double distance(double key) { return key; }
  [[nodiscard]] float spread() const { return round_up(ratio_ * ratio_); }

  /// Powers of shares of the largest difference: none overflows.
  static double distance_of(const T* a, const T* b, std::int64_t dim, double p) {
    double most = 0, sum = 0;
    const auto apart = [&](std::int64_t j) {
      return std::abs(static_cast<double>(a[j]) - static_cast<double>(b[j]));
    };
    for (std::int64_t j = 0; j < dim; ++j) most = std::max(most, apart(j));
    if (most == 0) return 0;
    for (std::int64_t j = 0; j < dim; ++j) sum += std::pow(apart(j) / most, p);
    return most * std::pow(sum, 1 / p);
  }

 private:
  MatrixView<T> queries_, references_;
  double p_, ratio_;
};

}  // namespace semblance
