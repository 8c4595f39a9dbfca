// SPDX-License-Identifier: Apache-2.0
#include "gan/model.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "detail/check.hpp"
#include "gan/game.hpp"
#include "nn/rows.hpp"
#include "semblance/core/archive.hpp"
#include "semblance/core/log.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kSettled = 8192;  // rows that fix the statistics, and that show a collapse
constexpr double kLost = 0.5;            // share of a column from which on it counts as collapsed

FeatureConfig feature_config(const GanConfig& c) {
  return {.numbers = c.numbers == GanConfig::Numbers::kModes ? NumberCoding::kModes
                                                             : NumberCoding::kQuantile,
          .max_categories = c.max_categories,
          .rare_count = c.rare_count};
}

std::vector<std::int64_t> all_columns(const Schema& schema) {
  std::vector<std::int64_t> out;
  for (std::int64_t c = 0; c < schema.size(); ++c) out.push_back(c);
  return out;
}

std::optional<TargetCodec> make_target(const Dataset& train, const GanConfig& config) {
  if (!TargetCodec::exists(train.schema())) return {};
  return TargetCodec(train, feature_config(config));
}

/// Share of the real rows whose category is drawn less than a hundredth as often.
double lost_categories(const Column& real, const Column& made, std::int32_t categories) {
  std::vector<double> own(static_cast<std::size_t>(categories)), drawn(own);
  const auto count = [](const Column& column, std::vector<double>& shares) {
    for (std::int64_t i = 0; i < column.size(); ++i) {
      if (!column.is_valid(i)) continue;
      shares[static_cast<std::size_t>(column.codes()[static_cast<std::size_t>(i)])] +=
          1 / static_cast<double>(column.size());
    }
  };
  count(real, own);
  count(made, drawn);
  double lost = 0;
  for (std::size_t k = 0; k < own.size(); ++k) lost += drawn[k] < 0.01 * own[k] ? own[k] : 0;
  return lost;
}

double deviation(const Column& column) {
  double n = 0, mean = 0, squares = 0;
  for (std::int64_t i = 0; i < column.size(); ++i) {
    if (!column.is_valid(i)) continue;
    const double d = column.number(i) - mean;
    mean += d / ++n;
    squares += d * (column.number(i) - mean);
  }
  return n > 0 ? std::sqrt(squares / n) : 0;
}

/// 1 - ratio of standard deviations; 0 for a constant column.
double lost_spread(const Column& real, const Column& made) {
  const double own = deviation(real);
  return own > 0 ? 1 - deviation(made) / own : 0;
}

}  // namespace

GanModel::GanModel(const Dataset& train, const GanConfig& config, Seed seed, Device device)
    : GanModel(train.schema(), config,
               FeatureCodec(train, all_columns(train.schema()), feature_config(config),
                            derive(seed, "codec")),
               make_target(train, config), Parameters(derive(seed, "gan"), device)) {}

GanModel::GanModel(Schema schema, const GanConfig& config, FeatureCodec codec,
                   std::optional<TargetCodec> target, Parameters parameters)
    : schema_(std::move(schema)),
      config_(config),
      codec_(std::move(codec)),
      target_(std::move(target)),
      conditioner_(codec_, schema_, config.conditional),
      parameters_(std::move(parameters)),
      generator_(parameters_, config.noise_dim + conditioner_.width(), codec_.width(), config),
      output_(codec_, config.temperature, device()) {}

at::Tensor GanModel::input(std::int64_t first, std::int64_t count, const at::Tensor& codes,
                           Seed stage) const {
  const at::Tensor noise = normal_rows(stage, first, count, config_.noise_dim).to(device());
  return at::cat({noise, codes}, 1);
}

void GanModel::go_on_with(const Dataset& rows) {
  codec_.check_known(rows, "gan.refit");
  if (target_) target_->recount(rows, "gan.refit");
  goes_on_ = true;
}

TrainResult GanModel::train(const Dataset& train, Seed seed, const RunOptions& run,
                            std::string fingerprint) {
  FeatureRows vectors(codec_, Records::Place::kMemory);
  vectors.append(codec_, train, derive(seed, "modes"));
  conditioner_.learn(vectors);
  const auto shape = config_.anneal ? Schedule::Shape::kCosine : Schedule::Shape::kConstant;
  const TrainConfig loop = {.epochs = config_.epochs,
                            .batch_size = config_.batch_size,
                            .shards = 2,
                            .schedule = {.shape = shape, .warmup = 0},
                            .ema_decay = config_.ema_decay};
  GanGame game(*this, vectors, loop.batch_size, derive(seed, "game"));
  const Problem problem{
      .rows = train.rows(), .players = game.players(), .fingerprint = std::move(fingerprint)};
  if (goes_on_) game.load(rivals_);
  const TrainResult result = semblance::train(problem, loop, seed, run);
  rivals_ = game.rivals();
  const c10::NoGradGuard guard;
  settle(derive(seed, "settle"));
  look_for_collapse(train, derive(seed, "collapse"));
  return result;
}

