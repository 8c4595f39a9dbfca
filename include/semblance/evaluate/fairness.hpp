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

/// Generalised entropy index of the benefits 1 + guess - truth [1], >= 0; order 1 is Theil's index.
/// Empty where all benefits are 0. \throws InvalidArgument for order 0, which benefits of 0 forbid.
///
/// [1] Speicher et al., "A unified approach to quantifying algorithmic unfairness", KDD 2018.
[[nodiscard]] std::optional<double> generalised_entropy(Flags truth, Flags guess, double order = 2);

/// Empirical differential fairness [2]: the largest |ln ratio| of two groups' smoothed rates of
/// either outcome, (count + concentration/2) / (n + concentration).
///
/// [2] Foulds et al., "An intersectional definition of fairness", ICDE 2020.
[[nodiscard]] std::optional<double> differential_fairness(Flags favourable, GroupCodes groups,
                                                          double concentration = 1);

/// Kamiran and Calders' weight of each row, n_group n_outcome / (n n_both): with it outcome and
/// group are independent. 0 for left-out rows.
[[nodiscard]] std::vector<double> reweighing(Flags favourable, GroupCodes groups);

}  // namespace semblance
