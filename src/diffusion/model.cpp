// SPDX-License-Identifier: Apache-2.0
#include "diffusion/model.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "detail/check.hpp"
#include "diffusion/frame.hpp"
#include "diffusion/samplers.hpp"
#include "nn/rows.hpp"
#include "semblance/core/archive.hpp"
#include "train/holdout.hpp"

namespace semblance {
namespace {

constexpr double kRho = 7;  // of the sampling levels

FeatureConfig feature_config(const DiffusionConfig& c) {
  return {.numbers = NumberCoding::kQuantile,
          .max_categories = c.max_categories,
          .rare_count = c.rare_count};
}

bool is_conditional(const Schema& schema, const DiffusionConfig& config) {
  return config.condition_on_target && TargetCodec::exists(schema);
}

FeatureCodec make_codec(const Dataset& train, const DiffusionConfig& config, Seed seed) {
  std::vector<std::int64_t> columns;
  for (std::int64_t c = 0; c < train.schema().size(); ++c) {
    if (c != train.schema().target() || !is_conditional(train.schema(), config)) {
      columns.push_back(c);
    }
  }
  return {train, columns, feature_config(config), derive(seed, "codec")};
}

std::optional<TargetCodec> make_target(const Dataset& train, const DiffusionConfig& config) {
  if (!is_conditional(train.schema(), config)) return {};
  return TargetCodec(train, feature_config(config));
}

}  // namespace

DiffusionModel::DiffusionModel(const Dataset& train, const DiffusionConfig& config, Seed seed,
                               Device device)
    : DiffusionModel(train.schema(), config, make_codec(train, config, seed),
                     make_target(train, config), Parameters(derive(seed, "diffusion"), device)) {}

DiffusionModel::DiffusionModel(Schema schema, const DiffusionConfig& config, FeatureCodec codec,
                               std::optional<TargetCodec> target, Parameters parameters)
    : schema_(std::move(schema)),
      config_(config),
      codec_(std::move(codec)),
      target_(std::move(target)),
      parameters_(std::move(parameters)),
      spans_(codec_, at::kCPU),
      net_(parameters_, spans_.scalars(), spans_.slots(), target_ ? target_->width() : 0, config) {
  spans_ = Spans(codec_, device());
}

DiffusionModel::Rows DiffusionModel::Rows::take(std::span<const std::int64_t> rows) const {
  const at::Tensor index = row_index(rows, vector.device());
  return {vector.index_select(0, index), condition.index_select(0, index)};
}

DiffusionModel::Rows DiffusionModel::encode(const Dataset& rows, Seed seed) const {
  Rows out{codec_.encode(rows, seed).vector.to(device()), {}};
  out.condition = target_ ? target_->encode(rows.column(target_->column())).to(device())
                          : at::zeros({rows.rows(), 0}, out.vector.options());
  return out;
}

at::Tensor DiffusionModel::sigma_of(const at::Tensor& u) const {
  const at::Tensor inside = u.clamp(1e-4, 1 - 1e-4);
  switch (config_.density) {
    case DiffusionConfig::Density::kFlow:
      return (1 - inside) / inside;
    case DiffusionConfig::Density::kLogitNormal:
      return (-at::special_ndtri(inside)).exp();
    case DiffusionConfig::Density::kLogNormal:
      break;
  }
  return (at::special_ndtri(inside) * 1.2 - 1.2).exp();
}

at::Tensor DiffusionModel::losses(const Rows& rows, const at::Tensor& sigma,
                                  const at::Tensor& noise,
                                  const std::vector<at::Tensor>& masks) const {
  const CleanRows answer = net_(rows.vector + noise * sigma, sigma, rows.condition, masks);
  const at::Tensor error =
      (answer.numbers - rows.vector.narrow(1, 0, scalars())).square() * (1 + 1 / sigma.square());
  return spans_.present(rows.vector, error).sum(1) +
         spans_.cross_entropy(rows.vector, answer.logits) * config_.category_weight;
}

at::Tensor DiffusionModel::training_loss(const Rows& all, const Shard& shard, std::int64_t most,
                                         Seed seed) const {
  const std::int64_t n = std::ssize(shard.rows), first = shard.number * most;
  Rows rows = all.take(shard.rows);
  const auto uniform = [&](const char* stage, std::int64_t width) {
    return uniform_rows(derive(seed, stage), first, n, width).to(device());
  };
  const at::Tensor noise =
      normal_rows(derive(seed, "noise"), first, n, codec_.width()).to(device());
  if (config_.drop_condition > 0) {
    const at::Tensor kept = uniform("conditions", 1) >= config_.drop_condition;
    rows.condition = rows.condition * kept.to(at::kFloat);
  }
  std::vector<at::Tensor> masks;
  for (std::int64_t b = 0; config_.dropout > 0 && b < config_.blocks; ++b) {
    const Seed stage = derive(derive(seed, "dropout"), static_cast<std::uint64_t>(b));
    const at::Tensor u = uniform_rows(stage, first, n, 2 * config_.width).to(device());
    masks.push_back((u >= config_.dropout).to(at::kFloat) / (1 - config_.dropout));
  }
  return losses(rows, sigma_of(uniform("levels", 1)), noise, masks).mean();
}

TrainResult DiffusionModel::train(const Dataset& train, Seed seed, const RunOptions& run,
                                  std::string fingerprint) {
  const Rows all = encode(train, derive(seed, "rows"));
  const Holdout dealt = hold_back(train.rows(), config_.validation_share, seed);
  const Rows held = all.take(dealt.judging), rows = all.take(dealt.teaching);
  const TrainConfig loop = {.epochs = config_.epochs,
                            .batch_size = config_.batch_size,
                            .shards = 2,
                            .clip_norm = 10,
                            .ema_decay = config_.ema_decay,
                            .patience = config_.patience};
  Problem problem{.rows = rows.vector.size(0),
                  .validation_rows = held.vector.size(0),
                  .fingerprint = std::move(fingerprint)};
  problem.players.push_back(
      {.name = "diffusion",
       .parameters = parameters_.tensors(),
       .adam = {.learning_rate = config_.learning_rate, .weight_decay = config_.weight_decay},
       .loss = [&](const Shard& shard) {
         return training_loss(rows, shard, loop.batch_size, derive(seed, "training"));
       }});
  const auto validation = [&](const Shard& shard) {  // the same noise and levels in every epoch
    const c10::NoGradGuard guard;
    const std::int64_t n = std::ssize(shard.rows), first = shard.number * problem.validation_rows;
    const Seed stage = derive(seed, "validation");
    const at::Tensor levels = uniform_rows(derive(stage, "levels"), first, n, 1).to(device());
    const at::Tensor noise =
        normal_rows(derive(stage, "noise"), first, n, codec_.width()).to(device());
    return losses(held.take(shard.rows), sigma_of(levels), noise, {}).sum().item<double>();
  };
  if (problem.validation_rows > 0) problem.validation = validation;
  return semblance::train(problem, loop, seed, run);
}

at::Tensor DiffusionModel::denoised(const at::Tensor& x, double sigma,
                                    const at::Tensor& condition) const {
  const at::Tensor level = at::full({x.size(0), 1}, sigma, x.options());
  const auto mean = [&](const at::Tensor& given) {
    const CleanRows answer = net_(x, level, given);
    return at::cat({answer.numbers, spans_.probabilities(answer.logits)}, 1);
  };
  const at::Tensor conditional = mean(condition);
  if (config_.guidance == 1 || condition.size(1) == 0) return conditional;
  const at::Tensor free = mean(at::zeros_like(condition));
  return free + (conditional - free) * config_.guidance;
}

Dataset DiffusionModel::sample_block(RowRange rows, const std::vector<ResolvedTerm>& given,
                                     Seed seed) const {
  const std::int64_t block = rows.first / kSampleBlock * kSampleBlock, skipped = rows.first - block;
  std::optional<Column> values;
  at::Tensor condition = at::zeros({kSampleBlock, 0});
  if (target_) {
    values = target_->draw(block, kSampleBlock, given, derive(seed, "target"));
    condition = target_->encode(*values);
    values = values->slice(skipped, rows.count);
  }
  condition = condition.to(device());
  const auto levels = karras_levels(config_.steps, config_.sigma_min, config_.sigma_max, kRho);
  const auto noise = [&](std::int64_t step) {
    const Seed stage = derive(derive(seed, "noise"), static_cast<std::uint64_t>(step));
    return normal_rows(stage, block, kSampleBlock, codec_.width()).to(device());
  };
  const at::Tensor end = solve(
      static_cast<Solver>(config_.solver),
      [&](const at::Tensor& x, double sigma) { return denoised(x, sigma, condition); },
      noise(-1) * levels[0], levels, noise);
  const at::Tensor vector = end.to(at::kCPU).narrow(0, skipped, rows.count).contiguous();
  const at::Tensor slots = vector.narrow(1, scalars(), spans_.slots()).clamp_min(0);
  auto columns = codec_.decode({at::cat({vector.narrow(1, 0, scalars()), slots}, 1), {}},
                               derive(seed, "cells"), rows.first);
  if (target_) columns.insert(columns.begin() + target_->column(), *values);
  return {schema_, std::move(columns)};
}

Dataset DiffusionModel::sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                               const RunOptions& run) const {
  return sample_blocks(rows, run, device(),
                       [&](RowRange part) { return sample_block(part, given, seed); });
}

void DiffusionModel::save(Archive& archive) const {
  const auto put = [&](const std::string& name, const auto& what) {
    Archive part;
    what.save(part);
    archive.put_part(name, part);
  };
  put("codec", codec_);
  if (target_) put("target", *target_);
  put("net", parameters_);
}

std::unique_ptr<DiffusionModel> DiffusionModel::load(const Archive& archive, const Schema& schema,
                                                     const DiffusionConfig& config) {
  std::optional<TargetCodec> target;
  if (is_conditional(schema, config)) target = TargetCodec::load(archive.part("target"), schema);
  const Archive net = archive.part("net");
  return std::unique_ptr<DiffusionModel>(
      new DiffusionModel(schema, config, FeatureCodec::load(archive.part("codec"), schema),
                         std::move(target), Parameters(net)));
}

}  // namespace semblance
