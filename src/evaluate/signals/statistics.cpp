// SPDX-License-Identifier: Apache-2.0
// Distributions and correlations of signals: what needs no network.
#include <algorithm>
#include <array>
#include <functional>

#include "evaluate/evaluator.hpp"
#include "evaluate/signals/measure.hpp"
#include "evaluate/signals/profile.hpp"

namespace semblance {
namespace {

/// Mean over the parts that have a value, and each of them.
struct ByPart {
  std::optional<double> mean;
  std::vector<std::optional<double>> parts;
};

ByPart by_part(std::int64_t parts,
               const std::function<std::optional<double>(std::int64_t)>& distance) {
  ByPart out;
  double sum = 0, n = 0;
  for (std::int64_t p = 0; p < parts; ++p) {
    out.parts.push_back(distance(p));
    if (out.parts.back()) sum += *out.parts.back(), n += 1;
  }
  if (n > 0) out.mean = sum / n;
  return out;
}

void add_details(Metric& m, const std::vector<std::string>& names, const char* measure,
                 const ByPart& own, const ByPart& real) {
  for (std::size_t p = 0; p < own.parts.size() && names.size() == own.parts.size(); ++p) {
    if (own.parts[p]) m.details.push_back({names[p], measure, *own.parts[p], real.parts[p]});
  }
  worst_first(m.details);
}

struct PoolMeasure {
  const char* id;
  PoolKind kind;
  const char* measure;
};
constexpr std::array kPools = {PoolMeasure{"marginal", PoolKind::kValues, "KS"},
                               PoolMeasure{"signal_mean", PoolKind::kMeans, "KS"},
                               PoolMeasure{"inter_row", PoolKind::kDifferences, "KS"},
                               PoolMeasure{"seq_len", PoolKind::kLengths, "KS"}};

/// KS of every channel, in percent.
class Pools {
 public:
  Pools(const Signals& a, const Signals& b, PoolKind kind) : a_(a.count), b_(b.count) {
    const std::int64_t channels = kind == PoolKind::kLengths ? 1 : a.channels;
    for (std::int64_t c = 0; c < channels; ++c)
      tests_.emplace_back(pool_of(a, kind, c), pool_of(b, kind, c));
  }

  [[nodiscard]] ByPart operator()(std::span<const double> a = {},
                                  std::span<const double> b = {}) const {
    return by_part(std::ssize(tests_), [&](std::int64_t c) -> std::optional<double> {
      const auto found = tests_[static_cast<std::size_t>(c)](a, b);
      return found ? std::optional(100 * *found) : std::nullopt;
    });
  }
  [[nodiscard]] std::optional<double> resampled(const Resample& r) const {
    return (*this)(counts(r.real, a_), counts(r.synthetic, b_)).mean;
  }

 private:
  static std::vector<double> counts(const std::vector<std::int64_t>& rows, std::int64_t n) {
    std::vector<double> out(static_cast<std::size_t>(n), 0.0);
    for (const auto i : rows) out[static_cast<std::size_t>(i)] += 1;
    return out;
  }

  std::int64_t a_, b_;
  std::vector<PooledKs> tests_;
};

void add_pool(SampleReport& out, const SignalSamples& s, const PoolMeasure& measure) {
  if (!out.wants(measure.id)) return;
  const Pools own(s.train, s.synthetic, measure.kind);
  const ByPart value = own(), real = Pools(s.reference_train, s.reference, measure.kind)();
  Metric m = out.start(measure.id);
  m.value = value.mean;
  m.holdout = {real.mean, s.reference_meaning};
  m.floor = {Pools(s.train, s.uniform, measure.kind)().mean,
             "values drawn uniformly from the training range, lengths from 1 to the longest"};
  m.interval = out.bootstrap(measure.id, s.train.count, s.synthetic.count, m.value,
                             [&](const Resample& r) { return own.resampled(r); });
  add_details(m, s.channels, measure.measure, value, real);
  if (!m.value) m.reason = "no signal has two steps";
  out.finish(std::move(m));
}

struct CurveMeasure {
  const char* id;
  CurveKind kind;
  bool of_pairs;
};
constexpr std::array kCurves = {CurveMeasure{"acf", CurveKind::kAutocorrelation, false},
                                CurveMeasure{"pacf", CurveKind::kPartial, false},
                                CurveMeasure{"psd", CurveKind::kSpectrum, false},
                                CurveMeasure{"xcorr", CurveKind::kCrossMoments, true},
                                CurveMeasure{"xcorr_lag", CurveKind::kCrossLags, true}};

/// Longest and shortest signal of all samples.
struct Lengths {
  std::int64_t longest = 1, shortest = 0;

