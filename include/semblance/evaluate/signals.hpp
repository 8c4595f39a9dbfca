// SPDX-License-Identifier: Apache-2.0
// Signals and what is measured of one, of two, or of two samples of them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "semblance/data/dataset.hpp"
#include "semblance/evaluate/statistics.hpp"

namespace at {
class Tensor;
}

namespace semblance {

/// A sample of signals of several channels, in time order, of equal or different lengths.
struct Signals {
  std::int64_t count = 0;     ///< n, signals.
  std::int64_t length = 0;    ///< Steps of the longest.
  std::int64_t channels = 1;  ///< Values a step.
  /// [count, length, channels], row-major, finite. What lies behind a signal's end is not looked
  /// at.
  std::vector<float> values = {};
  std::vector<std::int64_t> lengths =
      {};  ///< [count], each 1 to `length`; empty: all are `length`.

  /// Steps of signal i.
  [[nodiscard]] std::int64_t steps(std::int64_t i) const {
    return lengths.empty() ? length : lengths[static_cast<std::size_t>(i)];
  }
  /// One channel of one signal, [steps(i)].
  [[nodiscard]] std::vector<double> channel(std::int64_t i, std::int64_t c) const;
  /// Those signals, in that order; repeats allowed.
  [[nodiscard]] Signals take(std::span<const std::int64_t> wanted) const;
  /// \throws InvalidArgument unless sizes fit, lengths are in range and values are finite.
  void validate() const;
};

/// Of a tensor column of shape [T] (one channel) or [T, C]. \throws InvalidArgument for others.
[[nodiscard]] Signals signals_of(const Column& column);
/// Of a tensor [n, T] or [n, T, C] of any floating type. \throws InvalidArgument for others.
[[nodiscard]] Signals signals_of(const at::Tensor& tensor, std::vector<std::int64_t> lengths = {});
/// Of a long table, one row a step: rows of equal `key` are one signal, in the order of `time`
/// (empty: of the rows); all other real and integer columns are channels. Keys in order of
/// appearance.
/// \throws InvalidArgument if a column is unknown, a value is missing, or there is no channel.
[[nodiscard]] Signals signals_of(const Dataset& table, const std::string& key,
                                 const std::string& time = {});

/// Autocorrelation at lags 1 to `lags`: sum (x_t - m)(x_{t+k} - m) / sum (x_t - m)^2; 0 for a
/// constant signal and for lags it is too short for.
[[nodiscard]] std::vector<double> autocorrelation(std::span<const double> x, std::int64_t lags);

/// Partial autocorrelation at lags 1 to `lags`, from the autocorrelations by the Durbin-Levinson
/// recursion.
[[nodiscard]] std::vector<double> partial_autocorrelation(std::span<const double> x,
                                                          std::int64_t lags);

/// Periodogram |X_k|^2 / n of the centred signal, k = 1 to size / 2, by a fast Fourier transform of
/// any size.
/// \param size  Points of the transform, >= x; 0: those of x. Longer ones are filled with zeros.
[[nodiscard]] std::vector<double> power_spectrum(std::span<const double> x, std::int64_t size = 0);

/// Root of the mean squared difference of two spectra in decibel; powers below 1e-12 of a
/// spectrum's largest count as that. Empty if either has no power.
/// \throws InvalidArgument if the sizes differ.
[[nodiscard]] std::optional<double> log_spectral_distance(std::span<const double> a,
                                                          std::span<const double> b);

/// Correlation of x_t with y_{t+k} for k = -lags to lags, over n standard deviations of both; 0
/// where one is constant.
/// \throws InvalidArgument if the lengths differ.
[[nodiscard]] std::vector<double> cross_correlation(std::span<const double> x,
                                                    std::span<const double> y, std::int64_t lags);

/// Dynamic time warping [1]: the least sum of distances along a path through both signals; steps of
/// several channels are Euclidean points.
/// \param a, b    [steps, channels], row-major; at least one step.
/// \param window  Most steps that matched ones are apart (widened to the difference of the
///                lengths); 0: any.
///
/// [1] Sakoe, Chiba, IEEE Trans. ASSP 26, 1978.
[[nodiscard]] double dynamic_time_warping(std::span<const double> a, std::span<const double> b,
                                          std::int64_t channels = 1, std::int64_t window = 0);

/// 1 - KS of the differences x_{t+1} - x_t, of all signals together; mean over the channels
/// (InterRowMSAS of SDMetrics). Empty without differences.
[[nodiscard]] std::optional<double> inter_row_similarity(const Signals& real,
                                                         const Signals& synthetic);

/// 1 - KS of a statistic of every signal, mean over the channels (StatisticMSAS of SDMetrics).
[[nodiscard]] std::optional<double> signal_statistic_similarity(const Signals& real,
                                                                const Signals& synthetic,
                                                                Statistic statistic);

/// KS of the lengths. Empty without signals.
[[nodiscard]] std::optional<double> length_distance(const Signals& real, const Signals& synthetic);

}  // namespace semblance
