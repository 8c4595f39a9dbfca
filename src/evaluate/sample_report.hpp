// SPDX-License-Identifier: Apache-2.0
// What reports about signals and about images share.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluate/embedding.hpp"
#include "evaluate/judge.hpp"
#include "evaluate/resample.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/core/run.hpp"
#include "semblance/evaluate/report.hpp"

namespace semblance {

/// How a report on samples is made.
struct SampleReportOptions {
  const char* things = "signals";  ///< What a row is.
  std::int64_t train = 0, synthetic = 0, holdout = 0;
  std::vector<std::string> metrics = {};
  double level = 0.95;
  std::int64_t bootstrap = 200;
  std::int64_t steps = 1;  ///< Of the progress.
};

/// A report that is being filled: metrics that were asked for, in the words of their kind.
class SampleReport {
 public:
  SampleReport(const SampleReportOptions& options, Seed seed, const RunOptions& run);

  [[nodiscard]] bool wants(std::string_view id) const;
  [[nodiscard]] Metric start(std::string_view id) const;
  /// Normalises, grades, takes the time and files it; one that was not asked for is dropped.
  void finish(Metric metric);
  void skip(std::string_view id, Status status, std::string reason);
  /// Runs independent work and reports the progress.
  void run(const Tasks& tasks);
  /// value -+ standard errors, from resamples of both samples; see BootstrapPlan::interval.
  [[nodiscard]] std::optional<Interval> bootstrap(
      const char* stage, std::int64_t n, std::int64_t m, const std::optional<double>& value,
      const std::function<std::optional<double>(const Resample&)>& statistic);
  [[nodiscard]] Seed seed() const noexcept { return seed_; }
  [[nodiscard]] const SampleReportOptions& options() const noexcept { return options_; }
  [[nodiscard]] const RunOptions& run_options() const noexcept { return run_; }
  [[nodiscard]] Workers& workers() noexcept { return workers_; }
  [[nodiscard]] Report& report() noexcept { return report_; }
  [[nodiscard]] Report end();

 private:
  SampleReportOptions options_;
  Seed seed_;
  const RunOptions& run_;
  std::vector<std::string> wanted_;
  Workers workers_;
  Reporter reporter_;
  std::int64_t done_ = 0;
  Report report_;
  std::chrono::steady_clock::time_point lap_ = std::chrono::steady_clock::now();
};

/// Features of the samples, of the same extractor, equally many of each.
struct FeatureSets {
  const char* frechet = "feature_frechet";  ///< Id of the Fréchet distance.
  std::string extractor = {};
  Points train, synthetic;
  Points reference_train, reference;  ///< Real in two parts that do not overlap.
  Points floor;
  std::optional<Points> holdout = {};
  std::string reference_meaning = {}, floor_meaning = {};
};

/// Fréchet, kernel and sliced Wasserstein distance, PRDC and clipped density and coverage, and the
/// share that is nearer to training than to unseen things.
void measure_features(SampleReport& out, const FeatureSets& sets);

}  // namespace semblance
