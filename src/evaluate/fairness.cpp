// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/fairness.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "detail/check.hpp"

namespace semblance {
namespace {

/// Rows and favourable rows of each group.
struct Tally {
  std::vector<double> rows, favourable;

  void add(std::int32_t group, bool good, double weight) {
    const auto at = static_cast<std::size_t>(group);
    if (at >= rows.size()) rows.resize(at + 1, 0), favourable.resize(at + 1, 0);
    rows[at] += weight;
    favourable[at] += good ? weight : 0;
  }
};

/// Tallies the rows that `counts` accepts.
template <class Counts>
Tally tally(Flags favourable, GroupCodes groups, RowWeights weights, Counts counts) {
  require(
      favourable.size() == groups.size() && (weights.empty() || weights.size() == groups.size()),
      "outcomes, groups and weights must have the same length, got {}, {} and {}",
      favourable.size(), groups.size(), weights.size());
  Tally out;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i] >= 0 && counts(i))
      out.add(groups[i], favourable[i] != 0, weights.empty() ? 1 : weights[i]);
  }
  return out;
}

std::vector<double> rates_of(const Tally& counts) {
  std::vector<double> out;
  for (std::size_t g = 0; g < counts.rows.size(); ++g)
    out.push_back(counts.rows[g] > 0 ? counts.favourable[g] / counts.rows[g]
                                     : std::numeric_limits<double>::quiet_NaN());
  return out;
}

struct Extremes {
  double low = 0, high = 0;
};

/// Of the rates that are there; empty with fewer than 2.
std::optional<Extremes> extremes(const std::vector<double>& rates) {
  Extremes out{1, 0};
  int known = 0;
  for (const double r : rates) {
    if (std::isnan(r)) continue;
    out = {std::min(out.low, r), std::max(out.high, r)};
    ++known;
  }
  if (known < 2) return std::nullopt;
  return out;
}

double ratio(const Extremes& e) { return e.high > 0 ? e.low / e.high : 1; }

/// Rates of positive guesses among rows whose truth is that.
std::vector<double> rates_given(Flags truth, Flags guess, GroupCodes groups, RowWeights weights,
                                bool positive) {
  require(truth.size() == guess.size(), "truth and guess must have the same length, got {} and {}",
          truth.size(), guess.size());
  return rates_of(
      tally(guess, groups, weights, [&](std::size_t i) { return (truth[i] != 0) == positive; }));
}

constexpr auto kAll = [](std::size_t) { return true; };

}  // namespace

std::vector<double> group_rates(Flags favourable, GroupCodes groups, RowWeights weights) {
  return rates_of(tally(favourable, groups, weights, kAll));
}

std::optional<double> parity_difference(Flags favourable, GroupCodes groups, RowWeights weights) {
  const auto e = extremes(group_rates(favourable, groups, weights));
  return e ? std::optional(e->high - e->low) : std::nullopt;
}

std::optional<double> parity_ratio(Flags favourable, GroupCodes groups, RowWeights weights) {
  const auto e = extremes(group_rates(favourable, groups, weights));
  return e && e->high > 0 ? std::optional(e->low / e->high) : std::nullopt;
}

std::optional<OddsGaps> odds_gaps(Flags truth, Flags guess, GroupCodes groups, RowWeights weights) {
  const auto yes = extremes(rates_given(truth, guess, groups, weights, true));
  const auto no = extremes(rates_given(truth, guess, groups, weights, false));
  if (!yes || !no) return std::nullopt;
  return OddsGaps{yes->high - yes->low, no->high - no->low, std::min(ratio(*yes), ratio(*no))};
}

std::optional<double> average_odds_difference(Flags truth, Flags guess, GroupCodes groups,
                                              std::int32_t a, std::int32_t b) {
  double sum = 0;
  for (const bool positive : {true, false}) {
    const auto rates = rates_given(truth, guess, groups, {}, positive);
    const auto rate = [&](std::int32_t g) {
      return g >= 0 && g < std::ssize(rates) ? rates[static_cast<std::size_t>(g)]
                                             : std::numeric_limits<double>::quiet_NaN();
    };
    sum += (rate(a) - rate(b)) / 2;
  }
  if (std::isnan(sum)) return std::nullopt;
  return sum;
}

std::optional<double> average_odds_gap(Flags truth, Flags guess, GroupCodes groups,
                                       RowWeights weights) {
  const auto yes = rates_given(truth, guess, groups, weights, true);
  const auto no = rates_given(truth, guess, groups, weights, false);
  std::optional<double> out;
  for (std::size_t a = 0; a < std::min(yes.size(), no.size()); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      const double gap = (std::abs(yes[a] - yes[b]) + std::abs(no[a] - no[b])) / 2;
      if (!std::isnan(gap)) out = std::max(out.value_or(0), gap);
    }
  }
  return out;
}

std::optional<double> predictive_parity_gap(Flags truth, Flags guess, GroupCodes groups,
                                            RowWeights weights) {
  // Right ones among favourable guesses: truth and guess change roles.
  const auto e = extremes(rates_given(guess, truth, groups, weights, true));
  return e ? std::optional(e->high - e->low) : std::nullopt;
}

std::optional<double> calibration_gap(std::span<const double> chances, Flags truth,
                                      GroupCodes groups, RowWeights weights) {
  require(chances.size() == truth.size(), "one chance a row, got {} for {}", chances.size(),
          truth.size());
  const Tally counts = tally(truth, groups, weights, kAll);
  std::vector<double> sum(counts.rows.size(), 0);
  for (std::size_t i = 0; i < groups.size(); ++i)
    if (groups[i] >= 0)
      sum[static_cast<std::size_t>(groups[i])] += chances[i] * (weights.empty() ? 1 : weights[i]);
  std::optional<double> low, high;
  int known = 0;
  for (std::size_t g = 0; g < sum.size(); ++g) {
    if (counts.rows[g] <= 0) continue;
    const double over = (sum[g] - counts.favourable[g]) / counts.rows[g];
    low = std::min(low.value_or(over), over);
    high = std::max(high.value_or(over), over);
    ++known;
  }
  return known >= 2 ? std::optional(*high - *low) : std::nullopt;
}