void GanModel::settle(Seed seed) {
  const auto asked = conditioner_.draw(0, kSettled, derive(seed, "conditions"), false);
  generator_.settle(input(0, kSettled, asked.codes.to(device()), derive(seed, "noise")));
}

void GanModel::look_for_collapse(const Dataset& train, Seed seed) {
  const Dataset made = sample({0, kSettled}, {}, seed, {.threads = 1});
  collapsed_.clear();
  for (std::int64_t c = 0; c < schema_.size(); ++c) {
    const double share =
        schema_[c].kind == Kind::kCategorical
            ? lost_categories(train.column(c), made.column(c), schema_[c].categories.size())
            : lost_spread(train.column(c), made.column(c));
    if (share > kLost) collapsed_.push_back({schema_[c].name, share});
  }
  std::stable_sort(collapsed_.begin(), collapsed_.end(),
                   [](const auto& a, const auto& b) { return a.share > b.share; });
  for (const Collapse& c : collapsed_) {
    log(LogLevel::kWarning,
        fmt::format("gan.fit: column '{}' has collapsed: {:.0f} % of its variety is lost", c.column,
                    100 * c.share));
  }
}

at::Tensor GanModel::ask_for(const Column& values) const {
  const std::int64_t offset = conditioner_.offset_of(target_->column());
  if (offset < 0) return at::zeros({values.size()}, at::kInt);
  const at::Tensor codes = target_->encode(values);
  return at::where(codes.any(1), codes.argmax(1) + (1 + offset), 0).to(at::kInt);
}

Dataset GanModel::sample_block(const FrozenGenerator& generator, RowRange rows,
                               const std::vector<ResolvedTerm>& given, Seed seed) const {
  const std::int64_t block = rows.first / kSampleBlock * kSampleBlock, skipped = rows.first - block;
  std::optional<Column> values;
  at::Tensor pick;
  if (given.empty()) {
    pick = conditioner_.draw(block, kSampleBlock, derive(seed, "conditions"), false).pick;
  } else {
    values = target_->draw(block, kSampleBlock, given, derive(seed, "target"));
    pick = ask_for(*values);
    values = values->slice(skipped, rows.count);
  }
  const at::Tensor noise =
      normal_rows(derive(seed, "noise"), block, kSampleBlock, config_.noise_dim);
  const at::Tensor vector =
      output_.weighted(generator(noise.to(device()), pick.to(device()))).to(at::kCPU);
  auto columns =
      codec_.decode({vector.narrow(0, skipped, rows.count), {}}, derive(seed, "cells"), rows.first);
  if (values) columns[static_cast<std::size_t>(target_->column())] = *values;
  return {schema_, std::move(columns)};
}

Dataset GanModel::sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                         const RunOptions& run) const {
  const c10::NoGradGuard guard;
  const FrozenGenerator generator = generator_.frozen(conditioner_.width(), config_.bfloat16);
  return sample_blocks(rows, run, device(),
                       [&](RowRange part) { return sample_block(generator, part, given, seed); });
}

void GanModel::save(Archive& archive) const {
  const auto put = [&](const std::string& name, const auto& what) {
    Archive part;
    what.save(part);
    archive.put_part(name, part);
  };
  put("codec", codec_);
  if (target_) put("target", *target_);
  put("net", parameters_);
  put("statistics", generator_);
  archive.put_part("rivals", rivals_);
  nlohmann::json lost = nlohmann::json::array();
  for (const Collapse& c : collapsed_) lost.push_back({{"column", c.column}, {"share", c.share}});
  archive.put_text("conditions", nlohmann::json(conditioner_.counts()).dump());
  archive.put_text("collapsed", lost.dump());
}

std::unique_ptr<GanModel> GanModel::load(const Archive& archive, const Schema& schema,
                                         const GanConfig& config, Device device) {
  std::optional<TargetCodec> target;
  if (TargetCodec::exists(schema)) target = TargetCodec::load(archive.part("target"), schema);
  const Archive net = archive.part("net");
  std::unique_ptr<GanModel> model(new GanModel(schema, config,
                                               FeatureCodec::load(archive.part("codec"), schema),
                                               std::move(target), Parameters(net, device)));
  model->generator_.load(archive.part("statistics"));
  model->rivals_ = archive.part("rivals");
  model->conditioner_.set_counts(nlohmann::json::parse(archive.text("conditions"))
                                     .get<std::vector<std::vector<std::int64_t>>>());
  for (const auto& lost : nlohmann::json::parse(archive.text("collapsed"))) {
    model->collapsed_.push_back({lost.at("column"), lost.at("share")});
  }
  return model;
}

}  // namespace semblance
