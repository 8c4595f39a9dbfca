// SPDX-License-Identifier: Apache-2.0
// The matrix products of layers, in float32 or bfloat16.
#pragma once

#include <ATen/core/Tensor.h>

namespace semblance {

/// While one lives, and if `bfloat16` is set, the layers' products of this thread take operands
/// rounded to bfloat16; they are summed in float32, rounded once, and all else stays float32. A
/// weight is rounded once in a scope, so weights must not change inside it. Gradients may be taken
/// after its end.
class ProductScope {
 public:
  explicit ProductScope(bool bfloat16);
  ~ProductScope();
  ProductScope(const ProductScope&) = delete;
  ProductScope& operator=(const ProductScope&) = delete;

 private:
  bool before_;
};

/// Whether a scope that rounds is alive in this thread.
[[nodiscard]] bool rounds_products();

/// x W^T + b. \param x  [n, in]. \param weight  [out, in], a parameter. \param bias  [out].
[[nodiscard]] at::Tensor affine(const at::Tensor& x, const at::Tensor& weight,
                                const at::Tensor& bias);
/// g W: the slope along g of what affine computes. \param g  [n, out].
[[nodiscard]] at::Tensor affine_slope(const at::Tensor& g, const at::Tensor& weight);

}  // namespace semblance
