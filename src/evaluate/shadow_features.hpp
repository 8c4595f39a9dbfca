// SPDX-License-Identifier: Apache-2.0
// What a shadow-model attack looks at, and how it learns from it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "evaluate/embedding.hpp"
#include "evaluate/pairs.hpp"
#include "evaluate/tables.hpp"
#include "semblance/neighbours/gower.hpp"

namespace semblance {

inline constexpr std::array kShadowFeatures = {"summaries", "histograms", "correlations",
                                               "neighbours"};
inline constexpr std::size_t kShared = 3;  // kinds that are of the table, not of a target

/// Turns released tables into features, in the geometry of the real one.
class ShadowFeatures {
 public:
  ShadowFeatures(const Dataset& data, const Dataset& targets);

  /// Of one release: the three kinds that are of the table, then one of each target.
  struct Release {
    std::array<std::vector<double>, kShared> shared;
    std::vector<std::vector<double>> by_target;
  };
  [[nodiscard]] Release operator()(const Dataset& released, const RunOptions& run) const;

 private:
  Frame frame_;
  SharedBins bins_;
  Embedding embed_;
  Gower gower_;
  Gower::Rows targets_;
};

/// Coins of every target and generator, [targets][shadows]: 1 in, 0 out.
using Coins = std::vector<std::vector<std::uint8_t>>;

/// Larger: more likely in. Scores of one kind of features or of all, [targets][shadows].
using ShadowScores = std::vector<std::vector<double>>;

/// What the attack says about generators that it did not learn from.
struct ShadowVerdicts {
  ShadowScores combined;
  std::array<ShadowScores, kShadowFeatures.size()> by_kind;
  /// Of the second half of the generators: guesses and right ones among the surest, how many being
  /// chosen on the first half.
  std::int64_t coins = 0, guesses = 0, correct = 0;
};
[[nodiscard]] ShadowVerdicts attack_shadows(const std::vector<ShadowFeatures::Release>& releases,
                                            const Coins& coins, double level, double delta);

}  // namespace semblance
