// SPDX-License-Identifier: Apache-2.0
// Conditions, imputation, likelihood.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "conformance/checks.hpp"
#include "conformance/support.hpp"

namespace semblance::conformance {
namespace {

/// The first present value of a column as text, and the row it is in; row -1 if there is none.
std::pair<std::int64_t, std::string> first_value(const Dataset& data, std::int64_t column) {
  for (std::int64_t r = 0; r < data.rows(); ++r) {
    if (data.column(column).is_valid(r)) return {r, data.cell(r, column)};
  }
  return {-1, ""};
}

/// The range between the quartiles of a numeric column.
Range middle_half(const Column& column) {
  std::vector<double> values;
  for (std::int64_t r = 0; r < column.size(); ++r) {
    if (column.is_valid(r)) values.push_back(column.number(r));
  }
  std::sort(values.begin(), values.end());
  return {values[values.size() / 4], values[values.size() * 3 / 4]};
}

/// Conditions on one column that some training row meets.
std::vector<Condition> conditions_on(const Dataset& train, std::int64_t column, bool missing) {
  const Field& field = train.schema()[column];
  const auto [row, text] = first_value(train, column);
  if (row < 0 || field.kind == Kind::kTensor || field.kind == Kind::kText) return {};
  std::vector<Condition> out = {Condition({Condition::Term(field.name, Requirement{text})})};
  if (field.kind == Kind::kCategorical) {
    const std::string other = train.cell(train.rows() - 1, column);
    if (other != text && !other.empty())
      out.push_back(Condition({Condition::Term(field.name, OneOf{{text, other}})}));
  } else {
    out.push_back(Condition({Condition::Term(field.name, middle_half(train.column(column)))}));
  }
  if (missing && field.nullable) out.push_back(Condition({Condition::Term(field.name, Missing{})}));
  return out;
}

/// All conditions that the generator's capabilities allow, one on two columns among them.
std::vector<Condition> allowed_conditions(const Dataset& train, const Capabilities& can) {
  std::vector<Condition> out;
  std::vector<Condition::Term> both;
  for (std::int64_t c = 0; c < train.schema().size(); ++c) {
    if (can.conditioning == Conditioning::kTarget && c != train.schema().target()) continue;
    const auto here = conditions_on(train, c, can.missing_values);
    if (!here.empty() && both.size() < 2) both.push_back(here[0].terms()[0]);
    out.insert(out.end(), here.begin(), here.end());
  }
  if (both.size() == 2) out.emplace_back(both);
  return out;
}

std::string text_of(const Condition& condition) {
  std::string out = "condition on";
  for (const auto& term : condition.terms()) out += " '" + term.column + "'";
  return fmt::format("{} (alternative {})", out, condition.terms()[0].requirement.index());
}

void expect_satisfied(Outcome& out, const Dataset& rows, const Condition& condition) {
  const auto terms = resolve(condition, rows.schema());
  std::int64_t bad = 0;
  for (std::int64_t r = 0; r < rows.rows(); ++r) bad += satisfies(rows, r, terms) ? 0 : 1;
  if (bad > 0)
    out.violations.push_back(
        fmt::format("{}: {} of {} rows do not satisfy it", text_of(condition), bad, rows.rows()));
}

/// The rows with about a third of their cells missing; the last row has none left.
Dataset with_gaps(const Dataset& rows) {
  std::vector<Field> fields = rows.schema().fields();
  std::vector<Column> columns;
  for (std::int64_t c = 0; c < rows.schema().size(); ++c) {
    fields[static_cast<std::size_t>(c)].nullable = true;
    Bitmap valid(rows.rows(), true);
    for (std::int64_t r = 0; r < rows.rows(); ++r) {
      Stream s(Seed{23}, rows.schema()[c].name, static_cast<std::uint64_t>(r));
      valid.set(r, rows.column(c).is_valid(r) && s.uniform() > 0.33 && r + 1 < rows.rows());
    }
    Column::Foreign layout = rows.column(c).layout();
    const auto owner = std::make_shared<std::pair<Column, Bitmap>>(rows.column(c), valid);
    layout.valid = owner->second.bytes().data();
    layout.valid_offset = 0;
    layout.owner = owner;
    columns.push_back(Column::wrap(layout));
  }
  return {Schema(std::move(fields)), std::move(columns)};
}

/// What imputation must leave as it was, and what it must fill.
void expect_filled(Outcome& out, const Dataset& gaps, const Dataset& filled) {
  for (std::int64_t c = 0; c < gaps.schema().size(); ++c) {
    const std::string& name = gaps.schema()[c].name;
    if (filled.column(name).null_count() > 0)
      out.violations.push_back(fmt::format("column '{}': {} cells are still missing", name,
                                           filled.column(name).null_count()));
    const std::int64_t to = filled.schema().index(name);
    for (std::int64_t r = 0; r < gaps.rows(); ++r) {
      if (!gaps.column(c).is_valid(r) || gaps.schema()[c].kind == Kind::kTensor ||
          gaps.cell(r, c) == filled.cell(r, to))
        continue;
      out.violations.push_back(fmt::format("row {}, column '{}': {} became {}", r, name,
                                           gaps.cell(r, c), filled.cell(r, to)));
      break;
    }
  }
}

/// The columns in reverse order.
Dataset reversed(const Dataset& data) {
  std::vector<std::string> names;
  for (const Field& field : data.schema()) names.insert(names.begin(), field.name);
  return data.select(names);
}

bool close(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](double x, double y) {
    return std::abs(x - y) <= tolerance * std::max(1.0, std::abs(x));
  });
}

