// SPDX-License-Identifier: Apache-2.0
#include "semblance/vae/vae.hpp"

#include "detail/check.hpp"
#include "detail/fingerprint.hpp"
#include "semblance/core/archive.hpp"
#include "vae/model.hpp"

namespace semblance {

Vae::Vae(VaeConfig config) : config_(std::move(config)) { config_.validate(); }
Vae::~Vae() = default;

template <class Train>
void Vae::learn(std::unique_ptr<VaeModel> model, const Train& train, Seed seed,
                const RunOptions& run, std::string fingerprint) {
  auto result = model->train(train, seed, run, std::move(fingerprint));
  history_ = {std::move(result.training_loss), std::move(result.validation_loss),
              result.best_epoch};
  model_ = std::move(model);
}

void Vae::do_fit(const Dataset& train, Seed seed, const RunOptions& run) {
  learn(std::make_unique<VaeModel>(train, config_, seed, run.device), train, seed, run,
        fingerprint(config_json(), train, seed));
}

void Vae::do_fit_rows(const RowSource& train, const RowDigest& digest, Seed seed,
                      const RunOptions& run) {
  learn(std::make_unique<VaeModel>(digest, config_, seed, run.device), train, seed, run,
        fingerprint(std::to_string(train.rows()) + config_json(), digest.sample, seed));
}

void Vae::do_refit(const Dataset& rows, Seed seed, const RunOptions& run) {
  Archive known;
  model_->save(known);
  auto model = VaeModel::load(known, schema(), config_, run.device);
  model->go_on_with(rows);
  learn(std::move(model), rows, seed, run, fingerprint("refit" + config_json(), rows, seed));
}

Dataset Vae::do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                       const RunOptions& run) const {
  require(given.empty() || schema()[schema().target()].kind == Kind::kCategorical,
          "vae.sample: conditions need a categorical target, and '{}' is {}",
          given.empty() ? "" : schema()[schema().target()].name,
          given.empty() ? "" : to_string(schema()[schema().target()].kind));
  return model_->sample(rows, given, seed, run);
}

std::vector<double> Vae::elbo(const Dataset& rows, Seed seed, std::int64_t samples,
                              const RunOptions& run) const {
  require<NotFitted>(is_fitted(), "vae.elbo: call fit first");
  require(samples >= 1, "vae.elbo: samples must be >= 1, got {}", samples);
  return model_->elbo(conform(rows, schema()), seed, samples, run);
}

Dataset Vae::reconstruct(const Dataset& rows, const RunOptions& run) const {
  require<NotFitted>(is_fitted(), "vae.reconstruct: call fit first");
  return model_->reconstruct(conform(rows, schema()), run);
}

std::vector<double> Vae::reconstruction_error(const Dataset& rows, const RunOptions& run) const {
  require<NotFitted>(is_fitted(), "vae.reconstruction_error: call fit first");
  return model_->reconstruction_error(conform(rows, schema()), run);
}

Dataset Vae::interpolate(const Dataset& from, const Dataset& to, std::int64_t steps,
                         const RunOptions& run) const {
  require<NotFitted>(is_fitted(), "vae.interpolate: call fit first");
  require(from.rows() == to.rows(), "vae.interpolate: needs as many rows to as from ({}), got {}",
          from.rows(), to.rows());
  require(steps >= 2, "vae.interpolate: steps must be >= 2, got {}", steps);
  return model_->interpolate(conform(from, schema()), conform(to, schema()), steps, run);
}

void Vae::do_save(Archive& archive) const { model_->save(archive); }

void Vae::do_load(const Archive& archive, const Schema& schema) {
  model_ = VaeModel::load(archive, schema, config_);
  history_ = {};
}

Capabilities Vae::do_capabilities() const {
  return {
      .kinds = {Kind::kReal, Kind::kInteger, Kind::kCategorical, Kind::kDatetime, Kind::kTensor},
      .missing_values = true,
      .conditioning = config_.condition_on_target ? Conditioning::kTarget : Conditioning::kNone,
      .cuda = true,
      .resumes = true,
      .refits = true,
      .streams = true};
}

}  // namespace semblance
