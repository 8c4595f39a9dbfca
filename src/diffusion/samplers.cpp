// SPDX-License-Identifier: Apache-2.0
#include "diffusion/samplers.hpp"

#include <ATen/ATen.h>

#include <cmath>

#include "detail/check.hpp"

namespace semblance {
namespace {

/// One step, and what a multistep method remembers.
class Stepper {
 public:
  Stepper(const Denoiser& denoiser, const StepNoise& noise) : denoiser_(denoiser), noise_(noise) {}

  at::Tensor step(Solver solver, const at::Tensor& x, double from, double to, std::int64_t i) {
    const at::Tensor mean = denoiser_(x, from);
    at::Tensor out;
    switch (solver) {
      case Solver::kEuler:
        out = euler(x, mean, from, to);
        break;
      case Solver::kHeun:
        out = heun(x, mean, from, to);
        break;
      case Solver::kMidpoint:
        out = midpoint(x, mean, from, to);
        break;
      case Solver::kMultistep:
        out = to > 0 ? x * (to / from) + extrapolated(mean, from, to) * (1 - to / from) : mean;
        break;
      case Solver::kAncestral:
        out = ancestral(x, mean, from, to, i);
        break;
      case Solver::kSdeMultistep:
        out = sde(x, mean, from, to, i);
        break;
    }
    last_mean_ = mean;
    last_step_ = to > 0 ? std::log(from / to) : 0;
    return out;
  }

 private:
  static at::Tensor euler(const at::Tensor& x, const at::Tensor& mean, double from, double to) {
    return mean + (x - mean) * (to / from);
  }

  [[nodiscard]] at::Tensor heun(const at::Tensor& x, const at::Tensor& mean, double from,
                                double to) const {
    const at::Tensor guess = euler(x, mean, from, to);
    if (to <= 0) return guess;
    const at::Tensor slope = (x - mean) / from, next = (guess - denoiser_(guess, to)) / to;
    return x + (slope + next) * (0.5 * (to - from));
  }

  [[nodiscard]] at::Tensor midpoint(const at::Tensor& x, const at::Tensor& mean, double from,
                                    double to) const {
    if (to <= 0) return mean;
    const double middle = std::sqrt(from * to);
    const at::Tensor guess = euler(x, mean, from, middle);
    return x + (guess - denoiser_(guess, middle)) * ((to - from) / middle);
  }

  /// The clean rows in the middle of the step, by the last two answers.
  [[nodiscard]] at::Tensor extrapolated(const at::Tensor& mean, double from, double to) const {
    if (!last_mean_.defined()) return mean;
    return mean + (mean - last_mean_) * (0.5 * std::log(from / to) / last_step_);
  }

  [[nodiscard]] at::Tensor ancestral(const at::Tensor& x, const at::Tensor& mean, double from,
                                     double to, std::int64_t i) const {
    const at::Tensor out = euler(x, mean, from, to * to / from);
    if (to <= 0) return out;
    return out + noise_(i) * (to * std::sqrt(1 - to * to / (from * from)));
  }

  [[nodiscard]] at::Tensor sde(const at::Tensor& x, const at::Tensor& mean, double from, double to,
                               std::int64_t i) const {
    if (to <= 0) return mean;
    const double decay = to * to / (from * from);
    return x * decay + extrapolated(mean, from, to) * (1 - decay) +
           noise_(i) * (to * std::sqrt(1 - decay));
  }

  const Denoiser& denoiser_;
  const StepNoise& noise_;
  at::Tensor last_mean_;
  double last_step_ = 0;  ///< Of ln(1 / sigma).
};

}  // namespace

bool is_stochastic(Solver solver) {
  return solver == Solver::kAncestral || solver == Solver::kSdeMultistep;
}

at::Tensor solve(Solver solver, const Denoiser& denoiser, at::Tensor x,
                 std::span<const double> levels, const StepNoise& noise, const AfterStep& after) {
  require(levels.size() >= 2, "solve: needs at least 2 noise levels, got {}", levels.size());
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    require(levels[i] > levels[i + 1] && levels[i + 1] >= 0,
            "solve: noise levels must fall and be >= 0, got {} before {}", levels[i],
            levels[i + 1]);
  }
  Stepper stepper(denoiser, noise);
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    const auto step = static_cast<std::int64_t>(i);
    x = stepper.step(solver, x, levels[i], levels[i + 1], step);
    if (after) after(step, levels[i], levels[i + 1]);
  }
  return x;
}

}  // namespace semblance
