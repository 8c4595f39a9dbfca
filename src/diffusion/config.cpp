// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "detail/config.hpp"
#include "detail/enum_json.hpp"
#include "diffusion/entry.hpp"
#include "semblance/diffusion/diffusion.hpp"

namespace semblance {
namespace {

constexpr std::array kDensities = {"flow", "logit-normal", "log-normal", "grid"};
constexpr std::array kCategories = {"gaussian", "multinomial", "masked"};
constexpr std::array kPredictions = {"velocity", "noise"};
constexpr std::array kGrids = {"karras", "cosine"};
constexpr std::array kSolvers = {"euler",     "heun",      "midpoint",
                                 "multistep", "ancestral", "sde-multistep"};

}  // namespace

template <class Json>
void to_json(Json& json, DiffusionConfig::Density value) {
  json = kDensities[static_cast<std::size_t>(value)];
}
template <class Json>
void to_json(Json& json, DiffusionConfig::Solver value) {
  json = kSolvers[static_cast<std::size_t>(value)];
}
template <class Json>
void from_json(const Json& json, DiffusionConfig::Density& value) {
  value = named<DiffusionConfig::Density>(json, kDensities, "DiffusionConfig.density");
}
template <class Json>
void from_json(const Json& json, DiffusionConfig::Solver& value) {
  value = named<DiffusionConfig::Solver>(json, kSolvers, "DiffusionConfig.solver");
}

template <class Json>
void to_json(Json& json, DiffusionConfig::Categories value) {
  json = kCategories[static_cast<std::size_t>(value)];
}
template <class Json>
void from_json(const Json& json, DiffusionConfig::Categories& value) {
  value = named<DiffusionConfig::Categories>(json, kCategories, "DiffusionConfig.categories");
}
template <class Json>
void to_json(Json& json, DiffusionConfig::Prediction value) {
  json = kPredictions[static_cast<std::size_t>(value)];
}
template <class Json>
void from_json(const Json& json, DiffusionConfig::Prediction& value) {
  value = named<DiffusionConfig::Prediction>(json, kPredictions, "DiffusionConfig.prediction");
}
template <class Json>
void to_json(Json& json, DiffusionConfig::Grid value) {
  json = kGrids[static_cast<std::size_t>(value)];
}
template <class Json>
void from_json(const Json& json, DiffusionConfig::Grid& value) {
  value = named<DiffusionConfig::Grid>(json, kGrids, "DiffusionConfig.grid");
}

template <class Visitor>
static void visit(DiffusionConfig& c, Visitor&& v) {
  v("width", c.width, "Of the residual blocks, >= 1");
  v("blocks", c.blocks, "Residual blocks, >= 1");
  v("noise_dim", c.noise_dim, "Features of the noise level, >= 2");
  v("waves", c.waves, "Sines and cosines of each number that the network also sees, in [0, 16]");
  v("dropout", c.dropout, "Share of units that are off in training, in [0, 1)");
  v("density", c.density,
    "Of training noise: \"flow\", \"logit-normal\", \"log-normal\" or \"grid\"");
  v("categories", c.categories, "Their noise: \"gaussian\", \"multinomial\" or \"masked\"");
  v("prediction", c.prediction, "Of numbers: \"velocity\" or \"noise\"");
  v("grid", c.grid, "Noise levels in sampling: \"karras\" or \"cosine\"");
  v("training_levels", c.training_levels, "That multinomial noise is trained at, >= 2");
  v("latent", c.latent, "Width a column of a code that noise is added to, >= 0; 0: to rows");
  v("category_weight", c.category_weight, "Weight of the categories' losses, > 0");
  v("solver", c.solver,
    "\"euler\", \"heun\", \"midpoint\", \"multistep\", \"ancestral\" or \"sde-multistep\"");
  v("steps", c.steps, "Noise levels in sampling, >= 1");
  v("sigma_min", c.sigma_min, "Last noise level before 0, > 0");
  v("sigma_max", c.sigma_max, "First noise level, > sigma_min");
  v("condition_on_target", c.condition_on_target,
    "Learn p(row | target) and the target's frequencies, where the target is categorical");
  v("known_share", c.known_share, "Share of rows trained with any of their cells known, in [0, 1)");
  v("guidance", c.guidance, "Guidance scale, >= 0; 1: none");
  v("drop_condition", c.drop_condition, "Share of rows trained without the target, in [0, 1)");
  v("max_categories", c.max_categories, "Slots of a categorical column, >= 2");
  v("rare_count", c.rare_count, "Categories with fewer rows share a slot, >= 1");
  v("epochs", c.epochs, "Most passes over the rows, >= 1");
  v("batch_size", c.batch_size, "Rows a step, >= 1");
  v("learning_rate", c.learning_rate, "Peak AdamW step, > 0");
  v("weight_decay", c.weight_decay, "Of AdamW, >= 0");
  v("ema_decay", c.ema_decay, "Of the parameter average, in [0, 1); 0: none");
  v("patience", c.patience, "Epochs without a better validation loss; 0: never stop early");
  v("validation_share", c.validation_share, "Training rows held back, in [0, 0.5]");
  v("bfloat16", c.bfloat16, "Matrix products of the training in bfloat16, all else in float32");
}

void DiffusionConfig::validate() const {
  const auto at_least = [](const char* field, auto value, auto least) {
    require(value >= least, "DiffusionConfig.{} must be >= {}, got {}", field, least, value);
  };
  const auto share = [](const char* field, double value) {
    require(value >= 0 && value < 1, "DiffusionConfig.{} must be in [0, 1), got {}", field, value);
  };
  const auto positive = [](const char* field, double value) {
    require(value > 0, "DiffusionConfig.{} must be > 0, got {}", field, value);
  };
  at_least("width", width, 1);
  at_least("blocks", blocks, 1);
  at_least("noise_dim", noise_dim, 2);
  require(waves >= 0 && waves <= 16, "DiffusionConfig.waves must be in [0, 16], got {}", waves);
  share("dropout", dropout);
  at_least("training_levels", training_levels, 2);
  at_least("latent", latent, 0);
  positive("category_weight", category_weight);
  at_least("steps", steps, 1);
  positive("sigma_min", sigma_min);
  require(sigma_max > sigma_min, "DiffusionConfig.sigma_max must be > sigma_min ({}), got {}",
          sigma_min, sigma_max);
  at_least("guidance", guidance, 0);
  share("drop_condition", drop_condition);
  share("known_share", known_share);
  require(latent == 0 || known_share == 0,
          "DiffusionConfig.known_share must be 0 with latent > 0, got {}", known_share);
  require(latent == 0 || categories == Categories::kGaussian,
          "DiffusionConfig.categories must be \"gaussian\" with latent > 0");
  require(guidance == 1 || drop_condition > 0,
          "DiffusionConfig.guidance other than 1 needs drop_condition > 0, got guidance {}",
          guidance);
  at_least("max_categories", max_categories, 2);
  at_least("rare_count", rare_count, 1);
  at_least("epochs", epochs, 1);
  at_least("batch_size", batch_size, 1);
  positive("learning_rate", learning_rate);
  at_least("weight_decay", weight_decay, 0);
  share("ema_decay", ema_decay);
  at_least("patience", patience, 0);
  require(validation_share >= 0 && validation_share <= 0.5,
          "DiffusionConfig.validation_share must be in [0, 0.5], got {}", validation_share);
}

std::string Diffusion::do_config_json() const { return config_to_json(config_).dump(); }

namespace presets {

DiffusionConfig tabddpm() {
  return {.density = DiffusionConfig::Density::kGrid,
          .categories = DiffusionConfig::Categories::kMultinomial,
          .prediction = DiffusionConfig::Prediction::kNoise,
          .grid = DiffusionConfig::Grid::kCosine,
          .solver = DiffusionConfig::Solver::kAncestral,
          .steps = 100};
}

DiffusionConfig tabdiff() {
  return {.density = DiffusionConfig::Density::kGrid,
          .categories = DiffusionConfig::Categories::kMasked,
          .steps = 50,
          .sigma_min = 0.002};
}

DiffusionConfig tabsyn() {
  return {.density = DiffusionConfig::Density::kLogNormal,
          .latent = 4,
          .steps = 50,
          .sigma_min = 0.002};
}

}  // namespace presets

static RegistryEntry entry(std::string name, std::string summary, const DiffusionConfig& preset) {
  return {std::move(name), std::move(summary), parameters_of(preset),
          [preset](std::string_view json) -> std::unique_ptr<Generator> {
            return std::make_unique<Diffusion>(config_from_json(json, "DiffusionConfig", preset));
          }};
}

RegistryEntry diffusion_entry() {
  return entry("diffusion", "Diffusion for tables, by variational flow matching",
               DiffusionConfig{});
}
RegistryEntry tabddpm_entry() {
  return entry("tabddpm", "Diffusion with multinomial noise on categories, as TabDDPM",
               presets::tabddpm());
}
RegistryEntry tabdiff_entry() {
  return entry("tabdiff", "Diffusion with masks on categories, as TabDiff", presets::tabdiff());
}
RegistryEntry tabsyn_entry() {
  return entry("tabsyn", "Diffusion of an autoencoder's code, as TabSyn", presets::tabsyn());
}

}  // namespace semblance
