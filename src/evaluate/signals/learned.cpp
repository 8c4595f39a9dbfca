// SPDX-License-Identifier: Apache-2.0
// Detection, forecasts, features and neighbours of signals.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "evaluate/closeness.hpp"
#include "evaluate/evaluator.hpp"
#include "evaluate/signals/measure.hpp"

namespace semblance {
namespace {

constexpr int kFolds = 3;
constexpr const char* kConvolutions = "dilated convolutions of 16 channels";
constexpr const char* kGru = "GRU of half as many units as channels";

Signals join(const Signals& a, const Signals& b) {
  Signals out{a.count + b.count, std::max(a.length, b.length), a.channels, {}, {}};
  for (const Signals* part : {&a, &b}) {
    for (std::int64_t i = 0; i < part->count; ++i) {
      const auto first = part->values.begin() + i * part->length * part->channels;
      out.values.insert(out.values.end(), first, first + part->length * part->channels);
      out.values.insert(out.values.end(),
                        static_cast<std::size_t>((out.length - part->length) * out.channels), 0.0F);
      out.lengths.push_back(part->steps(i));
    }
  }
  return out;
}

/// Equally many signals of two samples, told apart by a network.
class SignalTest {
 public:
  SignalTest(const Signals& a, const Signals& b, std::int64_t most, SignalNetConfig config,
             Seed seed)
      : rows_(std::min({a.count, b.count, most})),
        all_(join(draw_signals(a, rows_, derive(seed, "a")),
                  draw_signals(b, rows_, derive(seed, "b")))),
        config_(std::move(config)),
        seed_(seed),
        positive_(static_cast<std::size_t>(2 * rows_), 0),
        scores_(positive_.size(), 0.5),
        tested_(positive_.size(), 0),
        folds_(positive_.size(), 0) {
    std::fill(positive_.begin() + rows_, positive_.end(), 1);
    for (const std::int64_t first : {std::int64_t{0}, rows_}) {
      std::vector<std::int64_t> order(static_cast<std::size_t>(rows_));
      std::iota(order.begin(), order.end(), first);
      Stream(seed, "folds", static_cast<std::uint64_t>(first)).shuffle(order);
      for (std::size_t i = 0; i < order.size(); ++i)
        folds_[static_cast<std::size_t>(order[i])] =
            static_cast<double>(i) / static_cast<double>(rows_);
    }
  }

  /// Every signal is scored by a network that did not see it.
  void cross_fit(Tasks& tasks) {
    for (int fold = 0; fold < kFolds; ++fold) {
      tasks.emplace_back([this, fold] {
        run(static_cast<double>(fold) / kFolds, static_cast<double>(fold + 1) / kFolds);
      });
    }
  }
  /// A fifth is scored by a network that saw the others, as published.
  void split(Tasks& tasks) {
    tasks.emplace_back([this] { run(0.8, 1); });
  }

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] AucEstimate auc() const { return auc_delong(scores_, positive_).value(); }
  /// Right guesses among the signals that were scored.
  [[nodiscard]] std::pair<double, double> right() const {
    double hits = 0, n = 0;
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      if (tested_[i] == 0) continue;
      n += 1;
      hits += (scores_[i] > 0.5) == (positive_[i] != 0) ? 1 : 0;
    }
    return {hits, n};
  }

 private:
  void run(double from, double to) {
    std::vector<std::int64_t> fit, test;
    std::vector<std::uint8_t> labels;
    for (std::size_t i = 0; i < folds_.size(); ++i) {
      const bool held = folds_[i] >= from && folds_[i] < to;
      (held ? test : fit).push_back(static_cast<std::int64_t>(i));
      if (!held) labels.push_back(positive_[i]);
    }
    if (test.empty() || fit.empty()) return;
    const auto p = classify_signals(all_.take(fit), labels, all_.take(test), config_,
                                    derive(seed_, static_cast<std::uint64_t>(1000 * from)));
    for (std::size_t i = 0; i < test.size(); ++i) {
      scores_[static_cast<std::size_t>(test[i])] = p[i];
      tested_[static_cast<std::size_t>(test[i])] = 1;
    }
  }

  std::int64_t rows_;
  Signals all_;
  SignalNetConfig config_;
  Seed seed_;
  std::vector<std::uint8_t> positive_;
  std::vector<double> scores_;
  std::vector<std::uint8_t> tested_;
  std::vector<double> folds_;  ///< Position of a signal among its kind, in [0, 1).
};

/// Mean absolute errors of a forecaster, by signal.
using Errors = std::vector<double>;

double mean_of(const Errors& errors) {
  return std::accumulate(errors.begin(), errors.end(), 0.0) / static_cast<double>(errors.size());
}

