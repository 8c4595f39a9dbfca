// SPDX-License-Identifier: Apache-2.0
#include "constraints/layout.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "detail/check.hpp"

namespace semblance::constraints {
namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();

std::string label_of(const Dataset& rows, std::int64_t row) {
  std::string out;
  for (std::int64_t c = 0; c < rows.schema().size(); ++c) {
    out += c == 0 ? "" : " | ";
    out += rows.column(c).is_valid(row) ? rows.cell(row, c) : "(missing)";
  }
  return out;
}

/// The cells of a row as one text that no other row has.
std::string key_of(const Dataset& rows, std::int64_t row) {
  std::string out;
  for (std::int64_t c = 0; c < rows.schema().size(); ++c)
    out += (rows.column(c).is_valid(row) ? "=" + rows.cell(row, c) : "-") + '\x1f';
  return out;
}

Dataset select(const Dataset& rows, const std::vector<std::int64_t>& columns) {
  std::vector<std::string> names;
  for (const std::int64_t c : columns) names.push_back(rows.schema()[c].name);
  return rows.select(names);
}

Dataset distinct(const Dataset& rows) {
  std::map<std::string, std::int64_t> first;
  for (std::int64_t i = 0; i < rows.rows(); ++i) first.emplace(key_of(rows, i), i);
  std::vector<std::int64_t> keep;
  for (const auto& [key, row] : first) keep.push_back(row);
  return rows.take(keep);
}

/// A column of that kind; a value is missing where it is NaN.
Column column_of(Kind kind, const std::vector<double>& values) {
  Bitmap valid(std::ssize(values), true);
  std::vector<double> reals(values.size());
  std::vector<std::int64_t> whole(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    valid.set(static_cast<std::int64_t>(i), !std::isnan(values[i]));
    reals[i] = std::isnan(values[i]) ? 0 : values[i];
    whole[i] = static_cast<std::int64_t>(std::llround(reals[i]));
  }
  if (kind == Kind::kReal) return Column::reals(std::move(reals), std::move(valid));
  return kind == Kind::kInteger ? Column::integers(std::move(whole), std::move(valid))
                                : Column::datetimes(std::move(whole), std::move(valid));
}

double rounded(double value, int decimals) {
  if (decimals < 0 || decimals > 15) return value;
  const double unit = std::pow(10.0, decimals);
  return std::round(value * unit) / unit;
}

/// The highest of source + gap among the present sources, or kNone.
double highest(const Derived& derived, const std::vector<Column>& columns, std::int64_t row) {
  double out = kNone;
  for (std::size_t s = 0; s < derived.sources.size(); ++s) {
    const Column& source = columns[static_cast<std::size_t>(derived.sources[s])];
    if (source.is_valid(row)) out = std::max(out, source.number(row) + derived.gaps[s]);
  }
  return out;
}

}  // namespace

Layout::Layout(const Constraints& constraints, const Dataset& train) : outer_(train.schema()) {
  plan(constraints);
  for (Merged& group : merged_) group.combinations = distinct(select(train, group.columns));
  for (Derived& d : derived_) {
    if (d.how == Derived::How::kSum) d.kept = train.column(d.column).null_count() > 0;
    double lowest = std::numeric_limits<double>::infinity();
    for (std::int64_t i = 0; i < train.rows() && d.how == Derived::How::kAbove; ++i) {
      const double here = highest(d, train.columns(), i);
      if (here > kNone) lowest = std::min(lowest, here);
    }
    if (std::isfinite(lowest)) d.stand_in = lowest;
  }
  number_inner();
}

Layout::Layout(const Constraints& constraints, const Schema& outer,
               const std::vector<Dataset>& combinations, const std::vector<double>& stand_ins,
               const std::vector<bool>& kept)
    : outer_(outer) {
  plan(constraints);
  require<FileError>(combinations.size() == merged_.size() && stand_ins.size() == derived_.size() &&
                         kept.size() == derived_.size(),
                     "the model file's constraints do not fit its columns");
  for (std::size_t g = 0; g < merged_.size(); ++g) {
    require<FileError>(combinations[g].schema().size() == std::ssize(merged_[g].columns) &&
                           combinations[g].rows() > 0,
                       "the model file's combinations do not fit its columns");
    merged_[g].combinations = combinations[g];
  }
  for (std::size_t d = 0; d < derived_.size(); ++d) {
    derived_[d].stand_in = stand_ins[d];
    derived_[d].kept = kept[d] || derived_[d].how == Derived::How::kAbove;
  }
  number_inner();
}

