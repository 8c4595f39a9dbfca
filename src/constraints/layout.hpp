// SPDX-License-Identifier: Apache-2.0
// The reversible change of a table that makes constraints hold by construction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "semblance/data/condition.hpp"
#include "semblance/data/constraint.hpp"

namespace semblance::constraints {

/// Columns that become one category.
struct Merged {
  std::vector<std::int64_t> columns = {};  ///< Of the outer table, ascending.
  Dataset combinations = {};               ///< Distinct rows of these columns; category k is row k.
};

/// A number that follows from others: the sum of the sources, or what the inner column says above
/// the highest of source + gap.
struct Derived {
  enum class How { kSum, kAbove };
  std::int64_t column = 0;
  How how = How::kSum;
  std::vector<std::int64_t> sources = {};
  std::vector<double> gaps = {};  ///< kAbove: of each source.
  double stand_in = 0;            ///< kAbove: for the sources where all are missing.
  bool kept = true;               ///< Whether the inner table has the column.
};

/// How the outer table becomes the inner one, and back.
class Layout {
 public:
  /// Plans and learns the change. \throws InvalidArgument for constraints that contradict each
  /// other.
  Layout(const Constraints& constraints, const Dataset& train);
  /// The change that `combinations` (one table a merged group, in order) and `stand_ins` belong to.
  Layout(const Constraints& constraints, const Schema& outer,
         const std::vector<Dataset>& combinations, const std::vector<double>& stand_ins,
         const std::vector<bool>& kept);

  [[nodiscard]] const std::vector<Merged>& merged() const noexcept { return merged_; }
  [[nodiscard]] const std::vector<Derived>& derived() const noexcept { return derived_; }

  [[nodiscard]] Dataset apply(const Dataset& outer) const;
  /// \throws FileError unless these are the columns that `apply` gives.
  void check_inner(const Schema& inner) const;
  /// \param inner  Of the columns that `apply` gives, in that order.
  [[nodiscard]] Dataset undo(const Dataset& inner) const;

  /// A condition on outer columns, as one on inner columns, and what is left to be checked.
  struct Terms {
    std::vector<ResolvedTerm> inner, left;
  };
  /// \throws InvalidArgument if no combination satisfies the terms.
  [[nodiscard]] Terms translate(const std::vector<ResolvedTerm>& terms) const;

 private:
  void plan(const Constraints& constraints);
  void claim(std::int64_t column, const std::string& by);
  void merge(const std::vector<std::string>& columns, const std::string& by);
  Derived& derive(const std::string& column, Derived::How how, const std::string& by);
  void sort_derived();
  void check_sources() const;
  void number_inner();
  [[nodiscard]] Field merged_field(std::size_t group) const;
  [[nodiscard]] Column merged_column(std::size_t group, const Dataset& outer) const;
  [[nodiscard]] Column distance(const Derived& derived, const Dataset& outer) const;
  [[nodiscard]] const Derived* derived_at(std::int64_t column) const;
  [[nodiscard]] int digits(const Derived& derived) const;
  [[nodiscard]] Column rebuilt(const Derived& derived, const std::vector<Column>& columns,
                               const Column* own) const;

  Schema outer_;
  std::vector<Merged> merged_;
  std::vector<Derived> derived_;     // sources first
  std::vector<std::string> claims_;  // by outer column: the constraint that changes it
  std::vector<std::int64_t> group_;  // by outer column: its merged group, or -1
  std::vector<std::int64_t> inner_;  // by outer column: its inner position, or -1
};

}  // namespace semblance::constraints
