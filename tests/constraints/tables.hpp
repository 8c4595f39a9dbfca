// SPDX-License-Identifier: Apache-2.0
// A table that keeps one constraint of every kind, and these.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "semblance/data/constraint.hpp"

namespace semblance {

inline Field real_field(std::string name, int decimals) {
  Field out{.name = std::move(name)};
  out.format.decimals = decimals;
  return out;
}

inline Field code_field(std::string name, Vocabulary categories) {
  Field out{.name = std::move(name), .kind = Kind::kCategorical};
  out.categories = std::move(categories);
  return out;
}

/// city and country go together; start <= middle <= end (days); net + tax = gross to cents;
/// sun, rain and snow are one-hot; key is unique; score lies in [0, 100]; label is the target.
inline Dataset constrained_table(std::int64_t rows) {
  constexpr std::int64_t kDay = 86'400'000'000;
  std::vector<std::int32_t> city, country, label;
  std::vector<std::int64_t> start, middle, end, sun, rain, snow, key, score;
  std::vector<double> net, tax, gross;
  for (std::int64_t i = 0; i < rows; ++i) {
    Stream s(Seed{5}, "constrained", static_cast<std::uint64_t>(i));
    city.push_back(static_cast<std::int32_t>(s.below(4)));
    country.push_back(city.back() / 2);
    label.push_back(s.uniform() < 0.3 ? 1 : 0);
    start.push_back(static_cast<std::int64_t>(10'000 + s.below(500)) * kDay);
    middle.push_back(start.back() + static_cast<std::int64_t>(s.below(20)) * kDay);
    end.push_back(middle.back() + static_cast<std::int64_t>(1 + s.below(5)) * kDay);
    const auto weather = s.below(3);
    sun.push_back(weather == 0 ? 1 : 0);
    rain.push_back(weather == 1 ? 1 : 0);
    snow.push_back(weather == 2 ? 1 : 0);
    key.push_back(static_cast<std::int64_t>(1000 + 7 * i));
    score.push_back(static_cast<std::int64_t>(s.below(101)));
    net.push_back(std::round(100 * (10 + 90 * s.uniform())) / 100);
    tax.push_back(std::round(net.back() * 20) / 100);
    gross.push_back(std::round(100 * (net.back() + tax.back())) / 100);
  }
  const auto whole = [](const char* name) { return Field{.name = name, .kind = Kind::kInteger}; };
  const auto date = [](const char* name) { return Field{.name = name, .kind = Kind::kDatetime}; };
  Field target = code_field("label", {"no", "yes"});
  target.role = Role::kTarget;
  return {
      Schema({code_field("city", {"Oslo", "Bergen", "Rome", "Milan"}),
              code_field("country", {"Norway", "Italy"}), date("start"), date("middle"),
              date("end"), real_field("net", 2), real_field("tax", 2), real_field("gross", 2),
              whole("sun"), whole("rain"), whole("snow"), whole("key"), whole("score"), target}),
      {Column::categories(city), Column::categories(country), Column::datetimes(start),
       Column::datetimes(middle), Column::datetimes(end), Column::reals(net), Column::reals(tax),
       Column::reals(gross), Column::integers(sun), Column::integers(rain), Column::integers(snow),
       Column::integers(key), Column::integers(score), Column::categories(label)}};
}

inline Constraints all_constraints() {
  return {FixedCombinations{{"city", "country"}},
          Inequality{"start", "middle"},
          Inequality{"middle", "end", 86'400'000'000.0},
          SumsTo{{"net", "tax"}, "gross"},
          OneHot{{"sun", "rain", "snow"}},
          Unique{{"key", "score"}},
          Bounds{"score", 0, 100},
          Predicate{"no snow in Rome", [](const Dataset& rows, std::int64_t row) {
                      const Schema& schema = rows.schema();
                      return rows.cell(row, schema.index("city")) != "Rome" ||
                             rows.cell(row, schema.index("snow")) != "1";
                    }}};
}

/// The rows of `constrained_table` that keep the predicate as well.
inline Dataset table_that_keeps_all(std::int64_t rows) {
  const Dataset all = constrained_table(rows);
  const auto breaks = rows_that_violate(all_constraints(), all, all);
  std::vector<std::int64_t> keep;
  for (std::int64_t i = 0; i < all.rows(); ++i)
    if (!breaks[static_cast<std::size_t>(i)]) keep.push_back(i);
  return all.take(keep);
}

/// The sum over the constraints of the rows that break one.
inline std::int64_t broken_rows(const Constraints& constraints, const Dataset& rows,
                                const Dataset& train) {
  std::int64_t out = 0;
  for (const Violations& v : violations(constraints, rows, train)) out += v.rows;
  return out;
}

}  // namespace semblance