void Layout::plan(const Constraints& constraints) {
  validate(constraints, outer_);
  claims_.assign(static_cast<std::size_t>(outer_.size()), "");
  group_.assign(claims_.size(), -1);
  for (const Constraint& c : constraints) {
    const std::string by = to_string(c);
    if (const auto* fixed = std::get_if<FixedCombinations>(&c)) merge(fixed->columns, by);
    if (const auto* hot = std::get_if<OneHot>(&c)) merge(hot->columns, by);
    if (const auto* sum = std::get_if<SumsTo>(&c)) {
      Derived& d = derive(sum->total, Derived::How::kSum, by);
      for (const auto& part : sum->parts) d.sources.push_back(outer_.index(part));
    }
    if (const auto* above = std::get_if<Inequality>(&c)) {
      Derived& d = derive(above->high, Derived::How::kAbove, by);
      d.sources.push_back(outer_.index(above->low));
      d.gaps.push_back(above->gap);
    }
  }
  check_sources();
  sort_derived();
}

void Layout::claim(std::int64_t column, const std::string& by) {
  std::string& claim = claims_[static_cast<std::size_t>(column)];
  require(claim.empty(), "constraints: '{}' and '{}' both determine column '{}'; leave one out",
          claim, by, outer_[column].name);
  claim = by;
}

void Layout::merge(const std::vector<std::string>& columns, const std::string& by) {
  Merged group;
  for (const auto& name : columns) {
    const std::int64_t c = outer_.index(name);
    claim(c, by);
    group_[static_cast<std::size_t>(c)] = std::ssize(merged_);
    group.columns.push_back(c);
  }
  std::sort(group.columns.begin(), group.columns.end());
  merged_.push_back(std::move(group));
}

Derived& Layout::derive(const std::string& column, Derived::How how, const std::string& by) {
  const std::int64_t c = outer_.index(column);
  for (Derived& d : derived_) {  // several inequalities may share their higher column
    if (d.column == c && d.how == Derived::How::kAbove && how == Derived::How::kAbove) return d;
  }
  claim(c, by);
  derived_.push_back({.column = c, .how = how});
  return derived_.back();
}

void Layout::check_sources() const {
  for (const Derived& d : derived_) {
    for (const std::int64_t s : d.sources) {
      const auto source = static_cast<std::size_t>(s);
      require(group_[source] < 0,
              "constraints: '{}' needs the numbers of column '{}', which '{}' "
              "makes a part of a category; leave one out",
              claims_[static_cast<std::size_t>(d.column)], outer_[s].name, claims_[source]);
    }
  }
}

void Layout::sort_derived() {
  std::vector<Derived> sorted;
  std::vector<bool> ready(static_cast<std::size_t>(outer_.size()), true);
  for (const Derived& d : derived_) ready[static_cast<std::size_t>(d.column)] = false;
  while (!derived_.empty()) {
    const auto next = std::find_if(derived_.begin(), derived_.end(), [&](const Derived& d) {
      return std::all_of(d.sources.begin(), d.sources.end(),
                         [&](std::int64_t s) { return ready[static_cast<std::size_t>(s)]; });
    });
    require(next != derived_.end(),
            "constraints: '{}' and others go round in a circle: column '{}' determines itself",
            claims_[static_cast<std::size_t>(derived_[0].column)], outer_[derived_[0].column].name);
    ready[static_cast<std::size_t>(next->column)] = true;
    sorted.push_back(std::move(*next));
    derived_.erase(next);
  }
  derived_ = std::move(sorted);
}

const Derived* Layout::derived_at(std::int64_t column) const {
  for (const Derived& d : derived_)
    if (d.column == column) return &d;
  return nullptr;
}

void Layout::number_inner() {
  inner_.assign(static_cast<std::size_t>(outer_.size()), -1);
  std::int64_t next = 0;
  for (std::int64_t c = 0; c < outer_.size(); ++c) {
    const std::int64_t group = group_[static_cast<std::size_t>(c)];
    const Derived* d = derived_at(c);
    const bool absorbed =
        group >= 0 && merged_[static_cast<std::size_t>(group)].columns.front() != c;
    if (!absorbed && (d == nullptr || d->kept)) inner_[static_cast<std::size_t>(c)] = next++;
  }
  for (const Merged& group : merged_) {
    for (const std::int64_t c : group.columns)
      inner_[static_cast<std::size_t>(c)] = inner_[static_cast<std::size_t>(group.columns[0])];
  }
}