  explicit Lengths(const SignalSamples& s) : shortest(s.train.length) {
    for (const Signals* sample : {&s.train, &s.synthetic, &s.reference}) {
      longest = std::max(longest, sample->length);
      for (std::int64_t i = 0; i < sample->count; ++i)
        shortest = std::min(shortest, sample->steps(i));
    }
  }
};

ByPart distance(CurveKind kind, const Curve& shape, const std::vector<double>& a,
                const std::vector<double>& b) {
  return by_part(shape.parts, [&](std::int64_t p) {
    const auto first = static_cast<std::size_t>(p * shape.width);
    const auto width = static_cast<std::size_t>(shape.width);
    return curve_distance(kind, std::span(a).subspan(first, width),
                          std::span(b).subspan(first, width));
  });
}

CurvePicture drawn(const char* name, std::span<const double> values, double first, double step) {
  CurvePicture out{name, {}, {}};
  for (std::size_t i = 0; i < values.size(); ++i) {
    out.x.push_back(first + step * static_cast<double>(i));
    out.y.push_back(values[i]);
  }
  return out;
}

/// The worst channel's mean autocorrelation, or spectrum in decibel.
void draw(SampleReport& out, const CurveMeasure& measure, const std::string& channel,
          const std::array<std::span<const double>, 3>& means) {
  const bool spectrum = measure.kind == CurveKind::kSpectrum;
  if (!spectrum && measure.kind != CurveKind::kAutocorrelation) return;
  const auto shown = [&](std::span<const double> mean) {
    std::vector<double> y(mean.begin(), mean.end());
    for (double& v : y) v = spectrum ? 10 * std::log10(std::max(v, 1e-12)) : v;
    return y;
  };
  const double first = spectrum ? 0.5 / static_cast<double>(means[0].size()) : 1;
  PlotPicture plot{spectrum ? "Spectrum" : "Autocorrelation",
                   channel,
                   spectrum ? "frequency, cycles a step" : "lag, steps",
                   spectrum ? "power, dB" : "correlation",
                   {}};
  constexpr std::array kNames = {"training signals", "synthetic", "unseen real signals"};
  for (const std::size_t k : {std::size_t{1}, std::size_t{2}, std::size_t{0}})
    plot.curves.push_back(drawn(kNames.at(k), shown(means.at(k)), first, first));
  out.report().pictures.plots.push_back(std::move(plot));
}

void add_curve(SampleReport& out, const SignalSamples& s, const CurveMeasure& measure,
               const Lengths& lengths, std::int64_t most_lags) {
  if (!out.wants(measure.id)) return;
  if (measure.of_pairs && s.train.channels < 2)
    return out.skip(measure.id, Status::kNotApplicable, "there is one channel only");
  if (lengths.shortest < 2)
    return out.skip(measure.id, Status::kUndefined, "a signal has one step only");
  const std::int64_t lags = std::min(most_lags, lengths.shortest - 1);
  const auto curve = [&](const Signals& signals) {
    return curve_of(signals, measure.kind, lengths.longest, lags);
  };
  const Curve train = curve(s.train), synthetic = curve(s.synthetic);
  const auto real_a = curve(s.reference_train).mean(), real_b = curve(s.reference).mean();
  const auto mean_train = train.mean(), mean_synthetic = synthetic.mean();
  const ByPart value = distance(measure.kind, train, mean_train, mean_synthetic);
  const ByPart real = distance(measure.kind, train, real_a, real_b);
  Metric m = out.start(measure.id);
  m.value = value.mean;
  m.holdout = {real.mean, s.reference_meaning};
  m.floor = {distance(measure.kind, train, mean_train, curve(s.permuted).mean()).mean,
             "training signals, each channel's steps in random order"};
  m.interval =
      out.bootstrap(measure.id, s.train.count, s.synthetic.count, m.value, [&](const Resample& r) {
        return distance(measure.kind, train, train.mean(r.real), synthetic.mean(r.synthetic)).mean;
      });
  add_details(m, measure.of_pairs ? pair_names(s.channels) : s.channels,
              measure.kind == CurveKind::kSpectrum ? "dB" : "mean difference", value, real);
  if (!m.value) m.reason = "all channels are constant";
  if (!m.details.empty() && !measure.of_pairs) {
    const auto at = std::ranges::find(s.channels, m.details[0].name) - s.channels.begin();
    const auto part = [&](const std::vector<double>& mean) {
      return std::span(mean).subspan(static_cast<std::size_t>(at * train.width),
                                     static_cast<std::size_t>(train.width));
    };
    draw(out, measure, m.details[0].name, {part(mean_train), part(mean_synthetic), part(real_b)});
  }
  out.finish(std::move(m));
}

}  // namespace

void measure_statistics(SampleReport& out, const SignalSamples& samples,
                        const SignalOptions& options) {
  for (const auto& measure : kPools) add_pool(out, samples, measure);
  const Lengths lengths(samples);
  for (const auto& measure : kCurves) add_curve(out, samples, measure, lengths, options.lags);
}

}  // namespace semblance
