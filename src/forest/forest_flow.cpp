// SPDX-License-Identifier: Apache-2.0
#include "semblance/forest/forest_flow.hpp"

#include "detail/check.hpp"
#include "forest/model.hpp"

namespace semblance {

ForestFlow::ForestFlow(ForestFlowConfig config) : config_(config) { config_.validate(); }
ForestFlow::~ForestFlow() = default;

void ForestFlow::do_fit(const Dataset& train, Seed seed, const RunOptions& run) {
  model_ = std::make_unique<const ForestFlowModel>(train, config_, seed, run);
}

Dataset ForestFlow::do_sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                              const RunOptions& run) const {
  require(given.empty() || schema()[schema().target()].kind == Kind::kCategorical,
          "forest-flow.sample: conditions need a categorical target, and '{}' is {}",
          given.empty() ? "" : schema()[schema().target()].name,
          given.empty() ? "" : to_string(schema()[schema().target()].kind));
  return model_->sample(rows, given, seed, run);
}

void ForestFlow::do_save(Archive& archive) const { model_->save(archive); }

void ForestFlow::do_load(const Archive& archive, const Schema& schema) {
  model_ = ForestFlowModel::load(archive, schema, config_);
}

Capabilities ForestFlow::do_capabilities() const {
  return {
      .kinds = {Kind::kReal, Kind::kInteger, Kind::kCategorical, Kind::kDatetime},
      .missing_values = true,
      .conditioning = config_.condition_on_target ? Conditioning::kTarget : Conditioning::kNone};
}

}  // namespace semblance
