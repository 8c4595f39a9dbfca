// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

/// Every knob of KernelSvm.
struct KernelSvmConfig {
  double c = 1;             ///< Upper bound of the multipliers: the price of a violation, > 0.
  double gamma = 0;         ///< Of exp(-gamma |x - y|^2), >= 0; 0: 1 / (d Var), over all entries.
  double tolerance = 1e-3;  ///< Largest violation of the optimality conditions at the end, > 0.
  std::int64_t iterations = 10'000'000;              ///< Most steps for one pair of classes, >= 1.
  std::int64_t cache_bytes = std::int64_t{1} << 28;  ///< Kernel rows kept, at least two; >= 1.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// The machine of two classes: sign(sum_i coefficient_i K(row_i, x) + bias), positive for `first`.
struct SvmPair {
  std::int32_t first = 0;                 ///< Label of the positive class, the smaller one.
  std::int32_t second = 0;                ///< Label of the negative class.
  std::vector<std::int64_t> rows = {};    ///< Support rows of this pair, ascending.
  std::vector<double> coefficients = {};  ///< Multiplier times +1 or -1, one a row.
  double bias = 0;
  std::int64_t iterations = 0;  ///< Steps taken.
  bool converged = false;       ///< Whether the tolerance was reached.
};

/// Support vector classification with a Gaussian kernel: minimises |w|^2 / 2 + C sum of violations
/// [1] in the dual, by sequential minimal optimisation with second-order choice of the pair [2];
/// one machine for every two classes.
///
/// Deterministic: the result does not depend on the threads. Memory: the support rows and, during
/// `fit`, the kernel cache (float32).
///
/// [1] Cortes, Vapnik, "Support-vector networks", Machine Learning 20, 1995.
/// [2] Fan, Chen, Lin, "Working set selection using second order information for training support
///     vector machines", JMLR 6, 2005.
class KernelSvm {
 public:
  /// \throws InvalidArgument as KernelSvmConfig::validate.
  explicit KernelSvm(KernelSvmConfig config = {});

  [[nodiscard]] const KernelSvmConfig& config() const noexcept { return config_; }

  /// Learns the classes of the rows.
  /// \param rows    [n, d] finite.
  /// \param labels  [n], of two classes at least; any numbers.
  /// \throws InvalidArgument if a rule above is broken; Cancelled if the stop token was triggered.
  void fit(const MatrixView<double>& rows, std::span<const std::int32_t> labels,
           const RunOptions& run = {});

  /// Value of every machine at every query, [queries, pairs].
  /// \throws NotFitted before `fit`; InvalidArgument if the queries have other columns.
  [[nodiscard]] std::vector<double> decision(const MatrixView<double>& queries) const;

  /// The class with the most machines for it, the smallest of equals. \throws as decision.
  [[nodiscard]] std::vector<std::int32_t> predict(const MatrixView<double>& queries) const;

  /// The rows that are support rows of any machine, ascending.
  [[nodiscard]] const std::vector<std::int64_t>& support() const noexcept { return support_; }

  /// The machines: (0, 1), (0, 2), ..., (1, 2), ... of the classes in ascending order.
  [[nodiscard]] const std::vector<SvmPair>& pairs() const noexcept { return pairs_; }

  /// The gamma in use; 0 before `fit`.
  [[nodiscard]] double gamma() const noexcept { return gamma_; }

 private:
  void keep_support(const MatrixView<double>& rows);

  KernelSvmConfig config_;
  double gamma_ = 0;
  std::int64_t dim_ = 0;
  std::vector<std::int32_t> classes_;
  std::vector<SvmPair> pairs_;
  std::vector<std::int64_t> support_;
  std::vector<double> vectors_;  ///< [support rows, dim].
};

}  // namespace semblance
