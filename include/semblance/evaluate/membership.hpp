// SPDX-License-Identifier: Apache-2.0
// Membership inference: does a release tell whether a row was among the training rows?
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "semblance/core/seed.hpp"
#include "semblance/evaluate/scores.hpp"

namespace semblance {

/// True positives at a bound on the false ones.
struct TruePositives {
  double bound = 0;   ///< Most false positives allowed, a share.
  double rate = 0;    ///< Largest share of members found within it.
  Interval interval;  ///< Clopper-Pearson, the threshold taken as given.
};

/// How well scores tell members from others.
struct MembershipResult {
  AucEstimate auc;                ///< 0.5 is guessing.
  double advantage = 0;           ///< max over thresholds of true - false positive rate.
  std::vector<TruePositives> at;  ///< At 0.1, 1, 10 and 25 % false positives.
  /// With confidence `level`, no mechanism with a smaller epsilon (and this delta) could have been
  /// attacked so well (epsilon_lower_bound in audit.hpp), the threshold chosen on one half of the
  /// rows, the rates bounded on the other. 0 where nothing is shown.
  double epsilon = 0;
};

struct MembershipOptions {
  double level = 0.95;  ///< Of intervals and epsilon, in (0, 1).
  double delta = 0;     ///< Of the claim that epsilon belongs to, in [0, 1).
};

/// \param scores   One a candidate, larger: more likely a member. Ties are one threshold.
/// \param members  Not 0: was among the training rows.
/// \param seed     Deals the rows to the halves behind epsilon.
/// Empty where members or others are absent.
/// \throws InvalidArgument if the lengths differ, a score is NaN, or an option is out of range.
[[nodiscard]] std::optional<MembershipResult> membership(std::span<const double> scores,
                                                         std::span<const std::uint8_t> members,
                                                         Seed seed,
                                                         const MembershipOptions& options = {});

/// Membership of outliers: the AUC among the `share` of the members and the `share` of the others
/// (at least `fewest` of each, if there are) that are farthest from all else.
/// \param isolation  One a candidate, larger: farther from its neighbours, by rows that are neither
///                   members nor synthetic.
/// Empty where members or others are absent.
/// \throws InvalidArgument if the lengths differ, a number is NaN, or share is outside (0, 1].
[[nodiscard]] std::optional<AucEstimate> outlier_exposure(std::span<const double> scores,
                                                          std::span<const std::uint8_t> members,
                                                          std::span<const double> isolation,
                                                          double share = 0.01,
                                                          std::int64_t fewest = 50);

/// Risk of an attack on the training rows beyond what it achieves on a control group [1].
struct AttackRisk {
  double attacks = 0, hits = 0;                     ///< On training rows.
  double control_attacks = 0, control_hits = 0;     ///< On rows that were not learned; 0: none.
  double baseline_attacks = 0, baseline_hits = 0;   ///< By guessing, without the synthetic rows.
  Interval rate = {}, control = {}, baseline = {};  ///< Wilson; [0, 1] without attacks.
  double risk = 0;         ///< (a - c)/(1 - c) of the Wilson centres, in [0, 1]; a without control.
  Interval interval = {};  ///< By first-order propagation, cut to [0, 1].
};

/// Fills rates and risk from the counts.
///
/// [1] Giomi et al., "A unified framework for quantifying privacy risk in synthetic data"
/// (Anonymeter), PoPETs 2023.
[[nodiscard]] AttackRisk attack_risk(AttackRisk counts, double level = 0.95);

/// (attack - control) / (1 - control) with its half-width from those of both rates, not cut.
struct ResidualRisk {
  double value = 0, error = 0;
};
[[nodiscard]] ResidualRisk residual_risk(double attack, double attack_error, double control,
                                         double control_error);

}  // namespace semblance
