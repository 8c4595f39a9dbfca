// SPDX-License-Identifier: Apache-2.0
#include "vae/model.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <numeric>

#include "detail/check.hpp"
#include "detail/run_part.hpp"
#include "nn/gaussian_code.hpp"
#include "nn/product.hpp"
#include "nn/rows.hpp"
#include "semblance/core/archive.hpp"
#include "train/holdout.hpp"

namespace semblance {
namespace {

FeatureConfig feature_config(const VaeConfig& c) {
  return {.numbers = c.numbers == VaeConfig::Numbers::kModes ? NumberCoding::kModes
                                                             : NumberCoding::kQuantile,
          .max_categories = c.max_categories,
          .rare_count = c.rare_count};
}

constexpr std::int64_t kSteps = 80;  // of an epoch, where the batch size is free
constexpr std::int64_t kLeastBatch = 64, kMostBatch = 500;

TrainConfig train_config(const VaeConfig& c, std::int64_t rows) {
  const auto shape = c.anneal ? Schedule::Shape::kCosine : Schedule::Shape::kConstant;
  return {.epochs = c.epochs,
          .batch_size =
              c.batch_size > 0 ? c.batch_size : std::clamp(rows / kSteps, kLeastBatch, kMostBatch),
          .shards = 2,
          .schedule = {.shape = shape, .warmup = c.anneal ? 0.02 : 0.0},
          .ema_decay = c.ema_decay,
          .patience = c.patience};
}

bool is_conditional(const Schema& schema, const VaeConfig& config) {
  return config.condition_on_target && TargetCodec::exists(schema);
}

FeatureCodec make_codec(const Dataset& train, const VaeConfig& config, Seed seed) {
  const Schema& schema = train.schema();
  std::vector<std::int64_t> columns;
  for (std::int64_t c = 0; c < schema.size(); ++c) {
    if (c != schema.target() || !is_conditional(schema, config)) columns.push_back(c);
  }
  return {train, columns, feature_config(config), derive(seed, "codec")};
}

std::optional<TargetCodec> make_target(const Dataset& train, const VaeConfig& config) {
  if (!is_conditional(train.schema(), config)) return {};
  return TargetCodec(train, feature_config(config));
}

VaeBatch rows_of(const VaeBatch& batch, std::span<const std::int64_t> rows) {
  const at::Tensor index = row_index(rows, batch.condition.device());
  VaeBatch out{{batch.rows.vector.index_select(0, index), {}},
               batch.condition.index_select(0, index)};
  for (const auto& tensor : batch.rows.tensors)
    out.rows.tensors.push_back(tensor.index_select(0, index));
  return out;
}

/// The rows held back for early stopping, and the others.
std::pair<VaeBatch, VaeBatch> split_rows(const VaeBatch& all, double share, Seed seed) {
  const Holdout dealt = hold_back(all.condition.size(0), share, seed);
  return {rows_of(all, dealt.judging), rows_of(all, dealt.teaching)};
}

Device kind_of(at::Device device) { return device.is_cuda() ? Device::kCuda : Device::kCpu; }

/// Noise for one shard; shards have at most `most` rows, so no two share a stream.
at::Tensor shard_noise(Seed stage, const Shard& shard, std::int64_t most, std::int64_t width) {
  return normal_rows(stage, shard.number * most, std::ssize(shard.rows), width);
}

}  // namespace

VaeModel::VaeModel(const Dataset& train, const VaeConfig& config, Seed seed, Device device)
    : VaeModel(train.schema(), config, make_codec(train, config, seed), make_target(train, config),
               Parameters(derive(seed, "vae"), device)) {}

VaeModel::VaeModel(Schema schema, const VaeConfig& config, FeatureCodec codec,
                   std::optional<TargetCodec> target, Parameters parameters)
    : schema_(std::move(schema)),
      config_(config),
      codec_(std::move(codec)),
      target_(std::move(target)),
      net_(codec_, target_ ? target_->width() : 0, config, std::move(parameters)),
      objective_(codec_, net_.device()) {}

VaeBatch VaeModel::encode(const Dataset& rows, Seed seed) const {
  const at::Device device = net_.device();
  VaeBatch out{codec_.encode(rows, seed), {}};
  out.rows.vector = out.rows.vector.to(device);
  for (at::Tensor& tensor : out.rows.tensors) tensor = tensor.to(device);
  out.condition = target_ ? target_->encode(rows.column(target_->column())).to(device)
                          : at::zeros({rows.rows(), 0}, out.rows.vector.options());
  return out;
}

at::Tensor VaeModel::losses(const VaeBatch& batch, const at::Tensor& noise, double weight,
                            double beta, double free_bits) const {
  if (!target_ && free_bits <= 0) {  // the prior is N(0, I)
    const auto [z, divergence] = draw_code(net_.code(batch), noise.to(net_.device()));
    return objective_.reconstruction(net_, batch, net_.decode(z, batch.condition)) * weight +
           divergence * beta;
  }
  const VaeCode code = net_.encode(batch);
  const at::Tensor z = code.mean + (code.log_variance * 0.5).exp() * noise.to(net_.device());
  const VaeOutput output = net_.decode(z, batch.condition);
  return objective_.reconstruction(net_, batch, output) * weight +
         VaeObjective::divergence(code, net_.prior(batch.condition), free_bits) * beta;
}

void VaeModel::learn_prior(const VaeBatch& rows, Seed seed, const RunOptions& run) {
  if (config_.prior == VaeConfig::Prior::kNormal) return;
  constexpr std::int64_t kMost = 20'000;  // rows that say what codes are like
  const c10::NoGradGuard guard;
  const std::int64_t n = std::min(rows.condition.size(0), kMost);
  std::vector<std::int64_t> chosen(static_cast<std::size_t>(rows.condition.size(0)));
  std::iota(chosen.begin(), chosen.end(), std::int64_t{0});
  Stream(derive(seed, "choice")).shuffle(chosen);
  chosen.resize(static_cast<std::size_t>(n));
  const VaeBatch some = rows_of(rows, chosen);
  const VaeCode code = net_.encode(some), prior = net_.prior(some.condition);
  const at::Tensor noise = normal_rows(derive(seed, "codes"), 0, n, config_.latent_dim);
  const at::Tensor z = code.mean + (code.log_variance * 0.5).exp() * noise.to(net_.device());
  const at::Tensor units = (z - prior.mean) * (prior.log_variance * -0.5).exp();
  prior_ = make_latent_prior(config_, net_.condition_width(),
                             Parameters(derive(seed, "prior"), kind_of(net_.device())));
  const c10::AutoGradMode grad(true);
  prior_->fit(units, some.condition, derive(seed, "fit"), run);
}

TrainResult VaeModel::train(const Dataset& train, Seed seed, const RunOptions& run,
                            std::string fingerprint) {
  const VaeBatch all = encode(train, derive(seed, "modes"));
  const auto [held, rows] = split_rows(all, config_.validation_share, seed);
  const TrainConfig loop = train_config(config_, rows.condition.size(0));
  Problem problem{.rows = rows.condition.size(0),
                  .validation_rows = held.condition.size(0),
                  .fingerprint = std::move(fingerprint)};
  const auto loss = [&](const Shard& shard) {
    const double warm =
        shard.progress < config_.kl_warmup ? shard.progress / config_.kl_warmup : 1.0;
    const ProductScope scope(config_.bfloat16);
    const at::Tensor noise =
        shard_noise(derive(seed, "noise"), shard, loop.batch_size, config_.latent_dim);
    return losses(rows_of(rows, shard.rows), noise, config_.reconstruction, config_.beta * warm,
                  config_.free_bits)
        .mean();
  };
  const auto validation = [&](const Shard& shard) {
    const c10::NoGradGuard guard;
    const at::Tensor noise = shard_noise(derive(seed, "validation noise"), shard,
                                         problem.validation_rows, config_.latent_dim);
    return losses(rows_of(held, shard.rows), noise, config_.reconstruction, config_.beta)
        .sum()
        .item<double>();
  };
  problem.players.push_back(
      {.name = "vae",
       .parameters = net_.parameters().tensors(),
       .adam = {.learning_rate = config_.learning_rate, .weight_decay = config_.weight_decay},
       .loss = loss});
  if (problem.validation_rows > 0) problem.validation = validation;
  RunOptions own = part_of(run);
  if (own.budget && config_.prior == VaeConfig::Prior::kFlow) *own.budget *= 1 - kFlowShare;
  const TrainResult result = semblance::train(problem, loop, seed, own);
  learn_prior(rows, derive(seed, "prior"), run);
  return result;
}

void VaeModel::save(Archive& archive) const {
  const auto put = [&](const std::string& name, const auto& what) {
    Archive part;
    what.save(part);
    archive.put_part(name, part);
  };
  put("codec", codec_);
  if (target_) put("target", *target_);
  put("net", net_.parameters());
  if (prior_) put("prior", *prior_);
}

std::unique_ptr<VaeModel> VaeModel::load(const Archive& archive, const Schema& schema,
                                         const VaeConfig& config) {
  std::optional<TargetCodec> target;
  if (is_conditional(schema, config)) target = TargetCodec::load(archive.part("target"), schema);
  const Archive net = archive.part("net");
  std::unique_ptr<VaeModel> model(new VaeModel(schema, config,
                                               FeatureCodec::load(archive.part("codec"), schema),
                                               std::move(target), Parameters(net)));
  if (config.prior != VaeConfig::Prior::kNormal) {
    const Archive prior = archive.part("prior");
    model->prior_ = make_latent_prior(config, model->net_.condition_width(), Parameters(prior));
    model->prior_->load(prior);
  }
  return model;
}

}  // namespace semblance
