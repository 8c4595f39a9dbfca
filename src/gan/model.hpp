// SPDX-License-Identifier: Apache-2.0
// What Gan::fit makes: codec, conditions, networks, and the game they play.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/target_codec.hpp"
#include "gan/conditions.hpp"
#include "gan/network.hpp"
#include "semblance/core/archive.hpp"
#include "semblance/train/trainer.hpp"

namespace semblance {

class GanModel {
 public:
  /// An untrained model of the rows' columns.
  GanModel(const Dataset& train, const GanConfig& config, Seed seed, Device device);

  /// A loaded model that `train` is to go on with on these rows: their target's frequencies count.
  /// \throws InvalidArgument for a category or gap without a code.
  void go_on_with(const Dataset& rows);

  /// Trains it; see semblance::train.
  TrainResult train(const Dataset& train, Seed seed, const RunOptions& run,
                    std::string fingerprint);

  [[nodiscard]] Dataset sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                               const RunOptions& run) const;
  [[nodiscard]] const std::vector<Collapse>& collapsed() const noexcept { return collapsed_; }

  void save(Archive& archive) const;
  /// \throws FileError, or another Error for damaged text.
  [[nodiscard]] static std::unique_ptr<GanModel> load(const Archive& archive, const Schema& schema,
                                                      const GanConfig& config,
                                                      Device device = Device::kCpu);

 private:
  friend class GanGame;

  GanModel(Schema schema, const GanConfig& config, FeatureCodec codec,
           std::optional<TargetCodec> target, Parameters parameters);

  /// The generator's head for rows [first, first + count) of a stage under these conditions.
  [[nodiscard]] at::Tensor input(std::int64_t first, std::int64_t count, const at::Tensor& codes,
                                 Seed stage) const;
  [[nodiscard]] Dataset sample_block(const FrozenGenerator& generator, RowRange rows,
                                     const std::vector<ResolvedTerm>& given, Seed seed) const;
  /// Picks (see GanConditions) that ask each row for its value of the target.
  [[nodiscard]] at::Tensor ask_for(const Column& values) const;
  void settle(Seed seed);
  void look_for_collapse(const Dataset& train, Seed seed);
  [[nodiscard]] at::Device device() const { return parameters_.tensors()[0].device(); }

  Schema schema_;
  GanConfig config_;
  FeatureCodec codec_;
  std::optional<TargetCodec> target_;
  GanConditioner conditioner_;
  Parameters parameters_;  // of the generator
  GanGenerator generator_;
  GanOutput output_;
  std::vector<Collapse> collapsed_;
  Archive rivals_;        // what the critic and the classifier have learned
  bool goes_on_ = false;  // from them
};

}  // namespace semblance
