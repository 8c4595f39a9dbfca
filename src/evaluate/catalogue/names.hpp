// SPDX-License-Identifier: Apache-2.0
// How users name metrics, for gates and selections.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "semblance/evaluate/catalogue.hpp"

namespace semblance {

/// Whether a metric is of the group ("pairs") or theme ("fidelity") of this name.
[[nodiscard]] bool in_group(const MetricInfo& info, std::string_view name);

/// Whether this is the name of a group or theme.
[[nodiscard]] bool is_group(std::string_view name);

/// All ids and families, for suggestions.
[[nodiscard]] std::vector<std::string> metric_names();

}  // namespace semblance
