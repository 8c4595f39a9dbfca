// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
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

/// Those that are defined.
inline std::vector<double> present(const Replicates& all) {
  std::vector<double> out;
  for (const auto& v : all)
    if (v) out.push_back(*v);
  return out;
}

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

/// A variance, and the degrees of freedom behind its estimate.
struct Variance {
  double value = 0, freedom = 1;
};

/// Sample variance; needs 2 values.
inline Variance variance_of(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return {squares / (n - 1), n - 1};
}

/// Of a sum of two independent errors, with Satterthwaite's degrees of freedom.
inline Variance operator+(const Variance& a, const Variance& b) {
  const double sum = a.value + b.value;
  const double per_freedom = a.value * a.value / a.freedom + b.value * b.value / b.freedom;
  return {sum, per_freedom > 0 ? sum * sum / per_freedom : a.freedom};
}

/// A number of one thing on two disjoint halves of the rows it is measured on.
using Twice = std::array<std::optional<double>, 2>;

/// Variance of a statistic of n rows that is due to them, from disjoint parts of n / parts rows
/// each, as for a mean of independent batches. It is the covariance of the parts' numbers on two
/// halves of other rows: what parts and measured rows do together is left to resampling the latter,
/// and counts once. None (0) with fewer than 2.
inline Variance batch_variance(const std::vector<Twice>& parts) {
  double n = 0, first = 0, second = 0, products = 0;
  for (const auto& [a, b] : parts)
    if (a && b) n += 1, first += *a, second += *b;
  if (n < 2) return {};
  for (const auto& [a, b] : parts)
    if (a && b) products += (*a - first / n) * (*b - second / n);
  return {std::max(products, 0.0) / (n - 1) / n, n - 1};
}

/// What the spread of a statistic over resamples means.
struct Spread {
  double level = 0.95;
  Growth growth = Growth::kDistance;
  double factor = 1;  ///< Variance of a distance of n rows over that among the resamples.
  std::optional<double> even = {};  ///< What equal samples have, where a distance has a kink.
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();  ///< What the statistic can be.
  Variance more = {};  ///< Of what is not resampled; of distances (kDistance) only.
};

/// Student's two-sided quantile.
inline double student_quantile(double level, double freedom) {
  const double x = beta_quantile(1 - level, freedom / 2, 0.5);
  return std::sqrt(freedom * (1 - x) / x);
}

/// How much of the square of a distance is the samples' own error: all where their populations are
/// equal, next to none where they differ. Resamples lie that much further from each other than two
/// samples, as (how far they do) / n.
///
/// The square of what a resample of m of n rows is off is, on average, that of the samples plus
/// that of the resample's own error, which is n / m times the samples' own.
inline double error_share(double squared, const std::vector<double>& resampled, double factor,
                          Growth growth) {
  if (!(squared > 0)) return 1;
  const double mean = std::accumulate(resampled.begin(), resampled.end(), 0.0) /
                      static_cast<double>(resampled.size());
  const double share = growth == Growth::kTest || growth == Growth::kRatio
                           ? mean / squared - factor
                           : factor * (mean / squared - 1);
  return std::clamp(share, 0.0, 1.0);
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
  double kink = 1;
  if (spread.even) {
    const auto square = [&](double v) {
      return squared ? v - spread.least : (v - *spread.even) * (v - *spread.even);
    };
    std::vector<double> squares(resampled.size());
    std::ranges::transform(resampled, squares.begin(), square);
    kink += spread.factor * error_share(square(*value), squares, spread.factor, spread.growth);
  }
  std::ranges::transform(resampled, resampled.begin(), root);
  Variance all = variance_of(resampled);
  all.value /= kink;
  const bool fades = spread.growth == Growth::kDistance || spread.growth == Growth::kSquare;
  if (fades) all.value *= spread.factor;
  if (spread.growth == Growth::kDistance) all = all + spread.more;
  const double reach = student_quantile(spread.level, all.freedom) * std::sqrt(all.value);
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
/// samples' own distance adds to that of the resamples; it fades as m/n does [1, 2], and what is
/// left of it is taken off (error_share).
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
                                                 const Replicates& replicates,
                                                 Spread spread = {.least = 0}) const {
    spread.level = level;
    spread.factor = static_cast<double>(synthetic_m) / static_cast<double>(synthetic);
    return spread_interval(value, present(replicates), spread, "bootstrap standard error");
  }
};

}  // namespace semblance
