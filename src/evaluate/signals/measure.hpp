// SPDX-License-Identifier: Apache-2.0
// The parts of an evaluation of signals.
#pragma once

#include <string>
#include <vector>

#include "evaluate/sample_report.hpp"
#include "evaluate/signals/nets.hpp"
#include "semblance/evaluate/evaluate_signals.hpp"

namespace semblance {

/// All samples of an evaluation.
struct SignalSamples {
  Signals train, synthetic;
  std::optional<Signals> holdout;
  Signals reference_train, reference;  ///< Real in two parts: (train, holdout), or halves of train.
  Signals permuted;                    ///< Train, every channel of every signal in random order.
  Signals uniform;                     ///< Uniform over the channels' ranges and the lengths.
  std::string reference_meaning;
  std::vector<std::string> channels;

  SignalSamples(const SignalEvaluation& evaluation, Seed seed);
  /// Real signals that the generator has not seen, or the training signals.
  [[nodiscard]] const Signals& unseen() const { return holdout ? *holdout : train; }
};

/// Channels with mean 0 and deviation 1 in the training signals, or with range 0 to 1 there.
class ChannelScale {
 public:
  enum class Kind : std::uint8_t { kStandard, kUnit };
  ChannelScale(const Signals& train, Kind kind);
  [[nodiscard]] Signals operator()(const Signals& signals) const;

 private:
  std::vector<double> shift_, scale_;
};

/// At most that many signals, drawn without replacement.
[[nodiscard]] Signals draw_signals(const Signals& signals, std::int64_t most, Seed seed);

/// Distributions and correlations.
void measure_statistics(SampleReport& out, const SignalSamples& samples,
                        const SignalOptions& options);
/// What needs networks or pairs of signals.
void measure_learned(SampleReport& out, const SignalSamples& samples, const SignalOptions& options);

}  // namespace semblance
