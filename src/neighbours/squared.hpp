// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "neighbours/centring.hpp"
#include "neighbours/kernel.hpp"
#include "neighbours/outline.hpp"
#include "neighbours/shortlists.hpp"
#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// A matrix and its codes, numbers of type T.
template <class T>
struct TypedRows {
  MatrixView<T> numbers;
  MatrixView<std::int32_t> codes;
  std::int64_t rows = 0;
};

/// Squared Euclidean distance plus a weight for every category that differs.
///
/// Screening works on rows x' = (x - centre) s in float32, see Centring.
/// The screened sum is half the scaled squared distance,
///
///   |x'|^2/2 + |y'|^2/2 - x'y' + sum of half weights.
///
/// A sum of t terms in float32, in any order, is off by at most t u / (1 - t u) times the sum of
/// their sizes, u = 2^-24; rounding the inputs adds 2u. By Cauchy-Schwarz the sizes sum up to at
/// most (|x'| + |y'|)^2/2 plus the weights.
template <class T>
class SquaredMetric {
 public:
  static constexpr Screen kScreen = Screen::kProduct;

  SquaredMetric(const TypedRows<T>& queries, const TypedRows<T>& references,
                std::span<const double> mismatch, const RunOptions& run);

  [[nodiscard]] const Panels& queries() const noexcept {
    return other_panels_ ? *other_panels_ : panels_;
  }
  [[nodiscard]] const Panels& references() const noexcept { return panels_; }
  [[nodiscard]] const float* weights() const noexcept { return weights_.data(); }

  [[nodiscard]] float error(float query_norm, float reference_norm) const noexcept {
    const float both = query_norm + reference_norm;
    return unit_ * (0.5F * both * both + total_weight_) + 1e-30F;
  }
  [[nodiscard]] double key(std::int64_t query, std::int64_t reference) const;
  [[nodiscard]] float bound(double key) const { return round_up(sum_of(key)); }
  [[nodiscard]] double distance(double key) const { return std::sqrt(key); }
  [[nodiscard]] static float spread() { return 1; }

 protected:
  /// What the sum is where the squared distance is this.
  [[nodiscard]] double sum_of(double squared) const {
    return 0.5 * squared * (1 + 1e-12) * centring_.scale * centring_.scale;
  }

 private:
  [[nodiscard]] std::vector<float> half_weights() const;
  [[nodiscard]] Panels pack(const TypedRows<T>& rows, int threads) const;
  void fill(const TypedRows<T>& rows, std::int64_t row, FlatRow& flat) const;

  TypedRows<T> queries_, references_;
  std::span<const double> mismatch_;
  Centring centring_;
  std::vector<float> weights_;  ///< Half of mismatch, scaled.
  float total_weight_ = 0;      ///< At least their sum.
  float unit_ = 0;              ///< The relative error of a sum.
  PrincipalAxes axes_;
  Panels panels_;
  std::optional<Panels> other_panels_;  ///< Of the queries, where they are other rows.
};

/// sum (a_j - b_j)^2, in this order, in float64: what decides.
template <class T>
double squared_distance(const T* a, const T* b, std::int64_t dim) {
  double sum = 0;
  for (std::int64_t j = 0; j < dim; ++j) {
    const double d = static_cast<double>(a[j]) - static_cast<double>(b[j]);
    sum += d * d;
  }
  return sum;
}

/// The k-d tree search of numeric rows.
template <class T>
Neighbours search_tree(const MatrixView<T>& queries, const MatrixView<T>& references,
                       std::int64_t k, const NeighbourOptions& options);

/// The search of numeric rows by matrix products of LibTorch, on RunOptions::device.
template <class T>
Neighbours search_tensor(const MatrixView<T>& queries, const MatrixView<T>& references,
                         std::int64_t k, const NeighbourOptions& options);

}  // namespace semblance
