// SPDX-License-Identifier: Apache-2.0
// The losses of Gan's players.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <optional>

#include "gan/model.hpp"

namespace semblance {

/// Critic, generator and, where there is one, the classifier: what each minimises on a shard.
class GanGame {
 public:
  /// \param real  The training rows; must outlive it.
  GanGame(const GanModel& model, const FeatureRows& real, std::int64_t batch_size, Seed seed);

  /// The players in the order of their moves.
  [[nodiscard]] std::vector<Player> players();

  /// What the critic and the classifier know. \throws FileError where a part is missing.
  [[nodiscard]] Archive rivals() const;
  void load(const Archive& rivals);

 private:
  /// The rows of one move.
  struct Move {
    std::int64_t first = 0;  ///< Stream index of its first row.
    std::int64_t rows = 0;   ///< A multiple of pac.
    std::int64_t packs = 0;
    GanConditions asked;
    Seed seed{0};
  };
  [[nodiscard]] Move move(const Shard& shard, const char* player) const;
  [[nodiscard]] at::Tensor real_rows(const Shard& shard, const Move& move) const;
  /// Encoded synthetic rows, and the head that they come from.
  struct Fake {
    at::Tensor rows, head;
  };
  [[nodiscard]] Fake fake_rows(const Move& move) const;
  [[nodiscard]] at::Tensor packed(const at::Tensor& rows, const Move& move) const;
  /// Of the critic's dropout: the same for all packs that a move compares.
  using Masks = std::vector<at::Tensor>;
  [[nodiscard]] Masks masks(const Move& move) const;

  using Loss = at::Tensor (GanGame::*)(const Shard&) const;
  /// That loss, its products as the configuration has them.
  [[nodiscard]] std::function<at::Tensor(const Shard&)> scoped(Loss loss) const;
  [[nodiscard]] at::Tensor critic_loss(const Shard& shard) const;
  [[nodiscard]] at::Tensor generator_loss(const Shard& shard) const;
  [[nodiscard]] at::Tensor classifier_loss(const Shard& shard) const;
  /// Mean over packs of the squared distance of the critic's slope from 1, between real and fake
  /// packs, which are given as they enter.
  [[nodiscard]] at::Tensor slope_penalty(const at::Tensor& real, const at::Tensor& fake,
                                         const Move& move, const Masks& masks) const;
  /// Cross-entropy of the classifier's answer from the other columns with the rows' own target.
  [[nodiscard]] at::Tensor classification(const at::Tensor& rows) const;

  const GanModel& model_;
  const GanConfig& config_;
  const FeatureRows& real_;
  at::Device device_;
  std::int64_t most_;  ///< Rows of a move, at most.
  Seed seed_;
  Parameters critic_parameters_, classifier_parameters_;
  GanCritic critic_;
  std::int64_t target_first_ = -1, target_width_ = 0;  ///< The target's span, if it is categorical.
  std::optional<Mlp> classifier_;
  std::optional<Linear> classes_;
};

}  // namespace semblance
