// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/evaluate_signals.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <numbers>
#include <string>
#include <vector>

#include "semblance/core/error.hpp"
#include "support/shared_data.hpp"

namespace semblance {
namespace {

using testing::HasSubstr;

/// Two channels of 32 steps: noisy sines of random phase, the second a quarter behind the first.
Signals waves(std::int64_t count, Seed seed, double scale = 1) {
  Signals out{count, 32, 2, {}, {}};
  for (std::int64_t i = 0; i < count; ++i) {
    Stream draw(seed, "waves", static_cast<std::uint64_t>(i));
    const double phase = 2 * std::numbers::pi * draw.uniform();
    const double speed = 2 * std::numbers::pi / (7 + 2 * draw.uniform());
    for (int t = 0; t < 32; ++t) {
      for (const double behind : {0.0, std::numbers::pi / 2})
        out.values.push_back(static_cast<float>(
            scale * (std::sin(phase + speed * t - behind) + 0.2 * draw.normal())));
    }
  }
  return out;
}

/// The steps of every signal in random order, both channels alike.
Signals shuffled(const Signals& signals, Seed seed) {
  Signals out = signals;
  for (std::int64_t i = 0; i < signals.count; ++i) {
    std::vector<std::array<float, 2>> steps;
    for (std::int64_t t = 0; t < signals.length; ++t) {
      const float* step = signals.values.data() + (i * signals.length + t) * 2;
      steps.push_back({step[0], step[1]});
    }
    Stream(seed, static_cast<std::uint64_t>(i)).shuffle(steps);
    for (std::int64_t t = 0; t < signals.length; ++t)
      for (std::size_t c = 0; c < 2; ++c)
        out.values[static_cast<std::size_t>((i * signals.length + t) * 2) + c] =
            steps[static_cast<std::size_t>(t)][c];
  }
  return out;
}

SignalOptions quick(std::vector<std::string> metrics) {
  return {.run = {.threads = 2},
          .metrics = std::move(metrics),
          .bootstrap = 20,
          .steps = 60,
          .dtw_signals = 12};
}

const std::vector<std::string> kPlain = {"marginal", "signal_mean", "time", "ims"};
const std::vector<std::string> kLearned = {"disc_score", "c2st", "context_fd", "ts_predictive",
                                           "prdc",       "dcr",  "dtw_nn"};

TEST(EvaluateSignals, AFreshSampleIsNearTheReference) {
  const auto report = evaluate_signals({.train = waves(150, Seed{1}),
                                        .synthetic = waves(150, Seed{2}),
                                        .holdout = waves(150, Seed{3})},
                                       Seed{1}, quick(kPlain));
  for (const char* id : {"marginal", "acf", "pacf", "psd", "xcorr", "xcorr_lag", "inter_row"}) {
    const Metric& m = report[id];
    EXPECT_LT(*m.value, *m.holdout.value + 0.25 * (*m.floor.value - *m.holdout.value)) << id;
    EXPECT_LE(m.interval->lo, *m.value) << id;
    EXPECT_EQ(m.details.size(), std::string(id).starts_with("xcorr") ? 1U : 2U) << id;
  }
  EXPECT_EQ(*report["seq_len"].value, 0);
  EXPECT_EQ(*report["ims"].value, 0);
  EXPECT_EQ(report.pictures.plots.size(), 2U);
  EXPECT_THAT(report["marginal"].meaning, HasSubstr("synthetic distribution of a channel's"));
  EXPECT_THAT(report["ims"].title, HasSubstr("signals"));
  EXPECT_THAT(report.to_text({.width = 80}), HasSubstr("150 synthetic signals against"));
}

TEST(EvaluateSignals, LostOrderInTimeIsSeenByAllButTheMarginals) {
  const auto train = waves(150, Seed{1});
  const auto report = evaluate_signals({.train = train,
                                        .synthetic = shuffled(waves(150, Seed{2}), Seed{5}),
                                        .holdout = waves(150, Seed{3})},
                                       Seed{1}, quick(kPlain));
  for (const char* id : {"acf", "pacf", "psd", "inter_row", "xcorr_lag"})
    EXPECT_EQ(report[id].grade, Grade::kWeak) << id;
  EXPECT_NE(report["marginal"].grade, Grade::kWeak);
  EXPECT_NE(report["xcorr"].grade, Grade::kWeak);  // both channels were moved alike
}

TEST(EvaluateSignals, ScaledSignalsAreSeenByTheMarginalsAndNotByCorrelations) {
  const auto report = evaluate_signals({.train = waves(150, Seed{1}),
                                        .synthetic = waves(150, Seed{2}, 3),
                                        .holdout = waves(150, Seed{3})},
                                       Seed{1}, quick(kPlain));
  EXPECT_GT(*report["marginal"].value, 20);
  EXPECT_EQ(report["inter_row"].grade, Grade::kWeak);
  // Nine times the power at every frequency: 10 log10 9 dB.
  EXPECT_NEAR(*report["psd"].value, 10 * std::log10(9.0), 1.5);
  for (const char* id : {"acf", "xcorr"}) EXPECT_NE(report[id].grade, Grade::kWeak) << id;
}

TEST(EvaluateSignals, NetworksTellShuffledSignalsFromRealOnesAndNotFreshOnes) {
  const auto train = waves(90, Seed{1}), holdout = waves(90, Seed{3});
  const auto fresh =
      evaluate_signals({.train = train, .synthetic = waves(90, Seed{2}), .holdout = holdout},
                       Seed{1}, quick(kLearned));
  // AUC of 90 against 90 like signals: standard error 0.043 by the null variance, and the judge is
  // cross-fitted, so 0.25 off is more than five of them.
  EXPECT_NEAR(*fresh["c2st_holdout"].value, 0.5, 0.25);
  EXPECT_LT(*fresh["disc_score"].value, 0.25);
  const auto lost = evaluate_signals(
      {.train = train, .synthetic = shuffled(waves(90, Seed{2}), Seed{5}), .holdout = holdout},
      Seed{1}, quick(kLearned));
  EXPECT_GT(*lost["c2st_holdout"].value, 0.9);
  EXPECT_GT(*lost["disc_score"].value, 0.3);
  EXPECT_GT(*lost["context_fd"].value, 5 * *fresh["context_fd"].value);
  EXPECT_GT(*lost["ts_predictive"].value, 1.2 * *fresh["ts_predictive"].value);
  EXPECT_LT(*fresh["ts_predictive"].value, *fresh["ts_predictive"].floor.value);
  EXPECT_GT(*fresh["prdc_coverage"].value, 0.6);
  EXPECT_LT(*lost["prdc_coverage"].value, 0.3);
  EXPECT_GT(*lost["dtw_nn"].value, *fresh["dtw_nn"].value);
  EXPECT_THAT(fresh["context_fd"].judge, HasSubstr("in-library encoder"));
}

TEST(EvaluateSignals, SlightRoughnessIsToldApart) {
  // Smooth sines and the same with noise of a tenth of their amplitude.
  const auto smooth = [](std::int64_t count, Seed seed, double noise) {
    Signals out{count, 24, 1, {}, {}};
    for (std::int64_t i = 0; i < count; ++i) {
      Stream draw(seed, static_cast<std::uint64_t>(i));
      const double phase = 2 * std::numbers::pi * draw.uniform(), speed = 0.1 + draw.uniform() / 2;
      for (int t = 0; t < 24; ++t)
        out.values.push_back(
            static_cast<float>(std::sin(phase + speed * t) + noise * draw.normal()));
    }
    return out;
  };
  const auto train = smooth(150, Seed{1}, 0), holdout = smooth(150, Seed{3}, 0);
  const auto report =
      evaluate_signals({.train = train, .synthetic = smooth(150, Seed{2}, 0.1), .holdout = holdout},
                       Seed{1}, quick({"c2st_holdout"}));
  EXPECT_GT(*report["c2st_holdout"].value, 0.9);
}

TEST(EvaluateSignals, ACopyIsCaught) {
  const auto train = waves(60, Seed{1});
  const auto report =
      evaluate_signals({.train = train, .synthetic = train, .holdout = waves(60, Seed{3})}, Seed{1},
                       quick({"ims", "dcr", "marginal"}));
  EXPECT_EQ(*report["ims"].value, 1);
  EXPECT_EQ(*report["dcr_share"].value, 100);
  EXPECT_EQ(*report["marginal"].value, 0);
}

TEST(EvaluateSignals, DoesNotDependOnThreads) {
  const SignalEvaluation what{.train = waves(20, Seed{1}), .synthetic = waves(20, Seed{2})};
  auto options = quick({"disc_score", "context_fd", "acf", "dtw_nn", "marginal"});
  options.steps = 3;
  options.run.threads = 1;
  const auto one = evaluate_signals(what, Seed{1}, options);
  options.run.threads = 3;
  const auto three = evaluate_signals(what, Seed{1}, options);
  for (const Metric& m : one.metrics) {
    EXPECT_EQ(m.value, three[m.id].value) << m.id;
    EXPECT_EQ(m.interval, three[m.id].interval) << m.id;
  }
}

TEST(EvaluateSignals, PublishedScoresAreThereForTheAsking) {
  auto what = SignalEvaluation{.train = waves(20, Seed{1}), .synthetic = waves(20, Seed{2})};
  for (Signals* s : {&what.train, &what.synthetic}) {  // shorter: 2,000 and 5,000 steps each
    s->length = 4;
    s->values.resize(20 * 4 * 2);
  }
  const auto report = evaluate_signals(what, Seed{1}, quick({"disc_score_legacy"}));
  EXPECT_THAT(report["disc_score_legacy"].judge, HasSubstr("GRU"));
  EXPECT_LE(*report["disc_score_legacy"].value, 0.5);
  EXPECT_FALSE(report.has("disc_score"));
}

TEST(EvaluateSignals, LengthsAndSingleChannelsAreHandled) {
  Signals train{8, 6, 1, std::vector<float>(48), {6, 5, 4, 3, 6, 5, 4, 3}};
  for (std::size_t i = 0; i < train.values.size(); ++i)
    train.values[i] = static_cast<float>((i * 7) % 11);
  const auto report = evaluate_signals({.train = train, .synthetic = train}, Seed{1},
                                       quick({"time", "ts_predictive", "c2st_holdout"}));
  EXPECT_EQ(*report["seq_len"].value, 0);
  EXPECT_EQ(report["xcorr"].status, Status::kNotApplicable);
  EXPECT_EQ(report["ts_predictive"].status, Status::kNotApplicable);
  EXPECT_EQ(report["c2st_holdout"].status, Status::kNotApplicable);
  ASSERT_FALSE(report.warnings.empty());
  EXPECT_THAT(report.warnings[0], HasSubstr("No holdout"));
}

TEST(EvaluateSignals, MessagesNameTheRule) {
  const auto run = [](SignalEvaluation what) -> std::string {
    try {
      (void)evaluate_signals(what, Seed{1});
    } catch (const Error& e) {
      return e.what();
    }
    return "nothing thrown";
  };
  EXPECT_EQ(run({.train = waves(3, Seed{1}), .synthetic = waves(9, Seed{1})}),
            "evaluate_signals: train must have at least 4 signals, got 3");
  Signals one{9, 2, 1, std::vector<float>(18), {}};
  EXPECT_EQ(run({.train = waves(9, Seed{1}), .synthetic = one}),
            "evaluate_signals: synthetic must have the 2 channels of train, got 1");
}

/// ECG5000: heart beats of 140 steps, one channel.
TEST(EvaluateSignals, RealHeartBeatsAreNearOneAnother) {
  const auto folder = shared_data();
  if (!folder) GTEST_SKIP() << "no shared data";
  std::ifstream file(*folder / "timeseries/ecg5000_train.csv");
  ASSERT_TRUE(file);
  std::string line;
  std::getline(file, line);
  Signals all{0, 140, 1, {}, {}};
  while (std::getline(file, line) && all.count < 300) {
    std::size_t at = line.find(',');  // behind the label
    for (int t = 0; t < 140; ++t) {
      all.values.push_back(std::stof(line.substr(at + 1)));
      at = line.find(',', at + 1);
    }
    ++all.count;
  }
  ASSERT_EQ(all.count, 300);
  std::vector<std::int64_t> rows(300);
  for (std::int64_t i = 0; i < 300; ++i) rows[static_cast<std::size_t>(i)] = (i * 7) % 300;
  const std::span<const std::int64_t> order(rows);
  const auto report = evaluate_signals({.train = all.take(order.first(100)),
                                        .synthetic = all.take(order.subspan(100, 100)),
                                        .holdout = all.take(order.subspan(200, 100))},
                                       Seed{1}, quick({"marginal", "acf", "psd", "pacf"}));
  for (const Metric& m : report.metrics) EXPECT_GT(*m.normalised, 0.6) << m.id;
}

}  // namespace
}  // namespace semblance
