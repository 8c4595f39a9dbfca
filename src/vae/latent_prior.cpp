// SPDX-License-Identifier: Apache-2.0
#include "vae/latent_prior.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "detail/check.hpp"
#include "detail/run_part.hpp"
#include "nn/rows.hpp"
#include "semblance/nn/mlp.hpp"
#include "semblance/train/trainer.hpp"

namespace semblance {
namespace {

constexpr int kRounds = 40;        // of expectation maximisation
constexpr double kRidge = 1e-3;    // on covariances, in units of the training's prior
constexpr double kPseudoRows = 1;  // of each component in each value of the target
constexpr std::int64_t kCouplings = 6, kCouplingWidth = 64;
constexpr double kMostStretch = 2;  // of one coupling, as a logarithm

/// The conditions, or one for all rows where there is no target.
at::Tensor groups(const at::Tensor& condition) {
  return condition.size(1) > 0
             ? condition.to(at::kDouble)
             : at::ones({condition.size(0), 1}, condition.options()).to(at::kDouble);
}

}  // namespace

std::unique_ptr<LatentPrior> make_latent_prior(const VaeConfig& config,
                                               std::int64_t condition_width,
                                               Parameters parameters) {
  if (config.prior == VaeConfig::Prior::kFlow) {
    return std::make_unique<FlowPrior>(config.latent_dim, condition_width, std::move(parameters));
  }
  return std::make_unique<MixturePrior>(config.latent_dim, condition_width, config.components);
}

MixturePrior::MixturePrior(std::int64_t latent, std::int64_t condition, std::int64_t components)
    : means_(at::zeros({components, latent}, at::kDouble)),
      factors_(at::eye(latent, at::kDouble).repeat({components, 1, 1})),
      shares_(at::full({std::max<std::int64_t>(condition, 1), components},
                       1.0 / static_cast<double>(components), at::kDouble)) {}

at::Tensor MixturePrior::log_joint(const at::Tensor& codes, const at::Tensor& condition) const {
  const at::Tensor x = codes.to(at::kDouble);
  std::vector<at::Tensor> out;
  for (std::int64_t k = 0; k < means_.size(0); ++k) {
    const at::Tensor rest =
        at::linalg_solve_triangular(factors_[k], (x - means_[k]).t(), /*upper=*/false);
    out.push_back(rest.square().sum(0) * -0.5 - factors_[k].diagonal().log().sum());
  }
  const double constant = 0.5 * static_cast<double>(x.size(1)) * std::log(2 * std::numbers::pi);
  return at::stack(out, 1) - constant + at::mm(groups(condition), shares_).log();
}

void MixturePrior::fit(const at::Tensor& codes, const at::Tensor& condition, Seed seed,
                       const RunOptions& run) {
  const c10::NoGradGuard guard;
  const at::Tensor x = codes.to(at::kDouble), group = groups(condition);
  const std::int64_t n = x.size(0), components = means_.size(0), latent = x.size(1);
  means_ = means_.to(x.device());
  shares_ = at::full_like(shares_, 1.0 / static_cast<double>(components)).to(x.device());
  const at::Tensor ridge = at::eye(latent, x.options()) * kRidge;
  const at::Tensor centred = x - x.mean(0);
  factors_ = at::linalg_cholesky(at::mm(centred.t(), centred) / static_cast<double>(n) + ridge)
                 .repeat({components, 1, 1});
  Stream stream(seed);
  for (std::int64_t k = 0; k < components; ++k) {
    means_[k].copy_(x[static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(n)))]);
  }
  Reporter report(run, "prior", kRounds);
  for (int round = 0; round < kRounds; ++round) {
    const at::Tensor mine = log_joint(codes, condition).softmax(1);  // [n, components]
    const at::Tensor rows = mine.sum(0) + 1e-9;
    means_ = at::mm(mine.t(), x) / rows.unsqueeze(1);
    for (std::int64_t k = 0; k < components; ++k) {
      const at::Tensor from = x - means_[k];
      const at::Tensor spread = at::mm((from * mine.select(1, k).unsqueeze(1)).t(), from) / rows[k];
      factors_[k].copy_(at::linalg_cholesky(spread + ridge));
    }
    const at::Tensor counts = at::mm(group.t(), mine) + rows / static_cast<double>(n) * kPseudoRows;
    shares_ = counts / counts.sum(1, true);
    report.step(round + 1);
  }
}

at::Tensor MixturePrior::draw(const at::Tensor& noise, const at::Tensor& condition, Seed stage,
                              std::int64_t first) const {
  const std::int64_t n = noise.size(0);
  const at::Tensor up_to = at::mm(groups(condition), shares_).cumsum(1);
  const at::Tensor u =
      uniform_rows(derive(stage, "component"), first, n, 1).to(noise.device(), at::kDouble);
  const at::Tensor which = (u > up_to).sum(1).clamp_max(means_.size(0) - 1);
  const at::Tensor moved =
      at::bmm(factors_.index_select(0, which), noise.to(at::kDouble).unsqueeze(2)).squeeze(2);
  return (means_.index_select(0, which) + moved).to(at::kFloat);
}

