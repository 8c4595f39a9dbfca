// SPDX-License-Identifier: Apache-2.0
#include "smote/draw.hpp"

#include <algorithm>
#include <cmath>

#include "detail/clock_unit.hpp"
#include "detail/round.hpp"
#include "semblance/core/parallel.hpp"

namespace semblance {
namespace {

constexpr std::int32_t kGap = -1;  ///< How a missing cell votes.

std::span<const double> values_of(const Column& column, double) { return column.reals(); }
std::span<const std::int64_t> values_of(const Column& column, std::int64_t) {
  return column.integers();
}
Column column_of(std::vector<double> values, Bitmap valid, Kind) {
  return Column::reals(std::move(values), std::move(valid));
}
Column column_of(std::vector<std::int64_t> values, Bitmap valid, Kind kind) {
  return kind == Kind::kDatetime ? Column::datetimes(std::move(values), std::move(valid))
                                 : Column::integers(std::move(values), std::move(valid));
}

/// a + u (b - a) as the column writes it, between a and b.
double between(double a, double b, double u, const NumberFormat& format, std::int64_t) {
  return std::clamp(round_to(a + u * (b - a), format), std::min(a, b), std::max(a, b));
}

/// The multiple of `unit` nearest to a + u (b - a).
std::int64_t between(std::int64_t a, std::int64_t b, double u, const NumberFormat&,
                     std::int64_t unit) {
  const double steps =
      (static_cast<double>(b) - static_cast<double>(a)) / static_cast<double>(unit);
  if (std::abs(steps) > 0x1p52) return u < 0.5 ? a : b;  // no double is that fine
  const std::int64_t value = a + std::llround(u * steps) * unit;
  return std::clamp(value, std::min(a, b), std::max(a, b));
}

}  // namespace

/// Who votes on a base's cells, and how ties are broken.
struct RowMaker::Votes {
  const Neighbourhood& neighbourhood;
  bool base_votes;
  Seed seed;
  std::int64_t first;

  /// The voters of a base: its neighbours, or itself where it has none.
  [[nodiscard]] std::vector<std::int64_t> voters(std::int64_t base) const {
    const auto near = neighbourhood.of(base);
    std::vector<std::int64_t> rows(near.begin(), near.end());
    if (base_votes || rows.empty()) rows.push_back(base);
    return rows;
  }

  /// The most frequent answer of the voters; of several, any one.
  template <class Answer>
  [[nodiscard]] std::int32_t mode(const std::vector<std::int64_t>& rows, std::int64_t column,
                                  std::size_t i, const Answer& answer) const {
    std::vector<std::int32_t> answers, best;
    for (const std::int64_t row : rows) answers.push_back(answer(row));
    std::sort(answers.begin(), answers.end());
    std::int64_t most = 0;
    for (auto from = answers.begin(); from != answers.end();) {
      const auto to = std::upper_bound(from, answers.end(), *from);
      if (to - from > most) best.clear();
      most = std::max<std::int64_t>(most, to - from);
      if (to - from == most) best.push_back(*from);
      from = to;
    }
    return best.size() == 1 ? best[0] : best[stream(column, i).below(best.size())];
  }

  /// The rows to interpolate a number between: the parents if the cell is present in both, the
  /// present one twice, or else the nearest voter that has it. (-1, -1): the vote is for a gap.
  [[nodiscard]] std::pair<std::int64_t, std::int64_t> present_parents(const Column& from,
                                                                      std::int64_t column,
                                                                      const Provenance& parents,
                                                                      std::size_t i) const {
    std::int64_t a = parents.base, b = parents.neighbour;
    if (from.null_count() == 0) return {a, b};
    const auto rows = voters(a);
    const auto answer = [&](std::int64_t row) { return from.is_valid(row) ? 0 : kGap; };
    if (mode(rows, column, i, answer) == kGap) return {-1, -1};
    const auto present = [&](std::int64_t row) { return from.is_valid(row); };
    if (!present(a)) a = present(b) ? b : *std::find_if(rows.begin(), rows.end(), present);
    return {a, present(b) ? b : a};
  }

