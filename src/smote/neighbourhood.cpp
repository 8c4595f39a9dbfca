// SPDX-License-Identifier: Apache-2.0
#include "smote/neighbourhood.hpp"

#include <algorithm>

#include "detail/check.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kWorthATeam = 1'000;  ///< Rows of a class that several threads search.

std::string class_name(const Dataset& data, const Classes& classes, std::size_t label) {
  if (classes.target < 0) return "the table";
  const Vocabulary& names = data.schema()[classes.target].categories;
  const auto code = static_cast<std::int32_t>(label);
  return code < names.size() ? "class '" + names[code] + "'" : "the class of missing targets";
}

/// How many neighbours the rows of a class of n have.
std::int64_t usable(std::int64_t n, const SmoteConfig& config, const std::string& name) {
  if (n > config.k) return config.k;
  require(config.small_class != SmallClass::kError,
          "smote.fit: {} has {} rows, k = {} neighbours need at least {}", name, n, config.k,
          config.k + 1);
  return config.small_class == SmallClass::kClamp ? n - 1 : 0;
}

}  // namespace

Neighbourhood::Neighbourhood(const Dataset& data, const Classes& classes, const SmoteConfig& config)
    : classes_(classes),
      space_(data, {.label = classes.target, .standardize = config.standardize}),
      place_(classes.label.size()),
      once_(std::make_unique<std::once_flag[]>(classes.rows.size())),
      rows_(classes.rows.size()) {
  const bool columns = space_.numeric() + space_.categorical() > 0;
  for (std::size_t c = 0; c < classes.rows.size(); ++c) {
    const auto size = static_cast<std::int64_t>(classes.rows[c].size());
    const std::int64_t k = size == 0 ? 0 : usable(size, config, class_name(data, classes, c));
    k_.push_back(columns ? k : 0);
    for (std::int64_t i = 0; i < size; ++i) {
      place_[static_cast<std::size_t>(classes.rows[c][static_cast<std::size_t>(i)])] = i;
    }
  }
}

void Neighbourhood::search(std::int32_t label, const RunOptions& run) const {
  const auto c = static_cast<std::size_t>(label);
  if (k_[c] > 0) std::call_once(once_[c], [&] { fill(c, run); });
}

void Neighbourhood::fill(std::size_t label, const RunOptions& run) const {
  const auto& members = classes_.rows[label];
  const int threads =
      static_cast<std::int64_t>(members.size()) < kWorthATeam ? 1 : worker_threads(run);
  rows_[label] =
      space_.nearest(members, members, k_[label], {.stop = run.stop, .threads = threads}).index;
}

std::span<const std::int64_t> Neighbourhood::of(std::int64_t row) const {
  const auto c = static_cast<std::size_t>(classes_.label[static_cast<std::size_t>(row)]);
  if (k_[c] == 0) return {};
  return std::span(rows_[c]).subspan(
      static_cast<std::size_t>(place_[static_cast<std::size_t>(row)] * k_[c]),
      static_cast<std::size_t>(k_[c]));
}

}  // namespace semblance
