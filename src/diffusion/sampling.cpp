// SPDX-License-Identifier: Apache-2.0
// What a trained model is used for: rows, and the cells that rows lack.
#include <ATen/ATen.h>

#include <algorithm>

#include "detail/check.hpp"
#include "diffusion/model.hpp"
#include "diffusion/samplers.hpp"
#include "nn/product.hpp"
#include "nn/rows.hpp"

namespace semblance {
namespace {

/// No normal score lies beyond. A noise that is predicted a little wrong at a high level means a
/// number that is very wrong: the published TabDDPM leaves it so.
constexpr double kReach = 6;

}  // namespace

DiffusionModel::Guess DiffusionModel::answer(const Task& task, const NoisyRows& rows) const {
  const CleanRows out = net_(rows);
  if (latent_) return {out.numbers, {}};
  at::Tensor logits = out.logits;
  if (!task.allows_gaps) {  // far below what any other slot can have
    logits = logits - cells_.gates().narrow(0, scalars(), spans_.slots()) * 1e3;
  }
  const bool is_noise = config_.prediction == DiffusionConfig::Prediction::kNoise;
  return {is_noise ? out.numbers.clamp(-kReach, kReach) : out.numbers, logits};
}

DiffusionModel::Guess DiffusionModel::guess(const Task& task, const at::Tensor& x,
                                            const at::Tensor& codes, double sigma) const {
  const at::Tensor level = at::full({1, 1}, sigma, x.options());
  Guess out = answer(task, {x, codes, level, cells_.told(task.vector, task.known)});
  const auto probabilities = [&](const at::Tensor& logits) {
    return latent_ ? at::Tensor() : spans_.probabilities(logits);
  };
  if (config_.guidance == 1) {
    out.slots = probabilities(out.slots);
  } else {
    const at::Tensor nothing = at::zeros_like(task.known);
    const Guess free = answer(task, {x, codes, level, cells_.told(task.vector, nothing)});
    const auto exaggerated = [&](const at::Tensor& from, const at::Tensor& to) {
      return from + (to - from) * config_.guidance;
    };
    out.mean = exaggerated(free.mean, out.mean);
    if (is_discrete()) {
      out.slots = probabilities(exaggerated(free.slots, out.slots));
    } else {
      out.slots = probabilities(out.slots);
      if (!latent_) out.slots = exaggerated(probabilities(free.slots), out.slots);
    }
  }
  if (latent_) return out;
  const at::Tensor known = cells_.spread(task.known);
  const at::Tensor means = at::cat({out.mean, out.slots}, 1);
  const at::Tensor both = task.vector * known + means * (1 - known);
  out.slots = both.narrow(1, scalars(), spans_.slots());
  out.mean = is_discrete() ? both.narrow(1, 0, scalars()) : both;
  return out;
}

at::Tensor DiffusionModel::complete(const Task& task, std::int64_t first, Seed seed) const {
  const ProductScope scope(config_.bfloat16);
  const auto stage = [&](const char* name, std::int64_t step) {
    return derive(derive(seed, name), static_cast<std::uint64_t>(step));
  };
  const auto noise = [&](std::int64_t step) {
    return normal_rows(stage("noise", step), first, kSampleBlock, shape().noisy).to(device());
  };
  const auto uniform = [&](std::int64_t step) {
    return uniform_rows(stage("codes", step), first, kSampleBlock, 2 * process_.spans())
        .to(device());
  };
  const auto levels = grid_levels(config_);
  at::Tensor codes = at::zeros({kSampleBlock, 0}, task.vector.options()), slots;
  if (is_discrete()) codes = process_.start(uniform(-1));
  double first_of_step = -1;  // solvers may ask at several levels: categories follow the first
  const auto denoiser = [&](const at::Tensor& x, double sigma) {
    const Guess out = guess(task, x, codes, sigma);
    if (first_of_step < 0) {
      first_of_step = sigma;
      slots = out.slots;
    }
    return out.mean;
  };
  const auto after = [&](std::int64_t step, double from, double to) {
    first_of_step = -1;
    if (is_discrete()) codes = process_.step(codes, slots, from, to, uniform(step));
  };
  const at::Tensor end = solve(static_cast<Solver>(config_.solver), denoiser, noise(-1) * levels[0],
                               levels, noise, after);
  if (latent_) return latent_->decode(end);
  return is_discrete() ? at::cat({end, codes}, 1) : end;
}

Dataset DiffusionModel::decode(const at::Tensor& vector, Seed seed, std::int64_t first) const {
  require(vector.isfinite().all().item<bool>(),
          "diffusion: the network's rows are not finite; fit again with a smaller learning_rate, "
          "unless the model file is damaged");
  const at::Tensor rows = vector.to(at::kCPU);
  const at::Tensor slots = rows.narrow(1, scalars(), spans_.slots()).clamp_min(0);
  return {schema_, codec_.decode({at::cat({rows.narrow(1, 0, scalars()), slots}, 1), {}},
                                 derive(seed, "cells"), first)};
}

Dataset DiffusionModel::sample_block(RowRange rows, const std::vector<ResolvedTerm>& given,
                                     Seed seed) const {
  const std::int64_t block = rows.first / kSampleBlock * kSampleBlock, skipped = rows.first - block;
  Task task{at::zeros({kSampleBlock, codec_.width()}), at::zeros({kSampleBlock, schema_.size()})};
  std::optional<Column> values;
  if (target_) {
    values = target_->draw(block, kSampleBlock, given, derive(seed, "target"));
    task.known.select(1, target_->column()).fill_(1);
    for (const auto& span : codec_.one_hots()) {
      if (span.column != target_->column()) continue;
      task.vector.narrow(1, span.first, span.width).copy_(target_->encode(*values));
    }
  }
  task.vector = task.vector.to(device());
  task.known = task.known.to(device());
  const at::Tensor made = complete(task, block, seed).narrow(0, skipped, rows.count);
  const Dataset out = decode(made, seed, rows.first);
  if (!values) return out;
  auto columns = out.columns();
  columns[static_cast<std::size_t>(target_->column())] = values->slice(skipped, rows.count);
  return {schema_, std::move(columns)};
}

Dataset DiffusionModel::given_block(RowRange rows, const GivenCells& given, Seed seed) const {
  const std::int64_t block = rows.first / kSampleBlock * kSampleBlock, skipped = rows.first - block;
  const auto asked = given.draw(block, kSampleBlock, derive(seed, "given"));
  const Task task{codec_.encode(asked.rows, derive(seed, "given modes"), block).vector.to(device()),
                  asked.known.to(device())};
  const at::Tensor made = complete(task, block, seed).narrow(0, skipped, rows.count);
  auto columns = decode(made, seed, rows.first).columns();
  for (const ResolvedTerm& term : given.terms()) {
    columns[static_cast<std::size_t>(term.column)] =
        asked.rows.column(term.column).slice(skipped, rows.count);
  }
  return {schema_, std::move(columns)};
}

Dataset DiffusionModel::sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                               const RunOptions& run) const {
  const bool of_target = target_ && std::all_of(given.begin(), given.end(), [&](const auto& term) {
                           return term.column == target_->column();
                         });
  if (given.empty() || of_target) {
    return sample_blocks(rows, run, device(),
                         [&](RowRange part) { return sample_block(part, given, seed); });
  }
  const GivenCells cells(*margins_, schema_, given);
  return sample_blocks(rows, run, device(),
                       [&](RowRange part) { return given_block(part, cells, seed); });
}

