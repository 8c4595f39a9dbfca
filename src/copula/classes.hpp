// SPDX-License-Identifier: Apache-2.0
// A Gaussian copula for each class of the target, on the tokens of all rows.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "copula/sampler.hpp"

namespace semblance::copula {

/// The rows of one class.
struct ClassModel {
  std::int32_t code = 0;                         ///< Of the target; -1: missing.
  double share = 0;                              ///< Of the training rows, in (0, 1].
  std::vector<std::vector<double>> counts = {};  ///< Of each token, by column; smoothed.
  Model model;
};

/// How classes are learned.
struct ClassOptions {
  std::int64_t least_rows = 10;
  double ridge = 1e-3;
  double shrinkage = 1;  ///< A class of n rows and V variables keeps n / (n + shrinkage V) of its
                         ///< own correlations; the rest is those within all classes.
};

/// One model a class that the training rows have, in order of the codes.
///
/// Counts of categories are raised by half a row, spread as in all rows; those of numbers are
/// smoothed by a Gaussian kernel between the values of all rows, whose own counts are levelled where
/// they are small, so that a class of few rows does
/// not give their values away. The target's own are as they are.
/// \param all  Learned from all rows.
[[nodiscard]] std::vector<ClassModel> learn_classes(const Dataset& train, const Model& all,
                                                    const ClassOptions& options,
                                                    const RunOptions& run);

/// The model of a class from its parts.
[[nodiscard]] Model class_model(const Model& all, const std::vector<std::vector<double>>& counts,
                                Matrix correlation);

/// Draws from a mixture of classes: each row's class first, by its probability given what is known
/// of the row, then the row.
class Mixture {
 public:
  Mixture(const std::vector<ClassModel>& classes, const Schema& schema, std::int64_t sweeps,
          const RunOptions& run);

  [[nodiscard]] Dataset sample(RowRange rows, const std::vector<ResolvedTerm>& terms, Seed seed);
  [[nodiscard]] Dataset impute(const Dataset& rows, Seed seed);

 private:
  using Members = std::vector<std::vector<std::int64_t>>;  // row numbers by class

  [[nodiscard]] std::vector<double> weights(const std::vector<ResolvedTerm>& terms) const;
  [[nodiscard]] std::size_t class_of(const Dataset& rows, std::int64_t row, Seed seed) const;
  template <class Draw>
  [[nodiscard]] Dataset join(const Members& members, std::int64_t first, std::int64_t count,
                             const Draw& draw);

  const std::vector<ClassModel>& classes_;
  const Schema& schema_;
  const RunOptions& run_;
  std::vector<std::unique_ptr<Sampler>> samplers_;
};

}  // namespace semblance::copula
