// SPDX-License-Identifier: Apache-2.0
// Which cells of joint tables of columns of codes real and synthetic rows fill.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace semblance {

/// Columns of codes, all of one length: one code a row, any numbers.
using CodeColumns = std::span<const std::span<const std::int32_t>>;

/// Total variation distance of the joint tables of k columns: half of sum |p - q| over the cells
/// that occur. Memory by occupied cells. Empty where a side has no rows.
/// \throws InvalidArgument unless both sides have equally many columns, >= 1, and the columns of a
///         side one length.
[[nodiscard]] std::optional<double> joint_tvd(CodeColumns a, CodeColumns b);

/// Share of the cells of the real joint table that occur among the synthetic rows. Empty where
/// there are no real rows. \throws InvalidArgument as `joint_tvd`.
[[nodiscard]] std::optional<double> cell_coverage(CodeColumns real, CodeColumns synthetic);

/// Share of the categories with 1 to `most` real rows that occur among the synthetic ones; counts
/// over the same categories. Empty where no category is that rare.
/// \throws InvalidArgument if the lengths differ.
[[nodiscard]] std::optional<double> rare_coverage(std::span<const double> real,
                                                  std::span<const double> synthetic, double most);

/// Shannon entropy of counts, nats; its exp is the effective number of cells. Empty for no rows.
[[nodiscard]] std::optional<double> entropy(std::span<const double> counts);

}  // namespace semblance
