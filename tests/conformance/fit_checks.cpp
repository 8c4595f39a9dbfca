// SPDX-License-Identifier: Apache-2.0
// Cancelling and resuming.
#include <fmt/format.h>

#include <stdexcept>
#include <stop_token>

#include "conformance/checks.hpp"
#include "conformance/support.hpp"

namespace semblance::conformance {
namespace {

/// How often a fit of `train` calls back.
std::int64_t count_steps(const Subject& subject, const Dataset& train) {
  std::int64_t calls = 0;
  const auto count = [&](const Progress&) {
    ++calls;
    return Flow::kContinue;
  };
  subject.make()->fit(train, Seed{2}, {.on_progress = count});
  return calls;
}

/// A callback that answers kStop at its `last`-th call.
std::function<Flow(const Progress&)> stop_after(std::int64_t last) {
  return [last, calls = std::int64_t{0}](const Progress&) mutable {
    return ++calls >= last ? Flow::kStop : Flow::kContinue;
  };
}

/// The first call, one in the middle, the last.
std::vector<std::int64_t> stops(std::int64_t steps) { return {1, (steps + 1) / 2, steps}; }

void expect_unfitted(Outcome& out, const Generator& model, std::string_view what) {
  if (model.is_fitted()) out.violations.push_back(fmt::format("{}: is_fitted()", what));
  expect_refusal<NotFitted>(
      out, [&] { static_cast<void>(model.sample(1, Seed{1})); }, "call fit first",
      fmt::format("{}: sample", what));
}

/// Runs `fit`, which must end by `Exception`, on a fitted model, which must not change.
template <class Exception>
void expect_unchanged(Outcome& out, Generator& model, const std::function<void()>& fit,
                      std::string_view what) {
  const Dataset before = model.sample(50, Seed{3});
  const auto rows = model.training_rows();
  expect_refusal<Exception>(out, fit, "", what);
  expect_equal(out, before, model.sample(50, Seed{3}), what);
  if (model.training_rows() != rows)
    out.violations.push_back(fmt::format("{}: training_rows() changed", what));
}

/// Fits until a checkpoint file is there, then stops. False if none ever was.
bool stop_with_checkpoint(const Subject& subject, const Checkpoint& checkpoint) {
  const RunOptions run = {.on_progress =
                              [&](const Progress&) {
                                return std::filesystem::exists(checkpoint.file) ? Flow::kStop
                                                                                : Flow::kContinue;
                              },
                          .checkpoint = checkpoint};
  try {
    static_cast<void>(fitted(subject, run));
  } catch (const Cancelled&) {
    return std::filesystem::exists(checkpoint.file);
  }
  return false;
}

/// A checkpoint of seed 1 must not leak into a fit of seed 2: refused, or not used.
void expect_other_seed(Outcome& out, const Subject& subject, const Checkpoint& checkpoint) {
  const Dataset train = training_rows(subject);
  const auto a = subject.make(), b = subject.make();
  try {
    a->fit(train, Seed{2}, {.checkpoint = checkpoint});
  } catch (const InvalidArgument&) {
    return;
  }
  b->fit(train, Seed{2});
  expect_equal(out, a->sample(50, Seed{3}), b->sample(50, Seed{3}),
               "with and without another seed's checkpoint");
}

}  // namespace

Outcome reports_progress(const Subject& subject) {
  Outcome out;
  std::int64_t calls = 0;
  const auto watch = [&](const Progress& p) {
    ++calls;
    if (p.stage.empty() || p.step < 0 || p.step > p.total || p.seconds < 0)
      out.violations.push_back(fmt::format("callback {}: stage '{}', step {} of {}, {} s", calls,
                                           p.stage, p.step, p.total, p.seconds));
    return Flow::kContinue;
  };
  static_cast<void>(fitted(subject, {.on_progress = watch}));
  if (calls == 0) out.violations.emplace_back("fit never called on_progress");
  if (out.violations.size() > 5) out.violations.resize(5);
  return out;
}

Outcome cancelling_leaves_an_unfitted_generator(const Subject& subject) {
  Outcome out;
  const Dataset train = training_rows(subject);
  for (const std::int64_t stop : stops(count_steps(subject, train))) {
    const std::string what = fmt::format("fit stopped at its callback {}", stop);
    const auto model = subject.make();
    expect_refusal<Cancelled>(
        out, [&] { model->fit(train, Seed{2}, {.on_progress = stop_after(stop)}); }, "", what);
    expect_unfitted(out, *model, what);
  }
  return out;
}

Outcome cancelling_leaves_a_fitted_generator(const Subject& subject) {
  Outcome out;
  const Dataset other = training_rows(subject, subject.rows / 2, Seed{13});
  const auto model = fitted(subject);
  for (const std::int64_t stop : stops(count_steps(subject, other))) {
    expect_unchanged<Cancelled>(
        out, *model, [&] { model->fit(other, Seed{2}, {.on_progress = stop_after(stop)}); },
        fmt::format("fit stopped at its callback {}", stop));
  }
  return out;
}

Outcome the_stop_token_cancels(const Subject& subject) {
  Outcome out;
  std::stop_source before;
  before.request_stop();
  const Dataset other = training_rows(subject, subject.rows / 2, Seed{13});
  const auto model = fitted(subject);
  expect_unchanged<Cancelled>(
      out, *model, [&] { model->fit(other, Seed{2}, {.stop = before.get_token()}); },
      "fit with a triggered stop token");
  if (count_steps(subject, other) < 2) return out;
  std::stop_source during;
  const auto trigger = [&](const Progress&) {
    during.request_stop();
    return Flow::kContinue;
  };
  expect_unchanged<Cancelled>(
      out, *model,
      [&] { model->fit(other, Seed{2}, {.on_progress = trigger, .stop = during.get_token()}); },
      "fit with a stop token triggered during its first step");
  return out;
}

Outcome a_throwing_callback_leaves_the_generator(const Subject& subject) {
  Outcome out;
  const Dataset other = training_rows(subject, subject.rows / 2, Seed{13});
  const auto model = fitted(subject);
  const auto broken = [](const Progress&) -> Flow { throw std::domain_error("callback"); };
  expect_unchanged<std::domain_error>(
      out, *model, [&] { model->fit(other, Seed{2}, {.on_progress = broken}); },
      "fit whose callback throws");
  return out;
}

Outcome resumes_to_the_same_model(const Subject& subject) {
  if (!subject.make()->capabilities().resumes) return {.not_applicable = "does not resume"};
  Outcome out;
  const Scratch scratch;
  const Checkpoint checkpoint{scratch / "checkpoint", std::chrono::seconds(0)};
  const Dataset rows = fitted(subject)->sample(50, Seed{3});
  if (!stop_with_checkpoint(subject, checkpoint))
    return {.violations = {"no checkpoint was left by a stopped fit"}};
  const auto resumed = fitted(subject, {.checkpoint = checkpoint});
  expect_equal(out, rows, resumed->sample(50, Seed{3}), "stopped and resumed");
  if (std::filesystem::exists(checkpoint.file))
    out.violations.emplace_back("the checkpoint is still there after a successful fit");
  static_cast<void>(stop_with_checkpoint(subject, checkpoint));
  expect_other_seed(out, subject, checkpoint);
  std::filesystem::remove(checkpoint.file);
  const auto again = fitted(subject, {.checkpoint = checkpoint});
  expect_equal(out, rows, again->sample(50, Seed{3}), "with and without a checkpoint file");
  return out;
}

}  // namespace semblance::conformance
