// SPDX-License-Identifier: Apache-2.0
// The three attacks behind the European notion of anonymity [1]: singling out, linkability and
// inference, as Anonymeter defines them [2], with its defects mended: guesses are compared by their
// absolute error, ties between neighbours are broken at random, every draw has a seed, and as many
// training as control rows are attacked.
//
// [1] Article 29 Working Party, Opinion 05/2014 on anonymisation techniques.
// [2] Giomi et al., "A unified framework for quantifying privacy risk in synthetic data", PoPETs
//     2023.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "semblance/core/run.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/data/dataset.hpp"
#include "semblance/evaluate/membership.hpp"

namespace semblance {

/// Whose rows are attacked with what. All tables have the columns of `train`; text, tensor and key
/// columns may not be among them.
struct AttackTables {
  const Dataset& train;
  const Dataset& synthetic;
  const Dataset& control;  ///< Rows of the same population that were not learned; may be empty.
};

struct AttackOptions {
  std::int64_t attacks = 500;  ///< Most attacks on either side, >= 1.
  double level = 0.95;         ///< Of the intervals, in (0, 1).
  RunOptions run = {};         ///< `threads` and `stop` are honoured.
};

/// Singling out: predicates that fit exactly one synthetic row are taken for predicates that fit
/// exactly one training row. With one column: a value that occurs once, or beyond the extremes.
/// With more: a random synthetic row's values in that many columns, "at least" above the median,
/// "at most" below it. Fewer attacks than asked for are made where there are fewer such predicates.
/// \param columns  1 to the number of columns.
[[nodiscard]] AttackRisk singling_out(const AttackTables& tables, std::int64_t columns, Seed seed,
                                      const AttackOptions& options = {});

/// Linkability: an attacker holds two parts of the columns and takes them for one person's where
/// their k nearest synthetic rows (Gower) share a row.
/// \throws InvalidArgument if a part is empty, both share a column, or k exceeds the synthetic
/// rows.
[[nodiscard]] AttackRisk linkability(const AttackTables& tables,
                                     const std::vector<std::string>& first,
                                     const std::vector<std::string>& second, std::int64_t k,
                                     Seed seed, const AttackOptions& options = {});

/// Inference: the secret of the nearest synthetic row (Gower, over the known columns) is taken for
/// a row's own. A category must be equal, a number within `tolerance` of the absolute true value, a
/// missing cell missing.
/// \param known  Columns that the attacker has; empty: all but the secret.
/// \throws InvalidArgument if the secret is among the known or a tolerance is negative.
[[nodiscard]] AttackRisk inference(const AttackTables& tables, const std::string& secret,
                                   const std::vector<std::string>& known, Seed seed,
                                   double tolerance = 0.05, const AttackOptions& options = {});

}  // namespace semblance
