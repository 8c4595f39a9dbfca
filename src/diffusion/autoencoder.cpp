// SPDX-License-Identifier: Apache-2.0
#include "diffusion/autoencoder.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

#include "data/choose_rows.hpp"
#include "detail/check.hpp"
#include "detail/run_part.hpp"
#include "nn/gaussian_code.hpp"
#include "nn/product.hpp"
#include "nn/rows.hpp"
#include "semblance/core/archive.hpp"

namespace semblance {
namespace {

constexpr double kFirstBeta = 1e-2, kLastBeta = 1e-5;  // of the divergence
constexpr double kShareOfBudget = 1.0 / 3;

std::vector<std::int64_t> layers(const DiffusionConfig& config) {
  return {config.width, config.width};
}

}  // namespace

RowAutoencoder::RowAutoencoder(Parameters parameters, const FeatureCodec& codec, std::int64_t codes,
                               const DiffusionConfig& config)
    : config_(config),
      codes_(codes),
      spans_(codec, at::kCPU),
      columns_(
          std::max<std::int64_t>(std::ssize(codec.scalars()) + std::ssize(codec.one_hots()), 1)),
      parameters_(std::move(parameters)),
      encoder_(parameters_, "encoder", codec.width(), layers(config)),
      decoder_(parameters_, "decoder", codes, layers(config)),
      code_(parameters_, "code", config.width, 2 * codes),
      head_(parameters_, "head", config.width, codec.width()),
      mean_(at::zeros({codes}, parameters_.tensors()[0].options().requires_grad(false))),
      deviation_(at::ones_like(mean_)) {
  spans_ = Spans(codec, mean_.device());
}

RowAutoencoder::Output RowAutoencoder::output(const at::Tensor& codes) const {
  const at::Tensor head = head_(decoder_(codes));
  return {head.narrow(1, 0, spans_.scalars()), head.narrow(1, spans_.scalars(), spans_.slots())};
}

at::Tensor RowAutoencoder::loss(const at::Tensor& rows, const at::Tensor& noise,
                                double beta) const {
  const auto [z, divergence] = draw_code(code_(encoder_(rows)), noise);
  const Output out = output(z);
  const at::Tensor error = (out.scalars - rows.narrow(1, 0, spans_.scalars())).square();
  return (spans_.present(rows, error).sum(1) + spans_.cross_entropy(rows, out.logits)) *
             (1.0 / static_cast<double>(columns_)) +
         divergence * (beta / static_cast<double>(codes_));
}

void RowAutoencoder::train(std::int64_t n, const Vectors& vectors, Seed seed,
                           const RunOptions& whole) {
  RunOptions run = part_of(whole);
  run.checkpoint.reset();  // it belongs to the diffusion; this is done again on resumption
  if (run.budget) *run.budget *= kShareOfBudget;
  const TrainConfig loop = {
      .epochs = config_.epochs, .batch_size = config_.batch_size, .shards = 2, .clip_norm = 10};
  Problem problem{.rows = n};
  problem.players.push_back(
      {.name = "autoencoder",
       .parameters = parameters_.tensors(),
       .adam = {.learning_rate = config_.learning_rate, .weight_decay = config_.weight_decay},
       .loss = [&](const Shard& shard) {
         const ProductScope scope(config_.bfloat16);
         const at::Tensor noise = normal_rows(derive(seed, "noise"), shard.number * loop.batch_size,
                                              std::ssize(shard.rows), codes_);
         const double beta = kFirstBeta * std::pow(kLastBeta / kFirstBeta, shard.progress);
         return loss(vectors(shard.rows), noise.to(mean_.device()), beta).mean();
       }});
  semblance::train(problem, loop, seed, run);
  standardise(n, vectors, derive(seed, "standard"));
}

void RowAutoencoder::standardise(std::int64_t n, const Vectors& vectors, Seed seed) {
  constexpr std::int64_t kMost = 500'000, kBlock = 8192;
  const c10::NoGradGuard guard;
  const auto rows = choose_rows(n, kMost, seed);
  at::Tensor sum = at::zeros({codes_}, mean_.options().dtype(at::kDouble));
  at::Tensor squares = at::zeros_like(sum);
  for (std::int64_t first = 0; first < std::ssize(rows); first += kBlock) {
    const auto block = std::span(rows).subspan(
        static_cast<std::size_t>(first),
        static_cast<std::size_t>(std::min(kBlock, std::ssize(rows) - first)));
    const at::Tensor codes = encode(vectors(block)).to(at::kDouble);
    sum += codes.sum(0);
    squares += codes.square().sum(0);
  }
  const auto count = static_cast<double>(rows.size());
  const at::Tensor mean = sum / count;
  const at::Tensor variance = (squares / count - mean.square()).clamp_min(0);
  mean_ = mean.to(at::kFloat);
  deviation_ = variance.sqrt().clamp_min(1e-6).to(at::kFloat);
}

at::Tensor RowAutoencoder::encode(const at::Tensor& vectors) const {
  return (code_(encoder_(vectors)).narrow(1, 0, codes_) - mean_) / deviation_;
}

at::Tensor RowAutoencoder::decode(const at::Tensor& codes) const {
  const Output out = output(codes * deviation_ + mean_);
  return at::cat({out.scalars, spans_.probabilities(out.logits)}, 1);
}

void RowAutoencoder::save(Archive& archive) const {
  parameters_.save(archive);
  archive.put_tensor("mean", mean_);
  archive.put_tensor("deviation", deviation_);
}

void RowAutoencoder::load_scale(const Archive& archive) {
  for (auto [name, value] : {std::pair("mean", &mean_), std::pair("deviation", &deviation_)}) {
    const at::Tensor stored = archive.tensor(name);
    require<FileError>(stored.sizes() == value->sizes() && stored.scalar_type() == at::kFloat,
                       "the model file's tensor '{}' has the wrong shape or type", name);
    *value = stored.to(value->device(), at::kFloat, /*non_blocking=*/false, /*copy=*/true);
  }
}

}  // namespace semblance
