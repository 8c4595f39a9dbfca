// SPDX-License-Identifier: Apache-2.0
// Candidates against each other on inner splits of the training rows.
#pragma once

#include <string>
#include <vector>

#include "tune/candidates.hpp"
#include "tune/score.hpp"

namespace semblance::tuning {

/// How long a race is.
struct RaceOptions {
  std::int64_t rounds = 4;            ///< Inner splits.
  std::optional<double> budget = {};  ///< Seconds; ends it after the fit that is running.
};

/// Who won, and how it went, as the end of "... so 4 models were raced: ".
struct RaceResult {
  std::size_t winner = 0;
  std::string story;
};

/// Every candidate that is still in learns three quarters of the rows, a fresh split each round,
/// and is judged by the rest. Whoever's mean loss is more than 0.1 above the best, or whose rows
/// are copies, is out. The lowest mean loss wins; without any that does not copy, the least copy.
/// \throws Cancelled; the last candidate's error if all fail.
[[nodiscard]] RaceResult race(const std::vector<Candidate>& candidates, const Dataset& train,
                              const RaceOptions& options, Seed seed, const RunOptions& run);

}  // namespace semblance::tuning
