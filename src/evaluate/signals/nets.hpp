// SPDX-License-Identifier: Apache-2.0
// Small networks on signals: who made them, what comes next, what they look like.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "semblance/core/seed.hpp"
#include "semblance/evaluate/signals.hpp"

namespace semblance {

/// How a network on signals is built and trained.
struct SignalNetConfig {
  bool recurrent = false;       ///< One GRU, as published; else dilated convolutions.
  std::int64_t width = 16;      ///< Units or channels.
  std::int64_t steps = 300;     ///< Of Adam.
  std::int64_t batch = 64;      ///< Signals a step.
  double learning_rate = 3e-3;  ///< Peak; falls along a cosine, constant for GRUs.
  std::stop_token stop = {};
};

/// P(positive) of every signal of `test` from a classifier trained on `fit`; values as they are,
/// for convolutions with their first and second differences.
[[nodiscard]] std::vector<double> classify_signals(const Signals& fit,
                                                   std::span<const std::uint8_t> positive,
                                                   const Signals& test,
                                                   const SignalNetConfig& config, Seed seed);

/// What a forecaster sees and says.
enum class Forecast : std::uint8_t {
  kAll,  ///< All channels from all of them, by squared error.
  kLast  ///< The last channel from the others (from itself if alone), through a sigmoid, by
         ///< absolute error: TimeGAN's.
};
/// Mean absolute error of the next step, for every signal of `test` (those of one step: 0), by a
/// network trained on `fit`.
[[nodiscard]] std::vector<double> forecast_errors(const Signals& fit, const Signals& test,
                                                  Forecast forecast, const SignalNetConfig& config,
                                                  Seed seed);

/// Features of signals: dilated convolutions that learnt to fill masked steps of the training
/// signals; the mean and the largest value of each channel over time.
class SignalEncoder {
 public:
  SignalEncoder(const Signals& train, const SignalNetConfig& config, Seed seed);
  ~SignalEncoder();

  [[nodiscard]] std::int64_t dim() const noexcept;
  /// [count, dim], row-major.
  [[nodiscard]] std::vector<double> embed(const Signals& signals) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace semblance
