// SPDX-License-Identifier: Apache-2.0
// Which base, neighbour and step each new row has.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "semblance/data/condition.hpp"
#include "smote/method.hpp"
#include "smote/plans.hpp"

namespace semblance {

/// The row with that index, from a stage's seed; may be called concurrently.
using DrawOne = std::function<Drawn(Seed stage, std::int64_t index)>;

/// The training rows that a condition accepts; each new row takes the class of one of them.
class RowPool {
 public:
  /// Keeps a reference to `training`.
  /// \throws InvalidArgument if the condition is not on a categorical target or meets no row.
  RowPool(const Training& training, const std::vector<ResolvedTerm>& given);

  [[nodiscard]] const Training& training() const noexcept { return training_; }
  [[nodiscard]] std::int64_t draw(Stream& stream) const;
  /// The plans of its classes, by class; nullptr for the others. \throws Cancelled.
  [[nodiscard]] std::vector<const ReadyPlan*> plans(const Plans& all, const RunOptions& run) const;

 private:
  const Training& training_;
  std::vector<std::int64_t> rows_;  ///< Ascending; empty: all.
};

/// Rows of the classes of the pool, as often as the training data has them. The arguments must
/// outlive the result. \throws Cancelled.
[[nodiscard]] DrawOne draw_rows(const Method& method, const Plans& plans, const RowPool& pool,
                                const RunOptions& run);

/// Rows 0 to n - 1 of one class, in which bases with weights have exact shares.
[[nodiscard]] DrawOne draw_class(const Method& method, const ReadyPlan& ready, std::int64_t n,
                                 Seed seed);

}  // namespace semblance
