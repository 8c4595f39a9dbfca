// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/signals.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "semblance/core/error.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/data/csv.hpp"

namespace semblance {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using V = std::vector<double>;

template <class Call>
std::string message(Call&& call) {
  try {
    call();
  } catch (const Error& e) {
    return e.what();
  }
  return "nothing thrown";
}

V sine(std::int64_t n, double cycles) {
  V out;
  for (std::int64_t t = 0; t < n; ++t)
    out.push_back(
        std::sin(2 * std::numbers::pi * cycles * static_cast<double>(t) / static_cast<double>(n)));
  return out;
}

TEST(Signals, AutocorrelationEqualsTheReference) {
  const auto r = autocorrelation(V{1, 2, 3, 4, 3, 2, 1, 2}, 3);
  EXPECT_NEAR(r[0], 0.425, 1e-9);
  EXPECT_NEAR(r[1], -0.28333333333, 1e-9);
  EXPECT_NEAR(r[2], -0.65833333333, 1e-9);
  EXPECT_EQ(autocorrelation(V{5, 5, 5}, 4), (V{0, 0, 0, 0}));
  EXPECT_EQ(autocorrelation(V{1, 2}, 3), (V{-0.5, 0, 0}));
}

TEST(Signals, PartialAutocorrelationSolvesTheYuleWalkerEquations) {
  // phi_11 = r1; phi_22 = (r2 - r1^2) / (1 - r1^2); phi_33 solved with NumPy.
  const auto p = partial_autocorrelation(V{1, 2, 3, 4, 3, 2, 1, 2}, 3);
  const double r1 = 0.425, r2 = -0.85 / 3;
  EXPECT_NEAR(p[0], r1, 1e-9);
  EXPECT_NEAR(p[1], (r2 - r1 * r1) / (1 - r1 * r1), 1e-9);
  EXPECT_NEAR(p[2], -0.4115269256, 1e-9);
}

TEST(Signals, PartialAutocorrelationOfAFirstOrderProcessEndsAtLagOne) {
  // n = 20,000: standard error of each value 0.007, so 0.05 is seven of them.
  V x{0};
  Stream draw(Seed{1}, "process");
  for (int t = 1; t < 20'000; ++t) x.push_back(0.7 * x.back() + draw.normal());
  const auto p = partial_autocorrelation(x, 4);
  EXPECT_NEAR(p[0], 0.7, 0.05);
  for (std::size_t k = 1; k < 4; ++k) EXPECT_NEAR(p[k], 0, 0.05);
}

TEST(Signals, SpectrumHasTheSinesPowerAndParsevalsSum) {
  // A sine of amplitude 1 in bin 5: |X_5|^2 / n = n / 4.
  const auto p = power_spectrum(sine(60, 5));
  ASSERT_EQ(p.size(), 30U);
  for (std::size_t k = 0; k < p.size(); ++k) EXPECT_NEAR(p[k], k == 4 ? 15 : 0, 1e-9);
  // An odd length: twice the bins make up the energy of the centred signal.
  const V x{1, 4, 2, 8, 5, 7, 1};
  double energy = 0, sum = 0;
  for (const double v : x) energy += (v - 4) * (v - 4);
  for (const double v : power_spectrum(x)) sum += 2 * v;
  EXPECT_NEAR(sum, energy, 1e-9);
}

TEST(Signals, LogSpectralDistanceByHand) {
  // Tenfold and a hundredfold power: 10 and 20 dB.
  EXPECT_NEAR(*log_spectral_distance(V{1, 1}, V{10, 100}), std::sqrt((100.0 + 400) / 2), 1e-9);
  EXPECT_NEAR(*log_spectral_distance(V{1, 0}, V{1, 1}), 120 / std::sqrt(2.0), 1e-9);
  EXPECT_FALSE(log_spectral_distance(V{0, 0}, V{1, 1}));
}

TEST(Signals, CrossCorrelationFindsTheShift) {
  V x = sine(64, 3), y(x.size(), 0.0);
  for (std::size_t t = 0; t < x.size(); ++t) y[t] = x[(t + x.size() - 4) % x.size()];
  const auto r = cross_correlation(x, y, 10);
  ASSERT_EQ(r.size(), 21U);
  EXPECT_EQ(std::max_element(r.begin(), r.end()) - r.begin(), 14);  // y lags x by 4
  EXPECT_NEAR(cross_correlation(V{1, 2, 3}, V{3, 2, 1}, 0)[0], -1, 1e-12);
  // d = (-1, 0, 1) and (-1, 1, 0), over 2: 1 x 1, -1 x -1 and -1 x 1.
  const auto small = cross_correlation(V{1, 2, 3}, V{1, 3, 2}, 1);
  EXPECT_THAT(small,
              ElementsAre(DoubleNear(0.5, 1e-12), DoubleNear(0.5, 1e-12), DoubleNear(-0.5, 1e-12)));
}

TEST(Signals, WarpingEqualsTheReference) {
  EXPECT_NEAR(dynamic_time_warping(V{1, 2, 3, 4}, V{1, 3, 4, 4, 5}), 2, 1e-12);
  EXPECT_EQ(dynamic_time_warping(V{1, 1, 5}, V{1, 5, 5}), 0);
  EXPECT_EQ(dynamic_time_warping(V{0, 0, 0, 9}, V{9, 0, 0, 0}, 1, 1), 18);
  EXPECT_EQ(dynamic_time_warping(V{0, 0}, V{3, 4}, 2), 5);  // one step of two channels
  EXPECT_THAT(message([] { (void)dynamic_time_warping(V{1, 2, 3}, V{1, 2}, 2); }),
              testing::HasSubstr("whole steps of 2 channels"));
}

/// Two signals of three steps.
Signals two(std::vector<float> values) { return {2, 3, 1, std::move(values), {}}; }

TEST(Signals, MultiSequenceScoresEqualThoseOfSdmetrics) {
  const auto real = two({1, 2, 3, 4, 5, 6}), fake = two({1, 10, 3, 7, 5, 1});
  EXPECT_NEAR(*inter_row_similarity(real, fake), 0.25, 1e-9);
  EXPECT_NEAR(*signal_statistic_similarity(real, fake, Statistic::kMean), 0.5, 1e-9);
  EXPECT_EQ(*inter_row_similarity(real, real), 1);
}

TEST(Signals, LengthsAreCompared) {
  auto real = two({1, 2, 3, 4, 5, 6}), fake = real;
  fake.lengths = {3, 1};
  EXPECT_EQ(*length_distance(real, fake), 0.5);
  EXPECT_EQ(fake.channel(1, 0), V{4});
}

TEST(Signals, ComeFromALongTable) {
  const auto table = parse_csv("id,t,a,b\n7,2,20,0\n7,1,10,1\n3,1,30,2\n",
                               {.schema = Schema{{.name = "id", .kind = Kind::kInteger},
                                                 {.name = "t", .kind = Kind::kInteger},
                                                 {.name = "a", .kind = Kind::kReal},
                                                 {.name = "b", .kind = Kind::kReal}}});
  const auto s = signals_of(table, "id", "t");
  EXPECT_EQ(s.count, 2);
  EXPECT_EQ(s.channels, 2);
  EXPECT_EQ(s.lengths, (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(s.channel(0, 0), (V{10, 20}));
  EXPECT_EQ(s.channel(1, 1), (V{2}));
  EXPECT_EQ(signals_of(table, "id").channel(0, 0), (V{2, 1}));  // t is a channel then
}

TEST(Signals, MessagesNameTheRule) {
  EXPECT_EQ(message([] { Signals{1, 2, 1, {1, NAN}, {}}.validate(); }),
            "Signals: values must be finite, got nan in signal 0");
  EXPECT_EQ(message([] { Signals{1, 2, 1, {1}, {}}.validate(); }),
            "Signals: there must be count x length x channels values, got 1 for 1 x 2 x 1");
  EXPECT_EQ(message([] { Signals{1, 2, 1, {1, 2}, {3}}.validate(); }),
            "Signals: a length must be 1 to 2, got 3");
  EXPECT_EQ(message([] { (void)cross_correlation(V{1}, V{1, 2}, 0); }),
            "cross_correlation: both must have the same length, got 1 and 2");
}

}  // namespace
}  // namespace semblance
