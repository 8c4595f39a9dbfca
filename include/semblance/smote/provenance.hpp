// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "semblance/data/dataset.hpp"

namespace semblance {

/// Where a synthetic row comes from: rows of the training data, from 0.
struct Provenance {
  std::int64_t base = 0;
  std::int64_t neighbour = 0;  ///< One of the base's neighbours; the base itself where it has none.
  double u = 0;                ///< Position between them, as the method's page says; often [0, 1).
  friend bool operator==(const Provenance&, const Provenance&) = default;
};

/// Synthetic rows and where they come from.
struct TracedRows {
  Dataset rows;
  std::vector<Provenance> provenance;  ///< One a row.
};

}  // namespace semblance
