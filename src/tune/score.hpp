// SPDX-License-Identifier: Apache-2.0
// How good the rows of a generator are, judged by training rows that it has not seen.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "semblance/generator.hpp"
#include "semblance/tune/tune.hpp"

namespace semblance::tuning {

/// What was measured; several add up to one of all their rows.
struct Score {
  double losses = 0;  ///< Sum over the measurements.
  std::int64_t measured = 0;
  double near = 0, asked = 0;  ///< Rows nearer to those learned than to the judges; all.
  double learned = 0;          ///< Rows that were learned.
  std::optional<double> shape_error = {}, pair_error = {}, utility = {};  ///< Of the last one.

  [[nodiscard]] double loss() const;
  /// The share of rows nearer to those learned than to equally many others; 1/2 without any.
  [[nodiscard]] double nearer() const { return asked > 0 ? near / asked : 0.5; }
  /// Whether that share is beyond chance (99 %) above what a smooth model of so many rows stays
  /// below: 55 %, and more where fewer than 400 were learned, 61 % of 90.
  [[nodiscard]] bool copies() const;
  void add(const Score& other);
};

/// Makes and fits a generator on `teach`, draws as many rows, and compares them with `judge`.
/// \param run  Of the fit; its callback is not called.
struct Trainee {
  std::string model, config;
};
[[nodiscard]] Score measure(const Trainee& trainee, const Dataset& teach, const Dataset& judge,
                            Aim aim, Seed seed, const RunOptions& run);

/// The same options with every step of a part reported as one state of the whole, so that the
/// caller can stop it.
[[nodiscard]] RunOptions part_of(const RunOptions& run, const Progress& whole);

}  // namespace semblance::tuning
