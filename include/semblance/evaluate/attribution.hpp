// SPDX-License-Identifier: Apache-2.0
// Correct attribution probability: who knows some columns of a person, the keys, reads the secret
// off the synthetic rows with the same keys.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "semblance/evaluate/anonymity.hpp"

namespace semblance {

/// Rows as keys and a secret; codes mean the same in every table. Bin numbers first.
struct KeyedRows {
  KeyRows keys;
  std::span<const std::int32_t> secrets;  ///< One a row.
};

/// Probability of the true secret of a real row among the synthetic rows with its keys [1].
struct Attribution {
  /// Mean over the real rows whose keys occur among the synthetic ones; empty where none do.
  std::optional<double> cap;
  double zero = 0;         ///< Mean over all real rows; 0 for those without a match.
  double generalised = 0;  ///< The same, but those look at the synthetic rows whose keys differ in
                           ///< the fewest columns.
  double matched = 0;      ///< Share of the real rows whose keys occur.
  std::vector<double> generalised_rows;  ///< [n] what `generalised` is the mean of.
};
/// Rows with equal keys are looked at once. O(n log n) and, for keys without a match, the number of
/// different ones times that of the synthetic ones.
/// \throws InvalidArgument for no rows, other key columns in one table than the other, or another
///         number of secrets than rows.
///
/// [1] Elliot, "Final report on the disclosure risk associated with the synthetic data produced by
///     the SYLLS team", 2014; the variants as in SDMetrics' CategoricalCAP family.
[[nodiscard]] Attribution attribution(const KeyedRows& real, const KeyedRows& synthetic);

/// SDMetrics' score of an attribution: protection 1 - value over that of a blind guess among
/// `secrets` values, 1 - 1/secrets; at most 1. \throws InvalidArgument for secrets < 2.
[[nodiscard]] double attribution_protection(double value, std::int64_t secrets);

/// Targeted correct attribution probability [2]: mean, over the synthetic rows whose secret the
/// keys determine among the synthetic rows (share at least `certainty`) and whose keys occur among
/// the real ones, of the share of the real rows with those keys that have that secret.
struct TargetedAttribution {
  std::optional<double> value;  ///< Empty where there is no such row.
  double targets = 0;           ///< Share of the synthetic rows that it is the mean of.
};
/// \throws InvalidArgument as attribution, or for certainty outside (0, 1].
///
/// [2] Taub, Elliot, Pampaka, Smith, "Differential correct attribution probability for synthetic
///     data", PSD 2018; Taub, Elliot, "The synthetic data challenge", 2019.
[[nodiscard]] TargetedAttribution targeted_attribution(const KeyedRows& real,
                                                       const KeyedRows& synthetic,
                                                       double certainty = 1);

}  // namespace semblance
