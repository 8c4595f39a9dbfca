// SPDX-License-Identifier: Apache-2.0
// What Vae::fit makes: codec, target, networks, and what is computed from them.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <vector>

#include "codec/row_view.hpp"
#include "codec/target_codec.hpp"
#include "semblance/codec/feature_codec.hpp"
#include "semblance/data/row_source.hpp"
#include "semblance/train/trainer.hpp"
#include "vae/latent_prior.hpp"
#include "vae/network.hpp"
#include "vae/objective.hpp"
#include "vae/rows.hpp"

namespace semblance {

class VaeModel {
 public:
  /// An untrained model of the rows' columns.
  VaeModel(const Dataset& train, const VaeConfig& config, Seed seed, Device device);
  VaeModel(const RowDigest& train, const VaeConfig& config, Seed seed, Device device);

  /// A loaded model that `train` is to go on with on these rows: their target's frequencies count.
  /// \throws InvalidArgument for a category or gap without a code.
  void go_on_with(const Dataset& rows);

  /// Trains it; see semblance::train.
  TrainResult train(const Dataset& train, Seed seed, const RunOptions& run,
                    std::string fingerprint);
  TrainResult train(const RowSource& train, Seed seed, const RunOptions& run,
                    std::string fingerprint);

  [[nodiscard]] Dataset sample(RowRange rows, const std::vector<ResolvedTerm>& given, Seed seed,
                               const RunOptions& run) const;
  [[nodiscard]] std::vector<double> elbo(const Dataset& rows, Seed seed, std::int64_t samples,
                                         const RunOptions& run) const;
  [[nodiscard]] Dataset reconstruct(const Dataset& rows, const RunOptions& run) const;
  [[nodiscard]] std::vector<double> reconstruction_error(const Dataset& rows,
                                                         const RunOptions& run) const;
  [[nodiscard]] Dataset interpolate(const Dataset& from, const Dataset& to, std::int64_t steps,
                                    const RunOptions& run) const;

  void save(Archive& archive) const;
  /// \throws FileError, or another Error for damaged text.
  [[nodiscard]] static std::unique_ptr<VaeModel> load(const Archive& archive, const Schema& schema,
                                                      const VaeConfig& config,
                                                      Device device = Device::kCpu);

 private:
  VaeModel(Schema schema, const VaeConfig& config, FeatureCodec codec,
           std::optional<TargetCodec> target, Parameters parameters);

  /// Encoded rows on the networks' device.
  [[nodiscard]] VaeBatch encode(const Dataset& rows, Seed seed) const;
  /// [n]: each row's reconstruction and divergence, weighted, for one draw of z.
  [[nodiscard]] at::Tensor losses(const VaeBatch& batch, const at::Tensor& noise, double weight,
                                  double beta, double free_bits = 0) const;
  /// Fits the prior of sampling to the codes of rows.
  void learn_prior(const RowView<VaeRows>& rows, Seed seed, const RunOptions& run);
  /// \param held  For early stopping; may be empty.
  TrainResult learn(const RowView<VaeRows>& rows, const RowView<VaeRows>& held, Seed seed,
                    const RunOptions& run, std::string fingerprint);
  [[nodiscard]] const TargetCodec* target() const { return target_ ? &*target_ : nullptr; }
  /// Codes for rows [first, first + n) under these conditions.
  [[nodiscard]] at::Tensor draw_codes(const at::Tensor& condition, std::int64_t first,
                                      Seed seed) const;
  /// Decodes mean codes to what is most probable.
  [[nodiscard]] Dataset decode_codes(const at::Tensor& codes, const VaeBatch& batch,
                                     const std::optional<Column>& target_values, Seed seed,
                                     std::int64_t first) const;

  /// Rows [first, first + count) of the stream, all in one block.
  [[nodiscard]] Dataset sample_block(const VaeNet::Frozen& decoder, RowRange rows,
                                     const std::vector<ResolvedTerm>& given, Seed seed) const;
  /// A draw from the output distribution of a whole block that starts at row `first`; in place.
  /// \param sigma  [scalars] deviations.
  [[nodiscard]] Features draw(const VaeOutput& output, const at::Tensor& sigma, std::int64_t first,
                              Seed seed) const;
  /// The distribution's modes and means.
  [[nodiscard]] Features most_probable(const VaeOutput& output) const;
  /// Rows from features; `target_values` where there is a target.
  [[nodiscard]] Dataset decode(Features features, const std::optional<Column>& target_values,
                               Seed seed, std::int64_t first_row) const;
  /// Calls `task` for blocks 0 ... n - 1 in inference mode, with threads and progress.
  void run_blocks(const RunOptions& run, std::string_view stage, std::int64_t n,
                  const std::function<void(std::int64_t)>& task) const;

  Schema schema_;
  VaeConfig config_;
  FeatureCodec codec_;
  std::optional<TargetCodec> target_;
  VaeNet net_;
  VaeObjective objective_;
  std::unique_ptr<LatentPrior> prior_;  // none: that of the training
  bool goes_on_ = false;                // with what it knows
};

}  // namespace semblance
