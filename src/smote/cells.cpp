// SPDX-License-Identifier: Apache-2.0
#include "smote/cells.hpp"

#include <algorithm>
#include <cmath>

#include "detail/round.hpp"

namespace semblance {
namespace {

constexpr std::int32_t kGap = -1;    ///< How a missing cell votes.
constexpr double kFinest = 0x1p52;   ///< No double between 0 and 1 tells more steps apart.
constexpr double kLargest = 0x1p62;  ///< Integers stay below it, so that sums do not overflow.

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

std::int64_t whole(double value) { return std::llround(std::clamp(value, -kLargest, kLargest)); }

/// a + u (b - a) as the column writes it: between a and b where u is in [0, 1], else in range.
double blend(double a, double b, double u, const NumberRule& rule) {
  const double value = round_by(a + u * (b - a), rule.tens);
  return u >= 0 && u <= 1 ? std::clamp(value, std::min(a, b), std::max(a, b))
                          : std::clamp(value, rule.low, rule.high);
}

/// The multiple of the unit nearest to a + u (b - a).
std::int64_t blend(std::int64_t a, std::int64_t b, double u, const NumberRule& rule) {
  const double steps =
      (static_cast<double>(b) - static_cast<double>(a)) / static_cast<double>(rule.unit);
  if (std::abs(steps) > kFinest) return u < 0.5 ? a : b;
  const std::int64_t value = a + std::llround(u * steps) * rule.unit;
  if (u >= 0 && u <= 1) return std::clamp(value, std::min(a, b), std::max(a, b));
  return std::clamp(value, whole(std::ceil(rule.low)), whole(std::floor(rule.high)));
}

/// a plus a distance, in range.
double shift(double a, double by, const NumberRule& rule) {
  return by == 0 ? a : std::clamp(round_by(a + by, rule.tens), rule.low, rule.high);
}

std::int64_t shift(std::int64_t a, double by, const NumberRule& rule) {
  const std::int64_t steps = whole(by / static_cast<double>(rule.unit));
  if (steps == 0) return a;
  const double about = static_cast<double>(a) + by;
  const std::int64_t value = std::abs(about) < kLargest ? a + steps * rule.unit : whole(about);
  return std::clamp(value, whole(std::ceil(rule.low)), whole(std::floor(rule.high)));
}

std::span<const double> values_of(const Column& column, double) { return column.reals(); }
std::span<const std::int64_t> values_of(const Column& column, std::int64_t) {
  return column.integers();
}

}  // namespace

template <class Answer>
std::int32_t Ballot::mode(const Drawn& row, Seed ties, const Answer& answer) {
  const auto voters = near(row);
  answers_.clear();
  for (const std::int64_t voter : voters) answers_.push_back(answer(voter));
  if (base_votes_ || voters.empty()) answers_.push_back(answer(row.parents.base));
  return winner(row, ties);
}

std::int32_t Ballot::winner(const Drawn& row, Seed ties) {
  std::sort(answers_.begin(), answers_.end());
  std::size_t most = 0, tied = 0, kept = 0;  // the tied answers move to the front, ascending
  for (std::size_t from = 0, to = 0; from < answers_.size(); from = to) {
    const std::int32_t answer = answers_[from];
    while (to < answers_.size() && answers_[to] == answer) ++to;
    if (to - from > most) kept = 0;
    most = std::max(most, to - from);
    if (to - from == most) answers_[kept++] = answer;
    tied = kept;
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
static void make_numbers(const Column& from, const NumberRule& rule, const Tile& tile, Seed ties,
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

void number_cells(const Column& from, const NumberRule& rule, const Tile& tile, Seed ties,
                  Ballot& ballot, CellRange<double> out) {
  make_numbers(from, rule, tile, ties, ballot, out);
}

void number_cells(const Column& from, const NumberRule& rule, const Tile& tile, Seed ties,
                  Ballot& ballot, CellRange<std::int64_t> out) {
  make_numbers(from, rule, tile, ties, ballot, out);
}

}  // namespace semblance
