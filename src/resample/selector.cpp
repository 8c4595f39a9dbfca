// SPDX-License-Identifier: Apache-2.0
#include "semblance/resample/selector.hpp"

#include "detail/check.hpp"
#include "resample/selection.hpp"

namespace semblance {

Resampled Selector::do_resample(const Dataset& data, Seed seed,
                                const ResampleOptions& options) const {
  const std::int64_t target = data.schema().target();
  const Field& field = data.schema()[target];
  const auto before = check_classes(data, name());
  Resampled out;
  out.kept = with_missing(do_select(data, seed, options), data.column(target));
  out.rows = data.take(out.kept);
  const auto after = class_sizes(out.rows.column(target), field.categories);
  for (std::size_t c = 0; c < before.size(); ++c) {
    require(
        before[c] == 0 || after[c] > 0,
        "{}: all {} rows of class '{}' would go; a milder setting or another strategy keeps some",
        name(), before[c], field.categories[static_cast<std::int32_t>(c)]);
  }
  return out;
}

}  // namespace semblance