/// Digits after the point that a sum or difference of these columns has; -1: unknown.
int Layout::digits(const Derived& derived) const {
  int out = outer_[derived.column].kind == Kind::kReal ? outer_[derived.column].format.decimals : 0;
  for (const std::int64_t s : derived.sources) {
    const int own = outer_[s].kind == Kind::kReal ? outer_[s].format.decimals : 0;
    out = out < 0 || own < 0 ? -1 : std::max(out, own);
  }
  const bool whole = std::all_of(derived.gaps.begin(), derived.gaps.end(),
                                 [](double gap) { return gap == std::round(gap); });
  return whole ? out : -1;
}

Field Layout::merged_field(std::size_t group) const {
  const Merged& m = merged_[group];
  Field out{.name = "", .kind = Kind::kCategorical};
  std::vector<std::string> labels;
  for (std::int64_t k = 0; k < m.combinations.rows(); ++k)
    labels.push_back(fmt::format("{}: {}", k, label_of(m.combinations, k)));
  out.categories = Vocabulary(std::move(labels));
  for (const std::int64_t c : m.columns) {
    out.name += (out.name.empty() ? "" : " | ") + outer_[c].name;
    if (outer_[c].role == Role::kTarget) out.role = Role::kTarget;
  }
  return out;
}

Column Layout::merged_column(std::size_t group, const Dataset& outer) const {
  const Merged& m = merged_[group];
  std::map<std::string, std::int32_t> codes;
  for (std::int64_t k = 0; k < m.combinations.rows(); ++k)
    codes.emplace(key_of(m.combinations, k), static_cast<std::int32_t>(k));
  const Dataset cells = select(outer, m.columns);
  std::vector<std::int32_t> out;
  for (std::int64_t i = 0; i < outer.rows(); ++i) {
    const auto code = codes.find(key_of(cells, i));
    require(code != codes.end(),
            "constrained.refit: row {} has a combination of '{}' that the first rows lack", i,
            merged_field(group).name);
    out.push_back(code->second);
  }
  return Column::categories(std::move(out));
}

Column Layout::distance(const Derived& derived, const Dataset& outer) const {
  const Column& own = outer.column(derived.column);
  std::vector<double> out;
  for (std::int64_t i = 0; i < outer.rows(); ++i) {
    const double low = highest(derived, outer.columns(), i);
    const double from = low > kNone ? low : derived.stand_in;
    out.push_back(own.is_valid(i) ? rounded(own.number(i) - from, digits(derived))
                                  : std::numeric_limits<double>::quiet_NaN());
  }
  return column_of(outer_[derived.column].kind, out);
}

Dataset Layout::apply(const Dataset& outer) const {
  std::vector<Field> fields;
  std::vector<Column> columns;
  for (std::int64_t c = 0; c < outer_.size(); ++c) {
    if (inner_[static_cast<std::size_t>(c)] != std::ssize(fields))
      continue;  // absorbed or left out
    const std::int64_t group = group_[static_cast<std::size_t>(c)];
    const Derived* d = derived_at(c);
    if (group >= 0) {
      fields.push_back(merged_field(static_cast<std::size_t>(group)));
      columns.push_back(merged_column(static_cast<std::size_t>(group), outer));
    } else if (d != nullptr && d->how == Derived::How::kAbove) {
      fields.push_back(outer_[c]);
      fields.back().range.reset();
      fields.back().format = {.decimals = digits(*d)};
      columns.push_back(distance(*d, outer));
    } else {
      fields.push_back(outer_[c]);
      columns.push_back(outer.column(c));
    }
  }
  return {Schema(std::move(fields)), std::move(columns)};
}

