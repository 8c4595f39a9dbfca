// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "semblance/core/run.hpp"
#include "semblance/neighbours/table_space.hpp"
#include "semblance/smote/smote.hpp"
#include "smote/table.hpp"

namespace semblance {

/// The neighbours of every row in its class. A class is searched when it is first needed: who
/// balances a table never pays for the largest class. Thread-safe.
class Neighbourhood {
 public:
  /// Keeps a reference to `classes`.
  /// \throws InvalidArgument for a small class under SmallClass::kError.
  Neighbourhood(const Dataset& data, const Classes& classes, const SmoteConfig& config);

  /// Searches the class, if that has not been done. \throws Cancelled.
  void search(std::int32_t label, const RunOptions& run) const;

  /// The neighbours of a row of a class that was searched, nearest first.
  [[nodiscard]] std::span<const std::int64_t> of(std::int64_t row) const;

 private:
  void fill(std::size_t label, const RunOptions& run) const;

  const Classes& classes_;
  TableSpace space_;
  std::vector<std::int64_t> k_;                          ///< Of each class.
  std::vector<std::int64_t> place_;                      ///< Of each row in its class.
  std::unique_ptr<std::once_flag[]> once_;               ///< One a class.
  mutable std::vector<std::vector<std::int64_t>> rows_;  ///< Of each class: [rows, k].
};

}  // namespace semblance
