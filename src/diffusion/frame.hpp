// SPDX-License-Identifier: Apache-2.0
// The one representation of every diffusion and flow: the EDM frame [1], in which a noisy row is
// x = clean + sigma e. A model of the form x_t = a x_0 + s e enters it by x / a and sigma = s / a;
// what it predicts is turned into the clean row once, here, and every sampler is written once.
//
// [1] Karras, Aittala, Aila, Laine, "Elucidating the design space of diffusion-based generative
//     models", NeurIPS 2022.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace semblance {

/// A point of a path from data to noise: x_t = a x_0 + s e.
struct PathPoint {
  double a = 1;
  double s = 0;

  [[nodiscard]] double sigma() const noexcept { return s / a; }  ///< In the EDM frame.
};

/// What a network answers for x_t.
enum class Prediction : std::uint8_t {
  kSample,    ///< x_0
  kNoise,     ///< e
  kVelocity,  ///< v = a e - s x_0, for a^2 + s^2 = 1
  kFlow       ///< u = e - x_0, for a = 1 - s (rectified flow)
};

/// x_0 from a prediction at x_t, in the path's own coordinates.
[[nodiscard]] at::Tensor clean(Prediction what, const at::Tensor& x, const at::Tensor& answer,
                               PathPoint at);

/// sigma_i = (max^(1/rho) + i/(n-1) (min^(1/rho) - max^(1/rho)))^rho, then 0: n + 1 levels [1].
[[nodiscard]] std::vector<double> karras_levels(std::int64_t n, double min, double max, double rho);

/// Levels of n equal steps of the straight path a = t, s = 1 - t, from sigma = `max` to 0.
[[nodiscard]] std::vector<double> flow_levels(std::int64_t n, double max);

/// Levels of n equal steps in t of the variance-preserving diffusion with beta from 0.1 to 20 and
/// of the cosine schedule with offset 0.008, from t = 1 to sigma = 0.
[[nodiscard]] std::vector<double> vp_levels(std::int64_t n);
[[nodiscard]] std::vector<double> cosine_levels(std::int64_t n);

}  // namespace semblance
