// SPDX-License-Identifier: Apache-2.0
#include "vae/network.hpp"

#include <ATen/ATen.h>

#include <cmath>

#include "nn/chain.hpp"
#include "nn/gaussian_code.hpp"

namespace semblance {
namespace {

constexpr double kLeastSigma = 0.01;  // a deterministic column would drive its density to infinity
constexpr double kSpreadScale = 10;   // steps of Adam are as long for all parameters; deviations
                                      // must follow the falling errors, or the code collapses

/// A log deviation from a free parameter: smooth, and above the least one.
at::Tensor log_sigma(const at::Tensor& spread) {
  return at::softplus(spread * kSpreadScale) + std::log(kLeastSigma);
}

/// The parameter that log_sigma maps to log(sigma).
double spread_of(double sigma) {
  return std::log(std::expm1(std::log(sigma / kLeastSigma))) / kSpreadScale;
}

std::vector<std::int64_t> reversed(const std::vector<std::int64_t>& widths) {
  return {widths.rbegin(), widths.rend()};
}

std::vector<PyramidEncoder> tensor_encoders(Parameters& parameters, const FeatureCodec& codec,
                                            const VaeConfig& config) {
  std::vector<PyramidEncoder> out;
  for (const auto& tensor : codec.tensors()) {
    out.emplace_back(parameters, "tensor_encoder." + std::to_string(out.size()),
                     PyramidShape(tensor.shape), config.channels);
  }
  return out;
}

std::vector<PyramidDecoder> tensor_decoders(Parameters& parameters, const FeatureCodec& codec,
                                            const VaeConfig& config, std::int64_t inputs) {
  std::vector<PyramidDecoder> out;
  for (const auto& tensor : codec.tensors()) {
    out.emplace_back(parameters, "tensor_decoder." + std::to_string(out.size()), inputs,
                     PyramidShape(tensor.shape), config.channels);
  }
  return out;
}

std::int64_t encoder_inputs(const FeatureCodec& codec, std::int64_t condition_width,
                            const std::vector<PyramidEncoder>& tensors) {
  std::int64_t out = codec.width() + condition_width;
  for (const auto& tensor : tensors) out += tensor.outputs();
  return out;
}

/// Both beside each other.
at::Tensor beside(const at::Tensor& z, const at::Tensor& condition) {
  return condition.size(1) > 0 ? at::cat({z, condition}, 1) : z;
}

}  // namespace

at::Tensor VaeOutput::scalars() const {
  const at::Tensor said = head.narrow(1, 0, count);
  return bounded ? said.tanh() : said;
}

at::Tensor VaeOutput::logits() const { return head.narrow(1, count, head.size(1) - count); }

VaeNet::VaeNet(const FeatureCodec& codec, std::int64_t condition_width, const VaeConfig& config,
               Parameters parameters)
    : parameters_(std::move(parameters)),
      latent_dim_(config.latent_dim),
      condition_width_(condition_width),
      scalars_(static_cast<std::int64_t>(codec.scalars().size())),
      bounded_(codec.bounded()),
      tensor_encoders_(tensor_encoders(parameters_, codec, config)),
      encoder_(parameters_, "encoder", encoder_inputs(codec, condition_width, tensor_encoders_),
               config.hidden),
      decoder_(parameters_, "decoder", latent_dim_ + condition_width, reversed(config.hidden)),
      code_(parameters_, "code", encoder_.outputs(), 2 * latent_dim_),
      head_(parameters_, "head", decoder_.outputs(), codec.width()),
      prior_(parameters_.constant("prior", {condition_width, 2 * latent_dim_}, 0)),
      scalar_spread_(
          parameters_.constant("scalar_spread", {scalars_}, spread_of(bounded_ ? 0.1 : 1.0))) {
  tensor_decoders_ = tensor_decoders(parameters_, codec, config, decoder_.outputs());
  for (std::size_t i = 0; i < tensor_decoders_.size(); ++i) {
    tensor_spread_.push_back(
        parameters_.constant("tensor_spread." + std::to_string(i), {}, spread_of(0.5)));
  }
}

VaeCode VaeNet::split(const at::Tensor& code) const {
  return {code.narrow(1, 0, latent_dim_),
          code.narrow(1, latent_dim_, latent_dim_).clamp(-kLogVarianceBound, kLogVarianceBound)};
}

VaeCode VaeNet::prior(const at::Tensor& condition) const {
  return split(at::matmul(condition, prior_));
}

VaeCode VaeNet::encode(const VaeBatch& batch) const { return split(code(batch)); }

at::Tensor VaeNet::code(const VaeBatch& batch) const {
  if (tensor_encoders_.empty())
    return chain(beside(batch.rows.vector, batch.condition), encoder_, code_);
  std::vector<at::Tensor> inputs = {batch.rows.vector, batch.condition};
  for (std::size_t i = 0; i < tensor_encoders_.size(); ++i)
    inputs.push_back(tensor_encoders_[i](batch.rows.tensors[i]));
  return code_(encoder_(at::cat(inputs, 1)));
}

VaeOutput VaeNet::decode(const at::Tensor& z, const at::Tensor& condition) const {
  if (tensor_decoders_.empty()) return output(chain(beside(z, condition), decoder_, head_), {});
  const at::Tensor hidden = decoder_(beside(z, condition));
  return output(head_(hidden), hidden);
}

VaeOutput VaeNet::decode(const Frozen& decoder, const at::Tensor& z,
                         const at::Tensor& condition) const {
  const at::Tensor hidden = decoder.hidden(beside(z, condition).to(decoder.head.type()));
  return output(decoder.head.columns(hidden).t(), hidden.to(at::kFloat));
}

VaeOutput VaeNet::output(const at::Tensor& head, const at::Tensor& hidden) const {
  VaeOutput out{head, scalars_, bounded_};
  for (const auto& decoder : tensor_decoders_) out.tensors.push_back(decoder(hidden).tanh());
  return out;
}

at::Tensor VaeNet::scalar_log_sigma() const { return log_sigma(scalar_spread_); }
at::Tensor VaeNet::tensor_log_sigma(std::size_t i) const { return log_sigma(tensor_spread_[i]); }

}  // namespace semblance
