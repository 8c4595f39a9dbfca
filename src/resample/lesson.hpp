// SPDX-License-Identifier: Apache-2.0
// A table's rows as learners see them, for methods that ask a classifier which rows are hard.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "resample/selection.hpp"
#include "semblance/learners/random_forest.hpp"

namespace semblance {

/// The rows of a selection that have a class, by position in Selection::known.
class Lesson {
 public:
  /// \throws InvalidArgument if there are no features.
  explicit Lesson(const Selection& selection);

  [[nodiscard]] std::int64_t classes() const noexcept { return labels_.classes; }
  /// The class of a row among those that are there, from 0.
  [[nodiscard]] std::int64_t label(std::int64_t position) const {
    return static_cast<std::int64_t>(labels_.values[static_cast<std::size_t>(position)]);
  }

  /// P(class | row) of the `asked` rows, by a forest that learned the `learned` ones: [asked,
  /// classes].
  [[nodiscard]] std::vector<double> probabilities(const RandomForestConfig& forest,
                                                  std::span<const std::int64_t> learned,
                                                  std::span<const std::int64_t> asked,
                                                  Seed seed) const;

  /// The positions, dealt at random into `folds` parts that share every class evenly; each part
  /// ascends. Parts may be empty where there are more of them than positions.
  [[nodiscard]] std::vector<std::vector<std::int64_t>> deal(
      const std::vector<std::int64_t>& positions, std::int64_t folds, Seed seed) const;

 private:
  FeatureMatrix x_;
  Labels labels_;
};

}  // namespace semblance
