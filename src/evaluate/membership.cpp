// SPDX-License-Identifier: Apache-2.0
#include "semblance/evaluate/membership.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "detail/check.hpp"
#include "evaluate/ranks.hpp"
#include "semblance/evaluate/audit.hpp"
#include "semblance/evaluate/hypothesis.hpp"

namespace semblance {
namespace {

/// Members and others whose score is at least a threshold.
struct Cut {
  double threshold, members, others;
};

/// Every threshold of some rows, from the largest score down.
std::vector<Cut> cuts(std::span<const double> scores, std::span<const std::uint8_t> members) {
  const auto order = ascending(scores);
  std::vector<Cut> out;
  Cut now{0, 0, 0};
  for (std::size_t i = order.size(); i-- > 0;) {
    (members[order[i]] != 0 ? now.members : now.others) += 1;
    now.threshold = scores[order[i]];
    if (i == 0 || scores[order[i - 1]] != now.threshold) out.push_back(now);
  }
  return out;
}

struct Counts {
  double members = 0, others = 0;
};

Counts count(std::span<const std::uint8_t> members) {
  const auto n = static_cast<double>(std::ranges::count_if(members, [](auto m) { return m != 0; }));
  return {n, static_cast<double>(members.size()) - n};
}

TruePositives found_within(const std::vector<Cut>& all, const Counts& n, double bound,
                           double level) {
  double hits = 0;
  for (const Cut& c : all) {
    if (c.others <= bound * n.others) hits = std::max(hits, c.members);
  }
  return {bound, hits / n.members, clopper_pearson(hits, n.members, level)};
}

/// Chooses a threshold on rows of one half, bounds the rates on the other.
double empirical_epsilon(std::span<const double> scores, std::span<const std::uint8_t> members,
                         Seed seed, const MembershipOptions& options) {
  std::array<std::vector<double>, 2> score;
  std::array<std::vector<std::uint8_t>, 2> member;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const std::size_t half = Stream(seed, "halves", i).below(2);
    score[half].push_back(scores[i]);
    member[half].push_back(members[i]);
  }
  const Counts chosen_on = count(member[0]), bounded_on = count(member[1]);
  if (chosen_on.members * chosen_on.others * bounded_on.members * bounded_on.others == 0) return 0;
  double best = 0, threshold = std::numeric_limits<double>::infinity();
  for (const Cut& c : cuts(score[0], member[0])) {
    const double shown = epsilon_lower_bound(
        {c.members, chosen_on.members, c.others, chosen_on.others}, options.level, options.delta);
    if (shown > best) best = shown, threshold = c.threshold;
  }
  double hits = 0, alarms = 0;
  for (std::size_t i = 0; i < score[1].size(); ++i) {
    if (score[1][i] >= threshold) (member[1][i] != 0 ? hits : alarms) += 1;
  }
  return epsilon_lower_bound({hits, bounded_on.members, alarms, bounded_on.others}, options.level,
                             options.delta);
}

double centre(const Interval& i) { return (i.lo + i.hi) / 2; }
double half_width(const Interval& i) { return (i.hi - i.lo) / 2; }

}  // namespace

std::optional<MembershipResult> membership(std::span<const double> scores,
                                           std::span<const std::uint8_t> members, Seed seed,
                                           const MembershipOptions& options) {
  require(options.level > 0 && options.level < 1,
          "MembershipOptions.level must be in (0, 1), got {}", options.level);
  require(options.delta >= 0 && options.delta < 1,
          "MembershipOptions.delta must be in [0, 1), got {}", options.delta);
  const auto area = auc_delong(scores, members);
  if (!area) return std::nullopt;
  MembershipResult out;
  out.auc = *area;
  const Counts n = count(members);
  const auto all = cuts(scores, members);
  for (const Cut& c : all)
    out.advantage = std::max(out.advantage, c.members / n.members - c.others / n.others);
  for (const double bound : {0.001, 0.01, 0.1, 0.25})
    out.at.push_back(found_within(all, n, bound, options.level));
  out.epsilon = empirical_epsilon(scores, members, seed, options);
  return out;
}

std::optional<AucEstimate> outlier_exposure(std::span<const double> scores,
                                            std::span<const std::uint8_t> members,
                                            std::span<const double> isolation, double share,
                                            std::int64_t fewest) {
  require(share > 0 && share <= 1, "outlier_exposure: share must be in (0, 1], got {}", share);
  require(scores.size() == members.size() && scores.size() == isolation.size(),
          "outlier_exposure: one score, flag and isolation a candidate, got {}, {} and {}",
          scores.size(), members.size(), isolation.size());
  const auto order = ascending(isolation);
  const Counts all = count(members);
  const auto kept = [&](double n) {
    return std::min(n, std::max(static_cast<double>(fewest), std::ceil(share * n)));
  };
  Counts left{kept(all.members), kept(all.others)};
  std::vector<double> score;
  std::vector<std::uint8_t> member;
  for (auto at = order.rbegin(); at != order.rend(); ++at) {
    double& wanted = members[*at] != 0 ? left.members : left.others;
    if (wanted <= 0) continue;
    wanted -= 1;
    score.push_back(scores[*at]);
    member.push_back(members[*at]);
  }
  return auc_delong(score, member);
}

ResidualRisk residual_risk(double attack, double attack_error, double control,
                           double control_error) {
  const double rest = 1 - control;
  return {(attack - control) / rest,
          std::hypot(attack_error / rest, control_error * (attack - 1) / (rest * rest))};
}

AttackRisk attack_risk(AttackRisk out, double level) {
  out.rate = wilson(out.hits, out.attacks, level);
  out.control = wilson(out.control_hits, out.control_attacks, level);
  out.baseline = wilson(out.baseline_hits, out.baseline_attacks, level);
  ResidualRisk risk{centre(out.rate), half_width(out.rate)};
  if (out.control_attacks > 0) {
    risk = residual_risk(centre(out.rate), half_width(out.rate), centre(out.control),
                         half_width(out.control));
  }
  out.risk = std::clamp(risk.value, 0.0, 1.0);
  out.interval = {std::clamp(risk.value - risk.error, 0.0, 1.0),
                  std::clamp(risk.value + risk.error, 0.0, 1.0), level, "Wilson, propagated"};
  return out;
}

}  // namespace semblance
