// SPDX-License-Identifier: Apache-2.0
#include "forest/model.hpp"

#include <ATen/ATen.h>

#include <algorithm>

#include "detail/check.hpp"
#include "nn/rows.hpp"
#include "semblance/core/archive.hpp"
#include "semblance/nn/parameters.hpp"

namespace semblance {
namespace {

FeatureConfig feature_config(const ForestFlowConfig& c) {
  return {.numbers = NumberCoding::kQuantile,
          .max_categories = c.max_categories,
          .rare_count = c.rare_count};
}

bool is_conditional(const Schema& schema, const ForestFlowConfig& config) {
  return config.condition_on_target && TargetCodec::exists(schema);
}

FeatureCodec make_codec(const Dataset& train, const ForestFlowConfig& config, Seed seed) {
  std::vector<std::int64_t> columns;
  for (std::int64_t c = 0; c < train.schema().size(); ++c) {
    if (c != train.schema().target() || !is_conditional(train.schema(), config)) {
      columns.push_back(c);
    }
  }
  return {train, columns, feature_config(config), derive(seed, "codec")};
}

std::optional<TargetCodec> make_target(const Dataset& train, const ForestFlowConfig& config) {
  if (!is_conditional(train.schema(), config)) return {};
  return TargetCodec(train, feature_config(config));
}

std::vector<float> values_of(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.contiguous();
  return {flat.const_data_ptr<float>(), flat.const_data_ptr<float>() + flat.numel()};
}

template <class T>
at::Tensor tensor_of(const std::vector<T>& values) {
  return at::tensor(at::ArrayRef<T>(values));
}

template <class T>
std::vector<T> array_of(const Archive& archive, const std::string& name) {
  const at::Tensor stored = archive.tensor(name);
  require<FileError>(
      stored.dim() == 1 && stored.scalar_type() == c10::CppTypeToScalarType<T>::value,
      "the model file's tensor '{}' has the wrong shape or type", name);
  const at::Tensor flat = stored.contiguous();
  return {flat.const_data_ptr<T>(), flat.const_data_ptr<T>() + flat.numel()};
}

}  // namespace

ForestFlowModel::ForestFlowModel(Schema schema, const ForestFlowConfig& config, FeatureCodec codec,
                                 std::optional<TargetCodec> target)
    : schema_(std::move(schema)),
      config_(config),
      codec_(std::move(codec)),
      target_(std::move(target)) {}

ForestFlowModel::ForestFlowModel(const Dataset& train, const ForestFlowConfig& config, Seed seed,
                                 const RunOptions& run)
    : ForestFlowModel(train.schema(), config, make_codec(train, config, seed),
                      make_target(train, config)) {
  const at::Tensor rows = stretched(codec_.encode(train, derive(seed, "rows")).vector);
  const at::Tensor condition = target_ ? target_->encode(train.column(target_->column()))
                                       : at::zeros({train.rows(), 0}, at::kFloat);
  if (codec_.width() == 0) return;
  levels_.resize(static_cast<std::size_t>(config_.levels));
  Workers workers(static_cast<int>(std::min<std::int64_t>(worker_threads(run), config_.levels)));
  run_blocks(workers, run, "fit", config_.levels, [&](std::int64_t level) {
    levels_[static_cast<std::size_t>(level)] =
        learn(rows, condition, level, derive(seed, static_cast<std::uint64_t>(level)));
  });
}

TreeSet ForestFlowModel::learn(const at::Tensor& rows, const at::Tensor& condition,
                               std::int64_t level, Seed seed) const {
  const std::int64_t n = rows.size(0);
  const std::int64_t copies = std::clamp<std::int64_t>(config_.most_rows / n, 1, config_.copies);
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int64_t>(i);
  if (n > config_.most_rows) {  // other rows in each level
    Stream(derive(seed, "choice")).shuffle(order);
    order.resize(static_cast<std::size_t>(config_.most_rows));
  }
  const at::Tensor index = row_index(order, at::kCPU).repeat({copies});
  const at::Tensor clean = rows.index_select(0, index);
  const at::Tensor noise = normal_rows(derive(seed, "noise"), 0, clean.size(0), clean.size(1));
  const double t = time_of(level);
  const at::Tensor x = at::cat({clean * t + noise * (1 - t), condition.index_select(0, index)}, 1);
  FeatureMatrix features{.rows = x.size(0), .columns = x.size(1), .values = values_of(x)};
  features.levels.assign(static_cast<std::size_t>(features.columns), 0);
  return TreeSet::fit(
      features, values_of(clean - noise), clean.size(1),
      {.trees = config_.trees, .depth = config_.depth, .learning_rate = config_.learning_rate},
      seed);
}

at::Tensor ForestFlowModel::stretched(const at::Tensor& vector) const {
  at::Tensor out = vector.clone();
  for (const auto& span : codec_.one_hots()) out.narrow(1, span.first, span.width).mul_(2).sub_(1);
  return out;
}

at::Tensor ForestFlowModel::settled(const at::Tensor& stretched) const {
  at::Tensor out = stretched.clone();
  for (const auto& span : codec_.one_hots()) {
    const at::Tensor slots = out.narrow(1, span.first, span.width);
    const at::Tensor best = slots.argmax(1, true);
    slots.zero_().scatter_(1, best, 1);
  }
  return out;
}

Dataset ForestFlowModel::sample_block(RowRange rows, const std::vector<ResolvedTerm>& given,
                                      Seed seed) const {
  std::optional<Column> values;
  at::Tensor condition = at::zeros({rows.count, 0}, at::kFloat);
  if (target_) {
    values = target_->draw(rows.first, rows.count, given, derive(seed, "target"));
    condition = target_->encode(*values);
  }
  at::Tensor x = normal_rows(derive(seed, "noise"), rows.first, rows.count, codec_.width());
  for (const TreeSet& level : levels_) {
    const auto velocity = level.predict(values_of(at::cat({x, condition}, 1)));
    x = x + tensor_of(velocity).reshape(x.sizes()) / static_cast<double>(config_.levels);
  }
  auto columns = codec_.decode({settled(x), {}}, derive(seed, "cells"), rows.first);
  if (target_) columns.insert(columns.begin() + target_->column(), *values);
  return {schema_, std::move(columns)};
}

Dataset ForestFlowModel::sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                                const RunOptions& run) const {
  return sample_blocks(rows, run, at::kCPU,
                       [&](RowRange part) { return sample_block(part, given, seed); });
}

