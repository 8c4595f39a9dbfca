// SPDX-License-Identifier: Apache-2.0
#include "smote/cells.hpp"

#include <algorithm>

namespace semblance {
namespace {

constexpr std::size_t kFew = 16;   ///< Answers that are counted one against the others.
constexpr std::int32_t kGap = -1;  ///< How a missing cell votes.

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

std::span<const double> values_of(const Column& column, double) { return column.reals(); }
std::span<const std::int64_t> values_of(const Column& column, std::int64_t) {
  return column.integers();
}

}  // namespace

template <class Answer>
std::int32_t Ballot::mode(const Drawn& row, Seed ties, const Answer& answer) {
  const auto voters = near(row);
  const bool base = base_votes_ || voters.empty();
  answers_.resize(voters.size() + (base ? 1 : 0));
  for (std::size_t i = 0; i < voters.size(); ++i) answers_[i] = answer(voters[i]);
  if (base) answers_.back() = answer(row.parents.base);
  return answers_.size() <= kFew ? winner_of_few(row, ties) : winner(row, ties);
}

/// The same as `winner`, by counting instead of sorting: without a branch that depends on answers.
std::int32_t Ballot::winner_of_few(const Drawn& row, Seed ties) {
  std::array<int, kFew> votes{};
  const std::size_t n = answers_.size();
  int most = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) votes[i] += answers_[i] == answers_[j] ? 1 : 0;
    most = std::max(most, votes[i]);
  }
  int votes_of_best = 0;
  for (std::size_t i = 0; i < n; ++i) votes_of_best += votes[i] == most ? 1 : 0;
  if (votes_of_best > most) return winner(row, ties);  // several answers have the most votes
  std::size_t best = 0;
  while (votes[best] != most) ++best;
  return answers_[best];
}

std::int32_t Ballot::winner(const Drawn& row, Seed ties) {
  std::sort(answers_.begin(), answers_.end());
  std::size_t most = 0, tied = 0;  // the tied answers move to the front, ascending
  for (std::size_t from = 0, to = 0; from < answers_.size(); from = to) {
    const std::int32_t answer = answers_[from];
    while (to < answers_.size() && answers_[to] == answer) ++to;
    if (to - from > most) tied = 0;
    most = std::max(most, to - from);
    if (to - from == most) answers_[tied++] = answer;
  }
  return tied == 1 ? answers_[0] : answers_[Stream(ties, row.index).below(tied)];
}

std::pair<std::int64_t, std::int64_t> Ballot::present_parents(const Column& from, const Drawn& row,
                                                              Seed ties) {
  std::int64_t a = row.parents.base, b = row.parents.neighbour;
  const auto present = [&](std::int64_t i) { return from.is_valid(i); };
  const auto answer = [&](std::int64_t i) { return present(i) ? 0 : kGap; };
  if (mode(row, ties, answer) == kGap) return {-1, -1};
  const auto voters = near(row);
  if (!present(a)) a = present(b) ? b : *std::find_if(voters.begin(), voters.end(), present);
  return {a, present(b) ? b : a};
}

void category_cells(const Column& from, const Tile& tile, Seed ties, Ballot& ballot,
                    CellRange<std::int32_t> out) {
  const auto codes = from.codes();
  const bool gaps = from.null_count() > 0;
  const auto answer = [&](std::int64_t row) {
    return gaps && !from.is_valid(row) ? kGap : codes[at(row)];
  };
  for (std::size_t i = 0; i < tile.rows.size(); ++i) {
    const std::int32_t code = ballot.mode(tile.rows[i], ties, answer);
    out.values[i] = std::max(code, 0);
    if (out.present != nullptr) out.present[i] = code == kGap ? 0 : 1;
  }
}

template <class T>
static void make_numbers(const Column& from, const CellRule& rule, const Tile& tile, Seed ties,
                         Ballot& ballot, CellRange<T> out) {
  const auto values = values_of(from, T{});
  const bool gaps = from.null_count() > 0, moves = !tile.moved.empty();
  for (std::size_t i = 0; i < tile.rows.size(); ++i) {
    const Drawn& row = tile.rows[i];
    std::pair parents = {row.parents.base, row.parents.neighbour};
    if (gaps) parents = ballot.present_parents(from, row, ties);
    if (out.present != nullptr) out.present[i] = parents.first < 0 ? 0 : 1;
    if (parents.first < 0) {
      out.values[i] = 0;
      continue;
    }
    const T a = values[at(parents.first)];
    out.values[i] = moves ? shift(a, tile.moved[i * tile.numbers + rule.number] * rule.scale, rule)
                          : blend(a, values[at(parents.second)], row.parents.u, rule);
  }
}

void number_cells(const Column& from, const CellRule& rule, const Tile& tile, Seed ties,
                  Ballot& ballot, CellRange<double> out) {
  make_numbers(from, rule, tile, ties, ballot, out);
}

void number_cells(const Column& from, const CellRule& rule, const Tile& tile, Seed ties,
                  Ballot& ballot, CellRange<std::int64_t> out) {
  make_numbers(from, rule, tile, ties, ballot, out);
}

template <class T>
void line_cells(const Column& from, std::span<const T> own, const CellRule& rule, const Tile& tile,
                T* out) {
  const auto values = values_of(from, T{});
  for (std::size_t i = 0; i < tile.lines.size(); ++i) {
    const Line& line = tile.lines[i];
    const T b =
        line.neighbour >= 0 ? own[at(line.neighbour)] : values[at(tile.rows[i].parents.neighbour)];
    out[i] = blend(own[at(line.base)], b, line.u, rule);
  }
}

template void line_cells(const Column&, std::span<const double>, const CellRule&, const Tile&,
                         double*);
template void line_cells(const Column&, std::span<const std::int64_t>, const CellRule&, const Tile&,
                         std::int64_t*);

}  // namespace semblance
