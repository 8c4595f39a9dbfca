// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/audit.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "detail/check.hpp"
#include "semblance/evaluate/hypothesis.hpp"
#include "semblance/evaluate/membership.hpp"

namespace semblance {
namespace {

void check_confidence(const char* call, double level, double delta) {
  require(level > 0 && level < 1, "{}: level must be in (0, 1), got {}", call, level);
  require(delta >= 0 && delta < 1, "{}: delta must be in [0, 1), got {}", call, delta);
}

double shown(const Interval& right, const Interval& wrong, double delta) {
  const double found = right.lo - delta;
  return found > 0 ? std::max(0.0, std::log(found / wrong.hi)) : 0;
}

/// ln P(Bin(n, q) = k) for k = 0 ... n.
std::vector<double> binomial_tails(std::int64_t n, double q) {
  const auto trials = static_cast<double>(n);
  std::vector<double> out(static_cast<std::size_t>(n) + 2, 0);
  for (std::int64_t k = n; k >= 0; --k) {
    const auto hits = static_cast<double>(k);
    const double log_mass = std::lgamma(trials + 1) - std::lgamma(hits + 1) -
                            std::lgamma(trials - hits + 1) + hits * std::log(q) +
                            (trials - hits) * std::log1p(-q);
    out[static_cast<std::size_t>(k)] = out[static_cast<std::size_t>(k) + 1] + std::exp(log_mass);
  }
  return out;
}

/// Probability, at most, of so many correct guesses under epsilon and delta.
double p_value(const CoinGuesses& found, double epsilon, double delta) {
  const auto tails = binomial_tails(found.guesses, 1 / (1 + std::exp(-epsilon)));
  const auto at = static_cast<std::size_t>(found.correct);
  double steepest = 0;
  for (std::size_t i = 1; i <= at; ++i)
    steepest = std::max(steepest, (tails[at - i] - tails[at]) / static_cast<double>(i));
  return std::min(1.0, tails[at] + 2 * static_cast<double>(found.coins) * delta * steepest);
}

}  // namespace

double epsilon_lower_bound(const AttackCounts& c, double level, double delta) {
  check_confidence("epsilon_lower_bound", level, delta);
  return std::max(shown(clopper_pearson(c.hits, c.members, level),
                        clopper_pearson(c.alarms, c.others, level), delta),
                  shown(clopper_pearson(c.others - c.alarms, c.others, level),
                        clopper_pearson(c.members - c.hits, c.members, level), delta));
}

double one_run_epsilon(const CoinGuesses& found, double level, double delta) {
  check_confidence("one_run_epsilon", level, delta);
  require(found.correct >= 0 && found.correct <= found.guesses && found.guesses <= found.coins,
          "one_run_epsilon: 0 <= correct <= guesses <= coins, got {}, {} and {}", found.correct,
          found.guesses, found.coins);
  const double rare = 1 - level;
  if (p_value(found, 0, delta) >= rare) return 0;
  double low = 0, high = 1;
  while (high < 64 && p_value(found, high, delta) < rare) high *= 2;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (p_value(found, middle, delta) < rare ? low : high) = middle;
  }
  return low;
}

void DpClaim::validate() const {
  require(epsilon > 0 && std::isfinite(epsilon), "DpClaim.epsilon must be > 0, got {}", epsilon);
  require(delta >= 0 && delta < 1, "DpClaim.delta must be in [0, 1), got {}", delta);
}

std::optional<DpAudit> dp_audit(std::span<const double> scores,
                                std::span<const std::uint8_t> members, const DpClaim& claim,
                                Seed seed, double level) {
  claim.validate();
  const auto found = membership(scores, members, seed, {.level = level, .delta = claim.delta});
  if (!found) return std::nullopt;
  return DpAudit{claim, found->epsilon};
}

}  // namespace semblance
