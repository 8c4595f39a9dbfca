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

// Classes by their size. Where rows are added, the named classes grow to the size of the largest;
// where rows are removed, they shrink to the size of the smallest; a cleaner, which decides itself
// how many rows go, takes rows from these classes only.

/// What the method is for: NotMajority where rows are added, NotMinority where they are removed.
struct Automatic {};
struct NotMajority {};
struct NotMinority {};
struct All {};
/// The smallest class: only where rows are added.
struct Minority {};
/// The largest class: only where rows are removed.
struct Majority {};
/// These classes.
struct ClassList {
  std::vector<std::string> names;
};
/// Of two classes the smaller grows to floor(value x size of the larger), or the larger shrinks to
/// floor(size of the smaller / value); value in (0, 1]. Not for cleaners.
struct Ratio {
  double value = 1;
};
/// These classes grow or shrink to these sizes, the others stay. Not for cleaners.
struct Counts {
  std::vector<std::pair<std::string, std::int64_t>> rows;
};

/// How many rows each class shall have. Of equally large classes the first in the vocabulary counts
/// as the largest (the smallest).
using BalanceStrategy = std::variant<Automatic, NotMajority, Minority, NotMinority, Majority, All,
                                     ClassList, Ratio, Counts>;

/// "auto", "not-majority", "minority", "not-minority", "majority", "all", classes "a,b", a ratio
/// "0.5", or sizes "a=100,b=200". A single class that reads as one of the others takes a comma:
/// "1,".
/// \throws InvalidArgument for any other text.
[[nodiscard]] BalanceStrategy parse_balance_strategy(std::string_view text);

/// The number of rows of each class; missing cells count nowhere.
[[nodiscard]] std::vector<std::int64_t> class_sizes(const Column& labels,
                                                    const Vocabulary& classes);

/// The first of the smallest classes that have rows; -1 where none has.
[[nodiscard]] std::int32_t smallest_class(const std::vector<std::int64_t>& rows);

/// How many rows must be added to each class.
///
/// \param rows  The size of each class; classes without rows do not count as the smallest.
/// \throws InvalidArgument for Majority; if a ratio is outside (0, 1], meets more than two classes
/// or is below the classes' own; if a class is unknown, named twice, or shall shrink.
[[nodiscard]] std::vector<std::int64_t> rows_to_add(const BalanceStrategy& strategy,
                                                    const Vocabulary& classes,
                                                    const std::vector<std::int64_t>& rows);

/// How many rows of each class stay.
/// \throws InvalidArgument as rows_to_add; for Minority; if a class shall grow or vanish.
[[nodiscard]] std::vector<std::int64_t> rows_to_keep(const BalanceStrategy& strategy,
                                                     const Vocabulary& classes,
                                                     const std::vector<std::int64_t>& rows);

/// Which classes a cleaner may take rows from.
/// \throws InvalidArgument for Minority, Ratio and Counts; if a class is unknown or named twice.
[[nodiscard]] std::vector<bool> classes_to_clean(const BalanceStrategy& strategy,
                                                 const Vocabulary& classes,
                                                 const std::vector<std::int64_t>& rows);

/// How `balance` works.
struct BalanceOptions {
  BalanceStrategy strategy = Automatic{};
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
