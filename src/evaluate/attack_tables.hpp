// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "detail/check.hpp"
#include "evaluate/tables.hpp"
#include "semblance/evaluate/attacks.hpp"

namespace semblance {

inline const AttackOptions& checked(const AttackOptions& options) {
  require(options.attacks >= 1, "AttackOptions.attacks must be >= 1, got {}", options.attacks);
  require(options.level > 0 && options.level < 1, "AttackOptions.level must be in (0, 1), got {}",
          options.level);
  return options;
}

/// As many training as control rows.
inline std::int64_t rows_to_attack(const AttackTables& t, std::int64_t most) {
  const std::int64_t n = std::min(t.train.rows(), most);
  return t.control.rows() > 0 ? std::min(n, t.control.rows()) : n;
}

/// All tables under the schema of train, with the categories that others add.
struct Conformed {
  Dataset train, synthetic, control;
  explicit Conformed(const AttackTables& t) {
    Schema schema = conform(t.synthetic, t.train.schema(), Unseen::kAppend).schema();
    if (t.control.rows() > 0) schema = conform(t.control, schema, Unseen::kAppend).schema();
    train = conform(t.train, schema);
    synthetic = conform(t.synthetic, schema);
    if (t.control.rows() > 0) control = conform(t.control, schema);
  }
};

}  // namespace semblance
