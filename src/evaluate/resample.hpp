// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "evaluate/special.hpp"
#include "semblance/core/seed.hpp"
#include "semblance/evaluate/scores.hpp"

namespace semblance {

/// A statistic of each bootstrap replicate; empty where it is undefined.
using Replicates = std::vector<std::optional<double>>;

/// One bootstrap replicate: which rows are drawn from either table.
struct Resample {
  std::vector<std::int64_t> real, synthetic;
};

/// How `m` of `n` rows are drawn, with replacement.
inline std::vector<std::int64_t> with_replacement(std::int64_t n, std::int64_t m, Stream& draw) {
  std::vector<std::int64_t> out(static_cast<std::size_t>(m));
  for (auto& i : out) i = static_cast<std::int64_t>(draw.below(static_cast<std::uint64_t>(n)));
  return out;
}

/// How a statistic of two samples of n rows behaves as n grows, which says what a spread among
/// fewer rows means for n.
enum class Growth : std::uint8_t {
  kDistance,  ///< Its error fades as 1 / sqrt(n).
  kSquare,    ///< It is the square of such a one: divergences.
  kTest,      ///< n times such a square: test statistics.
  kRatio,     ///< In units of a standard error: its own error does not fade.
  kExtreme    ///< It rests on the samples' extremes, which resampling does not reproduce.
};

/// What the spread of a statistic over resamples means.
struct Spread {
  double level = 0.95;
  Growth growth = Growth::kDistance;
  double factor = 1;  ///< Variance of a distance of n rows over that among the resamples.
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();  ///< What the statistic can be.
};

/// Student's two-sided quantile.
inline double student_quantile(double level, double freedom) {
  const double x = beta_quantile(1 - level, freedom / 2, 0.5);
  return std::sqrt(freedom * (1 - x) / x);
}

/// value -+ t standard deviations of the resamples, on the scale of the square root for squares. A
/// distance of two samples is biased upwards and resampling doubles that bias, so percentiles would
/// miss the value itself; the spread does not suffer from it. None without a value, with fewer than
/// 2 resamples, and of extremes.
inline std::optional<Interval> spread_interval(const std::optional<double>& value,
                                               std::vector<double> resampled, const Spread& spread,
                                               const char* method) {
  const auto n = static_cast<double>(resampled.size());
  if (!value || n < 2 || spread.growth == Growth::kExtreme) return std::nullopt;
  const bool squared = spread.growth == Growth::kSquare || spread.growth == Growth::kTest;
  const auto root = [&](double v) {
    return squared ? std::sqrt(std::max(v - spread.least, 0.0)) : v;
  };
  std::ranges::transform(resampled, resampled.begin(), root);
  const double mean = std::accumulate(resampled.begin(), resampled.end(), 0.0) / n;
  double squares = 0;
  for (const double v : resampled) squares += (v - mean) * (v - mean);
  const bool fades = spread.growth == Growth::kDistance || spread.growth == Growth::kSquare;
  const double reach = student_quantile(spread.level, n - 1) * std::sqrt(squares / (n - 1)) *
                       (fades ? std::sqrt(spread.factor) : 1);
  double low = root(*value) - reach, high = root(*value) + reach;
  if (squared) {
    low = spread.least + std::pow(std::max(low, 0.0), 2);
    high = spread.least + high * high;
  }
  return Interval{std::max(spread.least, low), std::min(spread.most, high), spread.level, method};
}

/// A bootstrap standard error for a statistic of two tables: m < n rows are drawn from each, and
/// the error is scaled by sqrt(m/n). A distance of two samples has a kink where their populations
/// are equal, and resamples of n rows exaggerate its spread there by up to sqrt(2), since the
/// samples' own distance adds to that of the resamples; it fades as m/n does [1, 2].
///
/// [1] Bickel, Gotze, van Zwet, "Resampling fewer than n observations", Statistica Sinica 7, 1997.
/// [2] Politis, Romano, Wolf, "Subsampling", Springer 1999.
struct BootstrapPlan {
  std::int64_t real = 0, synthetic = 0;      ///< Rows there are.
  std::int64_t real_m = 0, synthetic_m = 0;  ///< Rows drawn.
  double level = 0.95;
  Seed seed = Seed{0};

  static constexpr double kShare = 0.125;      ///< m/n,
  static constexpr std::int64_t kFewest = 50;  ///< but no fewer rows than these, if there are.

  /// \param most  Most rows to draw from each.
  BootstrapPlan(std::int64_t n_real, std::int64_t n_synthetic, std::int64_t most, double confidence,
                Seed stage)
      : real(n_real), synthetic(n_synthetic), level(confidence), seed(stage) {
    const auto rows = static_cast<double>(std::max(n_real, n_synthetic));
    const auto fewer = static_cast<double>(std::min(n_real, n_synthetic));
    const double enough = std::max(kShare, static_cast<double>(kFewest) / std::max(fewer, 1.0));
    const double share = std::min({1.0, static_cast<double>(most) / rows, enough});
    const auto part = [&](std::int64_t n) {
      return std::max<std::int64_t>(2, std::llround(share * static_cast<double>(n)));
    };
    real_m = part(n_real);
    synthetic_m = part(n_synthetic);
  }

  [[nodiscard]] Resample rows(std::int64_t replicate) const {
    Stream draw(seed, "bootstrap", static_cast<std::uint64_t>(replicate));
    Resample out;
    out.real = with_replacement(real, real_m, draw);
    out.synthetic = with_replacement(synthetic, synthetic_m, draw);
    return out;
  }

  /// See spread_interval.
  [[nodiscard]] std::optional<Interval> interval(const std::optional<double>& value,
                                                 const Replicates& replicates, double least = 0,
                                                 Growth growth = Growth::kDistance) const {
    std::vector<double> known;
    for (const auto& r : replicates)
      if (r) known.push_back(*r);
    const double drawn = static_cast<double>(synthetic_m) / static_cast<double>(synthetic);
    return spread_interval(value, std::move(known),
                           {.level = level, .growth = growth, .factor = drawn, .least = least},
                           "bootstrap standard error");
  }
};

}  // namespace semblance
