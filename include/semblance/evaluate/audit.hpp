// SPDX-License-Identifier: Apache-2.0
// Lower bounds of epsilon that attacks show: a claim of differential privacy below them is false
// with the stated confidence. What an attack does not show is no evidence of privacy.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "semblance/core/seed.hpp"

namespace semblance {

/// What an attack with a fixed threshold found.
struct AttackCounts {
  double hits = 0, members = 0;   ///< Members found, of how many.
  double alarms = 0, others = 0;  ///< Others taken for members, of how many.
};

/// The largest of ln((TPR - delta) / FPR) and ln((TNR - delta) / FNR), each rate at its end of a
/// Clopper-Pearson interval: with confidence `level` no mechanism with a smaller epsilon would have
/// been attacked so well [1]. 0 where nothing is shown. Candidates must be independent; the
/// threshold chosen on others.
/// \throws InvalidArgument for hits > members, alarms > others, level outside (0, 1) or delta
///         outside [0, 1).
///
/// [1] Nasr et al., "Adversary instantiation: lower bounds for differentially private machine
///     learning", S&P 2021.
[[nodiscard]] double epsilon_lower_bound(const AttackCounts& counts, double level = 0.95,
                                         double delta = 0);

/// What was guessed about rows that were each learned or not by a fair coin of their own.
struct CoinGuesses {
  std::int64_t coins = 0;    ///< All of them.
  std::int64_t guesses = 0;  ///< Those that the attacker was sure enough to guess.
  std::int64_t correct = 0;
};

/// The bound from one run with many coins [2]: the largest epsilon under which so many correct
/// guesses have a probability below 1 - level. Guesses may depend on all that the run released, not
/// on the coins. 0 where nothing is shown.
/// \throws InvalidArgument unless 0 <= correct <= guesses <= coins, level in (0, 1), delta in [0,
/// 1).
///
/// [2] Steinke, Nasr, Jagielski, "Privacy auditing with one (1) training run", NeurIPS 2023.
[[nodiscard]] double one_run_epsilon(const CoinGuesses& found, double level = 0.95,
                                     double delta = 0);

/// A claim of differential privacy.
struct DpClaim {
  double epsilon = 0;  ///< > 0.
  double delta = 0;    ///< In [0, 1).

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// A claim beside what an attack shows.
struct DpAudit {
  DpClaim claim = {};
  double shown = 0;  ///< Lower bound of epsilon at the claim's delta.

  /// True where the claim is false with the confidence of the bound.
  [[nodiscard]] bool refuted() const noexcept { return shown > claim.epsilon; }
};
/// \param scores, members, seed  As `membership` takes them. Empty where members or others are
/// absent.
[[nodiscard]] std::optional<DpAudit> dp_audit(std::span<const double> scores,
                                              std::span<const std::uint8_t> members,
                                              const DpClaim& claim, Seed seed, double level = 0.95);

}  // namespace semblance
