// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "detail/config.hpp"
#include "detail/enum_json.hpp"
#include "gan/entry.hpp"
#include "semblance/gan/gan.hpp"

namespace semblance {
namespace {

constexpr std::array kLosses = {"wasserstein-gp", "relativistic"};
constexpr std::array kNumbers = {"quantile", "modes"};

}  // namespace

template <class Json>
void to_json(Json& json, GanConfig::Loss value) {
  json = kLosses[static_cast<std::size_t>(value)];
}
template <class Json>
void to_json(Json& json, GanConfig::Numbers value) {
  json = kNumbers[static_cast<std::size_t>(value)];
}
template <class Json>
void from_json(const Json& json, GanConfig::Loss& value) {
  value = named<GanConfig::Loss>(json, kLosses, "GanConfig.loss");
}
template <class Json>
void from_json(const Json& json, GanConfig::Numbers& value) {
  value = named<GanConfig::Numbers>(json, kNumbers, "GanConfig.numbers");
}

template <class Visitor>
static void visit(GanConfig& c, Visitor&& v) {
  v("noise_dim", c.noise_dim, "Width of z, >= 1");
  v("generator", c.generator, "Widths of the generator's residual blocks, >= 1 each");
  v("critic", c.critic, "Widths of the critic's layers, >= 1 each");
  v("numbers", c.numbers, "Coding of numbers: \"quantile\" or \"modes\"");
  v("loss", c.loss, "\"wasserstein-gp\" or \"relativistic\"");
  v("penalty", c.penalty, "Weight of the gradient penalty, >= 0");
  v("pac", c.pac, "Rows that the critic judges together, >= 1");
  v("critic_turns", c.critic_turns, "Updates of the critic a step, >= 1");
  v("normalise", c.normalise, "Batch normalisation in the generator");
  v("dropout", c.dropout, "Share of the critic's units that are switched off, in [0, 1)");
  v("temperature", c.temperature, "Of the Gumbel-softmax over categories, > 0");
  v("conditional", c.conditional, "Training by sampling over the categorical columns");
  v("information", c.information, "Weight of the difference of the critic's feature moments, >= 0");
  v("classifier", c.classifier, "Weight of a classifier's loss on the target, >= 0");
  v("max_categories", c.max_categories, "Slots of a categorical column, >= 2");
  v("rare_count", c.rare_count, "Categories with fewer rows share a slot, >= 1");
  v("epochs", c.epochs, "Passes over the rows, >= 1");
  v("batch_size", c.batch_size, "Rows a step, >= 1");
  v("learning_rate", c.learning_rate, "Of Adam, > 0");
  v("beta1", c.beta1, "Of Adam, in [0, 1)");
  v("beta2", c.beta2, "Of Adam, in [0, 1)");
  v("weight_decay", c.weight_decay, "Of AdamW, >= 0");
  v("anneal", c.anneal, "Learning rate down to 0 by a cosine");
  v("ema_decay", c.ema_decay, "Of the parameter average, in [0, 1); 0: none");
  v("bfloat16", c.bfloat16, "Matrix products of fit and sample in bfloat16, all else in float32");
}

void GanConfig::validate() const {
  const auto at_least = [](const char* field, auto value, auto least) {
    require(value >= least, "GanConfig.{} must be >= {}, got {}", field, least, value);
  };
  const auto share = [](const char* field, double value) {
    require(value >= 0 && value < 1, "GanConfig.{} must be in [0, 1), got {}", field, value);
  };
  const auto positive = [](const char* field, double value) {
    require(value > 0, "GanConfig.{} must be > 0, got {}", field, value);
  };
  at_least("noise_dim", noise_dim, 1);
  for (const auto width : generator) at_least("generator", width, 1);
  for (const auto width : critic) at_least("critic", width, 1);
  at_least("penalty", penalty, 0);
  at_least("pac", pac, 1);
  at_least("critic_turns", critic_turns, 1);
  share("dropout", dropout);
  positive("temperature", temperature);
  at_least("information", information, 0);
  at_least("classifier", classifier, 0);
  at_least("max_categories", max_categories, 2);
  at_least("rare_count", rare_count, 1);
  at_least("epochs", epochs, 1);
  at_least("batch_size", batch_size, 1);
  positive("learning_rate", learning_rate);
  share("beta1", beta1);
  share("beta2", beta2);
  at_least("weight_decay", weight_decay, 0);
  share("ema_decay", ema_decay);
}

namespace presets {

GanConfig ctgan() { return {}; }

GanConfig ctab_gan_plus() {
  return {.noise_dim = 100,
          .numbers = GanConfig::Numbers::kQuantile,
          .critic_turns = 5,
          .information = 1,
          .classifier = 1,
          .epochs = 150,
          .weight_decay = 1e-5};
}

GanConfig r3gan() {
  return {.numbers = GanConfig::Numbers::kQuantile,
          .loss = GanConfig::Loss::kRelativistic,
          .penalty = 1,
          .pac = 1,
          .normalise = false,
          .dropout = 0,
          .conditional = true,
          .beta1 = 0,
          .beta2 = 0.99,
          .weight_decay = 0,
          .anneal = true,
          .ema_decay = 0.999};
}

}  // namespace presets

std::string Gan::do_config_json() const { return config_to_json(config_).dump(); }

static RegistryEntry entry(std::string name, std::string summary, const GanConfig& preset) {
  return {std::move(name), std::move(summary), parameters_of(preset),
          [preset](std::string_view json) -> std::unique_ptr<Generator> {
            return std::make_unique<Gan>(config_from_json(json, "GanConfig", preset));
          }};
}

RegistryEntry gan_entry() {
  return entry("gan", "Generative adversarial network for tables", GanConfig{});
}
RegistryEntry ctgan_entry() {
  return entry("ctgan", "Gan as the CTGAN paper configures it", presets::ctgan());
}
RegistryEntry ctab_gan_plus_entry() {
  return entry("ctab-gan-plus", "Gan with the ideas of CTAB-GAN+", presets::ctab_gan_plus());
}
RegistryEntry r3gan_entry() {
  return entry("r3gan", "Gan with the relativistic loss of R3GAN", presets::r3gan());
}

}  // namespace semblance
