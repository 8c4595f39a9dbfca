// SPDX-License-Identifier: Apache-2.0
#include "vae/objective.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>

namespace semblance {
namespace {

const double kHalfLogTwoPi = 0.5 * std::log(2 * std::numbers::pi);

}  // namespace

VaeObjective::VaeObjective(const FeatureCodec& codec, at::Device device)
    : spans_(codec, device), layout_(codec) {
  for (const auto& tensor : codec.tensors()) tensor_gates_.push_back(tensor.gate);
}

at::Tensor VaeObjective::cells(const VaeNet& net, const at::Tensor& x,
                               const VaeOutput& output) const {
  const at::Tensor log_sigma = net.scalar_log_sigma();
  if (x.is_cpu()) return row_loss(x, output.head, log_sigma, layout_);
  const at::Tensor error = x.narrow(1, 0, spans_.scalars()) - output.scalars();
  const at::Tensor terms = (error * (-log_sigma).exp()).square() * 0.5 + log_sigma + kHalfLogTwoPi;
  return spans_.present(x, terms).sum(1) + spans_.cross_entropy(x, output.logits());
}

at::Tensor VaeObjective::reconstruction(const VaeNet& net, const VaeBatch& batch,
                                        const VaeOutput& output) const {
  const at::Tensor& x = batch.rows.vector;
  at::Tensor total = cells(net, x, output);
  for (std::size_t i = 0; i < output.tensors.size(); ++i) {
    const at::Tensor log_sigma = net.tensor_log_sigma(i);
    const at::Tensor error = (batch.rows.tensors[i] - output.tensors[i]).flatten(1);
    const auto count = static_cast<double>(error.size(1));
    at::Tensor term =
        error.square().sum(1) * (log_sigma * -2).exp() * 0.5 + (log_sigma + kHalfLogTwoPi) * count;
    if (tensor_gates_[i] >= 0) term = term * (1 - x.select(1, tensor_gates_[i]));
    total = total + term;
  }
  return total;
}

at::Tensor VaeObjective::divergences(const VaeCode& code, const VaeCode& prior) {
  const at::Tensor log_ratio = code.log_variance - prior.log_variance;
  const at::Tensor distance = (code.mean - prior.mean).square() * (-prior.log_variance).exp();
  return (distance + log_ratio.exp() - 1 - log_ratio) * 0.5;
}

at::Tensor VaeObjective::divergence(const VaeCode& code, const VaeCode& prior, double free) {
  const at::Tensor all = divergences(code, prior);
  if (free <= 0) return all.sum(1);
  const at::Tensor pays = (all.detach().mean(0) > free).to(at::kFloat);
  return (all * pays + (1 - pays) * free).sum(1);
}

}  // namespace semblance