  [[nodiscard]] Stream stream(std::int64_t column, std::size_t i) const {
    return Stream(derive(derive(seed, "votes"), static_cast<std::uint64_t>(column)),
                  static_cast<std::uint64_t>(first) + i);
  }
};

RowMaker::RowMaker(const Dataset& data, const Classes& classes, const Neighbourhood& neighbourhood)
    : data_(data), classes_(classes), neighbourhood_(neighbourhood), base_votes_(true) {
  for (std::int64_t c = 0; c < data.schema().size(); ++c) {
    const Kind kind = data.schema()[c].kind;
    base_votes_ = base_votes_ && kind == Kind::kCategorical;
    unit_.push_back(kind == Kind::kDatetime ? clock_unit(data.column(c)) : 1);
  }
}

Dataset RowMaker::make(std::span<const Provenance> parents, std::int64_t first, Seed seed,
                       int threads) const {
  const Votes votes{neighbourhood_, base_votes_, seed, first};
  std::vector<Column> columns(static_cast<std::size_t>(data_.schema().size()));
  parallel_for(threads, data_.schema().size(), [&](std::int64_t c) {
    columns[static_cast<std::size_t>(c)] = make_column(c, parents, votes);
  });
  return {data_.schema(), std::move(columns)};
}

Column RowMaker::make_column(std::int64_t column, std::span<const Provenance> parents,
                             const Votes& votes) const {
  if (column == classes_.target) return classes(parents);
  switch (data_.schema()[column].kind) {
    case Kind::kCategorical:
      return categories(column, parents, votes);
    case Kind::kReal:
      return numbers<double>(column, parents, votes);
    default:
      return numbers<std::int64_t>(column, parents, votes);
  }
}

Column RowMaker::classes(std::span<const Provenance> parents) const {
  std::vector<std::int64_t> bases;
  for (const Provenance& p : parents) bases.push_back(p.base);
  return data_.column(classes_.target).take(bases);
}

Column RowMaker::categories(std::int64_t column, std::span<const Provenance> parents,
                            const Votes& votes) const {
  const Column& from = data_.column(column);
  const auto codes = from.codes();
  std::vector<std::int32_t> out(parents.size());
  Bitmap valid(static_cast<std::int64_t>(parents.size()), true);
  for (std::size_t i = 0; i < parents.size(); ++i) {
    const std::int32_t code =
        votes.mode(votes.voters(parents[i].base), column, i, [&](std::int64_t row) {
          return from.is_valid(row) ? codes[static_cast<std::size_t>(row)] : kGap;
        });
    if (code == kGap) valid.set(static_cast<std::int64_t>(i), false);
    out[i] = std::max(code, 0);
  }
  return Column::categories(std::move(out), std::move(valid));
}

template <class T>
Column RowMaker::numbers(std::int64_t column, std::span<const Provenance> parents,
                         const Votes& votes) const {
  const Column& from = data_.column(column);
  const auto values = values_of(from, T{});
  const NumberFormat& format = data_.schema()[column].format;
  const std::int64_t unit = unit_[static_cast<std::size_t>(column)];
  std::vector<T> out(parents.size());
  Bitmap valid(static_cast<std::int64_t>(parents.size()), true);
  for (std::size_t i = 0; i < parents.size(); ++i) {
    const auto [a, b] = votes.present_parents(from, column, parents[i], i);
    if (a < 0) {
      valid.set(static_cast<std::int64_t>(i), false);
      continue;
    }
    out[i] = between(values[static_cast<std::size_t>(a)], values[static_cast<std::size_t>(b)],
                     parents[i].u, format, unit);
  }
  return column_of(std::move(out), std::move(valid), from.kind());
}

}  // namespace semblance
