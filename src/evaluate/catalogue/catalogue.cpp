// SPDX-License-Identifier: Apache-2.0
// What every metric is called and means, and how its values are graded.
#include "semblance/evaluate/catalogue.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "detail/check.hpp"
#include "evaluate/catalogue/entries.hpp"
#include "evaluate/evaluator.hpp"
#include "semblance/evaluate/hypothesis.hpp"

namespace semblance {
namespace {

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all = [] {
    std::vector<Entry> out;
    for (const auto part :
         {column_entries(), more_column_entries(), fidelity_entries(), sample_entries(),
          diversity_entries(), utility_entries(), copying_entries(), privacy_entries(),
          fairness_entries(), signal_entries()})
      out.insert(out.end(), part.begin(), part.end());
    return out;
  }();
  return all;
}

const Entry& entry(std::string_view id) {
  const auto it = std::ranges::find_if(entries(), [&](const Entry& e) { return e.info.id == id; });
  require(it != entries().end(), "describe: no metric '{}'", id);
  return *it;
}

/// A grade in the words of a group.
std::string words(const Metric& m) {
  using Words = std::array<const char*, 5>;
  constexpr Words kCopying = {"", "copying", "some copying", "no sign of copying",
                              "no sign of copying"};
  constexpr Words kLeaks = {"", "leak", "some leak", "no leak found", "no leak found"};
  const auto grade = static_cast<std::size_t>(m.grade);
  if (m.group == Group::kCopying) return kCopying.at(grade);
  if (m.group == Group::kPrivacy) return kLeaks.at(grade);
  return std::string(to_string(m.grade));
}

/// How much better real rows are than the floor, > 0, where the two can be told apart.
double headroom(const Metric& m) {
  if (!m.holdout.value || !m.floor.value) return 0;
  if (m.direction == Direction::kLower) return *m.floor.value - *m.holdout.value;
  if (m.direction == Direction::kHigher) return *m.holdout.value - *m.floor.value;
  return std::abs(*m.floor.value - *m.holdout.value);
}

}  // namespace

const std::vector<MetricInfo>& catalogue() {
  static const std::vector<MetricInfo> all = [] {
    std::vector<MetricInfo> out;
    for (const Entry& e : entries()) out.push_back(e.info);
    return out;
  }();
  return all;
}

Metric describe(std::string_view id) {
  const MetricInfo& info = entry(id).info;
  Metric out;
  out.id = info.id;
  out.title = info.title;
  out.meaning = info.meaning;
  out.unit = info.unit;
  out.group = info.group;
  out.direction = info.direction;
  out.ideal = info.ideal;
  return out;
}

void grade(Metric& m) {
  if (!m.value) return;
  if (headroom(m) > 1e-9) {
    m.normalised = (*m.value - *m.floor.value) / (*m.holdout.value - *m.floor.value);
  }
  m.grade = entry(m.id).grade(m);
  m.verdict = words(m);
}

Grade grade_by_references(const Metric& m) {
  if (m.direction == Direction::kTarget) return Grade::kNone;
  if (m.ideal && *m.value == *m.ideal) return Grade::kExcellent;
  if (!m.normalised) return Grade::kNone;
  if (*m.normalised >= 0.97) return Grade::kExcellent;
  if (*m.normalised >= 0.9) return Grade::kGood;
  return *m.normalised >= 0.7 ? Grade::kFair : Grade::kWeak;
}

Grade grade_by_auc(const Metric& m) {
  const double off = std::abs(*m.value - 0.5);
  if (off <= 0.05) return Grade::kExcellent;
  if (off <= 0.15) return Grade::kGood;
  return off <= 0.3 ? Grade::kFair : Grade::kWeak;
}

Grade ungraded(const Metric&) { return Grade::kNone; }

Grade grade_by_excess(double excess, double small, double large) {
  if (excess <= 0) return Grade::kExcellent;
  if (excess <= small) return Grade::kGood;
  return excess <= large ? Grade::kFair : Grade::kWeak;
}

void worst_first(std::vector<Detail>& details, Direction direction) {
  const bool higher = direction == Direction::kHigher;
  std::ranges::sort(details, [&](const Detail& a, const Detail& b) {
    if (a.value == b.value) return a.name < b.name;
    return higher ? a.value < b.value : a.value > b.value;
  });
}

void adjust_p_values(Metric& metric) {
  std::vector<double> p;
  for (const Detail& d : metric.details)
    if (d.p_value) p.push_back(*d.p_value);
  const auto adjusted = benjamini_hochberg(p);
  std::size_t next = 0;
  for (Detail& d : metric.details)
    if (d.p_value) d.p_adjusted = adjusted[next++];
  if (!p.empty()) metric.p_value = std::ranges::min(adjusted);
}

}  // namespace semblance
