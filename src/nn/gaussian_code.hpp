// SPDX-License-Identifier: Apache-2.0
// Draws from diagonal normal codes, and what they diverge from N(0, I), in one pass.
#pragma once

#include <ATen/core/Tensor.h>

namespace semblance {

/// Log variances are cut here: beyond, neither exponential nor gradient says anything.
inline constexpr double kLogVarianceBound = 20;

/// What an encoder's code says.
struct CodeDraw {
  at::Tensor z;           ///< [n, latent]: mean + deviation * noise.
  at::Tensor divergence;  ///< [n]: KL(code || N(0, I)) in nats, summed over the code.
};

/// On the CPU forward and backward are one pass each over the code.
///
/// \param code   [n, 2 latent]: means, then log variances. \param noise  [n, latent] standard
/// normal.
[[nodiscard]] CodeDraw draw_code(const at::Tensor& code, const at::Tensor& noise);

}  // namespace semblance
