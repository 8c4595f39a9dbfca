// SPDX-License-Identifier: Apache-2.0
// Are groups of people treated alike, by labels or by a classifier? Every function takes one entry
// a row: whether the outcome is the favourable one, and the row's group. Rows of a negative group
// are left out, and so is a group without rows in a rate's denominator. `weights` count rows
// (bootstrap); empty: 1 each. Undefined results are empty.
// \throws InvalidArgument, all of them, if lengths differ.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "semblance/neighbours/neighbours.hpp"

namespace semblance {

using Flags = std::span<const std::uint8_t>;
using GroupCodes = std::span<const std::int32_t>;
using RowWeights = std::span<const double>;

/// Share of favourable outcomes of each group 0, 1, ...; NaN for a group without rows.
[[nodiscard]] std::vector<double> group_rates(Flags favourable, GroupCodes groups,
                                              RowWeights weights = {});

/// Largest minus smallest rate of the groups, in [0, 1]: demographic parity difference of a
/// classifier's guesses, base-rate gap of labels. Empty with fewer than 2 groups.
[[nodiscard]] std::optional<double> parity_difference(Flags favourable, GroupCodes groups,
                                                      RowWeights weights = {});

/// Smallest over largest rate: disparate impact; the four-fifths rule asks for 0.8. Empty where no
/// outcome is favourable.
[[nodiscard]] std::optional<double> parity_ratio(Flags favourable, GroupCodes groups,
                                                 RowWeights weights = {});

/// Gaps between groups in what a classifier gets right and wrong.
struct OddsGaps {
  double true_positive = 0;   ///< Largest minus smallest true positive rate (equal opportunity).
  double false_positive = 0;  ///< The same of the false positive rate.
  double ratio = 0;           ///< Smaller of both smallest-over-largest ratios; 0/0 is 1.

  /// Equalised odds difference: the larger gap.
  [[nodiscard]] double difference() const noexcept {
    return true_positive > false_positive ? true_positive : false_positive;
  }
};
[[nodiscard]] std::optional<OddsGaps> odds_gaps(Flags truth, Flags guess, GroupCodes groups,
                                                RowWeights weights = {});

/// Average odds difference of group `a` against group `b`: mean of the differences of false and of
/// true positive rates.
[[nodiscard]] std::optional<double> average_odds_difference(Flags truth, Flags guess,
                                                            GroupCodes groups, std::int32_t a,
                                                            std::int32_t b);

/// The largest, over two groups, of the mean of their absolute differences of true and of false
/// positive rates. Empty with fewer than 2 groups that have both outcomes.
[[nodiscard]] std::optional<double> average_odds_gap(Flags truth, Flags guess, GroupCodes groups,
                                                     RowWeights weights = {});

/// Largest minus smallest share, by group, of favourable guesses that are right (predictive
/// parity).
[[nodiscard]] std::optional<double> predictive_parity_gap(Flags truth, Flags guess,
                                                          GroupCodes groups,
                                                          RowWeights weights = {});

/// Largest minus smallest, by group, of mean predicted chance minus share of favourable outcomes:
/// is one group over- and another underrated? 0 where a classifier is calibrated in every group.
[[nodiscard]] std::optional<double> calibration_gap(std::span<const double> chances, Flags truth,
                                                    GroupCodes groups, RowWeights weights = {});

/// Generalised entropy index of the benefits 1 + guess - truth [1], >= 0; order 1 is Theil's index.
/// Empty where all benefits are 0. \throws InvalidArgument for order 0, which benefits of 0 forbid.
///
/// [1] Speicher et al., "A unified approach to quantifying algorithmic unfairness", KDD 2018.
[[nodiscard]] std::optional<double> generalised_entropy(Flags truth, Flags guess, double order = 2,
                                                        RowWeights weights = {});

/// Empirical differential fairness [2]: the largest |ln ratio| of two groups' smoothed rates of
/// either outcome, (count + concentration/2) / (n + concentration).
///
/// [2] Foulds et al., "An intersectional definition of fairness", ICDE 2020.
[[nodiscard]] std::optional<double> differential_fairness(Flags favourable, GroupCodes groups,
                                                          double concentration = 1,
                                                          RowWeights weights = {});

/// Consistency [3]: 1 - mean |outcome - mean outcome of the nearest rows|; 1 where rows that are
/// alike are treated alike. The nearest rows of each row are its own neighbours in a space without
/// the outcome, itself left out.
/// \param nearest  Of as many queries as rows; Neighbours::index are rows.
/// \throws InvalidArgument otherwise.
///
/// [3] Zemel et al., "Learning fair representations", ICML 2013.
[[nodiscard]] double consistency(Flags favourable, const Neighbours& nearest,
                                 RowWeights weights = {});

/// Directional bias amplification [4] between a table and another: mean over groups and outcomes of
/// the change of a conditional probability, taken negative where group and outcome were not
/// positively associated in the first. Above 0: associations grew.
struct DirectionalAmplification {
  double group_to_outcome = 0;  ///< Of P(outcome | group).
  double outcome_to_group = 0;  ///< Of P(group | outcome).
};
/// Groups and outcomes without a row in either table are left out; empty with fewer than 2 groups.
///
/// [4] Wang, Russakovsky, "Directional bias amplification", ICML 2021.
[[nodiscard]] std::optional<DirectionalAmplification> directional_amplification(
    Flags real_outcome, GroupCodes real_groups, Flags other_outcome, GroupCodes other_groups,
    RowWeights real_weights = {}, RowWeights other_weights = {});

/// Kamiran and Calders' weight of each row, n_group n_outcome / (n n_both): with it outcome and
/// group are independent. 0 for left-out rows.
[[nodiscard]] std::vector<double> reweighing(Flags favourable, GroupCodes groups);

}  // namespace semblance
