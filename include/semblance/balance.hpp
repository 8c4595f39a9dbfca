// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "semblance/generator.hpp"

namespace semblance {

/// Every class but the largest grows to the size of the largest.
struct NotMajority {};
/// The smallest class grows to the size of the largest.
struct Minority {};
/// Every class but the smallest grows to the size of the largest.
struct NotMinority {};
/// Every class grows to the size of the largest.
struct All {};
/// Of two classes the smaller grows to floor(value x size of the larger), value in (0, 1].
struct Ratio {
  double value = 1;
};
/// These classes grow to these sizes, the others stay.
struct Counts {
  std::vector<std::pair<std::string, std::int64_t>> rows;
};

/// How many rows each class shall have. Of equally large classes the first in the vocabulary counts
/// as the largest (the smallest).
using BalanceStrategy = std::variant<NotMajority, Minority, NotMinority, All, Ratio, Counts>;

/// "not-majority", "minority", "not-minority", "all", a ratio "0.5", or sizes "a=100,b=200".
/// \throws InvalidArgument for any other text.
[[nodiscard]] BalanceStrategy parse_balance_strategy(std::string_view text);

/// How `balance` works.
struct BalanceOptions {
  BalanceStrategy strategy = NotMajority{};
  RunOptions run = {};
};

/// How many rows must be added to each class.
///
/// \param rows  The size of each class; classes without rows do not count as the smallest.
/// \throws InvalidArgument if a ratio is outside (0, 1], meets more than two classes or is below
/// the classes' own; if a class is unknown, named twice, or shall shrink.
[[nodiscard]] std::vector<std::int64_t> rows_to_add(const BalanceStrategy& strategy,
                                                    const Vocabulary& classes,
                                                    const std::vector<std::int64_t>& rows);

/// The same for the target that `generator` was fitted with, in `train`.
/// \throws NotFitted; InvalidArgument as above, or if the target is missing, not categorical or has
/// other categories in `train`.
[[nodiscard]] std::vector<std::int64_t> balance_counts(const Dataset& train,
                                                       const Generator& generator,
                                                       const BalanceStrategy& strategy);

/// The rows of `train`, unchanged and in order, then new ones, grouped by class in the order of the
/// vocabulary: exactly as many as the strategy says. Rows without a class stay and are not counted.
///
/// \param train      With the categorical target that `generator` was fitted with.
/// \param generator  Fitted; conditions on its target (any of them: Smote, AnyOrderModel, ...).
/// \throws NotFitted; InvalidArgument as rows_to_add, or if the target or the generator does not
/// allow it.
[[nodiscard]] Dataset balance(const Dataset& train, const Generator& generator, Seed seed,
                              const BalanceOptions& options = {});

}  // namespace semblance
