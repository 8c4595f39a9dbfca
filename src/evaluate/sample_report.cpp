// SPDX-License-Identifier: Apache-2.0
#include "evaluate/sample_report.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include "detail/check.hpp"
#include "evaluate/evaluator.hpp"
#include "semblance/core/version.hpp"
#include "semblance/evaluate/catalogue.hpp"

namespace semblance {
namespace {

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
}

/// The catalogue speaks of rows.
std::string in_words_of(std::string text, std::string_view things) {
  const auto one = things.substr(0, things.size() - 1);
  std::string capital(one);
  capital[0] = static_cast<char>(capital[0] - 'a' + 'A');
  replace_all(text, "Rows", capital + "s");
  replace_all(text, "rows", things);
  replace_all(text, " row", std::string(" ") += one);
  return text;
}

}  // namespace

SampleReport::SampleReport(const SampleReportOptions& options, Seed seed, const RunOptions& run)
    : options_(options),
      seed_(seed),
      run_(run),
      wanted_(select_metrics(options.metrics)),
      workers_(worker_threads(run)),
      reporter_(run_, "evaluate", options.steps) {
  auto& p = report_.provenance;
  p.version = kVersion;
  p.seed = seed;
  p.things = options.things;
  p.train_rows = options.train;
  p.synthetic_rows = options.synthetic;
  p.holdout_rows = options.holdout;
}

bool SampleReport::wants(std::string_view id) const {
  return std::ranges::find(wanted_, id) != wanted_.end();
}

Metric SampleReport::start(std::string_view id) const {
  Metric out = describe(id);
  out.title = in_words_of(out.title, options_.things);
  out.meaning = in_words_of(out.meaning, options_.things);
  out.rows_real = options_.train;
  out.rows_synthetic = options_.synthetic;
  out.rows_holdout = options_.holdout;
  return out;
}

void SampleReport::finish(Metric metric) {
  if (!wants(metric.id)) return;
  if (metric.status == Status::kOk && !metric.value) {
    metric.status = Status::kUndefined;
    if (metric.reason.empty())
      metric.reason = fmt::format("these {} allow no value", options_.things);
  }
  grade(metric);
  const auto now = std::chrono::steady_clock::now();
  metric.seconds = std::chrono::duration<double>(now - lap_).count();
  lap_ = now;
  report_.metrics.push_back(std::move(metric));
}

void SampleReport::skip(std::string_view id, Status status, std::string reason) {
  Metric m = start(id);
  m.status = status;
  m.reason = std::move(reason);
  finish(std::move(m));
}

void SampleReport::run(const Tasks& tasks) {
  const auto caller = std::this_thread::get_id();
  const std::int64_t before = done_;
  std::atomic<std::int64_t> finished{0};
  workers_.run(std::ssize(tasks), [&](std::int64_t i) {
    tasks[static_cast<std::size_t>(i)]();
    const std::int64_t count = ++finished;
    if (std::this_thread::get_id() == caller)
      reporter_.step(std::min(options_.steps, before + count));
  });
  done_ = std::min(options_.steps, before + finished);
  reporter_.step(done_);
}

std::optional<Interval> SampleReport::bootstrap(
    const char* stage, std::int64_t n, std::int64_t m, const std::optional<double>& value,
    const std::function<std::optional<double>(const Resample&)>& statistic) {
  if (!value || options_.bootstrap == 0) return std::nullopt;
  const BootstrapPlan plan(n, m, std::max(n, m), options_.level, derive(seed_, stage));
  Replicates again(static_cast<std::size_t>(options_.bootstrap));
  workers_.run(options_.bootstrap, [&](std::int64_t b) {
    again[static_cast<std::size_t>(b)] = statistic(plan.rows(b));
  });
  return plan.interval(value, again);
}

Report SampleReport::end() {
  std::ranges::sort(report_.metrics, {}, [](const Metric& m) {
    const auto place = std::ranges::find(catalogue(), m.id, &MetricInfo::id) - catalogue().begin();
    return std::pair(m.group, place);
  });
  if (options_.holdout == 0) {
    report_.warnings.push_back(fmt::format(
        "No holdout was given: nothing here can tell a good generator from one that copies. "
        "References are one half of the training {} against the other.",
        options_.things));
  }
  reporter_.step(options_.steps);
  report_.provenance.seconds = reporter_.seconds();
  return std::move(report_);
}

}  // namespace semblance
