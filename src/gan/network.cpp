// SPDX-License-Identifier: Apache-2.0
#include "gan/network.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "detail/check.hpp"
#include "semblance/core/archive.hpp"

namespace semblance {
namespace {

constexpr double kEpsilon = 1e-5;
constexpr double kLeak = 0.2;

}  // namespace

GanGenerator::GanGenerator(Parameters& parameters, std::int64_t inputs, std::int64_t outputs,
                           const GanConfig& config)
    : normalise_(config.normalise), head_([&] {
        for (const std::int64_t width : config.generator) {
          const std::string name = "generator." + std::to_string(blocks_.size());
          blocks_.push_back({Linear(parameters, name, inputs, width),
                             parameters.constant(name + ".scale", {width}, 1),
                             parameters.constant(name + ".shift", {width}, 0), at::zeros({width}),
                             at::ones({width})});
          inputs += width;
        }
        return Linear(parameters, "generator.head", inputs, outputs);
      }()) {}

at::Tensor GanGenerator::normalised(const Block& block, const at::Tensor& h, bool fixed) const {
  if (!normalise_) return h;
  if (!fixed) return at::batch_norm(h, block.scale, block.shift, {}, {}, true, 0, kEpsilon, false);
  return (h - block.mean) * ((block.variance + kEpsilon).rsqrt() * block.scale) + block.shift;
}

at::Tensor GanGenerator::train(at::Tensor x) const {
  for (const Block& block : blocks_) {
    x = at::cat({normalised(block, block.linear(x), false).relu(), x}, 1);
  }
  return head_(x);
}

FrozenGenerator GanGenerator::frozen(std::int64_t codes, bool bfloat16) const {
  FrozenGenerator out;
  for (const Block& block : blocks_) {
    at::Tensor weight = block.linear.weight().detach(), bias = block.linear.bias().detach();
    if (normalise_) {
      const at::Tensor gain = ((block.variance + kEpsilon).rsqrt() * block.scale).detach();
      weight = weight * gain.unsqueeze(1);
      bias = (bias - block.mean) * gain + block.shift.detach();
    }
    out.layers_.emplace_back(weight, bias, bfloat16, codes);
  }
  out.layers_.emplace_back(head_.weight(), head_.bias(), bfloat16, codes);
  return out;
}

at::Tensor FrozenGenerator::operator()(const at::Tensor& noise, const at::Tensor& pick) const {
  std::int64_t first = 0;
  for (std::size_t l = 0; l + 1 < layers_.size(); ++l) first += layers_[l].width();
  const std::int64_t width = first + noise.size(1);
  const at::Tensor all =
      at::empty({noise.size(0), width}, noise.options().dtype(layers_[0].type()));
  all.narrow(1, first, noise.size(1)).copy_(noise);
  for (std::size_t l = 0; l + 1 < layers_.size(); ++l) {
    const at::Tensor known = all.narrow(1, first, width - first);
    first -= layers_[l].width();
    layers_[l].relu_into(all.narrow(1, first, layers_[l].width()), known, pick);
  }
  return layers_.back().columns(all, pick);
}

void GanGenerator::settle(at::Tensor x) {
  for (Block& block : blocks_) {
    const at::Tensor h = block.linear(x);
    block.mean = h.mean(0).detach();
    block.variance = (h - block.mean).square().mean(0).detach();
    x = at::cat({normalised(block, h, true).relu(), x}, 1);
  }
}

void GanGenerator::save(Archive& archive) const {
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    archive.put_tensor("mean." + std::to_string(i), blocks_[i].mean);
    archive.put_tensor("variance." + std::to_string(i), blocks_[i].variance);
  }
}

void GanGenerator::load(const Archive& archive) {
  const auto take = [&](const std::string& name, at::Tensor& into) {
    const at::Tensor value = archive.tensor(name);
    require<FileError>(value.sizes() == into.sizes() && value.scalar_type() == at::kFloat,
                       "the model file's tensor '{}' has the wrong shape or type", name);
    into = value.clone();
  };
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    take("mean." + std::to_string(i), blocks_[i].mean);
    take("variance." + std::to_string(i), blocks_[i].variance);
  }
}

GanCritic::GanCritic(Parameters& parameters, std::int64_t inputs, const GanConfig& config)
    : dropout_(config.dropout), widths_(config.critic), score_([&] {
        for (const std::int64_t width : config.critic) {
          layers_.emplace_back(parameters, "critic." + std::to_string(layers_.size()), inputs,
                               width);
          inputs = width;
        }
        return Linear(parameters, "critic.score", inputs, 1);
      }()) {}

at::Tensor GanCritic::enter(const at::Tensor& packs) const {
  return layers_.empty() ? packs : layers_[0](packs);
}

GanVerdict GanCritic::judge(at::Tensor h, const std::vector<at::Tensor>& masks) const {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (i > 0) h = layers_[i](h);
    h = at::leaky_relu(h, kLeak);
    if (!masks.empty()) h = h * masks[i];
  }
  return {score_(h).squeeze(1), h};
}

at::Tensor GanCritic::slope(at::Tensor h, const std::vector<at::Tensor>& masks) const {
  std::vector<at::Tensor> gates;  // the slope of each leaky ReLU, times its mask
  {
    const c10::NoGradGuard guard;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      if (i > 0) h = layers_[i](h);
      gates.push_back((h > 0).to(h.scalar_type()).mul_(1 - kLeak).add_(kLeak));
      if (!masks.empty()) gates.back().mul_(masks[i]);
      h = h * gates.back();
    }
  }
  at::Tensor out = score_.slope(at::ones({h.size(0), 1}, h.options()));
  for (std::size_t i = layers_.size(); i-- > 0;) out = layers_[i].slope(out * gates[i]);
  return out;
}

std::vector<at::Tensor> GanCritic::dropout(std::int64_t packs, Seed stage,
                                           std::int64_t first) const {
  std::vector<at::Tensor> masks;
  if (dropout_ <= 0) return masks;
  for (std::size_t i = 0; i < widths_.size(); ++i) {
    const at::Tensor u = uniform_rows(derive(stage, i), first, packs, widths_[i]);
    masks.push_back((u >= dropout_).to(at::kFloat) / (1 - dropout_));
  }
  return masks;
}

GanOutput::GanOutput(const FeatureCodec& codec, double temperature, at::Device device)
    : spans_(codec, device), bounded_(codec.bounded()), temperature_(temperature) {}

at::Tensor GanOutput::scalars(const at::Tensor& head) const {
  const at::Tensor out = head.narrow(1, 0, spans_.scalars());
  return bounded_ ? out.tanh() : out;
}

at::Tensor GanOutput::logits(const at::Tensor& head) const {
  return head.narrow(1, spans_.scalars(), spans_.slots());
}

at::Tensor GanOutput::relaxed(const at::Tensor& head, const at::Tensor& noise) const {
  const at::Tensor gumbel = -(-(noise + 1e-10).log() + 1e-10).log();
  return at::cat({scalars(head), spans_.probabilities((logits(head) + gumbel) / temperature_)}, 1);
}

at::Tensor GanOutput::weighted(const at::Tensor& columns) const {
  if (bounded_) columns.narrow(0, 0, spans_.scalars()).tanh_();
  spans_.weigh_(columns.narrow(0, spans_.scalars(), spans_.slots()));
  return columns.t();
}

at::Tensor GanOutput::disobedience(const at::Tensor& head, const at::Tensor& asked) const {
  return spans_.cross_entropy(asked, logits(head));
}

}  // namespace semblance
