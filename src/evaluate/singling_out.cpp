// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <span>

#include "evaluate/attack_tables.hpp"
#include "evaluate/predicates.hpp"
#include "semblance/core/parallel.hpp"

namespace semblance {
namespace {

/// Values that occur once, the extremes, and a single gap.
std::vector<Guess> single_predicates(const Frame& table) {
  std::vector<Guess> out;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::vector<double> known;
    double missing = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(table.rows); ++i) {
      const double v = value_at(table, c, i);
      if (std::isnan(v))
        missing += 1;
      else
        known.push_back(v);
    }
    std::ranges::sort(known);
    if (missing == 1) out.push_back({{c, Is::kMissing, 0}});
    for (std::size_t i = 0; i < known.size(); ++i) {
      const bool first = i == 0 || known[i - 1] != known[i];
      const bool last = i + 1 == known.size() || known[i + 1] != known[i];
      if (!first || !last) continue;
      out.push_back({{c, Is::kEqual, known[i]}});
      if (!table.columns[c].number) continue;
      if (i == 0) out.push_back({{c, Is::kAtMost, known[i]}});
      if (i + 1 == known.size()) out.push_back({{c, Is::kAtLeast, known[i]}});
    }
  }
  return out;
}

/// The median of a number column, missing values left out; 0 where there is none.
double median_of_column(const Frame::Series& column) {
  std::vector<double> known;
  std::ranges::copy_if(column.numbers, std::back_inserter(known),
                       [](double v) { return !std::isnan(v); });
  if (known.empty()) return 0;
  const auto middle = known.begin() + std::ssize(known) / 2;
  std::ranges::nth_element(known, middle);
  return known.size() % 2 == 1 ? *middle : (*middle + *std::max_element(known.begin(), middle)) / 2;
}

/// Brings a random choice of `count` of the columns to the front.
void choose(std::vector<std::size_t>& columns, std::size_t count, Stream& draw_from) {
  for (std::size_t i = 0; i < count; ++i)
    std::swap(columns[i], columns[i + draw_from.below(columns.size() - i)]);
}

std::vector<std::size_t> all_columns(const Frame& table) {
  std::vector<std::size_t> out(table.columns.size());
  std::iota(out.begin(), out.end(), std::size_t{0});
  return out;
}

/// Predicates of several columns, each after a random row: on its side of the medians.
class Guesses {
 public:
  Guesses(const Frame& table, std::int64_t columns, Seed seed)
      : table_(table), index_(table), columns_(static_cast<std::size_t>(columns)), seed_(seed) {
    for (const auto& column : table.columns) medians_.push_back(median_of_column(column));
  }

  /// Of `count` predicates those that fit exactly one row.
  [[nodiscard]] std::vector<Guess> unique(std::int64_t task, std::int64_t count) const {
    Stream draw_from(seed_, static_cast<std::uint64_t>(task));
    auto columns = all_columns(table_);
    std::vector<Guess> out;
    Guess now(columns_);
    for (std::int64_t k = 0; k < count; ++k) {
      draw(columns, draw_from, now);
      if (index_.fits_exactly_one(now)) out.push_back(now);
    }
    return out;
  }

 private:
  void draw(std::vector<std::size_t>& columns, Stream& draw_from, Guess& out) const {
    const auto row =
        static_cast<std::size_t>(draw_from.below(static_cast<std::uint64_t>(table_.rows)));
    choose(columns, columns_, draw_from);
    for (std::size_t i = 0; i < columns_; ++i) {
      const std::size_t c = columns[i];
      const double v = value_at(table_, c, row);
      const Is number = v > medians_[c] ? Is::kAtLeast : Is::kAtMost;
      out[i] = {c,
                std::isnan(v)              ? Is::kMissing
                : table_.columns[c].number ? number
                                           : Is::kEqual,
                v};
    }
  }

  const Frame& table_;
  PredicateIndex index_;
  std::size_t columns_;
  Seed seed_;
  std::vector<double> medians_;
};

/// Predicates of several columns that fit one synthetic row each.
std::vector<Guess> joint_predicates(const Guesses& guesses, std::int64_t most, Workers& team) {
  constexpr std::int64_t kTries = 1'000;  // for each predicate: few combinations are unique
  constexpr std::int64_t kTask = 512;
  const std::int64_t at_once = 2 * team.threads();
  std::vector<Guess> out;
  std::vector<std::vector<Guess>> batch(static_cast<std::size_t>(at_once));
  const std::int64_t tasks = (kTries * most / kTask / 16 + 1) * 16;
  for (std::int64_t first = 0; first < tasks && std::ssize(out) < most; first += at_once) {
    const std::int64_t now = std::min(at_once, tasks - first);
    team.run(now, [&](std::int64_t i) {
      batch[static_cast<std::size_t>(i)] = guesses.unique(first + i, kTask);
    });
    for (auto& found : std::span(batch).first(static_cast<std::size_t>(now)))
      std::ranges::move(found, std::back_inserter(out));
  }
  out.resize(std::min(out.size(), static_cast<std::size_t>(most)));
  return out;
}