/// Mean |value| of the steps that are forecast: what the mean of the training signals would err.
double error_of_the_mean(const Signals& standard) {
  double sum = 0, n = 0;
  for (std::int64_t i = 0; i < standard.count; ++i) {
    for (std::int64_t c = 0; c < standard.channels; ++c) {
      const auto x = standard.channel(i, c);
      for (std::size_t t = 1; t < x.size(); ++t) sum += std::abs(x[t]), n += 1;
    }
  }
  return n > 0 ? sum / n : 0;
}

/// Everything that is trained, and what it found.
class Learned {
 public:
  Learned(SampleReport& out, const SignalSamples& s, const SignalOptions& options)
      : out_(out),
        s_(s),
        options_(options),
        standard_(s.train, ChannelScale::Kind::kStandard),
        unit_(s.train, ChannelScale::Kind::kUnit) {}

  void run() {
    Tasks tasks;
    plan_tests(tasks);
    plan_forecasts(tasks);
    plan_features(tasks);
    out_.run(tasks);
    file_tests();
    file_forecasts();
    file_features();
  }

 private:
  [[nodiscard]] SignalNetConfig convolutions() const {
    return {.steps = options_.steps, .stop = options_.run.stop};
  }
  /// TimeGAN's networks, trained for as long as its authors do.
  [[nodiscard]] SignalNetConfig published(std::int64_t steps) const {
    return {.recurrent = true,
            .width = std::max<std::int64_t>(s_.train.channels / 2, 1),
            .steps = steps,
            .batch = 128,
            .learning_rate = 1e-3,
            .stop = options_.run.stop};
  }
  [[nodiscard]] Seed stage(const char* name) const { return derive(out_.seed(), name); }

  std::unique_ptr<SignalTest> test(const Signals& a, const Signals& b, const char* name,
                                   Tasks& tasks) {
    auto made = std::make_unique<SignalTest>(standard_(a), standard_(b), options_.most,
                                             convolutions(), stage(name));
    made->cross_fit(tasks);
    return made;
  }

  void plan_tests(Tasks& tasks) {
    const bool score = out_.wants("disc_score");
    if (s_.holdout && (score || out_.wants("c2st_holdout")))
      unseen_ = test(*s_.holdout, s_.synthetic, "c2st holdout", tasks);
    if (out_.wants("c2st_train") || (score && !s_.holdout))
      seen_ = test(s_.train, s_.synthetic, "c2st train", tasks);
    if (unseen_ || seen_) real_ = test(s_.reference_train, s_.reference, "c2st reference", tasks);
    if (!out_.wants("disc_score_legacy")) return;
    const auto as_published = [&](const Signals& a, const Signals& b) {
      auto made =
          std::make_unique<SignalTest>(unit_(a), unit_(b), std::numeric_limits<std::int64_t>::max(),
                                       published(2000), stage("discriminative score"));
      made->split(tasks);
      return made;
    };
    legacy_ = as_published(s_.train, s_.synthetic);
    legacy_real_ = as_published(s_.reference_train, s_.reference);
  }

  void file_auc(const char* id, const SignalTest* own) {
    if (own == nullptr) {
      if (out_.wants(id) && !s_.holdout) out_.skip(id, Status::kNotApplicable, kNeedsHoldout);
      return;
    }
    Metric m = out_.start(id);
    m.judge = kConvolutions;
    m.value = own->auc().value;
    m.interval = own->auc().interval(options_.level);
    m.holdout = {real_->auc().value, s_.reference_meaning};
    m.floor = {1.0, "told apart without error"};
    out_.finish(std::move(m));
  }

  void file_score(const char* id, const char* judge, const SignalTest& own,
                  const SignalTest& real) {
    const auto off = [](const SignalTest& test) {
      const auto [hits, n] = test.right();
      return std::abs(hits / n - 0.5);
    };
    Metric m = out_.start(id);
    m.judge = judge;
    m.value = off(own);
    const auto [hits, n] = own.right();
    const Interval accuracy = wilson(hits, n, options_.level);
    const double lo = std::abs(accuracy.lo - 0.5), hi = std::abs(accuracy.hi - 0.5);
    const bool crosses = accuracy.lo < 0.5 && accuracy.hi > 0.5;
    m.interval = Interval{crosses ? 0 : std::min(lo, hi), std::max(lo, hi), options_.level,
                          "Wilson, of the accuracy"};
    m.holdout = {off(real), s_.reference_meaning};
    m.floor = {0.5, "told apart without error"};
    out_.finish(std::move(m));
  }

