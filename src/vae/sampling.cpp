// SPDX-License-Identifier: Apache-2.0
// What a trained model is used for: rows, reconstructions, bounds.
#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "codec/slot_draw.hpp"
#include "nn/rows.hpp"
#include "vae/model.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kBlock = kSampleBlock;

std::int64_t blocks_of(std::int64_t rows) { return (rows + kBlock - 1) / kBlock; }

/// Encoded rows on the CPU, by columns in memory, with everything on each span's largest weight.
at::Tensor modes(const at::Tensor& vector, const FeatureCodec& codec) {
  const at::Tensor columns = vector.t().to(at::kCPU).contiguous();
  const std::int64_t rows = vector.size(0);
  for (const auto& span : codec.one_hots())
    keep_largest(columns.mutable_data_ptr<float>() + span.first * rows, rows, span.width, rows);
  return columns.t();
}

Features cut(Features features, std::int64_t first, std::int64_t count) {
  features.vector = features.vector.narrow(0, first, count);
  for (at::Tensor& tensor : features.tensors) tensor = tensor.narrow(0, first, count);
  return features;
}

}  // namespace

void VaeModel::run_blocks(const RunOptions& run, std::string_view stage, std::int64_t n,
                          const std::function<void(std::int64_t)>& task) const {
  const std::int64_t threads = net_.device().is_cuda() ? 1 : worker_threads(run);
  Workers workers(static_cast<int>(std::clamp<std::int64_t>(n, 1, threads)));
  semblance::run_blocks(workers, run, stage, n, task);
}

Features VaeModel::draw(const VaeOutput& output, const at::Tensor& sigma, std::int64_t first,
                        Seed seed) const {
  const auto noise = [&](Seed stage, const at::Tensor& like) {
    const std::int64_t width = like.numel() / kBlock;
    return normal_rows(stage, first, kBlock, width).to(like.device()).reshape(like.sizes());
  };
  const at::Tensor means = output.scalars();
  output.head.narrow(1, 0, output.count)
      .copy_(means + sigma * noise(derive(seed, "scalars"), means));
  Features out{output.head, output.tensors};
  if (config_.categories == VaeConfig::Categories::kMode) {
    out.vector = modes(output.head, codec_);
  } else {
    Spans::weigh_(output.logits().t());
  }
  for (std::size_t i = 0; config_.tensor_noise && i < out.tensors.size(); ++i) {
    out.tensors[i] = out.tensors[i] + net_.tensor_log_sigma(i).exp() *
                                          noise(derive(derive(seed, "tensors"), i), out.tensors[i]);
  }
  return out;
}

Features VaeModel::most_probable(const VaeOutput& output) const {
  return {modes(at::cat({output.scalars(), output.logits()}, 1), codec_), output.tensors};
}

Dataset VaeModel::decode(Features features, const std::optional<Column>& target_values, Seed seed,
                         std::int64_t first_row) const {
  features.vector = features.vector.to(at::kCPU);
  for (at::Tensor& tensor : features.tensors) tensor = tensor.to(at::kCPU);
  auto columns = codec_.decode(features, seed, first_row);
  if (target_) columns.insert(columns.begin() + target_->column(), target_values.value());
  return {schema_, std::move(columns)};
}

at::Tensor VaeModel::draw_codes(const at::Tensor& condition, std::int64_t first, Seed seed) const {
  const Seed stage = derive(seed, "z");
  const at::Tensor noise = normal_rows(stage, first, condition.size(0), net_.latent_dim());
  if (!target_ && !prior_) return noise.to(net_.device());
  const at::Tensor units = prior_ ? prior_->draw(noise.to(net_.device()), condition, stage, first)
                                  : noise.to(net_.device());
  const VaeCode prior = net_.prior(condition);
  return prior.mean + (prior.log_variance * 0.5).exp() * units;
}

Dataset VaeModel::sample_block(const VaeNet::Frozen& decoder, RowRange rows,
                               const std::vector<ResolvedTerm>& given, Seed seed) const {
  const std::int64_t block = rows.first / kBlock * kBlock;
  const std::int64_t skipped = rows.first - block;
  std::optional<Column> values;
  at::Tensor condition = at::zeros({kBlock, 0});
  if (target_) {
    values = target_->draw(block, kBlock, given, derive(seed, "target"));
    condition = target_->encode(*values);
    values = values->slice(skipped, rows.count);
  }
  condition = condition.to(net_.device());
  const VaeOutput output = net_.decode(decoder, draw_codes(condition, block, seed), condition);
  return decode(cut(draw(output, decoder.sigma, block, seed), skipped, rows.count), values,
                derive(seed, "cells"), rows.first);
}

Dataset VaeModel::sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                         const RunOptions& run) const {
  const c10::NoGradGuard guard;
  const VaeNet::Frozen decoder = net_.frozen(config_.bfloat16);
  return sample_blocks(rows, run, net_.device(),
                       [&](RowRange part) { return sample_block(decoder, part, given, seed); });
}