Dataset DiffusionModel::impute_block(const Dataset& rows, std::int64_t first, Seed seed) const {
  const auto padded = [&](const at::Tensor& of) {  // networks always see whole blocks
    const at::Tensor rest = at::zeros({kSampleBlock - of.size(0), of.size(1)}, of.options());
    return at::cat({of, rest}).to(device());
  };
  const Task task{padded(codec_.encode(rows, derive(seed, "rows")).vector),
                  padded(Cells::present(rows)), false};
  at::Tensor made = complete(task, first, seed).narrow(0, 0, rows.rows());
  made = made * (1 - cells_.gates());
  const Dataset drawn = decode(made, seed, first);
  std::vector<Column> columns;
  for (std::int64_t c = 0; c < schema_.size(); ++c) {
    std::vector<std::int64_t> from;  // the rows' own cell, or the drawn one behind all of them
    for (std::int64_t i = 0; i < rows.rows(); ++i) {
      from.push_back(rows.column(c).is_valid(i) ? i : rows.rows() + i);
    }
    columns.push_back(
        Column::concat(std::vector<Column>{rows.column(c), drawn.column(c)}).take(from));
  }
  return {schema_, std::move(columns)};
}

Dataset DiffusionModel::impute(const Dataset& rows, Seed seed, const RunOptions& run) const {
  return sample_blocks({0, rows.rows()}, run, device(), [&](RowRange part) {
    return impute_block(rows.slice(part.first, part.count), part.first, seed);
  });
}

}  // namespace semblance
