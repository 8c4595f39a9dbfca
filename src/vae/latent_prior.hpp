// SPDX-License-Identifier: Apache-2.0
// Priors of codes that are learned after the training, from the codes of its rows.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>

#include "semblance/core/archive.hpp"
#include "semblance/core/run.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/nn/parameters.hpp"
#include "semblance/vae/vae.hpp"

namespace semblance {

/// The flow's share of a time budget for `fit`.
inline constexpr double kFlowShare = 0.2;

/// A distribution of codes given the target's one-hot code.
class LatentPrior {
 public:
  LatentPrior() = default;
  LatentPrior(const LatentPrior&) = delete;
  LatentPrior& operator=(const LatentPrior&) = delete;
  virtual ~LatentPrior() = default;

  /// \param codes  [n, latent]. \param condition  [n, c] one-hot, c >= 0.
  virtual void fit(const at::Tensor& codes, const at::Tensor& condition, Seed seed,
                   const RunOptions& run) = 0;
  /// Codes from standard normal noise of their shape; further chance for rows [first, first + n)
  /// comes from `stage`.
  [[nodiscard]] virtual at::Tensor draw(const at::Tensor& noise, const at::Tensor& condition,
                                        Seed stage, std::int64_t first) const = 0;
  virtual void save(Archive& archive) const = 0;
  /// Reads what is not in the parameters. \throws FileError.
  virtual void load(const Archive& archive) = 0;
};

/// For a configuration whose prior is not kNormal.
[[nodiscard]] std::unique_ptr<LatentPrior> make_latent_prior(const VaeConfig& config,
                                                             std::int64_t condition_width,
                                                             Parameters parameters);

/// Gaussians with full covariance by expectation maximisation; each value of the target has shares
/// of its own.
class MixturePrior final : public LatentPrior {
 public:
  MixturePrior(std::int64_t latent, std::int64_t condition, std::int64_t components);
  void fit(const at::Tensor& codes, const at::Tensor& condition, Seed seed,
           const RunOptions& run) override;
  [[nodiscard]] at::Tensor draw(const at::Tensor& noise, const at::Tensor& condition, Seed stage,
                                std::int64_t first) const override;
  void save(Archive& archive) const override;
  void load(const Archive& archive) override;

  /// [n, components]: log of share times density, in double precision.
  [[nodiscard]] at::Tensor log_joint(const at::Tensor& codes, const at::Tensor& condition) const;

 private:
  at::Tensor means_;    // [components, latent] double
  at::Tensor factors_;  // [components, latent, latent] double: Cholesky factors of covariances
  at::Tensor shares_;   // [max(condition, 1), components] double
};

/// Affine couplings that take turns in which half of a code they move.
class FlowPrior final : public LatentPrior {
 public:
  FlowPrior(std::int64_t latent, std::int64_t condition, Parameters parameters);
  ~FlowPrior() override;
  void fit(const at::Tensor& codes, const at::Tensor& condition, Seed seed,
           const RunOptions& run) override;
  [[nodiscard]] at::Tensor draw(const at::Tensor& noise, const at::Tensor& condition, Seed stage,
                                std::int64_t first) const override;
  void save(Archive& archive) const override { parameters_.save(archive); }
  void load(const Archive& /*archive*/) override {}

  /// [n]: minus the log density.
  [[nodiscard]] at::Tensor cost(const at::Tensor& codes, const at::Tensor& condition) const;

 private:
  struct Coupling;
  std::int64_t latent_;
  Parameters parameters_;
  std::vector<Coupling> couplings_;
};

}  // namespace semblance
