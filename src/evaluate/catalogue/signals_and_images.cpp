// SPDX-License-Identifier: Apache-2.0
// Metrics of signals and of images.
#include <array>

#include "evaluate/catalogue/entries.hpp"

namespace semblance {
namespace {

constexpr auto kLower = Direction::kLower;
constexpr auto kTime = Group::kTime;
constexpr bool kStandard = true, kNotOfTables = false;

/// By how far from 0 a discriminative score is, of at most 0.5.
Grade by_discrimination(const Metric& m) {
  if (*m.value <= 0.05) return Grade::kExcellent;
  if (*m.value <= 0.15) return Grade::kGood;
  return *m.value <= 0.3 ? Grade::kFair : Grade::kWeak;
}

constexpr std::array kEntries = {
    Entry{
        {"marginal", "marginal", "Values of channels, mean error", "%", Group::kColumns, kLower, 0,
         "Widest gap between the real and the synthetic distribution of a channel's values, mean "
         "over channels; blind to their order in time.",
         kStandard, kNotOfTables},
        grade_by_references},
    Entry{
        {"signal_mean", "signal_mean", "Means of signals, mean error", "%", Group::kColumns, kLower,
         0, "The same of the signals' means: whether whole signals lie as high as real ones.",
         kStandard, kNotOfTables},
        grade_by_references},
    Entry{{"acf", "acf", "Autocorrelation, mean error", "", kTime, kLower, 0,
           "How far the correlation of a signal with its own past is from the real one, mean over "
           "lags and channels.",
           kStandard, kNotOfTables},
          grade_by_references},
    Entry{{"pacf", "pacf", "Partial autocorrelation, mean error", "", kTime, kLower, 0,
           "The same of what each lag adds once the shorter ones are known.", kStandard,
           kNotOfTables},
          grade_by_references},
    Entry{{"psd", "psd", "Spectrum, error", "dB", kTime, kLower, 0,
           "How far the power at each frequency is from the real one, in decibel: log-spectral "
           "distance of the mean spectra, mean over channels.",
           kStandard, kNotOfTables},
          grade_by_references},
    Entry{{"xcorr", "xcorr", "Correlation between channels, mean error", "", kTime, kLower, 0,
           "How far the correlation of any two channels at the same step is from the real one.",
           kStandard, kNotOfTables},
          grade_by_references},
    Entry{{"xcorr_lag", "xcorr_lag", "Correlation between channels by lag, mean error", "", kTime,
           kLower, 0,
           "The same within each signal, with one channel shifted against the other, mean over "
           "lags.",
           kStandard, kNotOfTables},
          grade_by_references},
    Entry{{"inter_row", "inter_row", "Steps, mean error", "%", kTime, kLower, 0,
           "Widest gap between the real and the synthetic distribution of the change from one step "
           "to the next, mean over channels.",
           kStandard, kNotOfTables},
          grade_by_references},
    Entry{{"seq_len", "seq_len", "Lengths of signals, error", "%", kTime, kLower, 0,
           "Widest gap between the real and the synthetic distribution of lengths.", kStandard,
           kNotOfTables},
          grade_by_references},
    Entry{{"disc_score", "disc_score", "Discriminative score", "", Group::kDetection, kLower, 0,
           "How much more often than by guessing a network names what is synthetic, |accuracy - "
           "0.5|, on rows that it was not trained on.",
           kStandard, kNotOfTables},
          by_discrimination},
    Entry{
        {"disc_score_legacy", "disc_score_legacy", "Discriminative score as published", "",
         Group::kDetection, kLower, 0,
         "The same as TimeGAN's authors measure it: one GRU of half as many units as channels, one "
         "split, training rows as the real ones. For comparison with published numbers.",
         kOnRequest, kNotOfTables},
        by_discrimination},
    Entry{{"context_fd", "context_fd", "Context Frechet distance", "", Group::kDetection, kLower, 0,
           "Distance of the real and the synthetic distribution of what a network sees in a whole "
           "signal. The network was trained here, on the training rows.",
           kStandard, kNotOfTables},
          grade_by_references},
    Entry{
        {"feature_frechet", "feature_frechet", "Frechet distance of features", "",
         Group::kDetection, kLower, 0,
         "Distance of the normal distributions with the means and covariances of the real and the "
         "synthetic features. Comparable for one extractor and one number of rows only.",
         kStandard, kNotOfTables},
        grade_by_references},
    Entry{{"feature_kernel", "feature_kernel", "Kernel distance of features", "", Group::kDetection,
           kLower, 0,
           "Squared mean discrepancy of the features with a cubic kernel, over subsets; around 0 "
           "for equal distributions, also with few rows.",
           kStandard, kNotOfTables},
          grade_by_references},
    Entry{{"feature_sliced_w", "feature_sliced_w", "Sliced Wasserstein distance of features", "",
           Group::kDetection, kLower, 0,
           "How far standardised features have to move, mean over random directions.", kStandard,
           kNotOfTables},
          grade_by_references},
    Entry{{"dtw_nn", "dtw_nn", "Nearest neighbour of the same kind", "", Group::kDetection,
           Direction::kTarget, 0.5,
           "Share of rows, real and synthetic together, whose nearest other one by dynamic time "
           "warping is of their own kind: 0.5 where they cannot be told apart, 1 where they can, "
           "near 0 where each was copied.",
           kStandard, kNotOfTables},
          grade_by_auc},
    Entry{{"ts_predictive", "ts_predictive", "Forecast of the next step, error", "SD",
           Group::kUtility, kLower, std::nullopt,
           "Mean absolute error of a forecaster that was trained on synthetic rows, on unseen real "
           "ones, in standard deviations of a channel.",
           kStandard, kNotOfTables},
          grade_by_references},
    Entry{{"ts_predictive_legacy", "ts_predictive_legacy", "Predictive score as published", "",
           Group::kUtility, kLower, std::nullopt,
           "The same as TimeGAN's authors measure it: a GRU forecasts the last channel from the "
           "others, tested on the training rows, values scaled to 0 to 1. For comparison with "
           "published numbers.",
           kOnRequest, kNotOfTables},
          grade_by_references},
};

}  // namespace

std::span<const Entry> signal_entries() { return kEntries; }

}  // namespace semblance
