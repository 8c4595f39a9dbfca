// SPDX-License-Identifier: Apache-2.0
// What sampled rows are, and what they do not depend on.
#include <fmt/format.h>

#include <exception>
#include <thread>

#include "conformance/checks.hpp"
#include "conformance/support.hpp"

namespace semblance::conformance {
namespace {

Dataset collect(const Generator& generator, std::int64_t n, Seed seed, std::int64_t chunk) {
  std::vector<Dataset> chunks;
  for (const Dataset& rows : generator.stream(n, seed, {.run = {.threads = 1}}, chunk))
    chunks.push_back(rows);
  return Dataset::concat(chunks);
}

/// Samples the same rows from several threads at once, each under its own seed.
std::vector<Dataset> sample_concurrently(const Generator& generator, std::size_t threads,
                                         std::int64_t n) {
  std::vector<Dataset> rows(threads);
  std::vector<std::exception_ptr> errors(threads);
  {
    std::vector<std::jthread> team;
    for (std::size_t t = 0; t < threads; ++t) {
      team.emplace_back([&, t] {
        try {
          rows[t] = generator.sample(n, Seed{t}, {.run = {.threads = 1}});
        } catch (...) {
          errors[t] = std::current_exception();
        }
      });
    }
  }
  for (const auto& error : errors) {
    if (error) std::rethrow_exception(error);
  }
  return rows;
}

}  // namespace

Outcome same_seed_gives_the_same_rows(const Subject& subject) {
  Outcome out;
  const auto a = fitted(subject), b = fitted(subject);
  const Dataset rows = a->sample(64, Seed{5});
  expect_equal(out, rows, a->sample(64, Seed{5}), "sampled twice with one seed");
  expect_equal(out, rows, b->sample(64, Seed{5}), "fitted twice with one seed");
  auto again = subject.make();
  again->fit(training_rows(subject, subject.rows, Seed{12}), Seed{9});
  again->fit(training_rows(subject), Seed{1});
  expect_equal(out, rows, again->sample(64, Seed{5}), "refitted after other data");
  if (difference(rows, a->sample(64, Seed{6})).empty())
    out.violations.emplace_back("two seeds gave the same 64 rows");
  return out;
}

Outcome rows_do_not_depend_on_chunks(const Subject& subject) {
  Outcome out;
  const auto model = fitted(subject);
  const Dataset rows = model->sample(100, Seed{5});
  for (const std::int64_t chunk : {1, 7, 64}) {
    expect_equal(out, rows, collect(*model, 100, Seed{5}, chunk),
                 fmt::format("sample and stream in chunks of {}", chunk));
  }
  const Dataset many = model->sample(3'000, Seed{5});
  expect_equal(out, rows, many.slice(0, 100), "100 rows and the first 100 of 3,000");
  expect_equal(out, many.slice(2'000, 50), model->sample(50, Seed{5}, {.first_row = 2'000}),
               "rows 2,000 to 2,050 and a window there");
  return out;
}

Outcome rows_do_not_repeat(const Subject& subject) {
  Outcome out;
  const Dataset rows = fitted(subject)->sample(2'112, Seed{5});
  for (const std::int64_t period : {64, 100, 128, 256, 500, 512, 1'000, 1'024, 2'000, 2'048}) {
    if (difference(rows.slice(0, 64), rows.slice(period, 64)).empty()) {
      out.violations.push_back(fmt::format("rows come again after {} rows", period));
    }
  }
  return out;
}

Outcome rows_do_not_depend_on_threads(const Subject& subject) {
  Outcome out;
  const auto one = fitted(subject, {.threads = 1});
  const auto two = fitted(subject, {.threads = 2}), five = fitted(subject, {.threads = 5});
  const Dataset rows = one->sample(700, Seed{5}, {.run = {.threads = 1}});
  expect_equal(out, rows, two->sample(700, Seed{5}, {.run = {.threads = 1}}),
               "fitted by 1 and 2 threads");
  expect_equal(out, rows, five->sample(700, Seed{5}, {.run = {.threads = 1}}),
               "fitted by 1 and 5 threads");
  expect_equal(out, rows, one->sample(700, Seed{5}, {.run = {.threads = 2}}),
               "sampled by 1 and 2 threads");
  expect_equal(out, rows, one->sample(700, Seed{5}, {.run = {.threads = 5}}),
               "sampled by 1 and 5 threads");
  return out;
}

Outcome concurrent_sampling_gives_the_same_rows(const Subject& subject) {
  Outcome out;
  const auto model = fitted(subject);
  const std::vector<Dataset> rows = sample_concurrently(*model, 4, 200);
  for (std::size_t t = 0; t < rows.size(); ++t) {
    expect_equal(out, rows[t], model->sample(200, Seed{t}, {.run = {.threads = 1}}),
                 fmt::format("thread {} of 4 and alone", t));
  }
  return out;
}

Outcome rows_satisfy_the_schema(const Subject& subject) {
  Outcome out;
  const Dataset train = training_rows(subject);
  const auto model = fitted(subject);
  expect_valid(out, model->sample(1'000, Seed{5}), train.schema(), "1,000 rows");
  if (!(model->schema() == train.schema()))
    out.violations.emplace_back("schema() is not the training schema");
  if (model->training_rows() != train.rows())
    out.violations.emplace_back("training_rows() is not the number of training rows");
  return out;
}

Outcome any_number_of_rows_can_be_drawn(const Subject& subject) {
  Outcome out;
  const auto model = fitted(subject);
  for (const std::int64_t n : {0, 1, 2, 65}) {
    const Dataset rows = model->sample(n, Seed{5});
    if (rows.rows() != n)
      out.violations.push_back(fmt::format("asked for {} rows, got {}", n, rows.rows()));
    expect_valid(out, rows, model->schema(), fmt::format("{} rows", n));
  }
  for (const Dataset& chunk : model->stream(0, Seed{5}))
    out.violations.push_back(fmt::format("an empty stream gave {} rows", chunk.rows()));
  expect_refusal<InvalidArgument>(
      out, [&] { static_cast<void>(model->sample(-1, Seed{5})); }, "n must be >= 0, got -1",
      "n = -1");
  return out;
}

Outcome nothing_works_before_fit(const Subject& subject) {
  Outcome out;
  const auto model = subject.make();
  if (model->is_fitted()) out.violations.emplace_back("is_fitted() before fit");
  if (model->name().empty()) out.violations.emplace_back("name() is empty");
  if (model->capabilities().kinds.empty())
    out.violations.emplace_back("capabilities() name no column kind");
  const Dataset rows = training_rows(subject, 2);
  const Scratch scratch;
  const auto refuse = [&](const std::function<void()>& call, std::string_view what) {
    expect_refusal<NotFitted>(out, call, "call fit first", what);
  };
  refuse([&] { static_cast<void>(model->sample(1, Seed{1})); }, "sample before fit");
  refuse([&] { static_cast<void>(model->impute(rows, Seed{1})); }, "impute before fit");
  refuse([&] { static_cast<void>(model->log_likelihood(rows)); }, "log_likelihood before fit");
  refuse([&] { model->save(scratch / "model"); }, "save before fit");
  refuse([&] { static_cast<void>(model->schema()); }, "schema before fit");
  return out;
}

}  // namespace semblance::conformance
