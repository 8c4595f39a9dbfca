// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

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

  static constexpr double kShare = 0.25;        ///< m/n,
  static constexpr std::int64_t kFewest = 100;  ///< but no fewer rows than these, if there are.

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

  /// value -+ z standard deviations of that mean over the replicates, cut at `least`; none without
  /// a value or replicates. A distance of two samples is biased upwards and a bootstrap doubles
  /// that bias, so percentiles of replicates would miss the value itself; their spread does not
  /// suffer from it.
  [[nodiscard]] std::optional<Interval> interval(const std::optional<double>& value,
                                                 const Replicates& replicates,
                                                 double least = 0) const {
    double n = 0, sum = 0, squares = 0;
    const auto each = [&](auto&& visit) {
      for (const auto& r : replicates) {
        if (r) visit(*r);
      }
    };
    each([&](double v) { n += 1, sum += v; });
    if (!value || n < 2) return std::nullopt;
    each([&](double v) { squares += (v - sum / n) * (v - sum / n); });
    const double scale =
        std::sqrt(static_cast<double>(synthetic_m) / static_cast<double>(synthetic));
    const double reach = normal_quantile((1 + level) / 2) * scale * std::sqrt(squares / (n - 1));
    return Interval{std::max(least, *value - reach), *value + reach, level,
                    "bootstrap standard error"};
  }
};

}  // namespace semblance
