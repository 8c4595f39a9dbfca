// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <optional>
#include <vector>

#include "neighbours/kernel.hpp"
#include "neighbours/shortlists.hpp"
#include "semblance/neighbours/heterogeneous.hpp"

namespace semblance {

/// Heterogeneous as search_blocked wants it: half the squared distance as a sum of products.
///
/// A group of coordinates x (one number, or the class shares of a category) that may be missing,
/// present p in {0, 1} and x = 0 where it is missing, adds half of
///
///   p_a p_b |x_a - x_b|^2 + 1 - p_a p_b = p_b |x_a|^2 + p_a |x_b|^2 - 2 x_a x_b - p_a p_b + 1,
///
/// which is bilinear in (|x|^2, p, x, p): three columns more than without gaps, and other ones for
/// references than for queries. Missing categories that are compared by code get codes that no
/// other row has.
class HeterogeneousMetric {
 public:
  static constexpr Screen kScreen = Screen::kProduct;
  using Rows = Heterogeneous::Rows;

  HeterogeneousMetric(const Heterogeneous& metric, const Rows& queries, const Rows& references,
                      int threads);

  [[nodiscard]] const Panels& queries() const noexcept {
    return other_panels_ ? *other_panels_ : *panels_;
  }
  [[nodiscard]] const Panels& references() const noexcept { return *panels_; }
  [[nodiscard]] const float* weights() const noexcept { return weights_.data(); }
  [[nodiscard]] float error(float query_norm, float reference_norm) const noexcept {
    const float both = query_norm + reference_norm;
    return unit_ * (0.5F * both * both + total_weight_) + 1e-30F;
  }
  [[nodiscard]] double key(std::int64_t query, std::int64_t reference) const {
    return metric_.squared(queries_, query, references_, reference);
  }
  [[nodiscard]] float bound(double key) const {
    return round_up(0.5 * key * (1 + 1e-12) * scale_ * scale_);
  }
  [[nodiscard]] static double distance(double key) { return std::sqrt(key); }
  [[nodiscard]] static float spread() { return 1; }

 private:
  /// What gaps a column has on either side.
  struct Gaps {
    std::vector<bool> numbers, codes;
    [[nodiscard]] bool any() const;
  };
  [[nodiscard]] Gaps find_gaps() const;
  [[nodiscard]] double power_of_two() const;
  [[nodiscard]] RowLayout layout() const;
  [[nodiscard]] Panels pack(const Rows& rows, bool is_query, int threads) const;
  void fill(const Rows& rows, std::int64_t row, bool is_query, FlatRow& flat) const;

  const Heterogeneous& metric_;
  const Rows& queries_;
  const Rows& references_;
  std::int64_t classes_;  ///< Coordinates of a category; 0: compared by code.
  Gaps gaps_;
  double scale_;  ///< A power of two that brings the coordinates into [-1, 1].
  std::vector<float> weights_;
  float total_weight_ = 0, unit_ = 0;
  std::optional<Panels> panels_, other_panels_;  ///< Of the references; of other queries.
};

}  // namespace semblance
