// SPDX-License-Identifier: Apache-2.0
#include "detail/check.hpp"
#include "neighbours/table_cells.hpp"
#include "semblance/neighbours/gower.hpp"

namespace semblance {

Gower::Gower(const Dataset& scale, GowerGap gap)
    : Gower(table_cells(scale, scale.schema(), "Gower").view(), gap) {
  schema_ = scale.schema();
}

Gower::Rows Gower::encode(const Dataset& rows) const {
  require(rows.schema().size() == schema_.size(), "Gower.encode: rows must have {} columns, got {}",
          schema_.size(), rows.schema().size());
  return encode(table_cells(rows, schema_, "Gower").view());
}

}  // namespace semblance
