// SPDX-License-Identifier: Apache-2.0
#include "evaluate/sensitive.hpp"

#include <algorithm>
#include <cmath>

#include "detail/check.hpp"
#include "evaluate/cells.hpp"

namespace semblance {

Sensitive::Sensitive(const Tables& t, std::size_t column) : name(t.names[column]), column_(column) {
  const auto& train = t.train_frame.columns[column];
  if (train.number) {
    std::vector<double> known;
    std::ranges::copy_if(train.numbers, std::back_inserter(known),
                         [](double v) { return !std::isnan(v); });
    std::ranges::sort(known);
    for (const double q : {0.25, 0.5, 0.75})
      if (!known.empty()) edges_.push_back(quantile(known, q));
  }
  std::vector<double> rows;
  for (const auto g : raw(train)) {
    if (g >= std::ssize(rows)) rows.resize(static_cast<std::size_t>(g) + 1, 0);
    if (g >= 0) rows[static_cast<std::size_t>(g)] += 1;
  }
  for (const double n : rows) large_.push_back(n >= kFewestRows);
}

std::vector<std::int32_t> Sensitive::operator()(const Frame& table) const {
  auto out = raw(table.columns[column_]);
  for (auto& g : out)
    if (g >= std::ssize(large_) || (g >= 0 && !large_[static_cast<std::size_t>(g)])) g = -1;
  return out;
}

std::string Sensitive::label(const Tables& t, std::int32_t group) const {
  const auto column = static_cast<std::int64_t>(column_);
  if (t.number(column_)) return fmt::format("{}: quarter {}", name, group + 1);
  return fmt::format("{} = {}", name, t.train.schema()[column].categories[group]);
}

std::vector<std::int32_t> Sensitive::groups() const {
  std::vector<std::int32_t> out;
  for (std::size_t g = 0; g < large_.size(); ++g)
    if (large_[g]) out.push_back(static_cast<std::int32_t>(g));
  return out;
}

std::vector<std::int32_t> Sensitive::raw(const Frame::Series& column) const {
  if (!column.number) return column.codes;
  std::vector<std::int32_t> out;
  for (const double v : column.numbers) {
    const auto at = std::ranges::lower_bound(edges_, v) - edges_.begin();
    out.push_back(std::isnan(v) ? -1 : static_cast<std::int32_t>(at));
  }
  return out;
}

std::vector<Twice> Decisions::of_parts(const Number& number) const {
  const auto halves = half_weights(std::ssize(real), Seed{0});
  std::vector<Twice> out;
  for (const Decisions& part : parts)
    out.push_back({number(part, halves[0]), number(part, halves[1])});
  return out;
}

void file_worst(Evaluator& e, const char* id, Worst own, Reference holdout, Reference floor,
                std::optional<Interval> interval) {
  Metric m = e.start(id);
  m.value = own.value;
  m.details = std::move(own.details);
  worst_first(m.details);
  m.holdout = std::move(holdout);
  m.floor = std::move(floor);
  m.interval = std::move(interval);
  if (m.interval && m.direction == Direction::kLower)
    m.interval->lo = std::max(m.interval->lo, 0.0);
  if (!m.value) m.reason = "no sensitive column has two groups of 30 training rows with an outcome";
  e.finish(std::move(m));
}

}  // namespace semblance
