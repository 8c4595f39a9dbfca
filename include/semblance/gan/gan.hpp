// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "semblance/generator.hpp"

namespace semblance {

class GanModel;

/// Every knob of Gan.
struct GanConfig {
  /// What generator and critic play for.
  enum class Loss : std::uint8_t {
    kWassersteinGp,  ///< Wasserstein distance with a gradient penalty [2].
    kRelativistic    ///< Relativistic pairing with penalties on real and synthetic rows [3].
  };
  /// How numbers are encoded; see FeatureCodec.
  enum class Numbers : std::uint8_t {
    kQuantile,  ///< Normal scores of ranks.
    kModes      ///< Components of a mixture and offsets inside them, as the CTGAN paper has it.
  };

  std::int64_t noise_dim = 128;                      ///< Width of z, >= 1.
  std::vector<std::int64_t> generator = {256, 256};  ///< Widths of its residual blocks, >= 1 each.
  std::vector<std::int64_t> critic = {256, 256};     ///< Widths of its layers, >= 1 each.
  Numbers numbers = Numbers::kModes;                 ///< Coding of numbers.
  Loss loss = Loss::kWassersteinGp;                  ///< The game.
  double penalty = 10;            ///< Weight of the gradient penalty (kRelativistic: gamma), >= 0.
  std::int64_t pac = 10;          ///< Rows that the critic judges together [4], >= 1.
  std::int64_t critic_turns = 1;  ///< Updates of the critic a step, >= 1.
  bool normalise = true;          ///< Batch normalisation in the generator.
  double dropout = 0.5;           ///< Share of the critic's units that are switched off, in [0, 1).
  double temperature = 0.2;       ///< Of the Gumbel-softmax over categories, > 0.
  bool conditional = true;        ///< Training by sampling [1] over the categorical columns.
  double information = 0;  ///< Weight of the difference of the critic's feature moments [5], >= 0.
  double classifier = 0;   ///< Weight of a classifier's loss on the target [5], >= 0.
  std::int64_t max_categories = 1000;  ///< Slots of a categorical column, >= 2.
  std::int64_t rare_count = 1;         ///< Categories with fewer rows share a slot, >= 1.
  std::int64_t epochs = 300;           ///< Passes over the rows, >= 1.
  std::int64_t batch_size = 500;       ///< Rows a step, >= 1.
  double learning_rate = 2e-4;         ///< Of Adam, > 0.
  double beta1 = 0.5;                  ///< Of Adam, in [0, 1).
  double beta2 = 0.9;                  ///< Of Adam, in [0, 1).
  double weight_decay = 1e-6;          ///< Of AdamW, >= 0.
  bool anneal = false;                 ///< Learning rate down to 0 by a cosine.
  double ema_decay = 0;                ///< Of the parameter average, in [0, 1); 0: none.
  bool bfloat16 = false;  ///< Matrix products of fit and sample in bfloat16, all else in float32.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
  friend bool operator==(const GanConfig&, const GanConfig&) = default;
};

/// A column that a generator has stopped to vary as the training rows do.
struct Collapse {
  std::string column;
  double share = 0;  ///< Categories: training rows whose category is never drawn. Numbers: 1 -
                     ///< ratio of standard deviations.
};

/// Generative adversarial network for tables: CTGAN [1] and what came after it, as options.
///
/// The generator maps noise to an encoded row, through residual blocks that append their output;
/// categories, gaps and mixture components come out of a Gumbel-softmax, offsets of a tanh. The
/// critic judges packs of rows [4]. With `conditional`, every row is asked for one category of one
/// categorical column, drawn with probability proportional to log(1 + count) in training so that
/// rare categories are learned, and with the training frequency in sampling; a cross-entropy holds
/// the generator to it.
///
/// Corrected against the paper's program: conditions are sampled by frequency, for the right
/// column, and batch normalisation uses fixed statistics, computed from the trained weights, so
/// that a row depends on the seed and its number only.
///
/// A condition on a categorical target holds exactly: rows are drawn under that condition and the
/// target's cell is the one asked for; how well the other columns follow is what the network has
/// learned. After `fit`, collapsed() names the columns that the generator has stopped to vary.
///
/// [1] Xu, Skoularidou, Cuesta-Infante, Veeramachaneni, "Modeling tabular data using conditional
///     GAN", NeurIPS 2019.
/// [2] Gulrajani et al., "Improved training of Wasserstein GANs", NeurIPS 2017.
/// [3] Huang et al., "The GAN is dead; long live the GAN!", NeurIPS 2024.
/// [4] Lin et al., "PacGAN: the power of two samples in generative adversarial networks", NeurIPS
///     2018.
/// [5] Zhao et al., "CTAB-GAN+: enhancing tabular data synthesis", Frontiers in Big Data 2024.
class Gan final : public Generator {
 public:
  /// \throws InvalidArgument as GanConfig::validate.
  explicit Gan(GanConfig config = {});
  ~Gan() override;

  [[nodiscard]] const GanConfig& config() const noexcept { return config_; }

  /// Columns of which over half is lost, by falling share; they were logged as a warning by `fit`.
  /// \throws NotFitted.
  [[nodiscard]] const std::vector<Collapse>& collapsed() const;

  /// The critic's loss of each epoch of the last `fit` of this object; empty after `load`.
  [[nodiscard]] const std::vector<double>& history() const noexcept { return history_; }

 private:
  void do_fit(const Dataset& train, Seed seed, const RunOptions& run) override;
  void do_refit(const Dataset& rows, Seed seed, const RunOptions& run) override;
  Dataset do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                    const RunOptions& run) const override;
  void do_save(Archive& archive) const override;
  void do_load(const Archive& archive, const Schema& schema) override;
  Capabilities do_capabilities() const override;
  std::string do_name() const override { return "gan"; }
  std::string do_config_json() const override;

  void learn(std::unique_ptr<GanModel> model, const Dataset& train, Seed seed,
             const RunOptions& run, const std::string& stage);

  GanConfig config_;
  std::vector<double> history_;
  std::unique_ptr<const GanModel> model_;  // every torch type lives behind this line
};

namespace presets {

/// CTGAN [1] with its defaults, corrected as Gan says. Weight decay is decoupled.
[[nodiscard]] GanConfig ctgan();

/// The ideas of CTAB-GAN+ [5]: 5 critic steps, information and classifier losses, atoms and long
/// tails by the rank coding of numbers. Backbone: CTGAN's, not convolutions over a square of cells.
[[nodiscard]] GanConfig ctab_gan_plus();

/// The loss of R3GAN [3] on rows: no normalisation, no dropout, no packs, averaged weights.
[[nodiscard]] GanConfig r3gan();

}  // namespace presets
}  // namespace semblance
