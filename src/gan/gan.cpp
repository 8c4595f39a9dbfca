// SPDX-License-Identifier: Apache-2.0
#include "semblance/gan/gan.hpp"

#include "detail/check.hpp"
#include "detail/fingerprint.hpp"
#include "gan/model.hpp"
#include "semblance/core/archive.hpp"

namespace semblance {

Gan::Gan(GanConfig config) : config_(std::move(config)) { config_.validate(); }
Gan::~Gan() = default;

const std::vector<Collapse>& Gan::collapsed() const {
  require<NotFitted>(is_fitted(), "gan.collapsed: call fit first");
  return model_->collapsed();
}

void Gan::do_fit(const Dataset& train, Seed seed, const RunOptions& run) {
  learn(std::make_unique<GanModel>(train, config_, seed, run.device), train, seed, run, "fit");
}

void Gan::do_refit(const Dataset& rows, Seed seed, const RunOptions& run) {
  Archive known;
  model_->save(known);
  auto model = GanModel::load(known, schema(), config_, run.device);
  model->go_on_with(rows);
  learn(std::move(model), rows, seed, run, "refit");
}

void Gan::learn(std::unique_ptr<GanModel> model, const Dataset& train, Seed seed,
                const RunOptions& run, const std::string& stage) {
  auto result = model->train(train, seed, run, fingerprint(stage + config_json(), train, seed));
  history_ = std::move(result.training_loss);
  model_ = std::move(model);
}

Dataset Gan::do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                       const RunOptions& run) const {
  require(given.empty() || schema()[schema().target()].kind == Kind::kCategorical,
          "gan.sample: conditions need a categorical target, and '{}' is {}",
          given.empty() ? "" : schema()[schema().target()].name,
          given.empty() ? "" : to_string(schema()[schema().target()].kind));
  return model_->sample(rows, given, seed, run);
}

void Gan::do_save(Archive& archive) const { model_->save(archive); }

void Gan::do_load(const Archive& archive, const Schema& schema) {
  model_ = GanModel::load(archive, schema, config_);
  history_.clear();
}

Capabilities Gan::do_capabilities() const {
  return {.kinds = {Kind::kReal, Kind::kInteger, Kind::kCategorical, Kind::kDatetime},
          .missing_values = true,
          .conditioning = config_.conditional ? Conditioning::kTarget : Conditioning::kNone,
          .cuda = true,
          .resumes = true,
          .refits = true};
}

}  // namespace semblance
