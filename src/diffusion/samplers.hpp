// SPDX-License-Identifier: Apache-2.0
// From noise to rows, in the EDM frame: each solver once, for every model.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <span>

namespace semblance {

/// D(x, sigma): the mean of the clean rows given the noisy ones.
using Denoiser = std::function<at::Tensor(const at::Tensor& x, double sigma)>;
/// Standard normal noise of x's shape for a step; a function of the step only.
using StepNoise = std::function<at::Tensor(std::int64_t step)>;
/// Called after step i has gone from one level to the next: for parts of the state that no solver
/// moves.
using AfterStep = std::function<void(std::int64_t i, double from, double to)>;

/// How the equation dx / dsigma = (x - D) / sigma is solved.
enum class Solver : std::uint8_t {
  kEuler,        ///< First order; DDIM with eta = 0.
  kHeun,         ///< Second order, two evaluations a step [1].
  kMidpoint,     ///< Second order, two evaluations a step, the second at the geometric mean.
  kMultistep,    ///< DPM-Solver++(2M) [2]: second order, one evaluation a step.
  kAncestral,    ///< First order with fresh noise: the posterior of DDPM [3].
  kSdeMultistep  ///< Second order with fresh noise: SDE-DPM-Solver++(2M) [2].
};

/// Whether a solver draws fresh noise.
[[nodiscard]] bool is_stochastic(Solver solver);

/// Follows the levels from the first to the last.
///
/// \param x       Rows at the first level: clean + levels[0] e.
/// \param levels  Falling, at least 2; the last may be 0, the others are > 0.
/// \param noise   Called for stochastic solvers only.
///
/// [1] Karras et al., NeurIPS 2022, algorithm 1. [2] Lu et al., "DPM-Solver++", arXiv 2211.01095.
/// [3] Ho, Jain, Abbeel, "Denoising diffusion probabilistic models", NeurIPS 2020.
[[nodiscard]] at::Tensor solve(Solver solver, const Denoiser& denoiser, at::Tensor x,
                               std::span<const double> levels, const StepNoise& noise = {},
                               const AfterStep& after = {});

}  // namespace semblance
