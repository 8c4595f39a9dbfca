// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "semblance/evaluate/metric.hpp"

namespace semblance {

/// What a metric is, before anything is measured.
struct MetricInfo {
  std::string_view id = {};  ///< Stable name: "c2st_holdout".
  /// The name under which gates find it besides its id: "c2st" is whichever of that family has a
  /// value, in the order of the catalogue.
  std::string_view family = {};
  std::string_view title = {};
  std::string_view unit = {};  ///< "%" or "".
  Group group = Group::kColumns;
  Direction direction = Direction::kLower;
  std::optional<double> ideal = {};  ///< The best value, where there is one.
  std::string_view meaning = {};     ///< One sentence for a newcomer.
};

/// Every metric that a report can hold, in the order of the report.
[[nodiscard]] const std::vector<MetricInfo>& catalogue();

}  // namespace semblance
