// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "semblance/generator.hpp"

namespace semblance {

class DiffusionModel;

/// Every knob of Diffusion. The defaults suit tables of 10^3 to 10^6 rows.
struct DiffusionConfig {
  /// How noise levels are drawn in training.
  enum class Density : std::uint8_t {
    kFlow,         ///< t uniform on the straight path: sigma = (1 - t) / t.
    kLogitNormal,  ///< t = sigmoid(N(0, 1)) on it.
    kLogNormal,    ///< ln sigma ~ N(-0.5, 1.2^2): EDM's, for values of deviation 1.
    kGrid          ///< t uniform on the sampling grid.
  };
  /// What noise does to categories.
  enum class Categories : std::uint8_t {
    kGaussian,     ///< It is added to their one-hot code [1].
    kMultinomial,  ///< They become other categories [3].
    kMasked        ///< They become hidden [4].
  };
  /// What the network answers for numbers.
  enum class Prediction : std::uint8_t {
    kVelocity,  ///< A mixture of noise and number, preconditioned [2].
    kNoise      ///< The noise [3].
  };
  /// Noise levels in sampling.
  enum class Grid : std::uint8_t {
    kKarras,  ///< From sigma_max to sigma_min, dense near the end [2].
    kCosine   ///< The cosine schedule [3]: without sigma_min and sigma_max.
  };
  /// How rows are drawn; see docs/diffusion.md.
  enum class Solver : std::uint8_t {
    kEuler,
    kHeun,
    kMidpoint,
    kMultistep,
    kAncestral,
    kSdeMultistep
  };

  std::int64_t width = 256;     ///< Of the residual blocks, >= 1.
  std::int64_t blocks = 3;      ///< Residual blocks, >= 1.
  std::int64_t noise_dim = 64;  ///< Features of the noise level, >= 2.
  std::int64_t waves = 4;       ///< Sines and cosines of each number, of halving periods,
                                ///< that the network also sees [6], in [0, 16].
  double dropout = 0;           ///< Share of units that are off in training, in [0, 1).
  Density density = Density::kLogitNormal;        ///< Of noise levels in training.
  Categories categories = Categories::kGaussian;  ///< Their noise.
  Prediction prediction = Prediction::kVelocity;  ///< Of numbers.
  Grid grid = Grid::kKarras;                      ///< Of levels in sampling.
  std::int64_t training_levels = 1000;  ///< Levels that multinomial noise is trained at, >= 2.
  std::int64_t latent = 0;  ///< Noise is added to a code of this width a column, of an autoencoder
                            ///< [5], >= 0; 0: to the row itself.
  double category_weight = 1;       ///< Weight of the categories' losses, > 0.
  Solver solver = Solver::kHeun;    ///< From noise to rows.
  std::int64_t steps = 24;          ///< Noise levels in sampling, >= 1.
  double sigma_min = 0.01;          ///< Last level before 0, > 0.
  double sigma_max = 80;            ///< First level, > sigma_min.
  bool condition_on_target = true;  ///< Learn p(row | target) and the target's frequencies, where
                                    ///< the target is categorical.
  double known_share = 0;  ///< Share of rows trained with any of their cells known, in [0, 1); > 0:
                           ///< `impute` is there, and conditions on any columns. Not with `latent`.
  double guidance = 1;     ///< Guidance scale w of D_0 + w (D_c - D_0), >= 0; 1: none.
  double drop_condition = 0;  ///< Share of the other rows trained without the target, in [0, 1);
                              ///< guidance other than 1 needs it.
  std::int64_t max_categories = 256;  ///< Slots of a categorical column, >= 2.
  std::int64_t rare_count = 5;        ///< Categories with fewer rows share a slot, >= 1.
  std::int64_t epochs = 300;          ///< Most passes over the rows, >= 1.
  std::int64_t batch_size = 512;      ///< Rows a step, >= 1.
  double learning_rate = 2e-3;        ///< Peak AdamW step, > 0.
  double weight_decay = 1e-4;         ///< Of AdamW, >= 0.
  double ema_decay = 0.999;           ///< Of the parameter average, in [0, 1); 0: none.
  std::int64_t patience = 40;  ///< Epochs without a better validation loss; 0: never stop early.
  double validation_share = 0.05;  ///< Training rows held back for early stopping, in [0, 0.5].
  bool bfloat16 = false;  ///< Matrix products of the training in bfloat16, all else in float32.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
  friend bool operator==(const DiffusionConfig&, const DiffusionConfig&) = default;
};

/// Diffusion for tables, by variational flow matching [1] in the EDM frame [2].
///
/// A row is a vector: normal scores of numbers, one-hot spans of categories and gaps. Noise is
/// added to all of it, x = row + sigma e, and one network answers with the mean of the clean row:
/// for numbers a mean, preconditioned as in [2], for each category a distribution over its slots.
/// It minimises the squared error of numbers, weighted so that every noise level counts alike, plus
/// the cross-entropy of categories: the endpoint formulation of [1], in which the one-hot spans'
/// mean is the predicted distribution. Sampling starts from noise and follows
/// dx / dsigma = (x - D) / sigma with any solver and number of steps; in the last step categories
/// are drawn from their distribution.
///
/// With a categorical target the network sees it; sampling draws it by its training frequencies, or
/// from a condition on it, which is exact. With `known_share` > 0 the network also learns to
/// complete rows of which any cells are known: `impute` keeps those, and draws the others from what
/// the network has learned of their distribution given these; `sample` takes conditions on any
/// columns, one of which may have a range or several values (drawn by their training frequencies).
/// `guidance` exaggerates what is known.
///
/// Published models are presets. All share codec, network, training and samplers; what differs is
/// the noise of categories, the levels, what is predicted, and what noise is added to.
///
/// [1] Eijkelboom et al., "Variational flow matching for graph generation", NeurIPS 2024; for
///     tables Guzman-Cordero et al., "Exponential family variational flow matching for tabular data
///     generation", ICML 2025.
/// [2] Karras, Aittala, Aila, Laine, "Elucidating the design space of diffusion-based generative
///     models", NeurIPS 2022.
/// [3] Kotelnikov, Baranchuk, Rubachev, Babenko, "TabDDPM: modelling tabular data with diffusion
///     models", ICML 2023.
/// [4] Shi et al., "TabDiff: a mixed-type diffusion model for tabular data generation", ICLR 2025.
/// [5] Zhang et al., "Mixed-type tabular data synthesis with score-based diffusion in latent space"
///     (TabSyn), ICLR 2024.
/// [6] Gorishniy, Rubachev, Babenko, "On embeddings for numerical features in tabular deep
///     learning", NeurIPS 2022.
class Diffusion final : public Generator {
 public:
  /// \throws InvalidArgument as DiffusionConfig::validate.
  explicit Diffusion(DiffusionConfig config = {});
  ~Diffusion() override;