/// Two dependent categorical columns of 3 and 2 categories, and a row for each of the 6 pairs.
std::pair<Dataset, Dataset> small_joint(std::int64_t rows) {
  Field a{.name = "a", .kind = Kind::kCategorical}, b{.name = "b", .kind = Kind::kCategorical};
  a.categories = {"x", "y", "z"};
  b.categories = {"no", "yes"};
  std::vector<std::int32_t> as, bs;
  for (std::int64_t r = 0; r < rows; ++r) {
    Stream s(Seed{29}, "joint", static_cast<std::uint64_t>(r));
    as.push_back(static_cast<std::int32_t>(s.below(3)));
    bs.push_back(s.uniform() < 0.2 + 0.3 * as.back() ? 1 : 0);
  }
  const Dataset train({a, b}, {Column::categories(as), Column::categories(bs)});
  return {train, Dataset({a, b}, {Column::categories({0, 0, 1, 1, 2, 2}),
                                  Column::categories({0, 1, 0, 1, 0, 1})})};
}

}  // namespace

Outcome conditions_hold_exactly(const Subject& subject) {
  const auto model = fitted(subject);
  const Capabilities can = model->capabilities();
  if (can.conditioning == Conditioning::kNone) return {.not_applicable = "takes no condition"};
  Outcome out;
  const Dataset train = training_rows(subject);
  const auto conditions = allowed_conditions(train, can);
  if (conditions.empty()) out.violations.emplace_back("no condition could be tried: add a target");
  for (const Condition& given : conditions) {
    const Dataset rows = model->sample(60, Seed{5}, {.given = given});
    expect_satisfied(out, rows, given);
    expect_valid(out, rows, train.schema(), text_of(given));
  }
  return out;
}

Outcome conditional_rows_do_not_depend_on_chunks(const Subject& subject) {
  const auto model = fitted(subject);
  if (model->capabilities().conditioning == Conditioning::kNone)
    return {.not_applicable = "takes no condition"};
  Outcome out;
  for (const Condition& given : allowed_conditions(training_rows(subject), model->capabilities())) {
    const Dataset rows = model->sample(40, Seed{5}, {.given = given, .run = {.threads = 1}});
    expect_equal(out, rows.slice(30, 10),
                 model->sample(10, Seed{5}, {.given = given, .first_row = 30}),
                 text_of(given) + ", window");
    expect_equal(out, rows, model->sample(40, Seed{5}, {.given = given, .run = {.threads = 3}}),
                 text_of(given) + ", 1 and 3 threads");
  }
  return out;
}

