// SPDX-License-Identifier: Apache-2.0
// Layers made ready to be applied to many blocks of rows: what can be computed once, is.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "semblance/nn/mlp.hpp"

namespace semblance {

/// An affine map whose weight is rounded to bfloat16 once, if asked. Where part of the input is
/// one-hot, its columns of the weight become a table: a row is looked up instead of multiplied.
class FrozenAffine {
 public:
  /// \param weight  [out, in]. \param bias  [out].
  /// \param choices  The last so many inputs are one-hot, or all 0; they are left out of x below.
  FrozenAffine(const at::Tensor& weight, const at::Tensor& bias, bool bfloat16,
               std::int64_t choices = 0);
  FrozenAffine(const Linear& layer, bool bfloat16)
      : FrozenAffine(layer.weight(), layer.bias(), bfloat16) {}

  /// What x, `out` and results of ReLU are made of: float32 or bfloat16.
  [[nodiscard]] at::ScalarType type() const { return weight_.scalar_type(); }
  [[nodiscard]] std::int64_t width() const { return weight_.size(0); }

  /// out = ReLU of the map.
  /// \param x     [n, in - choices] of type(). \param out  [n, out], its rows contiguous.
  /// \param pick  [n] int32: 1 + the position of the 1 among the choices, 0 for none; undefined: 0.
  void relu_into(const at::Tensor& out, const at::Tensor& x, const at::Tensor& pick = {}) const;
  /// [out, n] float32: the map by columns.
  [[nodiscard]] at::Tensor columns(const at::Tensor& x, const at::Tensor& pick = {}) const;

 private:
  at::Tensor weight_;                 // [out, in - choices]
  at::Tensor table_, columns_table_;  // [1 + choices, out], and its transpose; with the bias
};

/// The layers of an Mlp, with their ReLU.
class FrozenMlp {
 public:
  FrozenMlp(const Mlp& mlp, bool bfloat16);
  /// [n, inputs] -> [n, outputs], both float32 or bfloat16 as the layers have it.
  [[nodiscard]] at::Tensor operator()(at::Tensor x) const;

 private:
  std::vector<FrozenAffine> layers_;
};

}  // namespace semblance