void Layout::check_inner(const Schema& inner) const {
  const std::int64_t size =
      inner_.empty() ? 0 : *std::max_element(inner_.begin(), inner_.end()) + 1;
  bool fits = inner.size() == size;
  for (std::int64_t c = 0; c < outer_.size() && fits; ++c) {
    const auto column = static_cast<std::size_t>(c);
    if (inner_[column] < 0) continue;
    const Field& field = inner[inner_[column]];
    const std::int64_t group = group_[column];
    if (group >= 0)
      fits = field.categories == merged_field(static_cast<std::size_t>(group)).categories;
    else
      fits = derived_at(c) != nullptr ? field.kind == outer_[c].kind : field == outer_[c];
  }
  require<FileError>(fits, "the model file's constraints do not fit the model within");
}

/// A derived column from its sources and, for distances, the inner column.
Column Layout::rebuilt(const Derived& derived, const std::vector<Column>& columns,
                       const Column* own) const {
  const Field& field = outer_[derived.column];
  const std::int64_t rows = columns[static_cast<std::size_t>(derived.sources[0])].size();
  std::vector<double> out;
  for (std::int64_t i = 0; i < rows; ++i) {
    double value = 0;
    if (own != nullptr && !own->is_valid(i)) {
      value = std::numeric_limits<double>::quiet_NaN();
    } else if (derived.how == Derived::How::kSum) {
      for (const std::int64_t s : derived.sources) {
        const Column& part = columns[static_cast<std::size_t>(s)];
        value += part.is_valid(i) ? part.number(i) : 0;
      }
      value = rounded(value, digits(derived));
    } else {
      const double low = highest(derived, columns, i);
      value = (low > kNone ? low : derived.stand_in) + own->number(i);
      value = rounded(value, field.kind == Kind::kReal ? field.format.decimals : 0);
      if (field.range) value = std::clamp(value, field.range->min, field.range->max);
      value = std::max(value, low);
      if (field.kind != Kind::kReal) value = std::ceil(value);
    }
    out.push_back(value);
  }
  return column_of(field.kind, out);
}

Dataset Layout::undo(const Dataset& inner) const {
  std::vector<Column> out(static_cast<std::size_t>(outer_.size()));
  std::vector<std::vector<std::int64_t>> picked;
  for (const Merged& group : merged_) {
    const auto codes = inner.column(inner_[static_cast<std::size_t>(group.columns[0])]).codes();
    picked.emplace_back(codes.begin(), codes.end());
  }
  for (std::int64_t c = 0; c < outer_.size(); ++c) {
    const auto column = static_cast<std::size_t>(c);
    if (group_[column] >= 0) {
      const auto g = static_cast<std::size_t>(group_[column]);
      const auto& of = merged_[g].columns;
      const auto at = std::find(of.begin(), of.end(), c) - of.begin();
      out[column] = merged_[g].combinations.column(at).take(picked[g]);
    } else if (inner_[column] >= 0) {
      out[column] = inner.column(inner_[column]);
    }
  }
  for (const Derived& d : derived_) {
    const auto column = static_cast<std::size_t>(d.column);
    const Column own = out[column];
    out[column] = rebuilt(d, out, d.kept ? &own : nullptr);
  }
  return {outer_, std::move(out)};
}

Layout::Terms Layout::translate(const std::vector<ResolvedTerm>& terms) const {
  Terms out;
  std::map<std::int64_t, std::vector<ResolvedTerm>> by_group;  // on columns of `combinations`
  for (const ResolvedTerm& term : terms) {
    const auto column = static_cast<std::size_t>(term.column);
    if (group_[column] >= 0) {
      const auto& of = merged_[static_cast<std::size_t>(group_[column])].columns;
      ResolvedTerm within = term;
      within.column = std::find(of.begin(), of.end(), term.column) - of.begin();
      by_group[group_[column]].push_back(within);
    } else if (derived_at(term.column) != nullptr) {
      out.left.push_back(term);
    } else {
      out.inner.push_back(term);
      out.inner.back().column = inner_[column];
    }
  }
  for (const auto& [g, within] : by_group) {
    const Merged& group = merged_[static_cast<std::size_t>(g)];
    ResolvedTerm one{.column = inner_[static_cast<std::size_t>(group.columns[0])]};
    for (std::int64_t k = 0; k < group.combinations.rows(); ++k)
      if (satisfies(group.combinations, k, within)) one.values.push_back(static_cast<double>(k));
    require(!one.values.empty(),
            "constrained.sample: no combination of the training rows meets the condition on '{}'",
            outer_[group.columns[static_cast<std::size_t>(within[0].column)]].name);
    out.inner.push_back(std::move(one));
  }
  return out;
}

}  // namespace semblance::constraints
