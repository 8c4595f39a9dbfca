// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace semblance {

/// Positions of the values from smallest to largest; equal values in their order.
inline std::vector<std::size_t> ascending(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](auto a, auto b) { return values[a] != values[b] ? values[a] < values[b] : a < b; });
  return order;
}

/// Ranks 1..n; equal values share the mean of theirs.
inline std::vector<double> mid_ranks(std::span<const double> values) {
  const auto order = ascending(values);
  std::vector<double> out(values.size());
  for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
    while (last < order.size() && values[order[last]] == values[order[first]]) ++last;
    const double rank = (static_cast<double>(first) + static_cast<double>(last) + 1) / 2;
    for (std::size_t i = first; i < last; ++i) out[order[i]] = rank;
  }
  return out;
}

}  // namespace semblance
