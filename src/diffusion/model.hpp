// SPDX-License-Identifier: Apache-2.0
// What Diffusion::fit makes: codec, target, denoiser.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/spans.hpp"
#include "codec/target_codec.hpp"
#include "diffusion/network.hpp"
#include "semblance/train/trainer.hpp"

namespace semblance {

class DiffusionModel {
 public:
  /// An untrained model of the rows' columns.
  DiffusionModel(const Dataset& train, const DiffusionConfig& config, Seed seed, Device device);

  /// Trains it; see semblance::train.
  TrainResult train(const Dataset& train, Seed seed, const RunOptions& run,
                    std::string fingerprint);

  [[nodiscard]] Dataset sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                               const RunOptions& run) const;

  void save(Archive& archive) const;
  /// \throws FileError, or another Error for damaged text.
  [[nodiscard]] static std::unique_ptr<DiffusionModel> load(const Archive& archive,
                                                            const Schema& schema,
                                                            const DiffusionConfig& config);

 private:
  /// Encoded rows on the network's device.
  struct Rows {
    at::Tensor vector, condition;
    [[nodiscard]] Rows take(std::span<const std::int64_t> rows) const;
  };
  DiffusionModel(Schema schema, const DiffusionConfig& config, FeatureCodec codec,
                 std::optional<TargetCodec> target, Parameters parameters);

  [[nodiscard]] Rows encode(const Dataset& rows, Seed seed) const;
  /// [n]: the loss of each row at these noise levels.
  [[nodiscard]] at::Tensor losses(const Rows& rows, const at::Tensor& sigma,
                                  const at::Tensor& noise,
                                  const std::vector<at::Tensor>& masks) const;
  /// [n, 1]: noise levels for uniform numbers in (0, 1).
  [[nodiscard]] at::Tensor sigma_of(const at::Tensor& u) const;
  [[nodiscard]] at::Tensor training_loss(const Rows& all, const Shard& shard, std::int64_t most,
                                         Seed seed) const;
  /// The mean of the clean rows, guided: [n, width], one-hot spans as probabilities.
  [[nodiscard]] at::Tensor denoised(const at::Tensor& x, double sigma,
                                    const at::Tensor& condition) const;
  [[nodiscard]] Dataset sample_block(RowRange rows, const std::vector<ResolvedTerm>& given,
                                     Seed seed) const;
  [[nodiscard]] at::Device device() const { return parameters_.tensors()[0].device(); }
  [[nodiscard]] std::int64_t scalars() const { return std::ssize(codec_.scalars()); }

  Schema schema_;
  DiffusionConfig config_;
  FeatureCodec codec_;
  std::optional<TargetCodec> target_;
  Parameters parameters_;
  Spans spans_;
  DenoiserNet net_;
};

}  // namespace semblance