void ForestFlowModel::save(Archive& archive) const {
  const auto put = [&](const std::string& name, const auto& what) {
    Archive part;
    what.save(part);
    archive.put_part(name, part);
  };
  put("codec", codec_);
  if (target_) put("target", *target_);
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    Archive part;
    part.put_tensor("roots", tensor_of(levels_[i].roots()));
    part.put_tensor("nodes", tensor_of(levels_[i].nodes()));
    part.put_tensor("numbers", tensor_of(levels_[i].numbers()));
    archive.put_part(std::to_string(i), part);
  }
}

std::unique_ptr<ForestFlowModel> ForestFlowModel::load(const Archive& archive, const Schema& schema,
                                                       const ForestFlowConfig& config) {
  std::optional<TargetCodec> target;
  if (is_conditional(schema, config)) target = TargetCodec::load(archive.part("target"), schema);
  std::unique_ptr<ForestFlowModel> model(new ForestFlowModel(
      schema, config, FeatureCodec::load(archive.part("codec"), schema), std::move(target)));
  const std::int64_t width = model->codec_.width();
  const std::int64_t told = model->target_ ? model->target_->width() : 0;
  for (std::int64_t i = 0; width > 0 && i < config.levels; ++i) {
    const Archive part = archive.part(std::to_string(i));
    model->levels_.push_back(TreeSet::from_arrays(
        width + told, width, array_of<std::int32_t>(part, "roots"),
        array_of<std::int32_t>(part, "nodes"), array_of<float>(part, "numbers")));
  }
  return model;
}

}  // namespace semblance
