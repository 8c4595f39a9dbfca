// SPDX-License-Identifier: Apache-2.0
// The order in which categories lie along their normal variable.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace semblance::copula {

/// A categorical column, as groups of its tokens.
struct Groups {
  std::vector<std::int32_t> of_token;  ///< 0, 1, ...; -1 for the missing token.
  std::vector<double> counts;          ///< Rows of each group.
};

/// Every token of at least `least` rows is a group of its own; the rarer ones are one group, so
/// that an order cannot be learned from single rows.
[[nodiscard]] Groups group_tokens(std::span<const std::int64_t> counts, std::int32_t missing,
                                  std::int64_t least);

/// The groups from low to high, so that the sum of their squared covariances with other columns is
/// as large as one order can make it: by the first principal axis of the groups' mean scores [1].
///
/// \param rows    Group of each row, -1 where missing.
/// \param counts  Rows of each group.
/// \param scores  Scores of the other columns, by row, 0 where missing. Empty: groups stay as they
///                are.
///
/// [1] Michailidis, de Leeuw, "The Gifi system of descriptive multivariate analysis", 1998.
[[nodiscard]] std::vector<std::int32_t> order_groups(
    std::span<const std::int32_t> rows, std::span<const double> counts,
    std::span<const std::span<const float>> scores);

}  // namespace semblance::copula
