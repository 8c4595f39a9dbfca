// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "neighbours/kernel.hpp"
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
/// Screening works on rows x' = (x - mean) s in float32 with s a power of two that brings all of
/// them into [-1, 1]: half the scaled squared distance is |x'|^2/2 + e with the estimate
/// e = |y'|^2/2 - x'y' + sum of half weights.
template <class T>
class SquaredMetric {
 public:
  static constexpr Screen kScreen = Screen::kProduct;

  SquaredMetric(const TypedRows<T>& queries, const TypedRows<T>& references,
                std::span<const double> mismatch);

  [[nodiscard]] const Panels& panels() const noexcept { return panels_; }
  [[nodiscard]] std::int64_t queries() const noexcept { return queries_.rows; }
  [[nodiscard]] const float* weights() const noexcept { return weights_.data(); }
  void fill(std::int64_t query, FlatRow& flat) const { fill(queries_, query, flat); }
  [[nodiscard]] float limit(std::int64_t query, std::int64_t block, double key) const;
  [[nodiscard]] double key(std::int64_t query, std::int64_t reference) const;
  [[nodiscard]] double distance(double key) const;

 private:
  void centre();
  double largest(const TypedRows<T>& rows, const char* which) const;
  Panels pack();
  void fill(const TypedRows<T>& rows, std::int64_t row, FlatRow& flat) const;
  [[nodiscard]] double squared_norm(const TypedRows<T>& rows, std::int64_t row) const;

  TypedRows<T> queries_, references_;
  std::span<const double> mismatch_;
  std::vector<double> mean_;
  double scale_ = 1;
  std::vector<float> weights_;      ///< Half of mismatch, scaled.
  double total_weight_ = 0;         ///< Their sum.
  std::vector<double> query_norm_;  ///< |x'|^2.
  std::vector<double> panel_norm_;  ///< Largest |y'| of each panel.
  std::vector<double> block_norm_;  ///< Largest |y'| of each block of panels.
  Panels panels_;
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

}  // namespace semblance