using MinMax = std::pair<double, double>;

/// The least and the largest value of each column.
std::vector<MinMax> ranges_of(const Frame& table) {
  std::vector<MinMax> out;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    out.emplace_back(HUGE_VAL, -HUGE_VAL);
    for (std::size_t i = 0; i < static_cast<std::size_t>(table.rows); ++i) {
      const double v = value_at(table, c, i);
      if (std::isnan(v)) continue;
      out.back() = {std::min(out.back().first, v), std::max(out.back().second, v)};
    }
  }
  return out;
}

/// Predicates made without the synthetic rows: uniform over the ranges and categories of a table.
std::vector<Guess> blind_predicates(const Frame& table, const std::vector<MinMax>& ranges,
                                    std::int64_t columns, std::size_t count, Seed seed) {
  std::vector<Guess> out;
  auto order = all_columns(table);
  for (std::size_t k = 0; k < count; ++k) {
    Stream draw_from(seed, k);
    Guess now;
    choose(order, static_cast<std::size_t>(columns), draw_from);
    for (const auto c : std::span(order).first(static_cast<std::size_t>(columns))) {
      const auto [low, high] = ranges[c];
      const double at = low + (high - low) * draw_from.uniform();
      const Is side = draw_from.below(2) == 0 ? Is::kAtLeast : Is::kAtMost;
      if (table.columns[c].number)
        now.push_back({c, side, at});
      else
        now.push_back({c, Is::kEqual, std::round(at)});
    }
    out.push_back(std::move(now));
  }
  return out;
}

double count_unique(const std::vector<Guess>& predicates, const PredicateIndex& table) {
  return static_cast<double>(
      std::ranges::count_if(predicates, [&](const Guess& p) { return table.fits_exactly_one(p); }));
}

/// The tables of an attack, ready to be asked.
struct Prepared {
  Frame synthetic, train, control;
  std::optional<Guesses> guesses;  ///< Of several columns.
  std::optional<PredicateIndex> known, unseen;
  std::vector<MinMax> ranges;  ///< Of the training columns.

  Prepared(const AttackTables& tables, std::int64_t columns, Seed seed, Workers& team) {
    const Conformed all(tables);
    const std::int64_t n = rows_to_attack(tables, std::numeric_limits<std::int64_t>::max());
    team.run(3, [&](std::int64_t i) {
      if (i == 0) {
        synthetic = Frame(all.synthetic);
        if (columns > 1) guesses.emplace(synthetic, columns, derive(seed, "predicates"));
      } else if (i == 1) {
        known.emplace(train = Frame(draw(all.train, n, derive(seed, "train"))));
        ranges = ranges_of(train);
      } else {
        unseen.emplace(control = Frame(draw(all.control, n, derive(seed, "control"))));
      }
    });
  }
  Prepared(const Prepared&) = delete;  // the indices look into the frames
  Prepared& operator=(const Prepared&) = delete;
};

/// At most `most` that fit one synthetic row each.
std::vector<Guess> predicates_of(const Prepared& tables, std::int64_t most, Seed seed,
                                 Workers& team) {
  if (tables.guesses) return joint_predicates(*tables.guesses, most, team);
  auto out = single_predicates(tables.synthetic);
  Stream(seed, "order").shuffle(out);
  out.resize(std::min(out.size(), static_cast<std::size_t>(most)));
  return out;
}

}  // namespace

AttackRisk singling_out(const AttackTables& tables, std::int64_t columns, Seed seed,
                        const AttackOptions& options) {
  const std::int64_t most = checked(options).attacks;
  require(columns >= 1 && columns <= tables.train.schema().size(),
          "singling_out: columns must be 1 to {}, got {}", tables.train.schema().size(), columns);
  Workers team(worker_threads(options.run));
  const Prepared ready(tables, columns, seed, team);
  const auto predicates = predicates_of(ready, most, seed, team);
  const auto blind = blind_predicates(ready.train, ready.ranges, columns, predicates.size(),
                                      derive(seed, "baseline"));
  std::array<double, 3> hits{};
  team.run(3, [&](std::int64_t i) {
    if (i == 1 && ready.control.rows == 0) return;
    hits.at(static_cast<std::size_t>(i)) =
        count_unique(i == 2 ? blind : predicates, i == 1 ? *ready.unseen : *ready.known);
  });
  const auto attacks = static_cast<double>(predicates.size());
  AttackRisk out{.attacks = attacks, .hits = hits[0]};
  if (ready.control.rows > 0) {
    out.control_attacks = attacks;
    out.control_hits = hits[1];
  }
  out.baseline_attacks = attacks;
  out.baseline_hits = hits[2];
  return attack_risk(std::move(out), options.level);
}

}  // namespace semblance
