// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
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
  bool standard = true;              ///< In the default set; else it is measured where asked for.
  bool of_tables = true;             ///< Else of signals or images only.
};

/// Every metric that a report can hold, in the order of the report.
[[nodiscard]] const std::vector<MetricInfo>& catalogue();

/// Ids of the metrics that these names ask for, in the order of the catalogue. A name is an id, a
/// family, a group ("pairs"), a theme ("fidelity"), "default" (the default set) or "all"; a group
/// before an id where a name is both. No names: the default set.
/// \throws InvalidArgument for an unknown name (the nearest is named).
[[nodiscard]] std::vector<std::string> select_metrics(const std::vector<std::string>& names);

}  // namespace semblance
