// SPDX-License-Identifier: Apache-2.0
#include "diffusion/model.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <cmath>

#include "nn/product.hpp"
#include "nn/rows.hpp"
#include "semblance/core/archive.hpp"
#include "train/holdout.hpp"

namespace semblance {
namespace {

// EDM's -1.2 is for data of deviation 1/2; normal scores and codes have 1.
const double kLogNormalMean = -1.2 + std::log(2.0);

FeatureConfig feature_config(const DiffusionConfig& c) {
  return {.numbers = NumberCoding::kQuantile,
          .max_categories = c.max_categories,
          .rare_count = c.rare_count};
}

bool is_conditional(const Schema& schema, const DiffusionConfig& config) {
  return config.condition_on_target && TargetCodec::exists(schema);
}

const Schema& schema_of(const Dataset& train) { return train.schema(); }
const Schema& schema_of(const RowDigest& train) { return train.sample.schema(); }

template <class Train>
FeatureCodec make_codec(const Train& train, const DiffusionConfig& config, Seed seed) {
  std::vector<std::int64_t> columns;
  for (std::int64_t c = 0; c < schema_of(train).size(); ++c) columns.push_back(c);
  return {train, columns, feature_config(config), derive(seed, "codec")};
}

template <class Train>
std::optional<TargetCodec> make_target(const Train& train, const DiffusionConfig& config) {
  if (!is_conditional(schema_of(train), config)) return {};
  return TargetCodec(train, feature_config(config));
}

template <class Train>
std::optional<TokenCodec> make_margins(const Train& train, const DiffusionConfig& config) {
  if (config.known_share == 0) return {};
  return TokenCodec(train, TokenConfig{});
}

}  // namespace

DiffusionModel::DiffusionModel(const Dataset& train, const DiffusionConfig& config, Seed seed,
                               Device device)
    : DiffusionModel(train.schema(), config, make_codec(train, config, seed),
                     make_target(train, config), make_margins(train, config),
                     Parameters(derive(seed, "diffusion"), device),
                     Parameters(derive(seed, "latent"), device)) {}

DiffusionModel::DiffusionModel(const RowDigest& train, const DiffusionConfig& config, Seed seed,
                               Device device)
    : DiffusionModel(train.sample.schema(), config, make_codec(train, config, seed),
                     make_target(train, config), make_margins(train, config),
                     Parameters(derive(seed, "diffusion"), device),
                     Parameters(derive(seed, "latent"), device)) {}

DiffusionModel::DiffusionModel(Schema schema, const DiffusionConfig& config, FeatureCodec codec,
                               std::optional<TargetCodec> target, std::optional<TokenCodec> margins,
                               Parameters parameters, Parameters latent)
    : schema_(std::move(schema)),
      config_(config),
      codec_(std::move(codec)),
      target_(std::move(target)),
      margins_(std::move(margins)),
      parameters_(std::move(parameters)),
      cells_(codec_, schema_.size(), at::kCPU),
      spans_(codec_, at::kCPU),
      process_(config, codec_, at::kCPU),
      latent_([&]() -> std::optional<RowAutoencoder> {
        if (config.latent == 0) return {};
        return RowAutoencoder(std::move(latent), codec_, config.latent * schema_.size(), config);
      }()),
      net_(parameters_, shape(), config) {
  cells_ = Cells(codec_, schema_.size(), device());
  spans_ = Spans(codec_, device());
  process_ = CategoryProcess(config, codec_, device());
}

DenoiserShape DiffusionModel::shape() const {
  const std::int64_t slots = codec_.width() - scalars();
  if (latent_) return {latent_->codes(), 0, cells_.told_width(), latent_->codes(), 0};
  return {is_discrete() ? scalars() : codec_.width(), is_discrete() ? slots : 0,
          cells_.told_width(), scalars(), slots};
}

at::Tensor DiffusionModel::without_target(const at::Tensor& vector) const {
  if (!target_) return vector;
  const at::Tensor others = at::ones({1, schema_.size()}, vector.options());
  others.select(1, target_->column()).fill_(0);
  return vector * cells_.spread(others);
}

DiffusionModel::Rows DiffusionModel::rows_of(const at::Tensor& vector) const {
  const c10::NoGradGuard guard;
  if (latent_) return {vector, latent_->encode(without_target(vector))};
  return {vector, is_discrete() ? vector.narrow(1, 0, scalars()) : vector};
}

at::Tensor DiffusionModel::sigma_of(const at::Tensor& u) const {
  const at::Tensor inside = u.clamp(1e-4, 1 - 1e-4);
  switch (config_.density) {
    case DiffusionConfig::Density::kFlow:
      return (1 - inside) / inside;
    case DiffusionConfig::Density::kLogitNormal:
      return (-at::special_ndtri(inside)).exp();
    case DiffusionConfig::Density::kLogNormal:
      return (at::special_ndtri(inside) * 1.2 + kLogNormalMean).exp();
    case DiffusionConfig::Density::kGrid:
      break;
  }
  const auto levels = static_cast<double>(config_.training_levels);
  return grid_level(config_, ((inside * levels).floor() + 1) / levels);
}

DiffusionModel::Noise DiffusionModel::noise(Seed stage, std::int64_t first, std::int64_t n,
                                            bool training) const {
  const auto uniform = [&](const char* name, std::int64_t width) {
    return uniform_rows(derive(stage, name), first, n, width).to(device());
  };
  const KnownCells known = {.columns = schema_.size(),
                            .target = target_ ? target_->column() : -1,
                            .dropped = training ? config_.drop_condition : 0,
                            .share = training ? config_.known_share : 0};
  Noise out{sigma_of(uniform("levels", 1)),
            normal_rows(derive(stage, "noise"), first, n, shape().noisy).to(device()),
            known.draw(derive(stage, "conditions"), first, n).to(device()),
            {},
            {}};
  if (is_discrete()) out.codes = uniform("codes", 2 * process_.spans());
  for (std::int64_t b = 0; training && config_.dropout > 0 && b < config_.blocks; ++b) {
    const Seed block = derive(derive(stage, "dropout"), static_cast<std::uint64_t>(b));
    const at::Tensor u = uniform_rows(block, first, n, 2 * config_.width).to(device());
    out.masks.push_back((u >= config_.dropout).to(at::kFloat) / (1 - config_.dropout));
  }
  return out;
}

at::Tensor DiffusionModel::losses(const Rows& rows, const Noise& noise) const {
  const at::Tensor hidden = 1 - cells_.spread(noise.cells);
  const at::Tensor slots = rows.vector.narrow(1, scalars(), spans_.slots());
  const at::Tensor codes =
      is_discrete() ? process_.noisy(slots, noise.sigma, noise.codes) : slots.narrow(1, 0, 0);
  const CleanRows answer = net_({rows.clean + noise.normal * noise.sigma, codes, noise.sigma,
                                 cells_.told(rows.vector, noise.cells)},
                                noise.masks);
  const at::Tensor error =
      (answer.numbers - rows.clean.narrow(1, 0, answer.numbers.size(1))).square() *
      net_.weight(noise.sigma);
  if (latent_) return error.sum(1);
  const at::Tensor numbers =
      spans_.present(rows.vector, error * hidden.narrow(1, 0, scalars())).sum(1);
  const at::Tensor categories =
      is_discrete() ? process_.loss(slots * hidden.narrow(1, scalars(), spans_.slots()), codes,
                                    answer.logits, noise.sigma)
                    : spans_.cross_entropy(rows.vector * hidden, answer.logits);
  return numbers + categories * config_.category_weight;
}

void DiffusionModel::go_on_with(const Dataset& rows) {
  codec_.check_known(rows, "diffusion.refit");
  if (target_) target_->recount(rows, "diffusion.refit");
  goes_on_ = true;
}

TrainResult DiffusionModel::train(const Dataset& train, Seed seed, const RunOptions& run,
                                  std::string fingerprint) {
  FeatureRows rows(codec_, Records::Place::kMemory);
  rows.append(codec_, train, derive(seed, "rows"));
  learn_code(RowView(rows), seed, run);
  Holdout dealt = hold_back(train.rows(), config_.validation_share, seed);
  return learn(RowView(rows, std::move(dealt.teaching)), RowView(rows, std::move(dealt.judging)),
               seed, run, std::move(fingerprint));
}

TrainResult DiffusionModel::train(const RowSource& train, Seed seed, const RunOptions& run,
                                  std::string fingerprint) {
  FeatureRows teaching(codec_, Records::Place::kFile), judging(codec_, Records::Place::kMemory);
  deal(
      train, config_.validation_share, seed, run,
      [&](const Dataset& rows) { judging.append(codec_, rows, derive(seed, "judging rows")); },
      [&](const Dataset& rows) { teaching.append(codec_, rows, derive(seed, "rows")); });
  learn_code(RowView(teaching), seed, run);
  return learn(RowView(teaching), RowView(judging), seed, run, std::move(fingerprint));
}

void DiffusionModel::learn_code(const RowView<FeatureRows>& rows, Seed seed,
                                const RunOptions& run) {
  if (!latent_ || goes_on_) return;
  const auto vectors = [&](std::span<const std::int64_t> chosen) {
    return without_target(rows.take(chosen).to(device()));
  };
  latent_->train(rows.size(), vectors, derive(seed, "latent"), run);
}

TrainResult DiffusionModel::learn(const RowView<FeatureRows>& rows,
                                  const RowView<FeatureRows>& held, Seed seed,
                                  const RunOptions& run, std::string fingerprint) {
  const TrainConfig loop = {.epochs = config_.epochs,
                            .batch_size = config_.batch_size,
                            .shards = 2,
                            .clip_norm = 10,
                            .ema_decay = config_.ema_decay,
                            .patience = config_.patience};
  Problem problem{
      .rows = rows.size(), .validation_rows = held.size(), .fingerprint = std::move(fingerprint)};
  problem.players.push_back(
      {.name = "diffusion",
       .parameters = parameters_.tensors(),
       .adam = {.learning_rate = config_.learning_rate, .weight_decay = config_.weight_decay},
       .loss = [&](const Shard& shard) {
         const ProductScope scope(config_.bfloat16);
         const std::int64_t first = shard.number * loop.batch_size;
         return losses(rows_of(rows.take(shard.rows).to(device())),
                       noise(derive(seed, "training"), first, std::ssize(shard.rows), true))
             .mean();
       }});
  const auto validation = [&](const Shard& shard) {  // the same noise and levels in every epoch
    const c10::NoGradGuard guard;
    const std::int64_t first = shard.number * problem.validation_rows;
    return losses(rows_of(held.take(shard.rows).to(device())),
                  noise(derive(seed, "validation"), first, std::ssize(shard.rows), false))
        .sum()
        .item<double>();
  };
  if (problem.validation_rows > 0) problem.validation = validation;
  return semblance::train(problem, loop, seed, run);
}

void DiffusionModel::save(Archive& archive) const {
  const auto put = [&](const std::string& name, const auto& what) {
    Archive part;
    what.save(part);
    archive.put_part(name, part);
  };
  put("codec", codec_);
  if (target_) put("target", *target_);
  if (margins_) archive.put_text("margins", margins_->to_json());
  if (latent_) put("latent", *latent_);
  put("net", parameters_);
}

std::unique_ptr<DiffusionModel> DiffusionModel::load(const Archive& archive, const Schema& schema,
                                                     const DiffusionConfig& config, Device device) {
  std::optional<TargetCodec> target;
  if (is_conditional(schema, config)) target = TargetCodec::load(archive.part("target"), schema);
  std::optional<TokenCodec> margins;
  if (config.known_share > 0) margins = TokenCodec::from_json(archive.text("margins"), schema);
  const Archive net = archive.part("net");
  const Archive latent = config.latent > 0 ? archive.part("latent") : Archive();
  std::unique_ptr<DiffusionModel> model(new DiffusionModel(
      schema, config, FeatureCodec::load(archive.part("codec"), schema), std::move(target),
      std::move(margins), Parameters(net, device), Parameters(latent, device)));
  if (model->latent_) model->latent_->load_scale(latent);
  return model;
}

}  // namespace semblance
