// SPDX-License-Identifier: Apache-2.0
#include "diffusion/process.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>

#include "diffusion/frame.hpp"

namespace semblance {
namespace {

using Config = DiffusionConfig;

constexpr double kRho = 7;           // of Karras's grid
constexpr double kOffset = 0.008;    // of the cosine schedule
constexpr double kMostNoise = 1000;  // sigma at its end
constexpr double kTiny = 1e-30;
constexpr double kHalfPi = std::numbers::pi / 2;

double first_angle() { return kOffset / (1 + kOffset) * kHalfPi; }

/// The share of variance that is signal at t of the cosine schedule.
at::Tensor cosine_signal(const at::Tensor& t) {
  const at::Tensor angle = (t + kOffset) * (kHalfPi / (1 + kOffset));
  return (angle.cos() / std::cos(first_angle())).square();
}

/// Its inverse.
at::Tensor cosine_time(const at::Tensor& signal) {
  const at::Tensor angle = (signal.sqrt() * std::cos(first_angle())).acos();
  return angle * ((1 + kOffset) / kHalfPi) - kOffset;
}

at::Tensor cosine_level(const at::Tensor& t) {
  return (1 / cosine_signal(t) - 1).clamp(0, kMostNoise * kMostNoise).sqrt();
}

/// t of Karras's grid at sigma.
at::Tensor karras_time(const Config& c, const at::Tensor& sigma) {
  const double low = std::pow(c.sigma_min, 1 / kRho), high = std::pow(c.sigma_max, 1 / kRho);
  return ((sigma.pow(1 / kRho) - low) / (high - low)).clamp(0, 1);
}

}  // namespace

at::Tensor grid_level(const Config& c, const at::Tensor& t) {
  if (c.grid == Config::Grid::kCosine) return cosine_level(t);
  const double low = std::pow(c.sigma_min, 1 / kRho), high = std::pow(c.sigma_max, 1 / kRho);
  return (low + t * (high - low)).pow(kRho);
}

std::vector<double> grid_levels(const Config& c) {
  return c.grid == Config::Grid::kCosine ? cosine_levels(c.steps)
                                         : karras_levels(c.steps, c.sigma_min, c.sigma_max, kRho);
}

CategoryProcess::CategoryProcess(const Config& config, const FeatureCodec& codec, at::Device device)
    : config_(config), span_terms_(codec, device) {
  const std::int64_t slots = span_terms_.slots(), scalars = span_terms_.scalars();
  membership_ = at::zeros({slots, std::ssize(codec.one_hots())});
  share_ = at::zeros({slots});
  for (const auto& span : codec.one_hots()) {
    membership_.narrow(0, span.first - scalars, span.width).select(1, spans()).fill_(1);
    share_.narrow(0, span.first - scalars, span.width).fill_(1.0 / static_cast<double>(span.width));
    width_.push_back(span.width);
  }
  membership_ = membership_.to(device);
  share_ = share_.to(device);
}

at::Tensor CategoryProcess::of_spans(const at::Tensor& per_slot) const {
  return at::mm(at::mm(per_slot, membership_), membership_.t());
}

at::Tensor CategoryProcess::kept(const at::Tensor& sigma) const {
  if (config_.categories == Config::Categories::kMasked) return 1 - karras_time(config_, sigma);
  return 1 / (1 + sigma.square());
}

at::Tensor CategoryProcess::draw(const at::Tensor& weights, const at::Tensor& u) const {
  const at::Tensor from = weights.to(at::kCPU).contiguous(), luck = u.to(at::kCPU).contiguous();
  at::Tensor out = at::zeros_like(from);
  const float* weight = from.const_data_ptr<float>();
  float* slot = out.mutable_data_ptr<float>();
  const std::int64_t n = from.size(0);
  for (std::int64_t i = 0; i < n; ++i) {
    const float* uniform = luck.const_data_ptr<float>() + i * luck.size(1);
    for (const std::int64_t width : width_) {
      double sum = 0;
      for (std::int64_t k = 0; k < width; ++k) sum += weight[k];
      double left = static_cast<double>(*uniform++) * sum;
      std::int64_t drawn = -1;
      for (std::int64_t k = 0; k < width && left >= 0; ++k) {
        if (!(weight[k] > 0)) continue;
        drawn = k;
        left -= weight[k];
      }
      if (drawn >= 0) slot[drawn] = 1;
      weight += width;
      slot += width;
    }
  }
  return out.to(weights.device());
}

at::Tensor CategoryProcess::noisy(const at::Tensor& slots, const at::Tensor& sigma,
                                  const at::Tensor& u) const {
  const at::Tensor stays =
      at::mm((u.narrow(1, 0, spans()) < kept(sigma)).to(at::kFloat), membership_.t());
  const at::Tensor clean = slots * stays;
  if (config_.categories == Config::Categories::kMasked) return clean;
  const at::Tensor other = share_.expand_as(slots) * of_spans(slots);  // none for a span of zeros
  return clean + draw(other * (1 - stays), u.narrow(1, spans(), spans()));
}

at::Tensor CategoryProcess::start(const at::Tensor& u) const {
  if (config_.categories == Config::Categories::kMasked) {
    return at::zeros({u.size(0), share_.size(0)}, share_.options());
  }
  return draw(share_.expand({u.size(0), -1}), u);
}

at::Tensor CategoryProcess::posterior(const at::Tensor& noisy, const at::Tensor& clean,
                                      const at::Tensor& from, const at::Tensor& to) const {
  const at::Tensor ratio = kept(from) / kept(to);  // of cells that stay between the two levels
  const at::Tensor likelihood = ratio * noisy + (1 - ratio) * share_;
  return likelihood * (kept(to) * clean + (1 - kept(to)) * share_);
}

at::Tensor CategoryProcess::multinomial_loss(const at::Tensor& slots, const at::Tensor& noisy,
                                             const at::Tensor& logits,
                                             const at::Tensor& sigma) const {
  const auto levels = static_cast<double>(config_.training_levels);
  const at::Tensor time = cosine_time(1 / (1 + sigma.square()));
  const at::Tensor before = (time - 1 / levels).clamp_min(0);
  const at::Tensor to = cosine_level(before) * (before > 0.5 / levels);
  const auto normal = [&](const at::Tensor& p) { return p / of_spans(p).clamp_min(kTiny); };
  const at::Tensor truth = normal(posterior(noisy, slots, sigma, to)) * of_spans(slots);
  const at::Tensor model = normal(posterior(noisy, span_terms_.probabilities(logits), sigma, to));
  const at::Tensor gap = truth.clamp_min(kTiny).log() - model.clamp_min(kTiny).log();
  return (truth * gap).sum(1) * levels;
}

at::Tensor CategoryProcess::loss(const at::Tensor& slots, const at::Tensor& noisy,
                                 const at::Tensor& logits, const at::Tensor& sigma) const {
  if (config_.categories == Config::Categories::kMultinomial) {
    return multinomial_loss(slots, noisy, logits, sigma);
  }
  const at::Tensor hidden = slots * (1 - of_spans(noisy));
  const at::Tensor scalars = at::zeros({slots.size(0), span_terms_.scalars()}, slots.options());
  return span_terms_.cross_entropy(at::cat({scalars, hidden}, 1), logits) /
         (1 - kept(sigma)).clamp_min(1e-3).squeeze(1);
}

at::Tensor CategoryProcess::step(const at::Tensor& noisy, const at::Tensor& clean, double from,
                                 double to, const at::Tensor& u) const {
  const auto level = [&](double sigma) { return at::full({1, 1}, sigma, noisy.options()); };
  if (config_.categories == Config::Categories::kMultinomial) {
    return draw(posterior(noisy, clean, level(from), level(to)), u.narrow(1, 0, spans()));
  }
  const double before = kept(level(from)).item<double>();
  const double after = to > 0 ? kept(level(to)).item<double>() : 1;
  const double shown = before < 1 ? (after - before) / (1 - before) : 1;
  const at::Tensor shows =
      at::mm((u.narrow(1, 0, spans()) < shown).to(at::kFloat), membership_.t());
  const at::Tensor masked = 1 - of_spans(noisy);
  return noisy + draw(clean * masked * shows, u.narrow(1, spans(), spans()));
}

}  // namespace semblance