std::optional<double> generalised_entropy(Flags truth, Flags guess, double order,
                                          RowWeights weights) {
  require(truth.size() == guess.size(), "truth and guess must have the same length, got {} and {}",
          truth.size(), guess.size());
  require(order != 0, "generalised_entropy: order may not be 0");
  require(weights.empty() || weights.size() == truth.size(),
          "outcomes and weights must have the same length, got {} and {}", truth.size(),
          weights.size());
  const auto benefit = [&](std::size_t i) {
    return 1.0 + (guess[i] != 0 ? 1 : 0) - (truth[i] != 0 ? 1 : 0);
  };
  const auto weight = [&](std::size_t i) { return weights.empty() ? 1.0 : weights[i]; };
  double n = 0, benefits = 0, sum = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) n += weight(i), benefits += weight(i) * benefit(i);
  if (n == 0 || benefits == 0) return std::nullopt;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double b = benefit(i) * n / benefits;
    if (order == 1) {
      sum += weight(i) * (b > 0 ? b * std::log(b) : 0);
    } else {
      sum += weight(i) * (std::pow(b, order) - 1) / (order * (order - 1));
    }
  }
  return sum / n;
}

std::optional<double> differential_fairness(Flags favourable, GroupCodes groups,
                                            double concentration, RowWeights weights) {
  require(concentration > 0, "differential_fairness: concentration must be > 0, got {}",
          concentration);
  const Tally counts = tally(favourable, groups, weights, kAll);
  std::vector<double> rates;
  for (std::size_t g = 0; g < counts.rows.size(); ++g) {
    if (counts.rows[g] > 0)
      rates.push_back((counts.favourable[g] + concentration / 2) /
                      (counts.rows[g] + concentration));
  }
  const auto e = extremes(rates);
  if (!e) return std::nullopt;
  return std::max(std::log(e->high / e->low), std::log((1 - e->low) / (1 - e->high)));
}

double consistency(Flags favourable, const Neighbours& nearest, RowWeights weights) {
  const auto n = std::ssize(favourable);
  require(nearest.queries == n && nearest.k >= 1 && (weights.empty() || std::ssize(weights) == n),
          "consistency: one query and weight a row and k >= 1, got {} and {} for {} rows, k {}",
          nearest.queries, weights.size(), n, nearest.k);
  double sum = 0, all = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    double around = 0;
    for (const auto j : nearest.indices(i))
      around += favourable[static_cast<std::size_t>(j)] != 0 ? 1 : 0;
    const auto at = static_cast<std::size_t>(i);
    const double w = weights.empty() ? 1 : weights[at];
    all += w;
    sum += w * std::abs((favourable[at] != 0 ? 1 : 0) - around / static_cast<double>(nearest.k));
  }
  return all > 0 ? 1 - sum / all : 1;
}

std::optional<DirectionalAmplification> directional_amplification(
    Flags real_outcome, GroupCodes real_groups, Flags other_outcome, GroupCodes other_groups,
    RowWeights real_weights, RowWeights other_weights) {
  const Tally real = tally(real_outcome, real_groups, real_weights, kAll);
  const Tally other = tally(other_outcome, other_groups, other_weights, kAll);
  const std::size_t groups = std::min(real.rows.size(), other.rows.size());
  const auto all = [](const std::vector<double>& counts) {
    return std::accumulate(counts.begin(), counts.end(), 0.0);
  };
  DirectionalAmplification out;
  double cells = 0, both = 0, known = 0;
  for (std::size_t g = 0; g < groups; ++g) {
    if (real.rows[g] <= 0 || other.rows[g] <= 0) continue;
    known += 1;
    for (const bool good : {true, false}) {
      const auto with = [&](const Tally& t) {
        return good ? t.favourable[g] : t.rows[g] - t.favourable[g];
      };
      const auto outcomes = [&](const Tally& t) {
        return good ? all(t.favourable) : all(t.rows) - all(t.favourable);
      };
      const double n = all(real.rows);
      const double sign = with(real) / n > real.rows[g] / n * outcomes(real) / n ? 1 : -1;
      out.group_to_outcome += sign * (with(other) / other.rows[g] - with(real) / real.rows[g]);
      cells += 1;
      if (outcomes(real) <= 0 || outcomes(other) <= 0) continue;
      out.outcome_to_group += sign * (with(other) / outcomes(other) - with(real) / outcomes(real));
      both += 1;
    }
  }
  if (known < 2) return std::nullopt;
  out.group_to_outcome /= cells;
  out.outcome_to_group /= std::max(both, 1.0);
  return out;
}

std::vector<double> reweighing(Flags favourable, GroupCodes groups) {
  const Tally counts = tally(favourable, groups, {}, kAll);
  double n = 0, good = 0;
  for (std::size_t g = 0; g < counts.rows.size(); ++g)
    n += counts.rows[g], good += counts.favourable[g];
  std::vector<double> out;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i] < 0) {
      out.push_back(0);
      continue;
    }
    const auto g = static_cast<std::size_t>(groups[i]);
    const bool yes = favourable[i] != 0;
    const double both = yes ? counts.favourable[g] : counts.rows[g] - counts.favourable[g];
    out.push_back(counts.rows[g] * (yes ? good : n - good) / (n * both));
  }
  return out;
}

}  // namespace semblance
