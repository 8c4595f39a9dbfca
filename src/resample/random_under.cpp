// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "resample/entries.hpp"
#include "resample/selector_of.hpp"
#include "semblance/resample/under_samplers.hpp"

namespace semblance {

template <class Visitor>
static void visit(RandomUnderConfig& c, Visitor&& v) {
  v("replacement", c.replacement, "A row may be drawn more than once");
}

void RandomUnderConfig::validate() const {}

static std::string name_of(const RandomUnderConfig&) { return "random-under"; }

/// `count` of the rows; a row may be there more than once.
static std::vector<std::int64_t> draw_with_replacement(const std::vector<std::int64_t>& rows,
                                                       std::int64_t count, Stream stream) {
  std::vector<std::int64_t> out;
  for (std::int64_t i = 0; i < count; ++i) {
    out.push_back(rows[static_cast<std::size_t>(stream.below(rows.size()))]);
  }
  return out;
}

static std::vector<std::int64_t> select(const RandomUnderConfig& config,
                                        const Selection& selection) {
  const auto wanted = selection.wanted();
  std::vector<std::int64_t> kept;
  for (std::size_t c = 0; c < wanted.size(); ++c) {
    auto rows = selection.rows_of(static_cast<std::int32_t>(c));
    if (wanted[c] < static_cast<std::int64_t>(rows.size())) {
      const Stream stream(selection.seed, "under", static_cast<std::uint64_t>(c));
      rows = config.replacement ? draw_with_replacement(rows, wanted[c], stream)
                                : draw_rows(std::move(rows), wanted[c], stream);
    }
    kept.insert(kept.end(), rows.begin(), rows.end());
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

template class SelectorOf<RandomUnderConfig>;

ResamplerEntry random_under_entry() {
  return selector_entry<RandomUnderConfig>(ResamplerGroup::kUnderSampling, "Rows drawn at random.",
                                           "RandomUnderConfig");
}

}  // namespace semblance
