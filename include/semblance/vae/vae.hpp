// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "semblance/generator.hpp"

namespace semblance {

class VaeModel;

/// Every knob of Vae. The defaults suit tables of 10^3 to 10^6 rows and small images and signals.
struct VaeConfig {
  /// How numbers are encoded; see FeatureCodec.
  enum class Numbers : std::uint8_t {
    kQuantile,  ///< Normal scores of ranks.
    kModes      ///< Components of a mixture and offsets inside them, as the TVAE paper has it.
  };
  /// What becomes of a predicted distribution over categories.
  enum class Categories : std::uint8_t {
    kDrawn,  ///< A draw from it.
    kMode    ///< Its most probable category, as the TVAE paper has it.
  };
  /// What codes are drawn from when rows are sampled.
  enum class Prior : std::uint8_t {
    kNormal,   ///< The prior of the training.
    kMixture,  ///< Gaussians with full covariance, fitted to the codes of the training rows [6].
    kFlow      ///< A normalising flow of affine couplings, fitted to them [5, 6].
  };

  std::int64_t latent_dim = 32;              ///< Width of z, >= 1.
  std::vector<std::int64_t> hidden = {256};  ///< Encoder widths; the decoder mirrors them.
  std::int64_t channels = 16;                ///< Of the first convolution of tensor columns, >= 1.
  double beta = 1.0;                         ///< Weight of the KL term, >= 0; see [2].
  double reconstruction = 1.0;               ///< Weight of the reconstruction term, > 0.
  double kl_warmup = 0.1;        ///< Share of the training over which beta rises, in [0, 1].
  double free_bits = 0;          ///< Nats that a dimension of z may say without cost, >= 0 [7].
  Prior prior = Prior::kNormal;  ///< Of codes when rows are sampled.
  std::int64_t components = 10;  ///< Of the mixture, >= 1.
  Numbers numbers = Numbers::kQuantile;        ///< Coding of numbers.
  Categories categories = Categories::kDrawn;  ///< Choice of categories, gaps and modes.
  bool condition_on_target = true;  ///< Learn p(row | target) and the target's frequencies, where
                                    ///< the target is categorical.
  bool tensor_noise = false;  ///< Add the decoder's noise to sampled tensors; false: their mean.
  std::int64_t max_categories = 256;  ///< Slots of a categorical column, >= 2.
  std::int64_t rare_count = 5;        ///< Categories with fewer rows share a slot, >= 1.
  std::int64_t epochs = 300;          ///< Most passes over the rows, >= 1.
  std::int64_t batch_size = 0;        ///< Rows a step; 0: an 80th of all, from 64 to 500.
  double learning_rate = 2e-3;        ///< AdamW step, > 0.
  bool anneal = true;                 ///< Warm up, then cosine down to 0; false: constant steps.
  double weight_decay = 1e-5;         ///< Of AdamW, >= 0.
  double ema_decay = 0.99;            ///< Of the parameter average, in [0, 1); 0: none.
  std::int64_t patience = 30;  ///< Epochs without a better validation loss; 0: never stop early.
  double validation_share = 0.05;  ///< Training rows held back for early stopping, in [0, 0.5].
  bool bfloat16 = false;  ///< Matrix products of fit and sample in bfloat16, all else in float32.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
  friend bool operator==(const VaeConfig&, const VaeConfig&) = default;
};

/// Variational autoencoder for tables, images, signals, and rows that have several of them.
///
/// Maximises, averaged over rows, E_q[log p(x|z)] - beta KL(q(z|x) || N(0, I)) [1], both terms
/// summed over dimensions. q is normal with diagonal covariance. p(x|z) is a product: a normal
/// density with a learned deviation [3] for each number and for each tensor column (there around
/// tanh of the network's output), a categorical distribution for each category, gap and mixture
/// component. A gap switches off its column's density. Tensor columns go through convolutions
/// ([C, H, W] in two dimensions, [T, C] in one), all else through an MLP; both meet in the layers
/// around z. With a categorical target, encoder and decoder see it, each of its values has a prior
/// of its own in place of N(0, I) [4], and sampling draws it from its training frequencies or from
/// a condition on it, which is exact. `prior` replaces the training's prior by one that is fitted
/// to the codes of the training rows afterwards, in units of the former, given the target's value.
///
/// [1] Kingma, Welling, "Auto-encoding variational Bayes", ICLR 2014.
/// [2] Higgins et al., "beta-VAE", ICLR 2017.
/// [3] Rybkin et al., "Simple and effective VAE training with calibrated decoders", ICML 2021.
/// [4] Sohn, Lee, Yan, "Learning structured output representation using deep conditional generative
/// models", NeurIPS 2015.
/// [5] Dinh, Sohl-Dickstein, Bengio, "Density estimation using Real NVP", ICLR 2017.
/// [6] Ghosh et al., "From variational to deterministic autoencoders", ICLR 2020.
/// [7] Kingma et al., "Improved variational inference with inverse autoregressive flow", NeurIPS
///     2016.
class Vae final : public Generator {
 public:
  /// \throws InvalidArgument if the configuration is not valid.
  explicit Vae(VaeConfig config = {});
  ~Vae() override;

