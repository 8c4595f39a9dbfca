// SPDX-License-Identifier: Apache-2.0
// The words for groups, directions, statuses and grades.
#include <array>

#include "semblance/evaluate/metric.hpp"

namespace semblance {

std::string_view to_string(Group group) {
  constexpr std::array kNames = {"columns", "pairs",   "time",    "detection", "diversity",
                                 "utility", "copying", "privacy", "fairness"};
  return kNames.at(static_cast<std::size_t>(group));
}

std::string_view theme(Group group) {
  constexpr std::array kThemes = {"fidelity", "fidelity", "fidelity", "fidelity", "diversity",
                                  "utility",  "privacy",  "privacy",  "fairness"};
  return kThemes.at(static_cast<std::size_t>(group));
}

std::string_view heading(Group group) {
  constexpr std::array kHeadings = {"Columns",    "Pairs of columns", "In time",
                                    "Told apart", "Diversity",        "Usefulness",
                                    "Copying",    "Privacy",          "Fairness"};
  return kHeadings.at(static_cast<std::size_t>(group));
}

std::string_view to_string(Direction direction) {
  constexpr std::array kNames = {"lower", "higher", "target"};
  return kNames.at(static_cast<std::size_t>(direction));
}

std::string_view to_string(Status status) {
  constexpr std::array kNames = {"ok", "undefined", "not applicable", "unavailable"};
  return kNames.at(static_cast<std::size_t>(status));
}

std::string_view to_string(Grade grade) {
  constexpr std::array kNames = {"", "weak", "fair", "good", "excellent"};
  return kNames.at(static_cast<std::size_t>(grade));
}

}  // namespace semblance
