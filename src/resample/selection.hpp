// SPDX-License-Identifier: Apache-2.0
// What the selecting methods have in common: the classes of a table's rows, and how neighbours
// judge a row.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "semblance/neighbours/table_space.hpp"
#include "semblance/resample/cleaners.hpp"

namespace semblance {

/// A table whose rows are to be selected.
struct Selection {
  /// \param data  With a categorical target; kept by reference, as `options`.
  Selection(const Dataset& data, Seed seed, const ResampleOptions& options, std::string method);

  /// The rows of a class, ascending.
  [[nodiscard]] std::vector<std::int64_t> rows_of(std::int32_t label) const;
  /// The rows among `rows` whose class is marked.
  [[nodiscard]] std::vector<std::int64_t> rows_of(const std::vector<bool>& classes,
                                                  std::span<const std::int64_t> rows) const;
  [[nodiscard]] std::vector<std::int64_t> sizes(std::span<const std::int64_t> rows) const;
  /// How many rows of each class the strategy keeps.
  [[nodiscard]] std::vector<std::int64_t> wanted() const;
  /// Which classes the strategy cleans, of those that `rows` have.
  [[nodiscard]] std::vector<bool> cleaned(std::span<const std::int64_t> rows) const;
  /// \throws InvalidArgument without features, or if one is text, a tensor or not finite.
  [[nodiscard]] TableSpace space(bool standardize) const;
  [[nodiscard]] std::int32_t label_of(std::int64_t row) const {
    return label[static_cast<std::size_t>(row)];
  }
  /// \throws InvalidArgument if a row cannot have k neighbours.
  void check_k(std::int64_t k) const;
  void check_finite() const;

  const Dataset& data;
  Seed seed;
  const ResampleOptions& options;
  std::string method;  ///< For messages.
  Vocabulary classes;
  std::vector<std::int32_t> label;  ///< One a row; -1: missing.
  std::vector<std::int64_t> known;  ///< The rows with a class, ascending.
  std::int32_t smallest = -1;       ///< The smallest class.
};

/// The size of each class of the target.
/// \throws InvalidArgument if the target is not categorical, or has rows of fewer than two classes.
std::vector<std::int64_t> check_classes(const Dataset& data, const std::string& method);

/// `selected`, and the rows whose label is missing; ascending.
[[nodiscard]] std::vector<std::int64_t> with_missing(std::vector<std::int64_t> selected,
                                                     const Column& labels);

/// The `count` rows of lowest score, the first of equals; all where there are fewer.
[[nodiscard]] std::vector<std::int64_t> lowest(const std::vector<std::int64_t>& rows,
                                               const std::vector<double>& scores,
                                               std::int64_t count);

/// The most frequent label; of several, the first in the vocabulary.
[[nodiscard]] std::int32_t most_frequent(std::vector<std::int32_t> labels);

/// Whether neighbours leave a row of class `own` where it is.
[[nodiscard]] bool agree(const Selection& selection, std::int32_t own,
                         std::span<const std::int64_t> neighbours, NeighbourVote vote);

/// `count` of the rows, drawn without replacement, ascending; all where there are fewer.
[[nodiscard]] std::vector<std::int64_t> draw_rows(std::vector<std::int64_t> rows,
                                                  std::int64_t count, Stream stream);

/// Those of `rows` that are not in `removed`; `removed` ascends.
[[nodiscard]] std::vector<std::int64_t> without(std::span<const std::int64_t> rows,
                                                std::span<const std::int64_t> removed);

/// `rows` without the ends of Tomek links that are of a marked class.
[[nodiscard]] std::vector<std::int64_t> without_links(const Selection& selection,
                                                      const TableSpace& space,
                                                      std::span<const std::int64_t> rows,
                                                      const std::vector<bool>& cleaned);

}  // namespace semblance
