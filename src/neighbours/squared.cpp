// SPDX-License-Identifier: Apache-2.0
#include "neighbours/squared.hpp"

#include <algorithm>
#include <cmath>

#include "detail/check.hpp"
#include "neighbours/blocked.hpp"

namespace semblance {
namespace {

template <class T>
double cell(const TypedRows<T>& rows, std::int64_t row, std::int64_t column) {
  return static_cast<double>(rows.numbers.row(row)[column]);
}

}  // namespace

template <class T>
SquaredMetric<T>::SquaredMetric(const TypedRows<T>& queries, const TypedRows<T>& references,
                                std::span<const double> mismatch)
    : queries_(queries), references_(references), mismatch_(mismatch), panels_(pack()) {
  query_norm_.resize(static_cast<std::size_t>(queries.rows));
  for (std::int64_t q = 0; q < queries.rows; ++q) {
    query_norm_[static_cast<std::size_t>(q)] = squared_norm(queries, q);
  }
  const std::int64_t size = panels_.per_block();
  for (std::int64_t first = 0; first < panels_.count(); first += size) {
    const auto begin = panel_norm_.begin() + first;
    block_norm_.push_back(
        *std::max_element(begin, begin + std::min(size, panels_.count() - first)));
  }
}

template <class T>
void SquaredMetric<T>::centre() {
  const std::int64_t dim = references_.numbers.dim;
  mean_.assign(static_cast<std::size_t>(dim), 0.0);
  for (std::int64_t i = 0; i < references_.rows; ++i) {
    for (std::int64_t j = 0; j < dim; ++j) {
      double& mean = mean_[static_cast<std::size_t>(j)];
      mean += (cell(references_, i, j) - mean) / static_cast<double>(i + 1);
    }
  }
  const double most = std::max(largest(references_, "references"), largest(queries_, "queries"));
  const double weight =
      mismatch_.empty() ? 0.0 : *std::max_element(mismatch_.begin(), mismatch_.end());
  const double size = std::max(most, std::sqrt(weight));
  scale_ = size > 0 ? std::exp2(-std::clamp(std::ceil(std::log2(size)), -1000.0, 1000.0)) : 1.0;
}

template <class T>
double SquaredMetric<T>::largest(const TypedRows<T>& rows, const char* which) const {
  double most = 0;
  for (std::int64_t i = 0; i < rows.rows; ++i) {
    for (std::int64_t j = 0; j < rows.numbers.dim; ++j) {
      const double value = std::abs(cell(rows, i, j) - mean_[static_cast<std::size_t>(j)]);
      require(std::isfinite(value), "nearest: {} must be finite, row {} column {} is {}", which, i,
              j, cell(rows, i, j));
      most = std::max(most, value);
    }
  }
  return most;
}

template <class T>
Panels SquaredMetric<T>::pack() {
  centre();
  for (const double weight : mismatch_) {
    weights_.insert(weights_.end(), simd::kLanes,
                    static_cast<float>(0.5 * weight * scale_ * scale_));
    total_weight_ += 0.5 * weight * scale_ * scale_;
  }
  const RowLayout layout{references_.numbers.dim, 0, references_.codes.dim};
  panel_norm_.assign(static_cast<std::size_t>((references_.rows + kPanel - 1) / kPanel), 0.0);
  std::size_t position = 0;
  return Panels(references_.rows, layout, [&](std::int64_t row, FlatRow& flat) {
    fill(references_, row, flat);
    const double norm = squared_norm(references_, row);
    flat.bias = static_cast<float>(0.5 * norm);
    double& most = panel_norm_[position++ / kPanel];
    most = std::max(most, std::sqrt(norm));
  });
}

template <class T>
void SquaredMetric<T>::fill(const TypedRows<T>& rows, std::int64_t row, FlatRow& flat) const {
  const std::int64_t dim = rows.numbers.dim;
  for (std::int64_t j = 0; j < dim; ++j) {
    flat.put(
        j, static_cast<float>((cell(rows, row, j) - mean_[static_cast<std::size_t>(j)]) * scale_));
  }
  for (std::int64_t j = 0; j < rows.codes.dim; ++j) flat.put(dim + j, rows.codes.row(row)[j]);
}

template <class T>
double SquaredMetric<T>::squared_norm(const TypedRows<T>& rows, std::int64_t row) const {
  double sum = 0;
  for (std::int64_t j = 0; j < rows.numbers.dim; ++j) {
    const double d = (cell(rows, row, j) - mean_[static_cast<std::size_t>(j)]) * scale_;
    sum += d * d;
  }
  return sum;
}

// A sum of t terms in float32, in any order, is off by at most t u / (1 - t u) times the sum of
// their sizes, u = 2^-24; rounding the inputs adds 2u. Cauchy-Schwarz bounds the products.
template <class T>
float SquaredMetric<T>::limit(std::int64_t query, std::int64_t block, double key) const {
  const double x2 = query_norm_[static_cast<std::size_t>(query)];
  const double y = block_norm_[static_cast<std::size_t>(block)];
  const auto terms = static_cast<double>(references_.numbers.dim + references_.codes.dim + 6);
  const double size = std::sqrt(x2) * y + 0.5 * y * y + total_weight_;
  const double error = 1.01 * terms * 0x1p-24 * size + 1e-30;
  return round_up(0.5 * (key * (1 + 1e-12) * scale_ * scale_ - x2) + 1e-12 * x2 + error);
}

template <class T>
double SquaredMetric<T>::key(std::int64_t query, std::int64_t reference) const {
  double sum = squared_distance(queries_.numbers.row(query), references_.numbers.row(reference),
                                references_.numbers.dim);
  const std::int32_t* a = queries_.codes.row(query);
  const std::int32_t* b = references_.codes.row(reference);
  for (std::size_t j = 0; j < mismatch_.size(); ++j) sum += a[j] != b[j] ? mismatch_[j] : 0.0;
  return sum;
}

template <class T>
double SquaredMetric<T>::distance(double key) const {
  return std::sqrt(key);
}

template class SquaredMetric<float>;
template class SquaredMetric<double>;

}  // namespace semblance
