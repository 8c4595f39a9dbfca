// SPDX-License-Identifier: Apache-2.0
// Layers behind each other, each one step of automatic differentiation.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "semblance/nn/mlp.hpp"

namespace semblance {

/// The layers of `mlp` with their ReLU, then `head`: what head(mlp(x)) computes. On the CPU
/// ReLU, bias and their gradients take one pass a layer, and in a ProductScope what is between two
/// layers stays in bfloat16. Differentiable once.
[[nodiscard]] at::Tensor chain(const at::Tensor& x, const Mlp& mlp, const Linear& head);

}  // namespace semblance
