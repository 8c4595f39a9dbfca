// SPDX-License-Identifier: Apache-2.0
// What a method of over-sampling is: the few lines in which it differs from SMOTE.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "semblance/core/run.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/neighbours/table_space.hpp"
#include "semblance/smote/over_sampler.hpp"
#include "smote/table.hpp"

namespace semblance {

/// The fields that all methods share, and how they are named in messages.
struct MethodOptions {
  std::string name;                             ///< "borderline-1": the registry's.
  std::int64_t k = 0;                           ///< Neighbours in the class; 0: it uses none.
  bool standardize = false;                     ///< Distances on columns of unit variance.
  SmallClass small_class = SmallClass::kClamp;  ///< For classes of k rows or fewer.
};

/// The training rows, cut into classes and laid out in space.
struct Training {
  Training(Dataset rows, MethodOptions common, Seed fit_seed);

  /// "class 'rare'", "the table", "the class of missing targets".
  [[nodiscard]] std::string class_name(std::int32_t label) const;
  /// The rows of a class, ascending.
  [[nodiscard]] std::span<const std::int64_t> members(std::int32_t label) const {
    return classes.members(label);
  }
  /// The rows of all other classes, ascending.
  [[nodiscard]] std::vector<std::int64_t> others(std::int32_t label) const;
  [[nodiscard]] std::int32_t label(std::int64_t row) const { return classes.label(row); }
  /// How many neighbours the rows of a class have in it: k, or what the policy for small classes
  /// says; 0 where there is no column to compare rows by.
  /// \throws InvalidArgument under SmallClass::kError.
  [[nodiscard]] std::int64_t usable_k(std::int32_t label) const;
  /// The k nearest of some rows among others, by one thread or several, as `run` and size say;
  /// nothing for k = 0.
  [[nodiscard]] Neighbours nearest(std::span<const std::int64_t> queries,
                                   std::span<const std::int64_t> references, std::int64_t k,
                                   const RunOptions& run) const;
  /// How many of the m nearest rows of the whole table are of another class, for rows of a class.
  [[nodiscard]] std::vector<std::int64_t> strangers(std::span<const std::int64_t> rows,
                                                    std::int64_t m, const RunOptions& run) const;
  /// Whether columns are filled by vote: there are categories, or gaps.
  [[nodiscard]] bool votes() const noexcept { return space.categorical() > 0; }
  /// Logs a warning: "borderline-1: class 'rare' has no row in danger; ...".
  void warn(std::int32_t label, std::string_view what) const;

  Dataset data;
  MethodOptions options;
  Classes classes;
  TableSpace space;
  Seed seed;  ///< Of `fit`: for preparations that draw.
};

/// For each base a list of rows of the table, all of one length.
struct NeighbourLists {
  std::int64_t k = 0;
  std::vector<std::int64_t> rows = {};  ///< [bases, k], nearest first.

  [[nodiscard]] std::span<const std::int64_t> of(std::int64_t base) const {
    return std::span(rows).subspan(static_cast<std::size_t>(base * k), static_cast<std::size_t>(k));
  }
};

/// One class as a method has prepared it. Methods derive from it to keep more.
struct ClassPlan {
  explicit ClassPlan(std::int32_t of) : label(of) {}
  ClassPlan(const ClassPlan&) = delete;
  ClassPlan& operator=(const ClassPlan&) = delete;
  virtual ~ClassPlan() = default;

  std::int32_t label;
  std::vector<std::int64_t> bases;  ///< Rows of the table that may be bases, ascending.
  std::vector<double> weights;      ///< One a base, >= 0, not all 0; empty: all the same.
  NeighbourLists partners;          ///< What a base may be joined with.
  NeighbourLists voters;  ///< Who votes on a base's categories and gaps; k = 0: the partners.

  /// The place of a row among the bases, or -1.
  [[nodiscard]] std::int64_t place(std::int64_t row) const;
  [[nodiscard]] std::span<const std::int64_t> voters_of(std::int64_t base) const {
    return (voters.k > 0 ? voters : partners).of(base);
  }
};

/// The base of a new row, and which of its rows it is.
struct Turn {
  std::int64_t place = 0;  ///< Among ClassPlan::bases.
  std::int64_t rank = -1;  ///< From 0 among the `count` rows of this base; -1: bases are drawn.
  std::int64_t count = 0;
};

/// Where a new row goes from its base.
struct Step {
  std::int64_t neighbour = 0;
  double u = 0;
};

/// A synthetic row before it has cells.
struct Drawn {
  Provenance parents;
  const ClassPlan* plan = nullptr;
  std::int64_t place = -1;  ///< Of the base in the plan; -1: it is none, and votes alone.
  std::uint64_t index = 0;  ///< Of the row's streams.
};

/// What differs from method to method. One object a fitted model; calls are const and may run
/// concurrently, `prepare` once a class.
class Method {
 public:
  explicit Method(const Training& training) : training_(training) {}
  Method(const Method&) = delete;
  Method& operator=(const Method&) = delete;
  virtual ~Method() = default;

  /// The bases of a class that has rows, their weights and neighbours. \throws Cancelled.
  [[nodiscard]] virtual std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                           const RunOptions& run) const = 0;

  /// How many of `n` rows each base gets in `generate`; empty: bases are drawn. Default: its share
  /// by weight.
  [[nodiscard]] virtual std::vector<std::int64_t> deal(const ClassPlan& plan, std::int64_t n,
                                                       Seed seed) const;

  /// Default: a partner at random, u ~ U[0, 1); the base itself where it has none.
  [[nodiscard]] virtual Step step(const ClassPlan& plan, const Turn& turn, Stream& stream) const;

  /// Whether numbers are those of `displace` instead of a + u (b - a).
  [[nodiscard]] virtual bool displaces() const { return false; }
  /// The point minus its base, in the units of the space.
  /// \param out  One a numeric column of the space; zeros on entry.
  virtual void displace(const Drawn& row, Stream& stream, std::span<double> out) const;

  /// Whether a base and a neighbour may be of different classes.
  [[nodiscard]] virtual bool crosses_classes() const { return false; }
  /// The values that u may have.
  [[nodiscard]] virtual Range steps() const { return {0, 1}; }

  /// How many candidates a row has: the first that is accepted is taken, or else the best.
  [[nodiscard]] virtual int attempts() const { return 1; }
  /// How bad candidates are.
  [[nodiscard]] virtual std::vector<double> flaws(const Dataset& candidates,
                                                  std::span<const Drawn> rows,
                                                  const RunOptions& run) const;
  /// Whether a candidate is good enough for an attempt, from 0.
  [[nodiscard]] virtual bool accepts(double flaw, int attempt) const;

 protected:
  [[nodiscard]] const Training& training() const noexcept { return training_; }
  /// All rows of the class as bases with their neighbours in it: the plan of SMOTE.
  void join_class(ClassPlan& plan, const RunOptions& run) const;

 private:
  const Training& training_;
};

/// `n` as integers in proportion to `weights` that add up to it: largest remainder, ties at random.
[[nodiscard]] std::vector<std::int64_t> largest_remainder(std::span<const double> weights,
                                                          std::int64_t n, Seed seed);

}  // namespace semblance
