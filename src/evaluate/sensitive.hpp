// SPDX-License-Identifier: Apache-2.0
// What the fairness metrics share: groups of sensitive columns, outcomes, and how numbers of the
// worst column are resampled and filed.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "evaluate/evaluator.hpp"
#include "evaluate/groups.hpp"
#include "semblance/evaluate/fairness.hpp"

namespace semblance {

inline constexpr const char* kNoFloor = "none: rows that know nothing treat all alike";

/// A sensitive column as groups: categories, or quarters of a number's training values.
class Sensitive {
 public:
  static constexpr double kFewestRows = 30;  ///< Training rows below which no group is compared.

  Sensitive(const Tables& t, std::size_t column);

  /// The group of each row; -1: missing, unknown or too small.
  [[nodiscard]] std::vector<std::int32_t> operator()(const Frame& table) const;
  /// What a group is called in details: "sex = Female", "age: quarter 2".
  [[nodiscard]] std::string label(const Tables& t, std::int32_t group) const;
  /// Groups that are large enough, ascending.
  [[nodiscard]] std::vector<std::int32_t> groups() const;

  std::string name;

 private:
  [[nodiscard]] std::vector<std::int32_t> raw(const Frame::Series& column) const;

  std::size_t column_;
  std::vector<double> edges_;
  std::vector<bool> large_;
};

using Outcomes = std::vector<std::uint8_t>;
using Codes = std::vector<std::int32_t>;

/// A table as groups of each sensitive column, and favourable outcomes.
struct Table {
  std::vector<Codes> groups;
  Outcomes favourable;
};

/// Everything behind the group's numbers.
struct Fairness {
  std::vector<Sensitive> columns;
  Table train, synthetic, reference_train, reference, random;
};

/// The extreme over the columns that have a value, and each of theirs.
struct Worst {
  std::optional<double> value;
  std::vector<Detail> details;
};

template <class Of>
Worst worst_of(const std::vector<Sensitive>& columns, const char* measure, bool largest, Of of) {
  Worst out;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const std::optional<double> value = of(c);
    if (!value) continue;
    out.details.push_back({columns[c].name, measure, *value, {}});
    if (!out.value || (largest ? *value > *out.value : *value < *out.value)) out.value = value;
  }
  return out;
}

/// A statistic of (training, other) row weights, resampled.
///
/// \param even   What groups that are treated alike have, where the statistic has a kink.
/// \param parts  The same of models of disjoint parts of their training rows; see batch_variance.
template <class Statistic>
std::optional<Interval> resampled(Evaluator& e, const char* stage, std::int64_t n, std::int64_t m,
                                  Statistic statistic, std::optional<double> even,
                                  const std::vector<Twice>& parts = {}) {
  constexpr double kMost = std::numeric_limits<double>::infinity();
  Replicates again(static_cast<std::size_t>(e.options().bootstrap));
  const Seed seed = derive(derive(e.seed(), "fairness"), stage);
  e.workers().run(e.options().bootstrap, [&](std::int64_t b) {
    const auto r = static_cast<std::uint64_t>(b);
    again[static_cast<std::size_t>(b)] = statistic(bootstrap_weights(n, derive(seed, "first"), r),
                                                   bootstrap_weights(m, derive(seed, "second"), r));
  });
  return e.spread(statistic(RowWeights{}, RowWeights{}), again, parts, kMost, even);
}

/// Files a number of the worst sensitive column.
void file_worst(Evaluator& e, const char* id, Worst own, Reference holdout, Reference floor,
                std::optional<Interval> interval);

/// Differential fairness, consistency, directional amplification.
void add_more_outcomes(Evaluator& e, const Fairness& f);
/// Fidelity and coverage within each group.
void add_within_groups(Evaluator& e, const Fairness& f);
/// More gaps of models' decisions, and inequality between people.
void add_more_decisions(Evaluator& e, const Fairness& f, const Decisions& made);

}  // namespace semblance