  [[nodiscard]] const VaeConfig& config() const noexcept { return config_; }

  /// A lower bound of each row's log-likelihood, in nats, of the *encoded* row: normal scores (or
  /// mixture offsets) for numbers, tensors scaled to [-1, 1].
  ///
  /// \param rows     Columns of the training schema, in any order.
  /// \param samples  Draws of z a row, >= 1, over which the bound is averaged.
  /// \throws NotFitted, InvalidArgument.
  [[nodiscard]] std::vector<double> elbo(const Dataset& rows, Seed seed, std::int64_t samples = 1,
                                         const RunOptions& run = {}) const;

  /// The rows that the decoder finds most probable for each row's mean code; a conditional model
  /// keeps the target.
  /// \throws NotFitted, InvalidArgument.
  [[nodiscard]] Dataset reconstruct(const Dataset& rows, const RunOptions& run = {}) const;

  /// Minus the log density, in nats, of each encoded row under the decoder at its mean code: an
  /// anomaly score. High for rows that the model cannot put together again. Scores of numbers count
  /// beyond those of the training rows where elbo's do.
  /// \throws NotFitted, InvalidArgument.
  [[nodiscard]] std::vector<double> reconstruction_error(const Dataset& rows,
                                                         const RunOptions& run = {}) const;

  /// Rows on the straight lines between the mean codes of row i of `from` and row i of `to`, as
  /// `reconstruct` decodes them: `steps` a pair, both ends included, pair after pair. A conditional
  /// model takes the target of the nearer end.
  ///
  /// \param from, to  As many rows each, of the training schema.
  /// \param steps     >= 2.
  /// \throws NotFitted, InvalidArgument.
  [[nodiscard]] Dataset interpolate(const Dataset& from, const Dataset& to, std::int64_t steps,
                                    const RunOptions& run = {}) const;

  /// What the last `fit` of this object saw, for learning curves; empty after `load`.
  struct History {
    std::vector<double> training_loss;    ///< Nats a row, by epoch.
    std::vector<double> validation_loss;  ///< Nats a row, by epoch.
    std::int64_t best_epoch = 0;          ///< From 1.
  };
  [[nodiscard]] const History& history() const noexcept { return history_; }

 private:
  void do_fit(const Dataset& train, Seed seed, const RunOptions& run) override;
  void do_fit_rows(const RowSource& train, const RowDigest& digest, Seed seed,
                   const RunOptions& run) override;
  void do_refit(const Dataset& rows, Seed seed, const RunOptions& run) override;
  Dataset do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                    const RunOptions& run) const override;
  void do_save(Archive& archive) const override;
  void do_load(const Archive& archive, const Schema& schema) override;
  Capabilities do_capabilities() const override;
  std::string do_name() const override { return "vae"; }
  std::string do_config_json() const override;

  /// \param train  A Dataset or a RowSource.
  template <class Train>
  void learn(std::unique_ptr<VaeModel> model, const Train& train, Seed seed, const RunOptions& run,
             std::string fingerprint);

  VaeConfig config_;
  History history_;
  std::unique_ptr<const VaeModel> model_;  // every torch type lives behind this line
};

namespace presets {

/// TVAE [1]: mixture-coded numbers, networks 128-128, z of width 128, reconstruction weighted by 2,
/// batches of 500, 300 epochs, no early stopping. Differs from the paper's program in that weight
/// decay is decoupled, values stay in the training range, and gaps have a slot of their own.
///
/// [1] Xu et al., "Modeling tabular data using conditional GAN", NeurIPS 2019.
[[nodiscard]] VaeConfig tvae();

}  // namespace presets
}  // namespace semblance
