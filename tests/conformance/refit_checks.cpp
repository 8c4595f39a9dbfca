// SPDX-License-Identifier: Apache-2.0
// Going on with what is known.
#include <fmt/format.h>

#include "conformance/checks.hpp"
#include "conformance/support.hpp"

namespace semblance::conformance {
namespace {

Outcome does_not_refit() { return {.not_applicable = "does not go on learning"}; }

/// Other rows of the training schema.
Dataset other_rows(const Subject& subject) {
  return training_rows(subject, subject.rows / 2, Seed{13});
}

/// The rows with the name of their last column changed.
Dataset renamed(const Dataset& data) {
  std::vector<Field> fields = data.schema().fields();
  fields.back().name = "somebody else";
  return {Schema(std::move(fields)), data.columns()};
}

/// The rows under a vocabulary of one more category, which the first row has; nothing changes
/// where no column is categorical.
Dataset with_a_new_category(const Dataset& data) {
  for (std::int64_t c = 0; c < data.schema().size(); ++c) {
    if (data.schema()[c].kind != Kind::kCategorical) continue;
    Field field = data.schema()[c];
    auto categories = field.categories.categories();
    categories.emplace_back("never seen");
    field.categories = Vocabulary(std::move(categories));
    std::vector<std::int32_t> codes(data.column(c).codes().begin(), data.column(c).codes().end());
    codes[0] = field.categories.size() - 1;
    return with_column(data, c, field, Column::categories(std::move(codes)));
  }
  return data;
}

}  // namespace

/// A training without time for a step leaves what is known.
Outcome a_warm_start_begins_where_the_fit_ended(const Subject& subject) {
  const auto model = fitted(subject);
  if (!model->capabilities().refits) return does_not_refit();
  Outcome out;
  const Dataset before = model->sample(60, Seed{3});
  const auto learned = model->training_rows();
  model->refit(training_rows(subject), Seed{1}, {.budget = std::chrono::duration<double>(1e-9)});
  expect_equal(out, before, model->sample(60, Seed{3}), "before and after a refit without a step");
  if (model->training_rows() != learned)
    out.violations.emplace_back("a refit changed training_rows()");
  return out;
}

Outcome a_warm_start_learns_other_rows(const Subject& subject) {
  const auto a = fitted(subject), b = fitted(subject);
  if (!a->capabilities().refits) return does_not_refit();
  Outcome out;
  const Dataset before = a->sample(60, Seed{3}), rows = other_rows(subject);
  a->refit(rows, Seed{5}, {.threads = 1});
  b->refit(rows, Seed{5}, {.threads = 2});
  const Dataset after = a->sample(60, Seed{3});
  expect_equal(out, after, b->sample(60, Seed{3}), "two refits, one and two threads");
  expect_valid(out, after, a->schema(), "rows after a refit");
  if (difference(before, after).empty()) out.violations.emplace_back("a refit changed nothing");
  const Scratch scratch;
  a->save(scratch / "model");
  b->load(scratch / "model");
  a->refit(rows, Seed{6});
  b->refit(rows, Seed{6});
  expect_equal(out, a->sample(60, Seed{3}), b->sample(60, Seed{3}),
               "refits of a model and its file");
  return out;
}

Outcome a_warm_start_refuses_strange_rows(const Subject& subject) {
  const auto model = fitted(subject);
  const Dataset rows = training_rows(subject);
  Outcome out;
  if (!model->capabilities().refits) {
    expect_refusal<InvalidArgument>(
        out, [&] { model->refit(rows, Seed{1}); }, "cannot go on learning", "refit");
    return out;
  }
  expect_refusal<NotFitted>(
      out, [&] { subject.make()->refit(rows, Seed{1}); }, "call fit first", "refit before fit");
  expect_refusal<InvalidArgument>(
      out, [&] { model->refit(rows.slice(0, 0), Seed{1}); }, "at least 1 row", "refit on no rows");
  expect_refusal<InvalidArgument>(
      out, [&] { model->refit(renamed(rows), Seed{1}); }, "somebody else",
      "refit on another schema");
  if (learns(subject, Kind::kCategorical) && !subject.own_schema) {
    expect_refusal<InvalidArgument>(
        out, [&] { model->refit(with_a_new_category(rows), Seed{1}); }, "never seen",
        "refit on a new category");
  }
  return out;
}

Outcome cancelling_a_warm_start_leaves_the_generator(const Subject& subject) {
  const auto model = fitted(subject);
  if (!model->capabilities().refits) return does_not_refit();
  Outcome out;
  const Dataset before = model->sample(60, Seed{3});
  const auto stop = [](const Progress&) { return Flow::kStop; };
  expect_refusal<Cancelled>(
      out, [&] { model->refit(other_rows(subject), Seed{5}, {.on_progress = stop}); }, "",
      "refit stopped at its first step");
  expect_equal(out, before, model->sample(60, Seed{3}), "before and after a stopped refit");
  return out;
}

}  // namespace semblance::conformance
