// SPDX-License-Identifier: Apache-2.0
// What ForestFlow::fit makes: codec, target, trees of each level.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <vector>

#include "codec/target_codec.hpp"
#include "learners/tree_set.hpp"
#include "semblance/codec/feature_codec.hpp"
#include "semblance/forest/forest_flow.hpp"

namespace semblance {

class ForestFlowModel {
 public:
  /// Learns the trees of all levels. \throws Cancelled.
  ForestFlowModel(const Dataset& train, const ForestFlowConfig& config, Seed seed,
                  const RunOptions& run);

  [[nodiscard]] Dataset sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                               const RunOptions& run) const;

  void save(Archive& archive) const;
  /// \throws FileError, or another Error for damaged text.
  [[nodiscard]] static std::unique_ptr<ForestFlowModel> load(const Archive& archive,
                                                             const Schema& schema,
                                                             const ForestFlowConfig& config);

 private:
  ForestFlowModel(Schema schema, const ForestFlowConfig& config, FeatureCodec codec,
                  std::optional<TargetCodec> target);

  [[nodiscard]] TreeSet learn(const at::Tensor& rows, const at::Tensor& condition,
                              std::int64_t level, Seed seed) const;
  [[nodiscard]] Dataset sample_block(RowRange rows, const std::vector<ResolvedTerm>& given,
                                     Seed seed) const;
  /// One-hot spans between -1 and 1 instead of 0 and 1, and each span to its largest slot.
  [[nodiscard]] at::Tensor stretched(const at::Tensor& vector) const;
  [[nodiscard]] at::Tensor settled(const at::Tensor& stretched) const;
  [[nodiscard]] double time_of(std::int64_t level) const {
    return static_cast<double>(level) / static_cast<double>(config_.levels);
  }

  Schema schema_;
  ForestFlowConfig config_;
  FeatureCodec codec_;
  std::optional<TargetCodec> target_;
  std::vector<TreeSet> levels_;
};

}  // namespace semblance