  [[nodiscard]] const DiffusionConfig& config() const noexcept { return config_; }

  /// What the last `fit` of this object saw, for learning curves; empty after `load`.
  struct History {
    std::vector<double> training_loss;    ///< By epoch.
    std::vector<double> validation_loss;  ///< By epoch.
    std::int64_t best_epoch = 0;          ///< From 1.
  };
  [[nodiscard]] const History& history() const noexcept { return history_; }

 private:
  void do_fit(const Dataset& train, Seed seed, const RunOptions& run) override;
  void do_fit_rows(const RowSource& train, const RowDigest& digest, Seed seed,
                   const RunOptions& run) override;
  void do_refit(const Dataset& rows, Seed seed, const RunOptions& run) override;
  Dataset do_impute(const Dataset& rows, Seed seed, const RunOptions& run) const override;
  Dataset do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                    const RunOptions& run) const override;
  void do_save(Archive& archive) const override;
  void do_load(const Archive& archive, const Schema& schema) override;
  Capabilities do_capabilities() const override;
  std::string do_name() const override { return "diffusion"; }
  std::string do_config_json() const override;

  /// \param train  A Dataset or a RowSource.
  template <class Train>
  void learn(std::unique_ptr<DiffusionModel> model, const Train& train, Seed seed,
             const RunOptions& run, std::string fingerprint);

  DiffusionConfig config_;
  History history_;
  std::unique_ptr<const DiffusionModel> model_;  // every torch type lives behind this line
};

namespace presets {

/// TabDDPM [3]: Gaussian noise on numbers, whose prediction is the noise, and multinomial noise on
/// categories, on the cosine schedule; drawn with fresh noise in 100 of the 1,000 levels.
[[nodiscard]] DiffusionConfig tabddpm();

/// TabDiff [4]: EDM on numbers, masks on categories, one level for both, which no column learns of
/// its own here.
[[nodiscard]] DiffusionConfig tabdiff();

/// TabSyn [5]: EDM on the code of an autoencoder, here of dense layers, 4 numbers a column.
[[nodiscard]] DiffusionConfig tabsyn();

}  // namespace presets

}  // namespace semblance
