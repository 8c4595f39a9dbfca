// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "semblance/core/run.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/evaluate/report.hpp"
#include "semblance/evaluate/signals.hpp"

namespace semblance {

/// Signals that are compared.
struct SignalEvaluation {
  Signals train;                           ///< What the generator learned, >= 4 signals.
  Signals synthetic;                       ///< What it made, >= 4, of the same channels.
  std::optional<Signals> holdout = {};     ///< Real signals it has not seen, >= 4.
  std::vector<std::string> channels = {};  ///< Their names; empty: "channel 1", ...
};

/// How much is measured.
struct SignalOptions {
  RunOptions run = {};  ///< Progress, cancellation, threads: never the numbers.
  /// Ids, families, groups or themes of metrics, as in EvaluateOptions; empty: the default set,
  /// which leaves out the scores as published ("disc_score_legacy", "ts_predictive_legacy").
  std::vector<std::string> metrics = {};
  double level = 0.95;           ///< Confidence of the intervals, in (0, 1).
  std::int64_t bootstrap = 200;  ///< Replicates; 0: no bootstrap intervals. 0 or >= 20.
  std::int64_t lags = 20;        ///< Most lags of the correlations, >= 1.
  std::int64_t most = 2'000;     ///< Most signals of a sample that networks and features see, >= 4.
  std::int64_t steps = 300;      ///< Training steps of every network, >= 1.
  std::int64_t dtw_signals = 60;  ///< Most signals of a sample in `dtw_nn`, >= 4.

  void validate() const;  ///< \throws InvalidArgument that names the first bad field.
};

/// Measures signals as `evaluate` measures tables: the same report, with real references, floors,
/// intervals and directions. docs/signals.md explains each metric.
///
/// Networks are small (dilated convolutions of 16 channels) and trained here, on standardised
/// channels; who judges stands in the report. Classifiers are cross-fitted, forecasters are tested
/// on signals that nobody learned from.
///
/// The numbers depend on the data, the seed and the options other than `run`; not on threads.
/// \throws InvalidArgument for other channels or too few signals; Cancelled.
[[nodiscard]] Report evaluate_signals(const SignalEvaluation& evaluation, Seed seed,
                                      const SignalOptions& options = {});

}  // namespace semblance
