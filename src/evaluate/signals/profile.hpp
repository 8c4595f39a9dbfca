// SPDX-License-Identifier: Apache-2.0
// What of signals is compared without networks: statistics whose mean is taken over the signals,
// and pooled distributions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "semblance/evaluate/signals.hpp"

namespace semblance {

/// One statistic of every signal: [count, parts x width]; a part is a channel or a pair of them.
struct Curve {
  std::int64_t parts = 0, width = 0;
  std::vector<double> values = {};

  [[nodiscard]] std::int64_t count() const { return std::ssize(values) / (parts * width); }
  /// Mean over those signals (none: over all).
  [[nodiscard]] std::vector<double> mean(std::span<const std::int64_t> rows = {}) const;
};

/// The statistics that are compared by their means.
enum class CurveKind : std::uint8_t {
  kAutocorrelation,
  kPartial,
  kSpectrum,
  kCrossMoments,  ///< Of a pair: sums of x, y, xx, yy, xy and 1 over the steps.
  kCrossLags
};

/// The mean of a statistic over signals, and how far two of them are apart.
/// \param length  Of the transform behind spectra: the longest signal of all samples.
/// \param lags    At most the shortest signal's length - 1.
[[nodiscard]] Curve curve_of(const Signals& signals, CurveKind kind, std::int64_t length,
                             std::int64_t lags);
/// Distance of two means of one part; empty where it is undefined.
[[nodiscard]] std::optional<double> curve_distance(CurveKind kind, std::span<const double> a,
                                                   std::span<const double> b);

/// Numbers of a sample, each with the signal it came from.
struct Pool {
  std::vector<double> values = {};
  std::vector<std::int64_t> owner = {};
};

/// The pooled numbers of a channel that are compared as distributions.
enum class PoolKind : std::uint8_t { kValues, kDifferences, kMeans, kLengths };
[[nodiscard]] Pool pool_of(const Signals& signals, PoolKind kind, std::int64_t channel);

/// KS of two pools whose signals count by weights: sorted once, asked often.
class PooledKs {
 public:
  PooledKs(const Pool& a, const Pool& b);
  /// Weights of a's and of b's signals; empty: 1 each.
  [[nodiscard]] std::optional<double> operator()(std::span<const double> a,
                                                 std::span<const double> b) const;

 private:
  struct Point {
    double value;
    std::int64_t owner;
    bool second;
  };
  std::vector<Point> points_;
};

/// Names of the pairs of channels, in the order of the cross statistics.
[[nodiscard]] std::vector<std::string> pair_names(const std::vector<std::string>& channels);

}  // namespace semblance
