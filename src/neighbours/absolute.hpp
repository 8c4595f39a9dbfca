// SPDX-License-Identifier: Apache-2.0
// Distances made of |a_j - b_j|, screened as they stand: no products, no biases.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

#include "neighbours/centring.hpp"
#include "neighbours/kernel.hpp"
#include "neighbours/shortlists.hpp"
#include "neighbours/spatial_order.hpp"

namespace semblance {

/// The sum (Screen::kAbsolute) or the largest (Screen::kLargest) of |a_j - b_j|.
///
/// A sum of t terms is off by at most (t + 2) u of the sum of |a'_j| + |b'_j|, u = 2^-24; the
/// largest of them by 4u of its own.
template <class T, Screen kWhat>
class AbsoluteMetric {
 public:
  static constexpr Screen kScreen = kWhat;

  AbsoluteMetric(const MatrixView<T>& queries, const MatrixView<T>& references,
                 const RunOptions& run)
      : queries_(queries),
        references_(references),
        centring_(centre_rows(queries, references, 0, run)),
        unit_(1.01F * 0x1p-24F * (kSum ? static_cast<float>(references.dim + 6) : 6.0F)),
        panels_(pack(references, worker_threads(run))) {
    if (!same_rows(queries, references)) other_panels_.emplace(pack(queries, worker_threads(run)));
  }

  [[nodiscard]] const Panels& queries() const noexcept {
    return other_panels_ ? *other_panels_ : panels_;
  }
  [[nodiscard]] const Panels& references() const noexcept { return panels_; }
  [[nodiscard]] static const float* weights() noexcept { return nullptr; }
  [[nodiscard]] float error(float query_norm, float reference_norm) const noexcept {
    return unit_ * (query_norm + reference_norm) + 1e-30F;
  }
  [[nodiscard]] double key(std::int64_t query, std::int64_t reference) const {
    return distance_of(queries_.row(query), references_.row(reference), references_.dim);
  }
  [[nodiscard]] float bound(double key) const {
    return round_up(key * (1 + 1e-12) * centring_.scale);
  }
  [[nodiscard]] static double distance(double key) { return key; }
  [[nodiscard]] static float spread() { return 1; }

  [[nodiscard]] static double distance_of(const T* a, const T* b, std::int64_t dim) {
    double out = 0;
    for (std::int64_t j = 0; j < dim; ++j) {
      const double d = std::abs(static_cast<double>(a[j]) - static_cast<double>(b[j]));
      out = kSum ? out + d : std::max(out, d);
    }
    return out;
  }

 private:
  static constexpr bool kSum = kWhat == Screen::kAbsolute;

  [[nodiscard]] Panels pack(const MatrixView<T>& rows, int threads) const {
    const auto fill = [&](std::int64_t row, FlatRow& flat) {
      double norm = 0;
      for (std::size_t j = 0; j < centring_.centre.size(); ++j) {
        const double value =
            (static_cast<double>(rows.row(row)[j]) - centring_.centre[j]) * centring_.scale;
        flat.cells[j] = static_cast<float>(value);
        norm = kSum ? norm + std::abs(value) : std::max(norm, std::abs(value));
      }
      flat.norm = round_up(norm);
    };
    return Panels(spatial_order(rows, threads), {rows.dim, 0, 0}, Boxes::kNumbers, threads, fill);
  }

  MatrixView<T> queries_, references_;
  Centring centring_;
  float unit_;
  Panels panels_;
  std::optional<Panels> other_panels_;  ///< Of the queries, where they are other rows.
};

}  // namespace semblance
