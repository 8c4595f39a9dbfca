// SPDX-License-Identifier: Apache-2.0
#include "semblance/diffusion/diffusion.hpp"

#include "detail/check.hpp"
#include "detail/fingerprint.hpp"
#include "diffusion/model.hpp"

namespace semblance {

Diffusion::Diffusion(DiffusionConfig config) : config_(std::move(config)) { config_.validate(); }
Diffusion::~Diffusion() = default;

void Diffusion::do_fit(const Dataset& train, Seed seed, const RunOptions& run) {
  auto model = std::make_unique<DiffusionModel>(train, config_, seed, run.device);
  auto result = model->train(train, seed, run, fingerprint(config_json(), train, seed));
  history_ = {std::move(result.training_loss), std::move(result.validation_loss),
              result.best_epoch};
  model_ = std::move(model);
}

Dataset Diffusion::do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                             const RunOptions& run) const {
  require(given.empty() || schema()[schema().target()].kind == Kind::kCategorical,
          "diffusion.sample: conditions need a categorical target, and '{}' is {}",
          given.empty() ? "" : schema()[schema().target()].name,
          given.empty() ? "" : to_string(schema()[schema().target()].kind));
  return model_->sample(rows, given, seed, run);
}

Dataset Diffusion::do_impute(const Dataset& rows, Seed seed, const RunOptions& run) const {
  return model_->impute(rows, seed, run);
}

void Diffusion::do_save(Archive& archive) const { model_->save(archive); }

void Diffusion::do_load(const Archive& archive, const Schema& schema) {
  model_ = DiffusionModel::load(archive, schema, config_);
  history_ = {};
}

Capabilities Diffusion::do_capabilities() const {
  return {.kinds = {Kind::kReal, Kind::kInteger, Kind::kCategorical, Kind::kDatetime},
          .missing_values = true,
          .conditioning = config_.condition_on_target ? Conditioning::kTarget : Conditioning::kNone,
          .imputes = config_.known_share > 0,
          .cuda = true,
          .resumes = true};
}

}  // namespace semblance
