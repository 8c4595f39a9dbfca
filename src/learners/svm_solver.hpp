// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <vector>

#include "semblance/core/parallel.hpp"
#include "semblance/learners/kernel_svm.hpp"

namespace semblance {

/// Rows of the kernel matrix exp(-gamma |x_i - x_j|^2), the last used ones kept.
class KernelRows {
 public:
  /// \param values  [n, dim]; not copied.
  KernelRows(const MatrixView<double>& values, double gamma, std::int64_t bytes, Workers& workers);

  /// K(i, .); two rows may be held at a time.
  [[nodiscard]] const std::vector<float>& row(std::int64_t i);

 private:
  void compute(std::int64_t i, std::vector<float>& out);
  std::vector<float> room();

  MatrixView<double> values_;
  double gamma_;
  std::int64_t capacity_;  ///< Rows.
  Workers& workers_;
  std::vector<std::vector<float>> rows_;  ///< [n]; empty: not kept.
  std::list<std::int64_t> used_;          ///< Kept rows, last used first.
  std::vector<std::list<std::int64_t>::iterator> place_;
};

/// The dual of one machine.
struct SvmSolution {
  std::vector<double> alpha;  ///< [n] multipliers, 0 to C.
  double bias = 0;
  std::int64_t iterations = 0;
  bool converged = false;
};

/// Minimises alpha'Q alpha / 2 - sum alpha with Q_ij = y_i y_j K_ij under 0 <= alpha <= C and
/// y'alpha = 0.
/// \param signs  [n], +1 or -1, both present.
SvmSolution solve_svm(KernelRows& kernel, const std::vector<double>& signs,
                      const KernelSvmConfig& config, const RunOptions& run);

}  // namespace semblance
