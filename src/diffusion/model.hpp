// SPDX-License-Identifier: Apache-2.0
// What Diffusion::fit makes: codec, target, denoiser.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/feature_rows.hpp"
#include "codec/row_view.hpp"
#include "codec/spans.hpp"
#include "codec/target_codec.hpp"
#include "diffusion/autoencoder.hpp"
#include "diffusion/cells.hpp"
#include "diffusion/given.hpp"
#include "diffusion/network.hpp"
#include "diffusion/process.hpp"
#include "semblance/data/row_source.hpp"
#include "semblance/train/trainer.hpp"

namespace semblance {

class DiffusionModel {
 public:
  /// An untrained model of the rows' columns.
  DiffusionModel(const Dataset& train, const DiffusionConfig& config, Seed seed, Device device);
  DiffusionModel(const RowDigest& train, const DiffusionConfig& config, Seed seed, Device device);

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
  [[nodiscard]] Dataset impute(const Dataset& rows, Seed seed, const RunOptions& run) const;

  void save(Archive& archive) const;
  /// \throws FileError, or another Error for damaged text.
  [[nodiscard]] static std::unique_ptr<DiffusionModel> load(const Archive& archive,
                                                            const Schema& schema,
                                                            const DiffusionConfig& config,
                                                            Device device = Device::kCpu);

 private:
  /// Encoded rows on the network's device, and what Gaussian noise is added to.
  struct Rows {
    at::Tensor vector, clean;
  };
  /// The chance of one shard.
  struct Noise {
    at::Tensor sigma, normal, cells, codes;
    std::vector<at::Tensor> masks;
  };
  /// `latent` is not used without one.
  DiffusionModel(Schema schema, const DiffusionConfig& config, FeatureCodec codec,
                 std::optional<TargetCodec> target, std::optional<TokenCodec> margins,
                 Parameters parameters, Parameters latent);

  /// Fits the autoencoder, where there is one that is not to stay as it is.
  void learn_code(const RowView<FeatureRows>& rows, Seed seed, const RunOptions& run);
  /// \param held  For early stopping; may be empty.
  TrainResult learn(const RowView<FeatureRows>& rows, const RowView<FeatureRows>& held, Seed seed,
                    const RunOptions& run, std::string fingerprint);

  [[nodiscard]] DenoiserShape shape() const;
  [[nodiscard]] Rows rows_of(const at::Tensor& vector) const;
  /// Vectors without the target's cell.
  [[nodiscard]] at::Tensor without_target(const at::Tensor& vector) const;
  /// [n]: the loss of each row under this noise.
  [[nodiscard]] at::Tensor losses(const Rows& rows, const Noise& noise) const;
  /// [n, 1]: noise levels for uniform numbers in (0, 1).
  [[nodiscard]] at::Tensor sigma_of(const at::Tensor& u) const;
  /// For rows [first, first + n) of a stage; `training`: with dropout and cells that are known.
  [[nodiscard]] Noise noise(Seed stage, std::int64_t first, std::int64_t n, bool training) const;

  /// A block of rows to complete: encoded, with a 1 for each cell that is known.
  struct Task {
    at::Tensor vector, known;
    bool allows_gaps = true;  ///< Whether unknown cells may become missing.
  };
  /// Vectors of weights for the codec. \param first  Number of the block's first row.
  [[nodiscard]] at::Tensor complete(const Task& task, std::int64_t first, Seed seed) const;
  /// The means of what Gaussian noise is on, and the probabilities of the slots, guided.
  struct Guess {
    at::Tensor mean, slots;
  };
  [[nodiscard]] Guess guess(const Task& task, const at::Tensor& x, const at::Tensor& codes,
                            double sigma) const;
  [[nodiscard]] Guess answer(const Task& task, const NoisyRows& rows) const;
  [[nodiscard]] Dataset decode(const at::Tensor& vector, Seed seed, std::int64_t first) const;
  [[nodiscard]] Dataset sample_block(RowRange rows, const std::vector<ResolvedTerm>& given,
                                     Seed seed) const;
  /// The same under a condition on any columns.
  [[nodiscard]] Dataset given_block(RowRange rows, const GivenCells& given, Seed seed) const;
  [[nodiscard]] Dataset impute_block(const Dataset& rows, std::int64_t first, Seed seed) const;
  [[nodiscard]] at::Device device() const { return parameters_.tensors()[0].device(); }
  [[nodiscard]] std::int64_t scalars() const { return std::ssize(codec_.scalars()); }
  [[nodiscard]] bool is_discrete() const {
    return config_.categories != DiffusionConfig::Categories::kGaussian;
  }

  Schema schema_;
  DiffusionConfig config_;
  FeatureCodec codec_;
  std::optional<TargetCodec> target_;  // where rows are drawn given it
  std::optional<TokenCodec> margins_;  // of single columns, where any cells may be known
  Parameters parameters_;
  Cells cells_;
  Spans spans_;
  CategoryProcess process_;
  std::optional<RowAutoencoder> latent_;
  DenoiserNet net_;
  bool goes_on_ = false;  // with what it knows: the code of rows stays
};

}  // namespace semblance
