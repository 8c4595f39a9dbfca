// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "semblance/core/parallel.hpp"
#include "semblance/core/run.hpp"
#include "semblance/core/seed.hpp"

namespace semblance {

/// The part of a batch that one thread computes.
///
/// A batch is cut into a fixed number of shards, each a single-threaded forward and backward pass
/// whose gradients are added in order. So results do not depend on the number of threads, and no
/// barrier spins.
struct Shard {
  std::span<const std::int64_t> rows;  ///< Training rows, positions in [0, Problem.rows).
  std::int64_t number = 0;             ///< Counts all shards of a training run; a stream index.
  int turn = 0;                        ///< Of the player's turns in this step.
  double progress = 1;  ///< Share of the training that is done, by steps or by time; 1: validation.
};

/// How a player's parameters move: AdamW [1]; weight_decay = 0 gives Adam.
///
/// [1] Loshchilov, Hutter, "Decoupled weight decay regularization", ICLR 2019.
struct AdamConfig {
  double learning_rate = 1e-3;  ///< Peak, > 0.
  double beta1 = 0.9;           ///< In [0, 1).
  double beta2 = 0.999;         ///< In [0, 1).
  double epsilon = 1e-8;        ///< > 0.
  double weight_decay = 0;      ///< >= 0.
};

/// A named group of parameters with its loss and optimiser: a VAE has one, a GAN two. In each step
/// the players move in order, `turns` times each.
struct Player {
  std::string name = {};
  std::vector<at::Tensor> parameters = {};  ///< Leaves that require gradients.
  AdamConfig adam = {};
  std::function<at::Tensor(const Shard&)>
      loss;       ///< Mean over the shard's rows, 0-dim; called concurrently.
  int turns = 1;  ///< Updates in a step, >= 1.
};

/// How the learning rate runs over the training, as a factor of its peak.
struct Schedule {
  enum class Shape { kConstant, kCosine, kLinear };
  Shape shape = Shape::kCosine;  ///< After the warm-up, from 1 down to `floor`.
  double warmup = 0.02;          ///< Share of the training with a linear rise from 0, in [0, 1).
  double floor = 0.0;            ///< Last factor, in [0, 1].

  /// The factor after a share `progress` in [0, 1] of the training.
  [[nodiscard]] double factor(double progress) const;
};

/// The knobs of the loop.
struct TrainConfig {
  std::int64_t epochs = 100;      ///< Most passes over the rows, >= 1.
  std::int64_t max_steps = 0;     ///< Most steps; 0: no limit but epochs.
  std::int64_t batch_size = 512;  ///< Rows a step, >= 1.
  std::int64_t shards =
      4;  ///< Parts of a batch, >= 1; fixes rounding, so part of the configuration.
  Schedule schedule = {};
  double clip_norm = 0;  ///< Largest gradient norm of a player; 0: no clipping.
  double ema_decay =
      0.0;  ///< Of the parameter average, in [0, 1); 0: none. Warms up as (1+t)/(10+t).
  std::int64_t patience =
      0;  ///< Epochs without a better validation loss before stopping; 0: never.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// What is trained.
struct Problem {
  std::int64_t rows = 0;             ///< Training rows, >= 1.
  std::vector<Player> players = {};  ///< At least one.
  /// Sum of the loss over some validation rows (a shard of [0, validation_rows)), without
  /// gradients; called concurrently. Empty: no validation.
  std::function<double(const Shard&)> validation = {};
  std::int64_t validation_rows = 0;
  std::string fingerprint =
      {};  ///< Of configuration and data; a checkpoint of another one is refused.
};

/// How gradients of a batch are made from its shards. The default takes the mean; private training
/// will clip per row and add noise here.
class GradientPolicy {
 public:
  virtual ~GradientPolicy() = default;
  /// \param gradients  One tensor a parameter, overwritten.
  /// \return the mean loss over the batch.
  virtual double gradients(const Player& player, std::span<const Shard> shards, Workers& workers,
                           std::vector<at::Tensor>& gradients) const = 0;
};

/// The gradient of the mean loss over the batch.
class MeanGradient final : public GradientPolicy {
 public:
  double gradients(const Player& player, std::span<const Shard> shards, Workers& workers,
                   std::vector<at::Tensor>& gradients) const override;
};

/// How a training ended, and what it saw.
struct TrainResult {
  enum class Ending { kAllEpochs, kEarlyStop, kBudget };
  Ending ending = Ending::kAllEpochs;
  std::int64_t steps = 0;
  double best_validation = 0;           ///< Mean loss a row; 0 without validation.
  std::int64_t best_epoch = 0;          ///< From 1; the last one without validation.
  std::vector<double> training_loss;    ///< Mean of each epoch, of the first player.
  std::vector<double> validation_loss;  ///< After each epoch; empty without validation.
};

/// Trains the players. Afterwards their parameters hold the best state: that of the epoch with the
/// lowest validation loss (else the last), averaged if ema_decay > 0.
///
/// Progress is reported as stage "fit". A time budget shortens the learning-rate schedule to fit.
/// If a loss or gradient is not finite, the state of the last good epoch comes back with half the
/// learning rate; after five such turns, Error is thrown. A checkpoint resumes bit-exactly on the
/// CPU; its file is removed at the end. LibTorch's own threads are not used.
/// \throws Cancelled, InvalidArgument, Error.
TrainResult train(const Problem& problem, const TrainConfig& config, Seed seed,
                  const RunOptions& run, const GradientPolicy& policy = MeanGradient());

}  // namespace semblance