void MixturePrior::save(Archive& archive) const {
  archive.put_tensor("means", means_);
  archive.put_tensor("factors", factors_);
  archive.put_tensor("shares", shares_);
}

void MixturePrior::load(const Archive& archive) {
  for (auto [name, value] : {std::pair("means", &means_), std::pair("factors", &factors_),
                             std::pair("shares", &shares_)}) {
    const at::Tensor stored = archive.tensor(name);
    require<FileError>(stored.sizes() == value->sizes() && stored.scalar_type() == at::kDouble,
                       "the model file's tensor '{}' has the wrong shape or type", name);
    *value = stored.clone();
  }
}

/// Moves one half of a code by what a network makes of the other half.
struct FlowPrior::Coupling {
  std::int64_t kept_first, kept, moved_first, moved;
  Mlp hidden;
  Linear head;

  Coupling(Parameters& parameters, const std::string& name, std::int64_t latent,
           std::int64_t condition, bool first)
      : kept_first(first ? 0 : latent / 2),
        kept(first ? latent / 2 : latent - latent / 2),
        moved_first(first ? latent / 2 : 0),
        moved(latent - kept),
        hidden(parameters, name, kept + condition, {kCouplingWidth, kCouplingWidth}),
        head(parameters, name + ".head", kCouplingWidth, 2 * moved, 0.01) {}

  /// Log stretch and shift of the moved half.
  [[nodiscard]] std::pair<at::Tensor, at::Tensor> move(const at::Tensor& z,
                                                       const at::Tensor& condition) const {
    const at::Tensor answer = head(hidden(at::cat({z.narrow(1, kept_first, kept), condition}, 1)));
    return {(answer.narrow(1, 0, moved) / kMostStretch).tanh() * kMostStretch,
            answer.narrow(1, moved, moved)};
  }

  /// The code with another moved half.
  [[nodiscard]] at::Tensor with(const at::Tensor& z, const at::Tensor& half) const {
    const at::Tensor other = z.narrow(1, kept_first, kept);
    return kept_first == 0 ? at::cat({other, half}, 1) : at::cat({half, other}, 1);
  }
};

FlowPrior::FlowPrior(std::int64_t latent, std::int64_t condition, Parameters parameters)
    : latent_(latent), parameters_(std::move(parameters)) {
  for (std::int64_t i = 0; i < kCouplings; ++i) {
    couplings_.emplace_back(parameters_, "coupling." + std::to_string(i), latent, condition,
                            i % 2 == 0);
  }
}
FlowPrior::~FlowPrior() = default;

at::Tensor FlowPrior::cost(const at::Tensor& codes, const at::Tensor& condition) const {
  at::Tensor z = codes, stretch = at::zeros({codes.size(0)}, codes.options());
  for (const Coupling& coupling : couplings_) {
    const auto [log_stretch, shift] = coupling.move(z, condition);
    const at::Tensor half = z.narrow(1, coupling.moved_first, coupling.moved);
    z = coupling.with(z, (half - shift) * (-log_stretch).exp());
    stretch = stretch + log_stretch.sum(1);
  }
  const double constant = 0.5 * static_cast<double>(latent_) * std::log(2 * std::numbers::pi);
  return z.square().sum(1) * 0.5 + stretch + constant;
}

void FlowPrior::fit(const at::Tensor& codes, const at::Tensor& condition, Seed seed,
                    const RunOptions& run) {
  RunOptions own = part_of(run);
  own.checkpoint.reset();
  if (own.budget) *own.budget *= kFlowShare;
  Problem problem{.rows = codes.size(0)};
  problem.players.push_back(
      {.name = "prior",
       .parameters = parameters_.tensors(),
       .adam = {.learning_rate = 2e-3, .weight_decay = 1e-5},
       .loss = [&](const Shard& shard) {
         const at::Tensor rows = row_index(shard.rows, codes.device());
         return cost(codes.index_select(0, rows), condition.index_select(0, rows)).mean();
       }});
  const TrainConfig loop = {
      .epochs = 60, .batch_size = 256, .shards = 2, .clip_norm = 10, .ema_decay = 0.99};
  semblance::train(problem, loop, seed, own);
}

at::Tensor FlowPrior::draw(const at::Tensor& noise, const at::Tensor& condition, Seed /*stage*/,
                           std::int64_t /*first*/) const {
  at::Tensor z = noise;
  for (auto coupling = couplings_.rbegin(); coupling != couplings_.rend(); ++coupling) {
    const auto [log_stretch, shift] = coupling->move(z, condition);
    const at::Tensor half = z.narrow(1, coupling->moved_first, coupling->moved);
    z = coupling->with(z, half * log_stretch.exp() + shift);
  }
  return z;
}

}  // namespace semblance
