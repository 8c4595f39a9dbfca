// SPDX-License-Identifier: Apache-2.0
#include "vae/objective.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>

namespace semblance {
namespace {

// exp() of logits is summed by a matrix product, without the maximum taken off: beyond this bound
// they are cut, far from overflow and beyond any probability that matters.
constexpr double kLogitBound = 40;

const double kHalfLogTwoPi = 0.5 * std::log(2 * std::numbers::pi);

}  // namespace

VaeObjective::VaeObjective(const FeatureCodec& codec, at::Device device)
    : scalars_(static_cast<std::int64_t>(codec.scalars().size())) {
  const auto spans = static_cast<std::int64_t>(codec.one_hots().size());
  membership_ = at::zeros({codec.width() - scalars_, spans}, at::kFloat);
  for (std::int64_t s = 0; s < spans; ++s) {
    const auto& span = codec.one_hots()[static_cast<std::size_t>(s)];
    membership_.narrow(0, span.first - scalars_, span.width).select(1, s).fill_(1);
  }
  std::vector<std::int64_t> gated, gates;
  for (std::size_t i = 0; i < codec.scalars().size(); ++i) {
    if (codec.scalars()[i].gate < 0) continue;
    gated.push_back(static_cast<std::int64_t>(i));
    gates.push_back(codec.scalars()[i].gate);
  }
  for (const auto& tensor : codec.tensors()) tensor_gates_.push_back(tensor.gate);
  membership_ = membership_.to(device);
  gated_ = at::tensor(gated, at::kLong).to(device);
  gates_ = at::tensor(gates, at::kLong).to(device);
}

at::Tensor VaeObjective::scalar_terms(const VaeNet& net, const at::Tensor& x,
                                      const at::Tensor& mean) const {
  const at::Tensor log_sigma = net.scalar_log_sigma();
  const at::Tensor terms =
      ((x.narrow(1, 0, scalars_) - mean) * (-log_sigma).exp()).square() * 0.5 + log_sigma;
  if (gated_.numel() == 0) return terms.sum(1) + static_cast<double>(scalars_) * kHalfLogTwoPi;
  const at::Tensor present =
      at::ones_like(terms).index_copy(1, gated_, 1 - x.index_select(1, gates_));
  return ((terms + kHalfLogTwoPi) * present).sum(1);
}

/// Cross-entropies: the log normaliser of every span that has a slot, less the slot's logit.
at::Tensor VaeObjective::span_terms(const at::Tensor& x, const at::Tensor& logits) const {
  const at::Tensor slots = x.narrow(1, scalars_, logits.size(1));
  const at::Tensor cut = logits.clamp(-kLogitBound, kLogitBound);
  const at::Tensor normaliser = at::matmul(cut.exp(), membership_).log();
  return (normaliser * at::matmul(slots, membership_)).sum(1) - (cut * slots).sum(1);
}

at::Tensor VaeObjective::probabilities(const at::Tensor& logits) const {
  const at::Tensor weight = logits.clamp(-kLogitBound, kLogitBound).exp();
  return weight / at::matmul(at::matmul(weight, membership_), membership_.t());
}

at::Tensor VaeObjective::reconstruction(const VaeNet& net, const VaeBatch& batch,
                                        const VaeOutput& output) const {
  const at::Tensor& x = batch.rows.vector;
  at::Tensor total = scalar_terms(net, x, output.scalars) + span_terms(x, output.logits);
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

at::Tensor VaeObjective::divergence(const VaeCode& code, const VaeCode& prior) {
  const at::Tensor log_ratio = code.log_variance - prior.log_variance;
  const at::Tensor distance = (code.mean - prior.mean).square() * (-prior.log_variance).exp();
  return (distance + log_ratio.exp() - 1 - log_ratio).sum(1) * 0.5;
}

}  // namespace semblance
