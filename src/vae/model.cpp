// SPDX-License-Identifier: Apache-2.0
#include "vae/model.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "data/choose_rows.hpp"
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

const Schema& schema_of(const Dataset& train) { return train.schema(); }
const Schema& schema_of(const RowDigest& train) { return train.sample.schema(); }

template <class Train>
FeatureCodec make_codec(const Train& train, const VaeConfig& config, Seed seed) {
  const Schema& schema = schema_of(train);
  std::vector<std::int64_t> columns;
  for (std::int64_t c = 0; c < schema.size(); ++c) {
    if (c != schema.target() || !is_conditional(schema, config)) columns.push_back(c);
  }
  return {train, columns, feature_config(config), derive(seed, "codec")};
}

template <class Train>
std::optional<TargetCodec> make_target(const Train& train, const VaeConfig& config) {
  if (!is_conditional(schema_of(train), config)) return {};
  return TargetCodec(train, feature_config(config));
}

VaeBatch moved(VaeBatch batch, at::Device device) {
  batch.rows.vector = batch.rows.vector.to(device);
  batch.condition = batch.condition.to(device);
  for (at::Tensor& tensor : batch.rows.tensors) tensor = tensor.to(device);
  return batch;
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

VaeModel::VaeModel(const RowDigest& train, const VaeConfig& config, Seed seed, Device device)
    : VaeModel(train.sample.schema(), config, make_codec(train, config, seed),
               make_target(train, config), Parameters(derive(seed, "vae"), device)) {}

VaeModel::VaeModel(Schema schema, const VaeConfig& config, FeatureCodec codec,
                   std::optional<TargetCodec> target, Parameters parameters)
    : schema_(std::move(schema)),
      config_(config),
      codec_(std::move(codec)),
      target_(std::move(target)),
      net_(codec_, target_ ? target_->width() : 0, config, std::move(parameters)),
      objective_(codec_, net_.device()) {}

VaeBatch VaeModel::encode(const Dataset& rows, Seed seed) const {
  VaeBatch out{codec_.encode(rows, seed), {}};
  out.condition = target_ ? target_->encode(rows.column(target_->column()))
                          : at::zeros({rows.rows(), 0}, at::kFloat);
  return moved(std::move(out), net_.device());
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

void VaeModel::learn_prior(const RowView<VaeRows>& rows, Seed seed, const RunOptions& run) {
  if (config_.prior == VaeConfig::Prior::kNormal) return;
  constexpr std::int64_t kMost = 20'000;  // rows that say what codes are like
  const c10::NoGradGuard guard;
  const auto chosen = choose_rows(rows.size(), kMost, derive(seed, "choice"));
  const std::int64_t n = std::ssize(chosen);
  const VaeBatch some = moved(rows.take(chosen), net_.device());
  const VaeCode code = net_.encode(some), prior = net_.prior(some.condition);
  const at::Tensor noise = normal_rows(derive(seed, "codes"), 0, n, config_.latent_dim);
  const at::Tensor z = code.mean + (code.log_variance * 0.5).exp() * noise.to(net_.device());
  const at::Tensor units = (z - prior.mean) * (prior.log_variance * -0.5).exp();
  if (prior_ == nullptr) {
    prior_ = make_latent_prior(config_, net_.condition_width(),
                               Parameters(derive(seed, "prior"), kind_of(net_.device())));
  }
  const c10::AutoGradMode grad(true);
  prior_->fit(units, some.condition, derive(seed, "fit"), run);
}

void VaeModel::go_on_with(const Dataset& rows) {
  codec_.check_known(rows, "vae.refit");
  if (target_) target_->recount(rows, "vae.refit");
  goes_on_ = true;
}

TrainResult VaeModel::train(const Dataset& train, Seed seed, const RunOptions& run,
                            std::string fingerprint) {
  VaeRows rows(codec_, target(), Records::Place::kMemory);
  rows.append(train, derive(seed, "modes"));
  Holdout dealt = hold_back(train.rows(), config_.validation_share, seed);
  return learn(RowView(rows, std::move(dealt.teaching)), RowView(rows, std::move(dealt.judging)),
               seed, run, std::move(fingerprint));
}

TrainResult VaeModel::train(const RowSource& train, Seed seed, const RunOptions& run,
                            std::string fingerprint) {
  VaeRows teaching(codec_, target(), Records::Place::kFile);
  VaeRows judging(codec_, target(), Records::Place::kMemory);
  deal(
      train, config_.validation_share, seed, run,
      [&](const Dataset& rows) { judging.append(rows, derive(seed, "judging modes")); },
      [&](const Dataset& rows) { teaching.append(rows, derive(seed, "modes")); });
  return learn(RowView(teaching), RowView(judging), seed, run, std::move(fingerprint));
}

TrainResult VaeModel::learn(const RowView<VaeRows>& rows, const RowView<VaeRows>& held, Seed seed,
                            const RunOptions& run, std::string fingerprint) {
  const TrainConfig loop = train_config(config_, rows.size());
  Problem problem{
      .rows = rows.size(), .validation_rows = held.size(), .fingerprint = std::move(fingerprint)};
  const auto loss = [&](const Shard& shard) {
    const bool warming = !goes_on_ && shard.progress < config_.kl_warmup;
    const double warm = warming ? shard.progress / config_.kl_warmup : 1.0;
    const ProductScope scope(config_.bfloat16);
    const at::Tensor noise =
        shard_noise(derive(seed, "noise"), shard, loop.batch_size, config_.latent_dim);
    return losses(moved(rows.take(shard.rows), net_.device()), noise, config_.reconstruction,
                  config_.beta * warm, config_.free_bits)
        .mean();
  };
  const auto validation = [&](const Shard& shard) {
    const c10::NoGradGuard guard;
    const at::Tensor noise = shard_noise(derive(seed, "validation noise"), shard,
                                         problem.validation_rows, config_.latent_dim);
    return losses(moved(held.take(shard.rows), net_.device()), noise, config_.reconstruction,
                  config_.beta)
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
                                         const VaeConfig& config, Device device) {
  std::optional<TargetCodec> target;
  if (is_conditional(schema, config)) target = TargetCodec::load(archive.part("target"), schema);
  const Archive net = archive.part("net");
  std::unique_ptr<VaeModel> model(new VaeModel(schema, config,
                                               FeatureCodec::load(archive.part("codec"), schema),
                                               std::move(target), Parameters(net, device)));
  if (config.prior != VaeConfig::Prior::kNormal) {
    const Archive prior = archive.part("prior");
    model->prior_ =
        make_latent_prior(config, model->net_.condition_width(), Parameters(prior, device));
    model->prior_->load(prior);
  }
  return model;
}

}  // namespace semblance
