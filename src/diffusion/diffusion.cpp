// SPDX-License-Identifier: Apache-2.0
#include "semblance/diffusion/diffusion.hpp"

#include "detail/check.hpp"
#include "detail/fingerprint.hpp"
#include "diffusion/model.hpp"
#include "semblance/core/archive.hpp"

namespace semblance {

Diffusion::Diffusion(DiffusionConfig config) : config_(std::move(config)) { config_.validate(); }
Diffusion::~Diffusion() = default;

template <class Train>
void Diffusion::learn(std::unique_ptr<DiffusionModel> model, const Train& train, Seed seed,
                      const RunOptions& run, std::string fingerprint) {
  auto result = model->train(train, seed, run, std::move(fingerprint));
  history_ = {std::move(result.training_loss), std::move(result.validation_loss),
              result.best_epoch};
  model_ = std::move(model);
}

void Diffusion::do_fit(const Dataset& train, Seed seed, const RunOptions& run) {
  learn(std::make_unique<DiffusionModel>(train, config_, seed, run.device), train, seed, run,
        fingerprint(config_json(), train, seed));
}

void Diffusion::do_fit_rows(const RowSource& train, const RowDigest& digest, Seed seed,
                            const RunOptions& run) {
  learn(std::make_unique<DiffusionModel>(digest, config_, seed, run.device), train, seed, run,
        fingerprint(std::to_string(train.rows()) + config_json(), digest.sample, seed));
}

void Diffusion::do_refit(const Dataset& rows, Seed seed, const RunOptions& run) {
  Archive known;
  model_->save(known);
  auto model = DiffusionModel::load(known, schema(), config_, run.device);
  model->go_on_with(rows);
  learn(std::move(model), rows, seed, run, fingerprint("refit" + config_json(), rows, seed));
}

Dataset Diffusion::do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                             const RunOptions& run) const {
  const bool any = given.empty() || config_.known_share > 0;
  require(any || schema()[schema().target()].kind == Kind::kCategorical,
          "diffusion.sample: conditions need a categorical target, and '{}' is {}; or train with "
          "known_share > 0",
          any ? "" : schema()[schema().target()].name,
          any ? "" : to_string(schema()[schema().target()].kind));
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
          .conditioning = config_.known_share > 0       ? Conditioning::kExact
                          : config_.condition_on_target ? Conditioning::kTarget
                                                        : Conditioning::kNone,
          .imputes = config_.known_share > 0,
          .cuda = true,
          .resumes = true,
          .refits = true,
          .streams = true};
}

}  // namespace semblance