  void file_tests() {
    file_auc("c2st_holdout", unseen_.get());
    file_auc("c2st_train", seen_.get());
    const SignalTest* own = unseen_ ? unseen_.get() : seen_.get();
    if (own != nullptr) file_score("disc_score", kConvolutions, *own, *real_);
    if (legacy_) file_score("disc_score_legacy", kGru, *legacy_, *legacy_real_);
  }

  void plan_forecasts(Tasks& tasks) {
    const auto add = [&](Errors& into, Signals fit, Signals asked, Forecast forecast,
                         const SignalNetConfig& config) {
      tasks.emplace_back([&into, fit = std::move(fit), asked = std::move(asked), forecast, config,
                          seed = stage("forecast")] {
        into = forecast_errors(fit, asked, forecast, config, seed);
      });
    };
    if (s_.holdout && out_.wants("ts_predictive")) {
      const Signals asked = standard_(*s_.holdout);
      const auto fit = [&](const Signals& signals) {
        return draw_signals(standard_(signals), options_.most, stage("forecast signals"));
      };
      add(of_synthetic_, fit(s_.synthetic), asked, Forecast::kAll, convolutions());
      add(of_real_, fit(s_.train), asked, Forecast::kAll, convolutions());
    }
    if (!out_.wants("ts_predictive_legacy")) return;
    const Signals asked = unit_(s_.train);
    add(legacy_synthetic_, unit_(s_.synthetic), asked, Forecast::kLast, published(5000));
    add(legacy_of_real_, asked, asked, Forecast::kLast, published(5000));
  }

  void file_forecast(Metric m, const Errors& own, const Errors& real, const char* how,
                     Reference floor) {
    m.value = mean_of(own);
    m.holdout = {mean_of(real), how};
    m.floor = std::move(floor);
    std::vector<double> again(static_cast<std::size_t>(options_.bootstrap));
    for (std::size_t b = 0; b < again.size(); ++b) {
      const auto weights = bootstrap_weights(std::ssize(own), stage("forecast bootstrap"), b);
      again[b] = std::inner_product(own.begin(), own.end(), weights.begin(), 0.0) /
                 static_cast<double>(own.size());
    }
    std::ranges::sort(again);
    const double tail = (1 - options_.level) / 2;
    if (!again.empty())
      m.interval = Interval{quantile(again, tail), quantile(again, 1 - tail), options_.level,
                            "bootstrap of the test signals"};
    out_.finish(std::move(m));
  }

  void file_forecasts() {
    if (out_.wants("ts_predictive") && !s_.holdout) {
      out_.skip("ts_predictive", Status::kNotApplicable, kNeedsHoldout);
    } else if (!of_synthetic_.empty()) {
      Metric m = out_.start("ts_predictive");
      m.judge = kConvolutions;
      file_forecast(std::move(m), of_synthetic_, of_real_,
                    "the same forecaster trained on the training signals",
                    {error_of_the_mean(standard_(*s_.holdout)), "forecasting the mean"});
    }
    if (legacy_synthetic_.empty()) return;
    Metric m = out_.start("ts_predictive_legacy");
    m.judge = kGru;
    file_forecast(std::move(m), legacy_synthetic_, legacy_of_real_,
                  "the same forecaster trained on the signals that it is tested on",
                  {std::nullopt, "none"});
  }

  [[nodiscard]] bool wants_features() const {
    return std::ranges::any_of(
        std::array{"context_fd", "feature_kernel", "feature_sliced_w", "prdc_precision",
                   "prdc_recall", "prdc_density", "prdc_coverage", "clipped_density",
                   "clipped_coverage", "dcr_share"},
        [&](const char* id) { return out_.wants(id); });
  }

  void plan_features(Tasks& tasks) {
    if (!wants_features()) return;
    tasks.emplace_back([this] {
      encoder_ = std::make_unique<SignalEncoder>(
          draw_signals(standard_(s_.train), options_.most, stage("encoder signals")),
          convolutions(), stage("encoder"));
    });
  }

  [[nodiscard]] Points features(const Signals& signals, std::int64_t most, const char* name) const {
    const Signals some = draw_signals(standard_(signals), most, stage(name));
    return {encoder_->embed(some), some.count, encoder_->dim()};
  }

  void file_features() {
    if (!encoder_) return;
    const std::int64_t most = std::min({s_.train.count, s_.synthetic.count, s_.reference.count,
                                        s_.reference_train.count, options_.most});
    FeatureSets sets{.frechet = "context_fd",
                     .extractor =
                         "in-library encoder: dilated convolutions that learnt to fill "
                         "masked steps of the training signals",
                     .train = features(s_.train, most, "features of train"),
                     .synthetic = features(s_.synthetic, most, "features of synthetic"),
                     .reference_train = features(s_.reference_train, most, "features of train"),
                     .reference = features(s_.reference, most, "features of holdout"),
                     .floor = features(s_.permuted, most, "features of the floor"),
                     .holdout = {},
                     .reference_meaning = s_.reference_meaning,
                     .floor_meaning = "training signals, each channel's steps in random order"};
    if (s_.holdout) sets.holdout = sets.reference;
    measure_features(out_, sets);
  }

