// SPDX-License-Identifier: Apache-2.0
#include "semblance/learners/kernel_svm.hpp"

#include <algorithm>
#include <cmath>

#include "detail/check.hpp"
#include "learners/svm_solver.hpp"
#include "neighbours/squared.hpp"

namespace semblance {
namespace {

/// 1 / (d Var) with the population variance of all entries; 1 / d where they are all equal.
double scaled_gamma(const MatrixView<double>& rows) {
  const auto n = static_cast<double>(rows.values.size());
  double mean = 0, squares = 0;
  for (const double v : rows.values) mean += v / n;
  for (const double v : rows.values) squares += (v - mean) * (v - mean);
  const double variance = squares > 0 ? squares / n : 1;
  return 1 / (static_cast<double>(rows.dim) * variance);
}

/// The rows of two classes, +1 for the first.
struct TwoClasses {
  std::int64_t dim;
  std::vector<std::int64_t> rows = {};
  std::vector<double> values = {}, signs = {};

  TwoClasses(const MatrixView<double>& all, std::span<const std::int32_t> labels,
             const SvmPair& pair)
      : dim(all.dim) {
    for (std::int64_t i = 0; i < all.rows; ++i) {
      const std::int32_t label = labels[static_cast<std::size_t>(i)];
      if (label != pair.first && label != pair.second) continue;
      rows.push_back(i);
      signs.push_back(label == pair.first ? 1 : -1);
      values.insert(values.end(), all.row(i), all.row(i) + all.dim);
    }
  }
  [[nodiscard]] MatrixView<double> view() const { return {values, std::ssize(rows), dim}; }
};

void check_rows(const MatrixView<double>& rows, std::span<const std::int32_t> labels) {
  require(rows.dim >= 1, "KernelSvm::fit: the rows must have columns, got {}", rows.dim);
  require(std::ssize(labels) == rows.rows,
          "KernelSvm::fit: there must be one label a row, got {} labels and {} rows", labels.size(),
          rows.rows);
  for (const double v : rows.values)
    require(std::isfinite(v), "KernelSvm::fit: rows must be finite, got {}", v);
}

SvmPair fit_pair(SvmPair pair, const TwoClasses& two, double gamma, const KernelSvmConfig& config,
                 Workers& workers, const RunOptions& run) {
  KernelRows kernel(two.view(), gamma, config.cache_bytes, workers);
  const SvmSolution found = solve_svm(kernel, two.signs, config, run);
  for (std::size_t i = 0; i < two.rows.size(); ++i) {
    if (found.alpha[i] <= 0) continue;
    pair.rows.push_back(two.rows[i]);
    pair.coefficients.push_back(found.alpha[i] * two.signs[i]);
  }
  pair.bias = found.bias;
  pair.iterations = found.iterations;
  pair.converged = found.converged;
  return pair;
}

}  // namespace

void KernelSvmConfig::validate() const {
  require(c > 0 && std::isfinite(c), "KernelSvmConfig.c must be finite and > 0, got {}", c);
  require(gamma >= 0 && std::isfinite(gamma),
          "KernelSvmConfig.gamma must be finite and >= 0, got {}", gamma);
  require(tolerance > 0 && std::isfinite(tolerance),
          "KernelSvmConfig.tolerance must be finite and > 0, got {}", tolerance);
  require(iterations >= 1, "KernelSvmConfig.iterations must be >= 1, got {}", iterations);
  require(cache_bytes >= 1, "KernelSvmConfig.cache_bytes must be >= 1, got {}", cache_bytes);
}

KernelSvm::KernelSvm(KernelSvmConfig config) : config_(config) { config_.validate(); }

void KernelSvm::fit(const MatrixView<double>& rows, std::span<const std::int32_t> labels,
                    const RunOptions& run) {
  check_rows(rows, labels);
  KernelSvm next(config_);
  next.classes_.assign(labels.begin(), labels.end());
  std::sort(next.classes_.begin(), next.classes_.end());
  next.classes_.erase(std::unique(next.classes_.begin(), next.classes_.end()), next.classes_.end());
  require(next.classes_.size() >= 2, "KernelSvm::fit: the labels must have two classes, got {}",
          next.classes_.size());
  next.dim_ = rows.dim;
  next.gamma_ = config_.gamma > 0 ? config_.gamma : scaled_gamma(rows);
  Workers workers(worker_threads(run));
  for (std::size_t a = 0; a < next.classes_.size(); ++a) {
    for (std::size_t b = a + 1; b < next.classes_.size(); ++b) {
      const SvmPair pair{.first = next.classes_[a], .second = next.classes_[b]};
      next.pairs_.push_back(
          fit_pair(pair, TwoClasses(rows, labels, pair), next.gamma_, config_, workers, run));
    }
  }
  next.keep_support(rows);
  *this = std::move(next);
}

void KernelSvm::keep_support(const MatrixView<double>& rows) {
  for (const SvmPair& pair : pairs_)
    support_.insert(support_.end(), pair.rows.begin(), pair.rows.end());
  std::sort(support_.begin(), support_.end());
  support_.erase(std::unique(support_.begin(), support_.end()), support_.end());
  for (const auto i : support_) vectors_.insert(vectors_.end(), rows.row(i), rows.row(i) + dim_);
}

std::vector<double> KernelSvm::decision(const MatrixView<double>& queries) const {
  require<NotFitted>(!pairs_.empty(), "KernelSvm::decision: call fit first");
  require(queries.dim == dim_,
          "KernelSvm::decision: queries must have {} columns as in fit, got {}", dim_, queries.dim);
  std::vector<double> out, kernel(support_.size());
  for (std::int64_t q = 0; q < queries.rows; ++q) {
    for (std::size_t s = 0; s < support_.size(); ++s) {
      const double* own = vectors_.data() + static_cast<std::int64_t>(s) * dim_;
      kernel[s] = std::exp(-gamma_ * squared_distance(queries.row(q), own, dim_));
    }
    for (const SvmPair& pair : pairs_) {
      double value = pair.bias;
      auto at = support_.begin();
      for (std::size_t i = 0; i < pair.rows.size(); ++i) {
        at = std::lower_bound(at, support_.end(), pair.rows[i]);
        value += pair.coefficients[i] * kernel[static_cast<std::size_t>(at - support_.begin())];
      }
      out.push_back(value);
    }
  }
  return out;
}

std::vector<std::int32_t> KernelSvm::predict(const MatrixView<double>& queries) const {
  const auto values = decision(queries);
  std::vector<std::int32_t> out;
  for (std::size_t q = 0; q < static_cast<std::size_t>(queries.rows); ++q) {
    std::vector<int> votes(classes_.size());
    std::size_t p = q * pairs_.size();
    for (std::size_t a = 0; a < classes_.size(); ++a) {
      for (std::size_t b = a + 1; b < classes_.size(); ++b) ++votes[values[p++] > 0 ? a : b];
    }
    out.push_back(classes_[static_cast<std::size_t>(std::max_element(votes.begin(), votes.end()) -
                                                    votes.begin())]);
  }
  return out;
}

}  // namespace semblance
