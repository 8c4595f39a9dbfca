// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "smote/method.hpp"

namespace semblance {

/// A prepared class, ready to be drawn from.
struct ReadyPlan {
  std::unique_ptr<const ClassPlan> plan;
  std::vector<double> cumulative;  ///< Of the weights, to their sum; empty: bases are equal.
};

/// The classes as the method prepares them, each when it is first needed: who balances a table
/// never pays for the largest class. Thread-safe.
class Plans {
 public:
  /// Keeps a reference to `method`.
  Plans(const Training& training, const Method& method);

  /// \throws Cancelled.
  [[nodiscard]] const ReadyPlan& of(std::int32_t label, const RunOptions& run) const;

 private:
  [[nodiscard]] ReadyPlan make(std::int32_t label, const RunOptions& run) const;

  const Method& method_;
  std::unique_ptr<std::once_flag[]> once_;  ///< One a class.
  mutable std::vector<ReadyPlan> plans_;
};

}  // namespace semblance
