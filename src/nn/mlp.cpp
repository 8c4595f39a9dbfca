// SPDX-License-Identifier: Apache-2.0
#include "semblance/nn/mlp.hpp"

#include <ATen/ATen.h>

#include <cmath>

#include "nn/product.hpp"

namespace semblance {

Linear::Linear(Parameters& parameters, const std::string& name, std::int64_t inputs,
               std::int64_t outputs, double gain) {
  const double bound = gain / std::sqrt(static_cast<double>(std::max<std::int64_t>(inputs, 1)));
  weight_ = parameters.uniform(name + ".weight", {outputs, inputs}, bound);
  bias_ = parameters.uniform(name + ".bias", {outputs}, bound);
}

at::Tensor Linear::operator()(const at::Tensor& x) const { return affine(x, weight_, bias_); }

at::Tensor Linear::slope(const at::Tensor& g) const { return affine_slope(g, weight_); }

Mlp::Mlp(Parameters& parameters, const std::string& name, std::int64_t inputs,
         const std::vector<std::int64_t>& hidden)
    : outputs_(inputs) {
  for (const auto width : hidden) {
    layers_.emplace_back(parameters, name + "." + std::to_string(layers_.size()), outputs_, width,
                         std::sqrt(6.0));
    outputs_ = width;
  }
}

at::Tensor Mlp::operator()(at::Tensor x) const {
  for (const Linear& layer : layers_) x = layer(x).relu();
  return x;
}

}  // namespace semblance
