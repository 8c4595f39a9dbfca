// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "detail/config.hpp"
#include "detail/enum_json.hpp"
#include "semblance/vae/vae.hpp"
#include "vae/entry.hpp"

namespace semblance {
namespace {

constexpr std::array kNumbers = {"quantile", "modes"};
constexpr std::array kCategories = {"drawn", "mode"};
constexpr std::array kPriors = {"normal", "mixture", "flow"};

}  // namespace

template <class Json>
void to_json(Json& json, VaeConfig::Numbers value) {
  json = kNumbers[static_cast<std::size_t>(value)];
}
template <class Json>
void to_json(Json& json, VaeConfig::Categories value) {
  json = kCategories[static_cast<std::size_t>(value)];
}
template <class Json>
void from_json(const Json& json, VaeConfig::Numbers& value) {
  value = named<VaeConfig::Numbers>(json, kNumbers, "VaeConfig.numbers");
}
template <class Json>
void from_json(const Json& json, VaeConfig::Categories& value) {
  value = named<VaeConfig::Categories>(json, kCategories, "VaeConfig.categories");
}

template <class Json>
void to_json(Json& json, VaeConfig::Prior value) {
  json = kPriors[static_cast<std::size_t>(value)];
}
template <class Json>
void from_json(const Json& json, VaeConfig::Prior& value) {
  value = named<VaeConfig::Prior>(json, kPriors, "VaeConfig.prior");
}

template <class Visitor>
static void visit(VaeConfig& c, Visitor&& v) {
  v("latent_dim", c.latent_dim, "Width of z, >= 1");
  v("hidden", c.hidden, "Encoder widths; the decoder mirrors them; >= 1 each");
  v("channels", c.channels, "Of the first convolution of tensor columns, >= 1");
  v("beta", c.beta, "Weight of the KL term, >= 0");
  v("reconstruction", c.reconstruction, "Weight of the reconstruction term, > 0");
  v("kl_warmup", c.kl_warmup, "Share of the training over which beta rises from 0, in [0, 1]");
  v("free_bits", c.free_bits, "Nats that a dimension of z may say without cost, >= 0");
  v("prior", c.prior, "Of codes when rows are sampled: \"normal\", \"mixture\" or \"flow\"");
  v("components", c.components, "Of the mixture, >= 1");
  v("numbers", c.numbers, "Coding of numbers: \"quantile\" or \"modes\"");
  v("categories", c.categories, "A predicted distribution becomes \"drawn\" or its \"mode\"");
  v("condition_on_target", c.condition_on_target,
    "Learn p(row | target) and the target's frequencies, where the target is categorical");
  v("tensor_noise", c.tensor_noise, "Add the decoder's noise to sampled tensors");
  v("max_categories", c.max_categories, "Slots of a categorical column, >= 2");
  v("rare_count", c.rare_count, "Categories with fewer rows share a slot, >= 1");
  v("epochs", c.epochs, "Most passes over the rows, >= 1");
  v("batch_size", c.batch_size, "Rows a step; 0: an 80th of all, from 64 to 500");
  v("learning_rate", c.learning_rate, "AdamW step, > 0");
  v("anneal", c.anneal, "Warm up, then cosine down to 0; false: constant steps");
  v("weight_decay", c.weight_decay, "Of AdamW, >= 0");
  v("ema_decay", c.ema_decay, "Of the parameter average, in [0, 1); 0: none");
  v("patience", c.patience, "Epochs without a better validation loss; 0: never stop early");
  v("validation_share", c.validation_share, "Training rows held back, in [0, 0.5]");
  v("bfloat16", c.bfloat16, "Matrix products of fit and sample in bfloat16, all else in float32");
}

void VaeConfig::validate() const {
  const auto at_least = [](const char* field, auto value, auto least) {
    require(value >= least, "VaeConfig.{} must be >= {}, got {}", field, least, value);
  };
  at_least("latent_dim", latent_dim, 1);
  for (const auto width : hidden) at_least("hidden", width, 1);
  at_least("channels", channels, 1);
  at_least("beta", beta, 0);
  require(reconstruction > 0, "VaeConfig.reconstruction must be > 0, got {}", reconstruction);
  require(kl_warmup >= 0 && kl_warmup <= 1, "VaeConfig.kl_warmup must be in [0, 1], got {}",
          kl_warmup);
  at_least("free_bits", free_bits, 0);
  at_least("components", components, 1);
  at_least("max_categories", max_categories, 2);
  at_least("rare_count", rare_count, 1);
  at_least("epochs", epochs, 1);
  at_least("batch_size", batch_size, 0);
  require(learning_rate > 0, "VaeConfig.learning_rate must be > 0, got {}", learning_rate);
  at_least("weight_decay", weight_decay, 0);
  require(ema_decay >= 0 && ema_decay < 1, "VaeConfig.ema_decay must be in [0, 1), got {}",
          ema_decay);
  at_least("patience", patience, 0);
  require(validation_share >= 0 && validation_share <= 0.5,
          "VaeConfig.validation_share must be in [0, 0.5], got {}", validation_share);
}

namespace presets {

VaeConfig tvae() {
  return {.latent_dim = 128,
          .hidden = {128, 128},
          .reconstruction = 2,
          .kl_warmup = 0,
          .numbers = VaeConfig::Numbers::kModes,
          .categories = VaeConfig::Categories::kMode,
          .condition_on_target = false,
          .max_categories = 1000,
          .rare_count = 1,
          .epochs = 300,
          .batch_size = 500,
          .learning_rate = 1e-3,
          .anneal = false,
          .weight_decay = 1e-5,
          .ema_decay = 0,
          .patience = 0,
          .validation_share = 0};
}

}  // namespace presets

std::string Vae::do_config_json() const { return config_to_json(config_).dump(); }

RegistryEntry vae_entry() {
  return {"vae", "Variational autoencoder for tables, images and signals",
          parameters_of<VaeConfig>(), [](std::string_view json) -> std::unique_ptr<Generator> {
            return std::make_unique<Vae>(config_from_json<VaeConfig>(json, "VaeConfig"));
          }};
}

RegistryEntry tvae_entry() {
  return {"tvae", "Vae as the TVAE paper configures it", parameters_of(presets::tvae()),
          [](std::string_view json) -> std::unique_ptr<Generator> {
            return std::make_unique<Vae>(config_from_json(json, "VaeConfig", presets::tvae()));
          }};
}

}  // namespace semblance
