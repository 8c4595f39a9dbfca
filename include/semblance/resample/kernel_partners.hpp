// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "semblance/core/seed.hpp"

namespace semblance {

/// Partners of C-Mixup [1]: row j is the partner of row i with a probability proportional to
/// exp(-(y_i - y_j)^2 / (2 h^2)), itself included.
///
/// Exact without a matrix: the sorted targets are cut into rings around y_i, a ring is drawn by the
/// largest weight that it can have, a row of it uniformly, and kept by its weight. O(n log n) to
/// build, O(log n) and a few tries a draw. `draw` is const and may run concurrently.
///
/// [1] Yao et al., "C-Mixup: improving generalization in regression", NeurIPS 2022.
class KernelPartners {
 public:
  /// \param targets    [n] finite, n >= 1; copied.
  /// \param bandwidth  h, in the targets' unit; finite and > 0.
  /// \throws InvalidArgument if a rule above is broken.
  KernelPartners(std::span<const double> targets, double bandwidth);

  /// A partner of row i, 0 <= i < rows().
  [[nodiscard]] std::int64_t draw(std::int64_t row, Stream& stream) const;

  [[nodiscard]] std::int64_t rows() const noexcept {
    return static_cast<std::int64_t>(order_.size());
  }

 private:
  double bandwidth_;
  std::vector<double> targets_, sorted_;
  std::vector<std::int64_t> order_;  ///< The row of each sorted target.
};

}  // namespace semblance
