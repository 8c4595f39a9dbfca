// SPDX-License-Identifier: Apache-2.0
#include "diffusion/network.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>

namespace semblance {
namespace {

at::Tensor normalised(const at::Tensor& h, const at::Tensor& scale, const at::Tensor& shift) {
  return at::layer_norm(h, {h.size(1)}, scale, shift);
}

}  // namespace

DenoiserNet::DenoiserNet(Parameters& parameters, const DenoiserShape& shape,
                         const DiffusionConfig& config)
    : numbers_(shape.numbers),
      prediction_(config.prediction),
      first_(parameters, "first", shape.noisy + shape.codes + shape.told, config.width),
      of_waves_(parameters, "waves", 2 * config.waves * shape.numbers, config.width, 0),
      level_first_(parameters, "level", config.noise_dim / 2 * 2, config.noise_dim),
      scale_(parameters.constant("scale", {config.width}, 1)),
      shift_(parameters.constant("shift", {config.width}, 0)),
      head_(parameters, "head", config.width, shape.numbers + shape.slots) {
  const std::int64_t inner = 2 * config.width;
  for (std::int64_t b = 0; b < config.blocks; ++b) {
    const std::string name = "block." + std::to_string(b);
    blocks_.push_back({Linear(parameters, name + ".level", config.noise_dim, inner),
                       Linear(parameters, name + ".in", config.width, inner),
                       Linear(parameters, name + ".out", inner, config.width, 0.5),
                       parameters.constant(name + ".scale", {config.width}, 1),
                       parameters.constant(name + ".shift", {config.width}, 0)});
  }
  // Periods of ln(sigma) / 4 from 2 pi down to a hundredth of it.
  const std::int64_t half = config.noise_dim / 2;
  const at::Device device = parameters.tensors()[0].device();
  const at::TensorOptions options(at::kFloat);
  frequencies_ = at::logspace(0, 2, half, 10.0, options).to(device);
  // Periods of a number from 4 deviations down, each half the last.
  waves_ = (at::pow(2.0, at::arange(config.waves, options)) * (std::numbers::pi / 2)).to(device);
}

at::Tensor DenoiserNet::enter(const at::Tensor& x, const NoisyRows& rows) const {
  const at::Tensor h = first_(at::cat({x, rows.codes, rows.told}, 1));
  if (waves_.size(0) == 0) return h;
  const at::Tensor angles = (x.narrow(1, 0, numbers_).unsqueeze(2) * waves_).flatten(1);
  return h + of_waves_(at::cat({angles.cos(), angles.sin()}, 1));
}

at::Tensor DenoiserNet::level_features(const at::Tensor& sigma) const {
  const at::Tensor angle = sigma.log() * 0.25 * frequencies_;
  return at::silu(level_first_(at::cat({angle.cos(), angle.sin()}, 1)));
}

at::Tensor DenoiserNet::weight(const at::Tensor& sigma) const {
  const at::Tensor steep = 1 / sigma.square();
  return prediction_ == DiffusionConfig::Prediction::kNoise ? steep : steep + 1;
}

CleanRows DenoiserNet::operator()(const NoisyRows& rows,
                                  const std::vector<at::Tensor>& masks) const {
  const at::Tensor size = (rows.sigma * rows.sigma + 1).sqrt();  // deviation of the noisy numbers
  const at::Tensor level = level_features(rows.sigma);
  at::Tensor h = enter(rows.x / size, rows);
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const Block& block = blocks_[b];
    at::Tensor inner =
        at::silu(block.in(normalised(h, block.scale, block.shift)) + block.level(level));
    if (!masks.empty()) inner = inner * masks[b];
    h = h + block.out(inner);
  }
  const at::Tensor head = head_(at::silu(normalised(h, scale_, shift_)));
  const at::Tensor x = rows.x.narrow(1, 0, numbers_), answer = head.narrow(1, 0, numbers_);
  const at::Tensor numbers = prediction_ == DiffusionConfig::Prediction::kNoise
                                 ? x - answer * rows.sigma
                                 : x / (size * size) + answer * (rows.sigma / size);
  return {numbers, head.narrow(1, numbers_, head.size(1) - numbers_)};
}

}  // namespace semblance
