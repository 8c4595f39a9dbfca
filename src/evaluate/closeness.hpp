// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "evaluate/tables.hpp"
#include "semblance/evaluate/evaluate.hpp"
#include "semblance/neighbours/gower.hpp"

namespace semblance {

/// Distances of some rows to their nearest records.
struct Distances {
  std::vector<double> to_train;    ///< Ascending order is not implied; one a query.
  std::vector<double> to_holdout;  ///< To equally many holdout rows; empty without a holdout.
  std::vector<double> ratio;       ///< Nearest over second nearest training row, in [0, 1].
};

/// Share nearer to train than to an equally large holdout sample, a tie counting half.
struct NearerShare {
  double hits = 0;  ///< Queries nearer to train, ties half.
  double n = 0;
};
[[nodiscard]] NearerShare nearer_to_train(const std::vector<double>& to_train,
                                          const std::vector<double>& to_holdout);

/// Nearest records under the Gower distance scaled by the training rows.
class Closeness {
 public:
  Closeness(const Tables& tables, const EvaluateOptions& options, Seed seed);

  /// Of up to `dcr_queries` rows of a table.
  [[nodiscard]] Distances measure(const Dataset& rows, Seed seed) const;

  /// What real rows get: one half of the holdout asks, the other answers. Empty without a holdout
  /// of at least 4 rows.
  [[nodiscard]] std::optional<NearerShare> reference_share() const;

  /// Rows searched through on either side.
  [[nodiscard]] std::int64_t references() const noexcept { return size_; }

 private:
  [[nodiscard]] std::vector<double> search(const Gower::Rows& queries, const Gower::Rows& answers,
                                           std::int64_t k) const;

  const Tables& tables_;
  const EvaluateOptions& options_;
  Seed seed_;
  Gower gower_;
  std::int64_t size_ = 0;
  Gower::Rows near_, far_;
};

/// Rows of `other` that equal a training row in every cell (numbers to 9 significant digits).
[[nodiscard]] double count_copies(const Dataset& train, const Dataset& other);

/// Rows that differ from one another in some cell, by the same rule.
[[nodiscard]] double count_distinct(const Dataset& rows);

}  // namespace semblance
