// SPDX-License-Identifier: Apache-2.0
// p-values in words, for the page and the terminal.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "semblance/evaluate/metric.hpp"

namespace semblance {

/// For a newcomer, once a report.
inline constexpr const char* kAboutPValues =
    "p: how often two tables drawn from one population would differ by as much or more; a small p "
    "says that a difference is no accident, not that it is large. With many rows every difference "
    "gets a small p: read the value first.";

/// "0.0312", "< 0.0001".
[[nodiscard]] inline std::string shown_p(double p) {
  return p < 1e-4 ? "< 0.0001" : fmt::format("{:.3g}", p);
}

/// "p = 0.0312", "p < 0.0001, the smallest of 14 (adjusted for their number)"; empty without one.
[[nodiscard]] inline std::string p_in_words(const Metric& m) {
  if (!m.p_value) return "";
  const auto parts =
      std::ranges::count_if(m.details, [](const Detail& d) { return d.p_value.has_value(); });
  return fmt::format(
      "p {}{}{}", *m.p_value < 1e-4 ? "" : "= ", shown_p(*m.p_value),
      parts > 1 ? fmt::format(", the smallest of {} (adjusted for their number)", parts) : "");
}

/// Whether a report has any.
[[nodiscard]] inline bool any_p_value(const std::vector<Metric>& metrics) {
  return std::ranges::any_of(metrics, [](const Metric& m) { return m.p_value.has_value(); });
}

}  // namespace semblance
