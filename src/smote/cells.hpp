// SPDX-License-Identifier: Apache-2.0
// The cells of synthetic rows: what every method has in common after it has chosen the parents.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "detail/number_rule.hpp"
#include "smote/method.hpp"

namespace semblance {

/// How new values of a numeric column are written, and what it is in the space.
struct CellRule : NumberRule {
  double scale = 1;        ///< Of one unit of the space, in the column's own.
  std::size_t number = 0;  ///< The column's place in the space.
};

/// The parents of a new row by their places in its class: numbers are looked up in a column of that
/// class alone, which fits the cache.
struct Line {
  std::int32_t base = 0, neighbour = 0;  ///< -1: the neighbour is of another class.
  double u = 0;
};

/// Some new rows.
struct Tile {
  std::span<const Drawn> rows;
  std::span<const double> moved = {};  ///< [rows, numbers] point minus base, or empty.
  std::size_t numbers = 0;
  std::span<const Line> lines = {};  ///< One a row, or empty.
};

/// Who votes on a base's cells, and how ties are broken. Keeps its memory from vote to vote.
class Ballot {
 public:
  /// \param base_votes  SMOTE-N: the base is one of the voters.
  explicit Ballot(bool base_votes) : base_votes_(base_votes) {}

  /// The most frequent answer of the voters; of several, any one.
  /// \param ties  The column's seed.
  template <class Answer>
  [[nodiscard]] std::int32_t mode(const Drawn& row, Seed ties, const Answer& answer);

  /// The rows to make a number from: the parents if the cell is present in both, the present one
  /// twice, or else the nearest voter that has it. (-1, -1): the vote is for a gap.
  [[nodiscard]] std::pair<std::int64_t, std::int64_t> present_parents(const Column& from,
                                                                      const Drawn& row, Seed ties);

 private:
  [[nodiscard]] static std::span<const std::int64_t> near(const Drawn& row) {
    return row.place < 0 ? std::span<const std::int64_t>() : row.plan->voters_of(row.place);
  }
  [[nodiscard]] std::int32_t winner(const Drawn& row, Seed ties);
  [[nodiscard]] std::int32_t winner_of_few(const Drawn& row, Seed ties);

  bool base_votes_;
  std::vector<std::int32_t> answers_;
};

/// Where the cells of one column go.
template <class T>
struct CellRange {
  T* values = nullptr;
  std::uint8_t* present = nullptr;  ///< nullptr: nothing is missing.
};

/// \param ties  The column's seed.
void category_cells(const Column& from, const Tile& tile, Seed ties, Ballot& ballot,
                    CellRange<std::int32_t> out);
void number_cells(const Column& from, const CellRule& rule, const Tile& tile, Seed ties,
                  Ballot& ballot, CellRange<double> out);
void number_cells(const Column& from, const CellRule& rule, const Tile& tile, Seed ties,
                  Ballot& ballot, CellRange<std::int64_t> out);

/// Cells without gaps between their parents.
/// \param own  The column's values in the rows of the class.
template <class T>
void line_cells(const Column& from, std::span<const T> own, const CellRule& rule, const Tile& tile,
                T* out);
extern template void line_cells(const Column&, std::span<const double>, const CellRule&,
                                const Tile&, double*);
extern template void line_cells(const Column&, std::span<const std::int64_t>, const CellRule&,
                                const Tile&, std::int64_t*);

}  // namespace semblance
