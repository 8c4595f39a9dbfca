// SPDX-License-Identifier: Apache-2.0
#include "semblance/resample/mixup.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "detail/check.hpp"
#include "detail/gamma.hpp"
#include "semblance/resample/kernel_partners.hpp"

namespace semblance {
namespace {

using Rows = std::vector<std::int64_t>;
using Shares = std::vector<double>;

void check_batch(const at::Tensor& inputs, const at::Tensor& targets, std::int64_t step,
                 const char* call) {
  require(inputs.dim() >= 1 && inputs.size(0) >= 1, "{}: inputs must be [B, ...] with B >= 1",
          call);
  require(targets.dim() >= 1 && targets.size(0) == inputs.size(0),
          "{}: there must be one target a row, got {} rows", call, inputs.size(0));
  require(inputs.is_floating_point(), "{}: inputs must be floating point, got {}", call,
          c10::toString(inputs.scalar_type()));
  require(targets.is_floating_point(),
          "{}: targets must be floating point (one-hot labels or numbers), got {}", call,
          c10::toString(targets.scalar_type()));
  require(step >= 0, "{}: step must be >= 0, got {}", call, step);
}

void check_alpha(double alpha, const char* config) {
  require(alpha > 0 && std::isfinite(alpha), "{}.alpha must be finite and > 0, got {}", config,
          alpha);
}

Seed seed_of(Seed seed, std::string_view stage, std::int64_t step) {
  return derive(derive(seed, stage), static_cast<std::uint64_t>(step));
}

Shares draw_lambdas(std::int64_t rows, double alpha, LambdaFor lambda_for, Seed seed) {
  Shares out(static_cast<std::size_t>(rows));
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i > 0 && lambda_for == LambdaFor::kBatch) {
      out[i] = out[0];
      continue;
    }
    Stream draw(seed, i);
    out[i] = draw_beta(draw, alpha, alpha);
  }
  return out;
}

Rows permutation(std::int64_t rows, Seed seed) {
  Rows out(static_cast<std::size_t>(rows));
  std::iota(out.begin(), out.end(), 0);
  Stream draw(seed);
  draw.shuffle(out);
  return out;
}

at::Tensor copied(const Shares& values, const at::Tensor& like) {
  return at::tensor(values, at::kDouble).to(like.device(), like.scalar_type());
}

/// lambda x + (1 - lambda) x[partner], row by row.
at::Tensor blend(const at::Tensor& x, const at::Tensor& partner, const at::Tensor& lambda) {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(x.dim()), 1);
  shape[0] = x.size(0);
  return at::lerp(x.index_select(0, partner), x, lambda.reshape(shape));
}

MixedBatch mixed(const at::Tensor& inputs, const at::Tensor& targets, const Rows& partner,
                 const Shares& lambda, const Shares& target_lambda) {
  MixedBatch out;
  out.partner = at::tensor(partner, at::kLong).to(inputs.device());
  out.lambda = copied(lambda, inputs);
  out.target_lambda = copied(target_lambda, targets);
  out.inputs = blend(inputs, out.partner, out.lambda);
  out.targets = blend(targets, out.partner.to(targets.device()), out.target_lambda);
  return out;
}

/// The rows that the class of each row has in the training data.
Rows class_sizes(const at::Tensor& targets, std::span<const std::int64_t> class_rows) {
  const at::Tensor classes = targets.detach().argmax(1).cpu();
  Rows out;
  for (std::int64_t i = 0; i < classes.size(0); ++i)
    out.push_back(class_rows[static_cast<std::size_t>(classes.const_data_ptr<std::int64_t>()[i])]);
  return out;
}

/// The label's share of a row of a class of n rows, mixed with one of a class of m.
double remixed(double lambda, std::int64_t n, std::int64_t m, const RemixConfig& config) {
  const auto own = static_cast<double>(n), other = static_cast<double>(m);
  if (own >= config.kappa * other && lambda < config.tau) return 0;
  if (other >= config.kappa * own && 1 - lambda < config.tau) return 1;
  return lambda;
}

}  // namespace

void MixupConfig::validate() const { check_alpha(alpha, "MixupConfig"); }

void RemixConfig::validate() const {
  check_alpha(alpha, "RemixConfig");
  require(kappa >= 1 && std::isfinite(kappa), "RemixConfig.kappa must be finite and >= 1, got {}",
          kappa);
  require(tau >= 0 && tau <= 1, "RemixConfig.tau must be in [0, 1], got {}", tau);
}

void CMixupConfig::validate() const {
  check_alpha(alpha, "CMixupConfig");
  require(bandwidth > 0 && std::isfinite(bandwidth),
          "CMixupConfig.bandwidth must be finite and > 0, got {}", bandwidth);
}

MixedBatch mixup(const at::Tensor& inputs, const at::Tensor& targets, const MixupConfig& config,
                 Seed seed, std::int64_t step) {
  config.validate();
  check_batch(inputs, targets, step, "mixup");
  const auto lambda = draw_lambdas(inputs.size(0), config.alpha, config.lambda_for,
                                   seed_of(seed, "mixup.lambda", step));
  return mixed(inputs, targets, permutation(inputs.size(0), seed_of(seed, "mixup.partner", step)),
               lambda, lambda);
}

MixedBatch remix(const at::Tensor& inputs, const at::Tensor& targets,
                 std::span<const std::int64_t> class_rows, const RemixConfig& config, Seed seed,
                 std::int64_t step) {
  config.validate();
  check_batch(inputs, targets, step, "remix");
  require(targets.dim() == 2 && targets.size(1) == std::ssize(class_rows) && !class_rows.empty(),
          "remix: targets must be [B, {}], one column a class", class_rows.size());
  for (const std::int64_t n : class_rows)
    require(n >= 0, "remix: class_rows must be >= 0, got {}", n);
  const auto lambda = draw_lambdas(inputs.size(0), config.alpha, config.lambda_for,
                                   seed_of(seed, "remix.lambda", step));
  const Rows partner = permutation(inputs.size(0), seed_of(seed, "remix.partner", step));
  const Rows size = class_sizes(targets, class_rows);
  Shares label;
  for (std::size_t i = 0; i < lambda.size(); ++i) {
    label.push_back(
        remixed(lambda[i], size[i], size[static_cast<std::size_t>(partner[i])], config));
  }
  return mixed(inputs, targets, partner, lambda, label);
}

MixedBatch c_mixup(const at::Tensor& inputs, const at::Tensor& targets, const CMixupConfig& config,
                   Seed seed, std::int64_t step) {
  config.validate();
  check_batch(inputs, targets, step, "c_mixup");
  require(targets.numel() == targets.size(0),
          "c_mixup: targets must be [B] or [B, 1], got {} numbers for {} rows", targets.numel(),
          targets.size(0));
  const at::Tensor numbers = targets.detach().to(at::kCPU, at::kDouble).contiguous();
  const KernelPartners kernel(
      {numbers.const_data_ptr<double>(), static_cast<std::size_t>(numbers.numel())},
      config.bandwidth);
  const Seed stage = seed_of(seed, "c-mixup.partner", step);
  Rows partner;
  for (std::int64_t i = 0; i < inputs.size(0); ++i) {
    Stream draw(stage, static_cast<std::uint64_t>(i));
    partner.push_back(kernel.draw(i, draw));
  }
  const auto lambda = draw_lambdas(inputs.size(0), config.alpha, config.lambda_for,
                                   seed_of(seed, "c-mixup.lambda", step));
  return mixed(inputs, targets, partner, lambda, lambda);
}

}  // namespace semblance
