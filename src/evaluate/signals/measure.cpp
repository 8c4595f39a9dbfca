// SPDX-License-Identifier: Apache-2.0
#include "evaluate/signals/measure.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "detail/check.hpp"
#include "evaluate/tables.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kLeast = 4;   // signals of a sample
constexpr std::int64_t kSteps = 30;  // of the progress

void check(const Signals& signals, const Signals& train, const char* which) {
  signals.validate();
  require(signals.count >= kLeast, "evaluate_signals: {} must have at least {} signals, got {}",
          which, kLeast, signals.count);
  require(signals.channels == train.channels,
          "evaluate_signals: {} must have the {} channels of train, got {}", which, train.channels,
          signals.channels);
}

/// Each channel of each signal in an order of its own.
Signals permute(const Signals& signals, Seed seed) {
  Signals out = signals;
  for (std::int64_t i = 0; i < signals.count; ++i) {
    for (std::int64_t c = 0; c < signals.channels; ++c) {
      auto x = signals.channel(i, c);
      Stream(seed, static_cast<std::uint64_t>(i * signals.channels + c)).shuffle(x);
      float* value = out.values.data() + i * signals.length * signals.channels + c;
      for (const double v : x) {
        *value = static_cast<float>(v);
        value += signals.channels;
      }
    }
  }
  return out;
}

/// Smallest and largest value of a channel.
std::pair<double, double> range_of(const Signals& signals, std::int64_t channel) {
  std::pair<double, double> out{std::numeric_limits<double>::max(),
                                std::numeric_limits<double>::lowest()};
  for (std::int64_t i = 0; i < signals.count; ++i) {
    for (const double v : signals.channel(i, channel))
      out = {std::min(out.first, v), std::max(out.second, v)};
  }
  return out;
}

Signals uniform_like(const Signals& signals, Seed seed) {
  Signals out = signals;
  std::vector<std::pair<double, double>> ranges;
  for (std::int64_t c = 0; c < signals.channels; ++c) ranges.push_back(range_of(signals, c));
  out.lengths.assign(static_cast<std::size_t>(signals.count), 0);
  for (std::int64_t i = 0; i < signals.count; ++i) {
    Stream draw(seed, static_cast<std::uint64_t>(i));
    out.lengths[static_cast<std::size_t>(i)] =
        1 + static_cast<std::int64_t>(draw.below(static_cast<std::uint64_t>(signals.length)));
    float* value = out.values.data() + i * signals.length * signals.channels;
    for (std::int64_t t = 0; t < signals.length; ++t) {
      for (const auto& [low, high] : ranges)
        *value++ = static_cast<float>(low + (high - low) * draw.uniform());
    }
  }
  return out;
}

}  // namespace

void SignalOptions::validate() const {
  require(level > 0 && level < 1, "SignalOptions.level must be in (0, 1), got {}", level);
  require(bootstrap == 0 || bootstrap >= 20, "SignalOptions.bootstrap must be 0 or >= 20, got {}",
          bootstrap);
  require(lags >= 1, "SignalOptions.lags must be >= 1, got {}", lags);
  require(most >= kLeast, "SignalOptions.most must be >= {}, got {}", kLeast, most);
  require(steps >= 1, "SignalOptions.steps must be >= 1, got {}", steps);
  require(dtw_signals >= kLeast, "SignalOptions.dtw_signals must be >= {}, got {}", kLeast,
          dtw_signals);
}

SignalSamples::SignalSamples(const SignalEvaluation& evaluation, Seed seed)
    : train(evaluation.train),
      synthetic(evaluation.synthetic),
      holdout(evaluation.holdout),
      channels(evaluation.channels) {
  check(train, train, "train");
  check(synthetic, train, "synthetic");
  if (holdout) check(*holdout, train, "holdout");
  for (auto c = std::ssize(channels); c < train.channels; ++c)
    channels.push_back(fmt::format("channel {}", c + 1));
  require(std::ssize(channels) == train.channels,
          "evaluate_signals: there must be {} names of channels, got {}", train.channels,
          channels.size());
  if (holdout) {
    reference_train = train;
    reference = *holdout;
    reference_meaning = "the holdout in place of the synthetic signals";
  } else {
    auto order = draw_rows(train.count, train.count, seed);
    Stream(seed, "halves").shuffle(order);
    const std::span<const std::int64_t> all(order);
    reference_train = train.take(all.first(all.size() / 2));
    reference = train.take(all.subspan(all.size() / 2));
    reference_meaning = "no holdout: one half of the training signals against the other";
  }
  permuted = permute(train, derive(seed, "permute"));
  uniform = uniform_like(train, derive(seed, "uniform"));
}

ChannelScale::ChannelScale(const Signals& train, Kind kind) {
  for (std::int64_t c = 0; c < train.channels; ++c) {
    if (kind == Kind::kUnit) {
      const auto [low, high] = range_of(train, c);
      shift_.push_back(low);
      scale_.push_back(high > low ? 1 / (high - low) : 0);
      continue;
    }
    double n = 0, sum = 0, squares = 0;
    for (std::int64_t i = 0; i < train.count; ++i)
      for (const double v : train.channel(i, c)) n += 1, sum += v;
    for (std::int64_t i = 0; i < train.count; ++i)
      for (const double v : train.channel(i, c)) squares += (v - sum / n) * (v - sum / n);
    shift_.push_back(sum / n);
    scale_.push_back(squares > 0 ? 1 / std::sqrt(squares / n) : 0);
  }
}

Signals ChannelScale::operator()(const Signals& signals) const {
  Signals out = signals;
  for (std::size_t i = 0; i < out.values.size(); ++i) {
    const std::size_t c = i % shift_.size();
    const double v = static_cast<double>(out.values[i]);
    out.values[i] = static_cast<float>((v - shift_[c]) * scale_[c]);
  }
  return out;
}

Signals draw_signals(const Signals& signals, std::int64_t most, Seed seed) {
  if (signals.count <= most) return signals;
  return signals.take(draw_rows(signals.count, most, seed));
}

Report evaluate_signals(const SignalEvaluation& evaluation, Seed seed,
                        const SignalOptions& options) {
  options.validate();
  const SignalSamples samples(evaluation, derive(seed, "samples"));
  SampleReport out({.things = "signals",
                    .train = samples.train.count,
                    .synthetic = samples.synthetic.count,
                    .holdout = samples.holdout ? samples.holdout->count : 0,
                    .metrics = options.metrics,
                    .level = options.level,
                    .bootstrap = options.bootstrap,
                    .steps = kSteps},
                   seed, options.run);
  out.report().provenance.columns = samples.train.channels;
  out.report().provenance.judge = "networks of dilated convolutions, 16 channels";
  out.report().pictures.columns = samples.channels;
  measure_statistics(out, samples, options);
  measure_learned(out, samples, options);
  return out.end();
}

}  // namespace semblance
