// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "evaluate/html/text.hpp"
#include "semblance/evaluate/report.hpp"

namespace semblance::html {

/// The verdict in its colour, or why there is no value.
inline std::string chip(const Metric& m) {
  if (m.status != Status::kOk)
    return fmt::format("<span class=\"chip none\">{}</span>", to_string(m.status));
  if (m.grade == Grade::kNone) return "";
  return fmt::format("<span class=\"chip {}\">{}</span>", to_string(m.grade), escape(m.verdict));
}

/// Behind a number.
inline std::string unit(const Metric& m) { return m.unit.empty() ? "" : " " + escape(m.unit); }

/// "0.1 to 0.2"; empty without one.
inline std::string interval(const Metric& m) {
  if (!m.interval) return "";
  return fmt::format("{} to {}", shown(m.interval->lo), shown(m.interval->hi));
}

/// Every metric with its references, its meaning and its parts.
[[nodiscard]] std::string full_table(const Report& report);

}  // namespace semblance::html
