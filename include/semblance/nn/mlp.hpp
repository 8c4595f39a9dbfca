// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "semblance/nn/parameters.hpp"

namespace semblance {

/// An affine map: x W^T + b.
class Linear {
 public:
  /// Weight and bias start uniform in (-gain, gain) / sqrt(inputs).
  /// \param inputs, outputs  >= 0.
  Linear(Parameters& parameters, const std::string& name, std::int64_t inputs, std::int64_t outputs,
         double gain = 1);

  /// [n, inputs] -> [n, outputs].
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;
  /// g W: the slope of the map along g, differentiable in W. [n, outputs] -> [n, inputs].
  [[nodiscard]] at::Tensor slope(const at::Tensor& g) const;

  [[nodiscard]] const at::Tensor& weight() const noexcept {
    return weight_;
  }                                                                        ///< [outputs, inputs]
  [[nodiscard]] const at::Tensor& bias() const noexcept { return bias_; }  ///< [outputs]

 private:
  at::Tensor weight_, bias_;
};

/// Hidden layers with ReLU behind each of them; they start with the gain that keeps the second
/// moment of what passes through (He et al., ICCV 2015).
class Mlp {
 public:
  /// \param hidden  Widths, >= 1; empty: the identity.
  Mlp(Parameters& parameters, const std::string& name, std::int64_t inputs,
      const std::vector<std::int64_t>& hidden);

  /// [n, inputs] -> [n, outputs()].
  [[nodiscard]] at::Tensor operator()(at::Tensor x) const;
  [[nodiscard]] std::int64_t outputs() const noexcept { return outputs_; }
  [[nodiscard]] const std::vector<Linear>& layers() const noexcept { return layers_; }

 private:
  std::vector<Linear> layers_;
  std::int64_t outputs_;
};

}  // namespace semblance