  SampleReport& out_;
  const SignalSamples& s_;
  const SignalOptions& options_;
  ChannelScale standard_, unit_;
  std::unique_ptr<SignalTest> unseen_, seen_, real_, legacy_, legacy_real_;
  Errors of_synthetic_, of_real_, legacy_synthetic_, legacy_of_real_;
  std::unique_ptr<SignalEncoder> encoder_;
};

/// Of all signals, how many have their nearest other one among their own kind.
std::pair<double, double> own_kind(const Signals& a, const Signals& b, Workers& workers) {
  const Signals all = join(a, b);
  std::vector<std::vector<double>> steps(static_cast<std::size_t>(all.count));
  for (std::int64_t i = 0; i < all.count; ++i) {
    const float* first = all.values.data() + i * all.length * all.channels;
    steps[static_cast<std::size_t>(i)].assign(first, first + all.steps(i) * all.channels);
  }
  const std::int64_t window = std::max<std::int64_t>(1, all.length / 10);
  std::vector<double> hits(steps.size(), 0.0);
  workers.run(all.count, [&](std::int64_t i) {
    double own = std::numeric_limits<double>::infinity(), other = own;
    for (std::int64_t j = 0; j < all.count; ++j) {
      if (j == i) continue;
      double& least = (j < a.count) == (i < a.count) ? own : other;
      least = std::min(
          least, dynamic_time_warping(steps[static_cast<std::size_t>(i)],
                                      steps[static_cast<std::size_t>(j)], all.channels, window));
    }
    hits[static_cast<std::size_t>(i)] = own < other ? 1 : own == other ? 0.5 : 0;
  });
  return {std::accumulate(hits.begin(), hits.end(), 0.0), static_cast<double>(hits.size())};
}

void add_warping(SampleReport& out, const SignalSamples& s, const SignalOptions& options) {
  if (!out.wants("dtw_nn")) return;
  const ChannelScale standard(s.train, ChannelScale::Kind::kStandard);
  const auto compare = [&](const Signals& a, const Signals& b) {
    const std::int64_t most = std::min({a.count, b.count, options.dtw_signals});
    return own_kind(draw_signals(standard(a), most, derive(out.seed(), "warping a")),
                    draw_signals(standard(b), most, derive(out.seed(), "warping b")),
                    out.workers());
  };
  const auto [hits, n] = compare(s.unseen(), s.synthetic);
  const auto [real_hits, real_n] = compare(s.reference_train, s.reference);
  Metric m = out.start("dtw_nn");
  m.value = hits / n;
  m.interval = wilson(hits, n, options.level);
  m.holdout = {real_hits / real_n, s.reference_meaning};
  m.floor = {1.0, "told apart without error"};
  m.rows_synthetic = static_cast<std::int64_t>(n / 2);
  out.finish(std::move(m));
}

/// A signal as bytes: equal for equal signals.
std::string bytes_of(const Signals& signals, std::int64_t i) {
  const float* first = signals.values.data() + i * signals.length * signals.channels;
  const auto size = static_cast<std::size_t>(signals.steps(i) * signals.channels);
  return {reinterpret_cast<const char*>(first), size * sizeof(float)};
}

void add_copies(SampleReport& out, const SignalSamples& s) {
  if (!out.wants("ims")) return;
  const auto copies = [&](const Signals& train, const Signals& other) {
    std::vector<std::string> known;
    for (std::int64_t i = 0; i < train.count; ++i) known.push_back(bytes_of(train, i));
    std::ranges::sort(known);
    double hits = 0;
    for (std::int64_t i = 0; i < other.count; ++i)
      hits += std::ranges::binary_search(known, bytes_of(other, i)) ? 1 : 0;
    return hits;
  };
  const double hits = copies(s.train, s.synthetic);
  const auto n = static_cast<double>(s.synthetic.count);
  Metric m = out.start("ims");
  m.value = hits / n;
  m.interval = wilson(hits, n, out.options().level);
  m.holdout = {copies(s.reference_train, s.reference) / static_cast<double>(s.reference.count),
               s.reference_meaning};
  m.floor = {1.0, "the training signals themselves"};
  out.finish(std::move(m));
}

}  // namespace

void measure_learned(SampleReport& out, const SignalSamples& samples,
                     const SignalOptions& options) {
  Learned(out, samples, options).run();
  add_warping(out, samples, options);
  add_copies(out, samples);
}

}  // namespace semblance
