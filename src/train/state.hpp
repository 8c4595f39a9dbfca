// SPDX-License-Identifier: Apache-2.0
// What changes during a training: everything that a checkpoint must hold.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "semblance/train/trainer.hpp"

namespace semblance::detail {

/// One player's parameters and what its optimiser remembers.
struct PlayerState {
  explicit PlayerState(const Player& player, bool average);

  /// One fused AdamW step with the learning rate scaled by `factor`.
  void update(const std::vector<at::Tensor>& gradients, const AdamConfig& adam, double factor);
  /// Moves the average toward the parameters.
  void average(double decay);
  /// Exchanges the values of parameters and average.
  void swap_average();

  std::vector<at::Tensor> parameters;  // the player's own handles
  std::vector<at::Tensor> mean, square, steps;
  std::vector<at::Tensor> averaged;  // empty: no averaging
};

/// Counters and curves.
struct Counters {
  std::int64_t step = 0;
  double seconds = 0;  // of earlier runs
  double learning_factor = 1;
  std::int64_t retries = 0;
  double epoch_loss = 0;
  double best_validation = 0;
  std::int64_t best_epoch = 0;
  std::vector<double> training_loss, validation_loss;
};

struct TrainState {
  TrainState(const Problem& problem, const TrainConfig& config);

  std::vector<PlayerState> players;
  Counters counters;
  std::vector<std::vector<at::Tensor>>
      best;  // parameters of the best epoch, by player; empty before

  /// Copies of everything, to return to after a bad step.
  struct Snapshot {
    std::vector<std::vector<at::Tensor>> tensors;
    Counters counters;
  };
  [[nodiscard]] Snapshot snapshot() const;
  void restore(const Snapshot& snapshot);

  void save(const std::filesystem::path& file, const std::string& fingerprint) const;
  /// \throws FileError for a damaged file; InvalidArgument for one of another configuration or data
  /// set.
  void load(const std::filesystem::path& file, const std::string& fingerprint);

 private:
  [[nodiscard]] std::vector<std::vector<at::Tensor>*> groups();
};

}  // namespace semblance::detail