Outcome refuses_bad_conditions(const Subject& subject) {
  Outcome out;
  const auto model = fitted(subject);
  const Schema& schema = model->schema();
  const auto refuse = [&](Condition given, std::string_view mention, std::string_view what) {
    const auto call = [&] { static_cast<void>(model->sample(1, Seed{1}, {.given = given})); };
    expect_refusal<InvalidArgument>(out, call, mention, what);
  };
  refuse({{"no such column", "1"}}, "no such column", "a condition on an unknown column");
  for (const Field& field : schema) {
    const std::string what = fmt::format("column '{}'", field.name);
    if (field.kind == Kind::kCategorical)
      refuse({{field.name, "no such category"}}, "no such category", what + ": unknown category");
    if (field.kind == Kind::kReal || field.kind == Kind::kInteger)
      refuse({{field.name, "twelve"}}, field.name, what + ": a word for a number");
    refuse({{field.name, "1"}, {field.name, "2"}}, field.name, what + ": named twice");
    if (field.kind == Kind::kTensor) continue;  // a tensor has no text to ask for
    const auto can = model->capabilities().conditioning;
    const bool allowed =
        can == Conditioning::kExact ||
        (can == Conditioning::kTarget && schema.find(field.name) == schema.target());
    const auto conditions = conditions_on(training_rows(subject), schema.find(field.name), false);
    if (!allowed && !conditions.empty())
      refuse(conditions[0], field.name, what + ": beyond the capabilities");
  }
  return out;
}

Outcome imputing_keeps_present_cells(const Subject& subject) {
  Outcome out;
  const auto model = fitted(subject);
  const Dataset gaps = with_gaps(training_rows(subject, 60, Seed{31}));
  const auto impute = [&](const Dataset& rows, Seed seed, int threads) {
    return model->impute(rows, seed, {.threads = threads});
  };
  if (!model->capabilities().imputes) {
    expect_refusal<InvalidArgument>(
        out, [&] { static_cast<void>(impute(gaps, Seed{1}, 1)); }, "does not impute", "impute");
    return out;
  }
  const Dataset filled = impute(gaps, Seed{1}, 1);
  expect_filled(out, gaps, filled);
  if (!(filled.schema() == model->schema()))
    out.violations.emplace_back("imputed rows have another schema than the training rows");
  expect_equal(out, filled, impute(gaps, Seed{1}, 1), "imputed twice with one seed");
  expect_equal(out, filled, impute(gaps, Seed{1}, 3), "imputed by 1 and 3 threads");
  expect_equal(out, filled, impute(reversed(gaps), Seed{1}, 1), "columns in another order");
  expect_equal(out, filled, impute(filled, Seed{2}, 1), "nothing to impute");
  if (difference(filled, impute(gaps, Seed{2}, 1)).empty())
    out.violations.emplace_back("two seeds imputed the same values");
  if (impute(gaps.slice(0, 0), Seed{1}, 1).rows() != 0)
    out.violations.emplace_back("imputing no rows gave some");
  return out;
}

Outcome likelihood_is_finite_and_repeatable(const Subject& subject) {
  Outcome out;
  const auto model = fitted(subject);
  const Dataset rows = training_rows(subject, 60, Seed{11});
  if (!model->capabilities().likelihood) {
    expect_refusal<InvalidArgument>(
        out, [&] { static_cast<void>(model->log_likelihood(rows)); }, "has no likelihood",
        "log_likelihood");
    return out;
  }
  const auto one = model->log_likelihood(rows, {.threads = 1});
  if (one.size() != 60) out.violations.push_back(fmt::format("60 rows gave {} values", one.size()));
  if (!std::all_of(one.begin(), one.end(), [](double v) { return std::isfinite(v); }))
    out.violations.emplace_back("the log likelihood of a training row is not finite");
  if (one != model->log_likelihood(rows, {.threads = 3}))
    out.violations.emplace_back("1 and 3 threads gave other values");
  const auto part = model->log_likelihood(rows.slice(20, 15), {.threads = 1});
  const std::vector<double> same(one.begin() + 20, one.begin() + 35);
  if (!close(part, same, 1e-5))
    out.violations.emplace_back("a row's likelihood depends on the rows beside it");
  return out;
}

Outcome likelihood_sums_to_one(const Subject& subject) {
  if (!subject.make()->capabilities().likelihood) return {.not_applicable = "has no likelihood"};
  if (subject.own_schema || !learns(subject, Kind::kCategorical))
    return {.not_applicable = "cannot learn two categorical columns"};
  Outcome out;
  const auto model = subject.make();
  const auto [train, pairs] = small_joint(subject.rows);
  model->fit(train, Seed{1});
  double sum = 0;
  for (const double v : model->log_likelihood(pairs)) sum += std::exp(v);
  if (std::abs(sum - 1) > 1e-3)
    out.violations.push_back(fmt::format("the 6 possible rows have total probability {}", sum));
  return out;
}

}  // namespace semblance::conformance