std::vector<double> VaeModel::elbo(const Dataset& rows, Seed seed, std::int64_t samples,
                                   const RunOptions& run) const {
  std::vector<double> out(static_cast<std::size_t>(rows.rows()));
  if (target_) out = target_->log_frequency(rows);
  run_blocks(run, "elbo", blocks_of(rows.rows()), [&](std::int64_t b) {
    const std::int64_t first = b * kBlock, count = std::min(kBlock, rows.rows() - first);
    const VaeBatch batch =
        encode(rows.slice(first, count), derive(seed, static_cast<std::uint64_t>(b)));
    at::Tensor sum = at::zeros({count}, at::kDouble);
    for (std::int64_t s = 0; s < samples; ++s) {
      const Seed stage = derive(derive(seed, "z"), static_cast<std::uint64_t>(s));
      const at::Tensor noise = normal_rows(stage, first, count, net_.latent_dim());
      sum += losses(batch, noise, 1, 1).to(at::kCPU, at::kDouble);
    }
    for (std::int64_t i = 0; i < count; ++i) {
      out[static_cast<std::size_t>(first + i)] -=
          sum[i].item<double>() / static_cast<double>(samples);
    }
  });
  return out;
}

Dataset VaeModel::reconstruct(const Dataset& rows, const RunOptions& run) const {
  const std::int64_t blocks = std::max<std::int64_t>(blocks_of(rows.rows()), 1);
  std::vector<Dataset> parts(static_cast<std::size_t>(blocks));
  run_blocks(run, "reconstruct", blocks, [&](std::int64_t b) {
    const std::int64_t first = b * kBlock, count = std::min(kBlock, rows.rows() - first);
    const Dataset part = rows.slice(first, count);
    const Seed stage = derive(Seed{0}, static_cast<std::uint64_t>(b));  // of mixture modes
    const VaeBatch batch = encode(part, stage);
    std::optional<Column> values;
    if (target_) values = part.column(target_->column());
    parts[static_cast<std::size_t>(b)] =
        decode_codes(net_.encode(batch).mean, batch, values, stage, first);
  });
  return Dataset::concat(parts);
}

Dataset VaeModel::decode_codes(const at::Tensor& codes, const VaeBatch& batch,
                               const std::optional<Column>& target_values, Seed seed,
                               std::int64_t first) const {
  return decode(most_probable(net_.decode(codes, batch.condition)), target_values, seed, first);
}

std::vector<double> VaeModel::reconstruction_error(const Dataset& rows,
                                                   const RunOptions& run) const {
  std::vector<double> out(static_cast<std::size_t>(rows.rows()));
  run_blocks(run, "reconstruction_error", blocks_of(rows.rows()), [&](std::int64_t b) {
    const std::int64_t first = b * kBlock, count = std::min(kBlock, rows.rows() - first);
    const VaeBatch batch =
        encode(rows.slice(first, count), derive(Seed{0}, static_cast<std::uint64_t>(b)));
    const VaeOutput output = net_.decode(net_.encode(batch).mean, batch.condition);
    const at::Tensor error =
        objective_.reconstruction(net_, batch, output).to(at::kCPU, at::kDouble);
    for (std::int64_t i = 0; i < count; ++i) {
      out[static_cast<std::size_t>(first + i)] = error[i].item<double>();
    }
  });
  return out;
}

Dataset VaeModel::interpolate(const Dataset& from, const Dataset& to, std::int64_t steps,
                              const RunOptions& run) const {
  const std::int64_t pairs = from.rows();
  if (pairs == 0) return from;
  std::vector<Dataset> parts(static_cast<std::size_t>(pairs));
  run_blocks(run, "interpolate", pairs, [&](std::int64_t i) {
    const Seed stage = derive(Seed{0}, static_cast<std::uint64_t>(i));
    const Dataset ends = Dataset::concat(std::vector{from.slice(i, 1), to.slice(i, 1)});
    std::vector<std::int64_t> nearer;
    for (std::int64_t s = 0; s < steps; ++s) nearer.push_back(2 * s < steps ? 0 : 1);
    const VaeBatch batch = encode(ends, stage);
    const at::Tensor codes = net_.encode(batch).mean;
    const at::Tensor w = at::linspace(0, 1, steps, codes.options()).unsqueeze(1);
    const at::Tensor line = codes.narrow(0, 0, 1) * (1 - w) + codes.narrow(0, 1, 1) * w;
    VaeBatch conditions = batch;
    conditions.condition = batch.condition.index_select(0, row_index(nearer, net_.device()));
    std::optional<Column> values;
    if (target_) values = ends.column(target_->column()).take(nearer);
    parts[static_cast<std::size_t>(i)] = decode_codes(line, conditions, values, stage, i * steps);
  });
  return Dataset::concat(parts);
}

}  // namespace semblance
