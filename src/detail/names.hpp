// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace semblance {

/// Levenshtein distance.
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({change, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

/// "did you mean 'x'?", or the list of all names where none is near (cut after 20).
inline std::string did_you_mean(std::string_view name, const std::vector<std::string>& known) {
  const auto nearest =
      std::min_element(known.begin(), known.end(), [&](const auto& a, const auto& b) {
        return edit_distance(a, name) < edit_distance(b, name);
      });
  if (nearest != known.end() &&
      edit_distance(*nearest, name) <= std::max<std::size_t>(2, name.size() / 3)) {
    return "did you mean '" + *nearest + "'?";
  }
  std::string out = "there are:";
  for (std::size_t i = 0; i < known.size() && i < 20; ++i)
    out += (i == 0 ? " '" : ", '") + known[i] + "'";
  return known.empty() ? "there are none" : out + (known.size() > 20 ? ", ..." : "");
}

}  // namespace semblance
