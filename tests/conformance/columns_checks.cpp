// SPDX-License-Identifier: Apache-2.0
// Unusual training data.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "conformance/checks.hpp"
#include "conformance/support.hpp"

namespace semblance::conformance {
namespace {

constexpr std::string_view kOwnSchema = "this generator has a schema of its own";

/// Fits a new generator to `train` and checks what it draws.
std::unique_ptr<Generator> learn(Outcome& out, const Subject& subject, const Dataset& train,
                                 std::string_view what) {
  auto model = subject.make();
  model->fit(train, Seed{1});
  expect_valid(out, model->sample(100, Seed{2}), train.schema(), what);
  return model;
}

Dataset repeat_first_row(const Dataset& data) {
  return data.take(std::vector<std::int64_t>(static_cast<std::size_t>(data.rows()), 0));
}

/// A categorical column whose value in row r is `code(r)`.
Column codes(std::int64_t rows, const std::function<std::int32_t(std::int64_t)>& code) {
  std::vector<std::int32_t> out;
  for (std::int64_t r = 0; r < rows; ++r) out.push_back(code(r));
  return Column::categories(std::move(out));
}

Dataset append(const Dataset& data, Field field, Column column) {
  return with_column(data, data.schema().size(), std::move(field), std::move(column));
}

/// A column of that kind without a present value.
Column all_missing(Kind kind, std::int64_t rows) {
  const auto n = static_cast<std::size_t>(rows);
  switch (kind) {
    case Kind::kReal:
      return Column::reals(std::vector<double>(n), Bitmap(rows, false));
    case Kind::kInteger:
      return Column::integers(std::vector<std::int64_t>(n), Bitmap(rows, false));
    case Kind::kDatetime:
      return Column::datetimes(std::vector<std::int64_t>(n), Bitmap(rows, false));
    case Kind::kCategorical:
      return Column::categories(std::vector<std::int32_t>(n), Bitmap(rows, false));
    case Kind::kText:
      return Column::texts(std::vector<std::string>(n), Bitmap(rows, false));
    case Kind::kTensor:
      break;
  }
  return Column::tensors(std::vector<float>(n * 4), {4}, Bitmap(rows, false));
}

Field empty_field(Kind kind) {
  Field field{.name = "empty", .kind = kind, .nullable = true};
  if (kind == Kind::kTensor) field.shape = {4};
  return field;
}

void check_all_missing(Outcome& out, const Subject& subject, Kind kind) {
  const Dataset data = training_rows(subject);
  Dataset train;
  try {  // a category needs a vocabulary: without one nothing but a missing cell can be there
    train = append(data, empty_field(kind), all_missing(kind, data.rows()));
  } catch (const InvalidArgument&) {
    Field field = empty_field(kind);
    field.categories = {"never"};
    train = append(data, field, all_missing(kind, data.rows()));
  }
  const std::string what = fmt::format("a {} column without values", to_string(kind));
  if (!subject.make()->capabilities().missing_values) {
    expect_refusal<InvalidArgument>(
        out, [&] { subject.make()->fit(train, Seed{1}); }, "'empty'", what);
    return;
  }
  const auto model = learn(out, subject, train, what);
  const auto present = 100 - model->sample(100, Seed{2}).column("empty").null_count();
  if (present > 0)
    out.violations.push_back(fmt::format("{}: {} of 100 cells were invented", what, present));
}

}  // namespace

Outcome learns_one_row(const Subject& subject) {
  Outcome out;
  const Dataset train = training_rows(subject).slice(0, 1);
  try {
    learn(out, subject, train, "one training row");
  } catch (const InvalidArgument& e) {  // a method may need more, if it says so
    if (std::string_view(e.what()).find("row") == std::string_view::npos)
      out.violations.push_back(fmt::format("the refusal of one row is unclear: {}", e.what()));
  }
  expect_refusal<InvalidArgument>(
      out, [&] { subject.make()->fit(train.slice(0, 0), Seed{1}); }, "at least 1 row",
      "no training row");
  return out;
}

Outcome learns_constant_columns(const Subject& subject) {
  if (subject.own_schema) return {.not_applicable = std::string(kOwnSchema)};
  Outcome out;
  const Dataset data = training_rows(subject), same = repeat_first_row(data);
  learn(out, subject, with_ranges(same), "all columns constant");
  for (std::int64_t c = 0; c < data.schema().size(); ++c) {
    const Field& field = data.schema()[c];
    const Dataset train = with_ranges(with_column(data, c, field, same.column(c)));
    learn(out, subject, train, fmt::format("constant column '{}'", field.name));
  }
  return out;
}

Outcome learns_a_column_of_one_category(const Subject& subject) {
  if (subject.own_schema) return {.not_applicable = std::string(kOwnSchema)};
  if (!learns(subject, Kind::kCategorical)) return {.not_applicable = "no categorical columns"};
  Outcome out;
  const Dataset data = training_rows(subject);
  Field field{.name = "only", .kind = Kind::kCategorical};
  field.categories = {"one"};
  const Column column = codes(data.rows(), [](std::int64_t) { return 0; });
  learn(out, subject, append(data, field, column), "a column of one category");
  learn(out, subject, {Schema({field}), {column}}, "one column of one category");
  return out;
}

Outcome learns_ten_thousand_categories(const Subject& subject) {
  if (subject.own_schema) return {.not_applicable = std::string(kOwnSchema)};
  if (!learns(subject, Kind::kCategorical)) return {.not_applicable = "no categorical columns"};
  constexpr std::int32_t kMany = 10'000;
  std::vector<std::string> names;
  for (std::int32_t i = 0; i < kMany; ++i) names.push_back("value " + std::to_string(i));
  Outcome out;
  const Dataset data = training_rows(subject);
  Field field{.name = "many", .kind = Kind::kCategorical};
  field.categories = Vocabulary(names);
  const Column column = codes(
      data.rows(), [](std::int64_t r) { return static_cast<std::int32_t>(r * 7919 % kMany); });
  learn(out, subject, append(data, field, column), "a column of 10,000 categories");
  return out;
}

Outcome handles_all_missing_columns(const Subject& subject) {
  if (subject.own_schema) return {.not_applicable = std::string(kOwnSchema)};
  Outcome out;
  for (const Kind kind : subject.make()->capabilities().kinds)
    check_all_missing(out, subject, kind);
  return out;
}

Outcome refuses_a_wrong_schema(const Subject& subject) {
  Outcome out;
  const Dataset data = training_rows(subject);
  for (const Kind kind : {Kind::kReal, Kind::kInteger, Kind::kCategorical, Kind::kDatetime,
                          Kind::kText, Kind::kTensor}) {
    if (learns(subject, kind)) continue;
    Field field = empty_field(kind);
    if (kind == Kind::kCategorical) field.categories = {"never"};
    const Dataset train = append(data, field, all_missing(kind, data.rows()));
    expect_refusal<InvalidArgument>(
        out, [&] { subject.make()->fit(train, Seed{1}); }, "'empty'",
        fmt::format("a {} column", to_string(kind)));
  }
  if (subject.own_schema && data.schema().size() > 1) {
    const std::vector<std::string> rest = {data.schema()[1].name};
    expect_refusal<InvalidArgument>(
        out, [&] { subject.make()->fit(data.select(rest), Seed{1}); }, data.schema()[0].name,
        "training rows without the first column");
  }
  return out;
}

Outcome refuses_values_that_are_not_finite(const Subject& subject) {
  if (!learns(subject, Kind::kReal)) return {.not_applicable = "no real columns"};
  Outcome out;
  const Dataset data = training_rows(subject);
  const auto& fields = data.schema().fields();
  const auto it = std::find_if(fields.begin(), fields.end(),
                               [](const Field& f) { return f.kind == Kind::kReal; });
  if (it == fields.end()) return {.not_applicable = "no real column in the training rows"};
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    const auto fit = [&] {  // the data set may refuse them already
      std::vector<double> values(static_cast<std::size_t>(data.rows()), 1.0);
      values[values.size() / 2] = bad;
      const Dataset train = with_column(data, it - fields.begin(), *it, Column::reals(values));
      subject.make()->fit(train, Seed{1});
    };
    expect_refusal<InvalidArgument>(out, fit, it->name, fmt::format("a real of value {}", bad));
  }
  return out;
}

}  // namespace semblance::conformance
