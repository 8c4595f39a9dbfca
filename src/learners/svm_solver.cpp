// SPDX-License-Identifier: Apache-2.0
#include "learners/svm_solver.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "detail/check.hpp"
#include "learners/row_blocks.hpp"
#include "neighbours/squared.hpp"

namespace semblance {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kFlat = 1e-12;            ///< Curvature of a pair of equal rows.
constexpr std::int64_t kCheckStop = 1024;  ///< Steps between two looks at the stop token.

/// Sequential minimal optimisation of one machine.
class Smo {
 public:
  Smo(KernelRows& kernel, const std::vector<double>& signs, double c, double tolerance)
      : kernel_(kernel),
        y_(signs),
        c_(c),
        tolerance_(tolerance),
        alpha_(signs.size(), 0.0),
        gradient_(signs.size(), -1.0) {}

  /// One pair of multipliers; false when none violates the conditions by more than the tolerance.
  bool step() {
    const std::int64_t i = first();
    if (i < 0) return false;
    const auto& row_i = kernel_.row(i);
    const std::int64_t j = second(row_i);
    if (j < 0) return false;
    const auto& row_j = kernel_.row(j);
    const auto [di, dj] = move(static_cast<std::size_t>(i), static_cast<std::size_t>(j),
                               row_i[static_cast<std::size_t>(j)]);
    for (std::size_t t = 0; t < y_.size(); ++t) {
      gradient_[t] +=
          y_[t] * (di * static_cast<double>(row_i[t]) + dj * static_cast<double>(row_j[t]));
    }
    return true;
  }

  /// From the optimality conditions of the free multipliers; between the bounds where none is free.
  [[nodiscard]] double bias() const {
    double sum = 0, low = -kInfinity, high = kInfinity;
    std::int64_t free = 0;
    for (std::size_t t = 0; t < y_.size(); ++t) {
      const double value = -y_[t] * gradient_[t];
      if (alpha_[t] > 0 && alpha_[t] < c_) {
        sum += value;
        ++free;
      } else if (may_rise(t)) {
        low = std::max(low, value);
      } else {
        high = std::min(high, value);
      }
    }
    return free > 0 ? sum / static_cast<double>(free) : (low + high) / 2;
  }

  [[nodiscard]] std::vector<double> alpha() && { return std::move(alpha_); }

 private:
  /// Whether y alpha may grow, and shrink.
  [[nodiscard]] bool may_rise(std::size_t t) const {
    return y_[t] > 0 ? alpha_[t] < c_ : alpha_[t] > 0;
  }
  [[nodiscard]] bool may_fall(std::size_t t) const {
    return y_[t] > 0 ? alpha_[t] > 0 : alpha_[t] < c_;
  }

  /// The steepest multiplier that may rise, or -1.
  [[nodiscard]] std::int64_t first() {
    std::int64_t best = -1;
    steepest_ = -kInfinity;
    for (std::size_t t = 0; t < y_.size(); ++t) {
      const double slope = -y_[t] * gradient_[t];
      if (!may_rise(t) || slope <= steepest_) continue;
      steepest_ = slope;
      best = static_cast<std::int64_t>(t);
    }
    return best;
  }

  /// The partner of i that lowers the objective most, or -1 at the optimum.
  [[nodiscard]] std::int64_t second(const std::vector<float>& row_i) const {
    std::int64_t best = -1;
    double most = 0, lowest = kInfinity;
    for (std::size_t t = 0; t < y_.size(); ++t) {
      if (!may_fall(t)) continue;
      const double slope = -y_[t] * gradient_[t];
      lowest = std::min(lowest, slope);
      const double gap = steepest_ - slope;
      if (gap <= 0) continue;
      const double gain = gap * gap / std::max(2 - 2 * static_cast<double>(row_i[t]), kFlat);
      if (gain <= most) continue;
      most = gain;
      best = static_cast<std::int64_t>(t);
    }
    return steepest_ - lowest > tolerance_ ? best : -1;
  }

  /// Moves y alpha of i up and of j down as far as helps and the bounds allow.
  /// \return The changes of y alpha of i and j.
  std::pair<double, double> move(std::size_t i, std::size_t j, float k_ij) {
    const double gap = -y_[i] * gradient_[i] + y_[j] * gradient_[j];
    const double wanted = gap / std::max(2 - 2 * static_cast<double>(k_ij), kFlat);
    const double room_i = y_[i] > 0 ? c_ - alpha_[i] : alpha_[i];
    const double room_j = y_[j] > 0 ? alpha_[j] : c_ - alpha_[j];
    const double step = std::min({wanted, room_i, room_j});
    settle(i, y_[i] * step, step == room_i);
    settle(j, -y_[j] * step, step == room_j);
    return {step, -step};
  }

  /// Changes a multiplier; one that used up its room is exactly at its bound.
  void settle(std::size_t t, double change, bool at_bound) {
    alpha_[t] = at_bound ? (change > 0 ? c_ : 0.0) : std::clamp(alpha_[t] + change, 0.0, c_);
  }

  KernelRows& kernel_;
  const std::vector<double>& y_;
  double c_, tolerance_;
  std::vector<double> alpha_, gradient_;
  double steepest_ = 0;
};

}  // namespace

KernelRows::KernelRows(const MatrixView<double>& values, double gamma, std::int64_t bytes,
                       Workers& workers)
    : values_(values),
      gamma_(gamma),
      capacity_(std::max<std::int64_t>(2, bytes / std::max<std::int64_t>(1, values.rows * 4))),
      workers_(workers),
      rows_(static_cast<std::size_t>(values.rows)),
      place_(static_cast<std::size_t>(values.rows)) {}

const std::vector<float>& KernelRows::row(std::int64_t i) {
  const auto at = static_cast<std::size_t>(i);
  if (rows_[at].empty()) {
    std::vector<float> fresh = room();
    compute(i, fresh);
    rows_[at] = std::move(fresh);
    used_.push_front(i);
    place_[at] = used_.begin();
  } else {
    used_.splice(used_.begin(), used_, place_[at]);
  }
  return rows_[at];
}

/// Memory for a row: that of the one longest unused, where the cache is full.
std::vector<float> KernelRows::room() {
  if (std::ssize(used_) < capacity_) return std::vector<float>(rows_.size());
  std::vector<float> out = std::move(rows_[static_cast<std::size_t>(used_.back())]);
  rows_[static_cast<std::size_t>(used_.back())].clear();
  used_.pop_back();
  return out;
}

void KernelRows::compute(std::int64_t i, std::vector<float>& out) {
  const double* own = values_.row(i);
  for_row_blocks(workers_, values_.rows, [&](std::int64_t, std::int64_t from, std::int64_t to) {
    for (std::int64_t j = from; j < to; ++j) {
      out[static_cast<std::size_t>(j)] = static_cast<float>(
          std::exp(-gamma_ * squared_distance(own, values_.row(j), values_.dim)));
    }
  });
}

SvmSolution solve_svm(KernelRows& kernel, const std::vector<double>& signs,
                      const KernelSvmConfig& config, const RunOptions& run) {
  Smo smo(kernel, signs, config.c, config.tolerance);
  SvmSolution out;
  while (out.iterations < config.iterations && !out.converged) {
    require<Cancelled>(out.iterations % kCheckStop != 0 || !run.stop.stop_requested(),
                       "KernelSvm::fit was cancelled at step {}", out.iterations);
    out.converged = !smo.step();
    if (!out.converged) ++out.iterations;
  }
  out.bias = smo.bias();
  out.alpha = std::move(smo).alpha();
  return out;
}

}  // namespace semblance
