// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace semblance {

using CodeSpan = std::span<const std::int32_t>;

/// Rows of two tables as cells of the joint table of some columns, numbered as they occur.
struct JointCodes {
  std::vector<std::int32_t> a, b;
  std::int32_t cells = 0;
};

/// Of columns of codes; memory by occupied cells. `a` and `b` have equally many columns, >= 1.
[[nodiscard]] JointCodes join_codes(std::span<const CodeSpan> a, std::span<const CodeSpan> b);

}  // namespace semblance
