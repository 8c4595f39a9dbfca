// SPDX-License-Identifier: Apache-2.0
// Which metrics a list of names asks for.
#include <algorithm>

#include "detail/check.hpp"
#include "detail/names.hpp"
#include "evaluate/catalogue/names.hpp"
#include "semblance/evaluate/catalogue.hpp"

namespace semblance {
namespace {

/// Whether a name asks for this metric. A group's name is not looked for among the ids.
bool asks_for(std::string_view name, const MetricInfo& info, bool of_group) {
  if (name == "all") return true;
  if (name == "default") return info.standard;
  if (of_group) return in_group(info, name);
  return name == info.id || name == info.family;
}

}  // namespace

bool in_group(const MetricInfo& info, std::string_view name) {
  return name == to_string(info.group) || name == theme(info.group);
}

bool is_group(std::string_view name) {
  return std::ranges::any_of(catalogue(), [&](const MetricInfo& i) { return in_group(i, name); });
}

std::vector<std::string> metric_names() {
  std::vector<std::string> out;
  for (const MetricInfo& info : catalogue()) {
    out.emplace_back(info.id);
    if (std::ranges::find(out, info.family) == out.end()) out.emplace_back(info.family);
  }
  return out;
}

std::vector<std::string> select_metrics(const std::vector<std::string>& names) {
  const std::vector<std::string> asked =
      names.empty() ? std::vector<std::string>{"default"} : names;
  std::vector<bool> chosen(catalogue().size(), false);
  for (const std::string& name : asked) {
    const bool of_group = is_group(name);
    bool known = false;
    for (std::size_t k = 0; k < chosen.size(); ++k) {
      if (!asks_for(name, catalogue()[k], of_group)) continue;
      known = chosen[k] = true;
    }
    if (!known) fail("there is no metric '{}'; {}", name, did_you_mean(name, metric_names()));
  }
  std::vector<std::string> out;
  for (std::size_t k = 0; k < chosen.size(); ++k)
    if (chosen[k]) out.emplace_back(catalogue()[k].id);
  return out;
}

}  // namespace semblance
