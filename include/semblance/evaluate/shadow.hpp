// SPDX-License-Identifier: Apache-2.0
// Membership inference by shadow models [1, 2]: the generator is fitted again and again, with and
// without some rows, and an attack learns to tell from what it releases which of them it had. It
// audits a kind of generator with its settings, not one release.
//
// [1] Stadler, Oprisanu, Troncoso, "Synthetic data - anonymisation groundhog day", USENIX Security
//     2022: features of the released table.
// [2] Carlini et al., "Membership inference attacks from first principles", S&P 2022: many targets
//     in every shadow model, each by a coin of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "semblance/core/run.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/evaluate/membership.hpp"
#include "semblance/generator.hpp"

namespace semblance {

/// Makes an unfitted generator, the same every time:
/// `[] { return make_generator("copula"); }`.
using GeneratorFactory = std::function<std::unique_ptr<Generator>()>;

/// Whose membership is guessed.
enum class ShadowTargets : std::uint8_t {
  kIsolated,  ///< The rows farthest from their nearest other row (Gower): who has most to lose.
  kRandom
};

struct ShadowOptions {
  std::int64_t shadows = 64;  ///< Generators that are fitted, >= 8 and even.
  std::int64_t targets = 20;  ///< Rows whose membership is guessed, >= 1.
  std::int64_t rows = 0;      ///< Rows that each learns besides targets; 0: half of the table, at
                              ///< most 1,000.
  std::int64_t released = 0;  ///< Rows that each releases; 0: `rows` and `targets`.
  ShadowTargets which = ShadowTargets::kIsolated;
  double level = 0.95;  ///< Of intervals and epsilon, in (0, 1).
  double delta = 0;     ///< Of the claim that epsilon belongs to, in [0, 1).
  /// `on_progress` is called after every generator; `stop` and `threads` are honoured, and by the
  /// generators `device` and `budget`, which is for each of them.
  RunOptions run = {};

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// What a shadow-model attack found.
struct ShadowAttack {
  /// Of all pairs of target and generator; `found.epsilon` is the bound for one run with many coins
  /// (one_run_epsilon), of the half of the generators that the attack did not learn from.
  MembershipResult found;

  /// One kind of features alone.
  struct Features {
    std::string name;  ///< "summaries", "histograms", "correlations", "neighbours".
    double auc = 0.5;
  };
  std::vector<Features> features;

  /// One target.
  struct Target {
    std::int64_t row = 0;  ///< Of the table.
    double auc = 0.5;
  };
  std::vector<Target> targets;  ///< Most exposed first.

  std::int64_t shadows = 0, rows = 0, released = 0;
  double seconds_a_shadow = 0;  ///< Fit and sample, mean.
};

/// Each generator learns a fresh draw of `rows` rows that are no targets, and of the targets those
/// whose coin says so. Features of what it releases: means, medians, variances, numbers of
/// categories and the commonest one's share (the naive features of [1]); shares of bins;
/// covariances of numbers and category indicators; distances from the target to the nearest rows.
/// One half of the generators teaches a ridge regression a target and kind of features, weighted by
/// what they are worth on generators left out; the other half is attacked; then the other way
/// round.
///
/// \throws InvalidArgument if an option is out of range or the table has too few rows for them, or
///         as the generator's `fit`; Cancelled.
[[nodiscard]] ShadowAttack mia_shadow(const Dataset& data, const GeneratorFactory& make, Seed seed,
                                      const ShadowOptions& options = {});

}  // namespace semblance
