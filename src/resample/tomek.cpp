// SPDX-License-Identifier: Apache-2.0
#include "resample/entries.hpp"
#include "resample/selector_of.hpp"

namespace semblance {

std::vector<std::int64_t> without_links(const Selection& selection, const TableSpace& space,
                                        std::span<const std::int64_t> rows,
                                        const std::vector<bool>& cleaned) {
  const Neighbours near = space.nearest(rows, rows, 1, selection.options.run);
  std::vector<std::int64_t> nearest_of(selection.label.size(), -1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    nearest_of[static_cast<std::size_t>(rows[i])] = near.index[i];
  }
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::int64_t other = near.index[i];
    const std::int32_t own = selection.label_of(rows[i]);
    const bool linked =
        nearest_of[static_cast<std::size_t>(other)] == rows[i] && selection.label_of(other) != own;
    if (!linked || !cleaned[static_cast<std::size_t>(own)]) out.push_back(rows[i]);
  }
  return out;
}

template <class Visitor>
static void visit(TomekConfig& c, Visitor&& v) {
  v("standardize", c.standardize, "Distances on columns of unit variance");
}

void TomekConfig::validate() const {}

static std::string name_of(const TomekConfig&) { return "tomek"; }

static std::vector<std::int64_t> select(const TomekConfig& config, const Selection& selection) {
  return without_links(selection, selection.space(config.standardize), selection.known,
                       selection.cleaned(selection.known));
}

template class SelectorOf<TomekConfig>;

ResamplerEntry tomek_entry() {
  return selector_entry<TomekConfig>(ResamplerGroup::kCleaning,
                                     "Tomek links: removes rows of nearest pairs of two classes.",
                                     "TomekConfig");
}

}  // namespace semblance
