// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "detail/check.hpp"
#include "evaluate/evaluator.hpp"
#include "evaluate/groups.hpp"
#include "semblance/evaluate/attacks.hpp"
#include "semblance/evaluate/membership.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kFewestCandidates = 20;  // of either kind
constexpr std::int64_t kMostCandidates = 5'000;
constexpr std::array kMembership = {"mia_auc", "mia_tpr", "mia_epsilon", "outlier_exposure",
                                    "dp_audit"};
constexpr std::array kAttacks = {"singling_out", "singling_out_univariate", "linkability",
                                 "inference"};
constexpr const char* kPublished = "the same attack on the training rows themselves, published";

/// Rows whose membership is to be told: training rows, and as many unseen ones; other unseen rows
/// tell how near rows of the population lie to one another.
struct Candidates {
  Gower::Rows rows, reference;
  std::vector<std::uint8_t> members;

  Candidates(const Gower& gower, const Tables& t, Seed seed) {
    const auto order = draw_shuffled(t.holdout->rows(), seed);
    const auto half = static_cast<std::ptrdiff_t>(order.size() / 2);
    const std::int64_t n = std::min({t.train.rows(), std::ssize(order) / 2, kMostCandidates});
    const std::vector<std::int64_t> unseen(order.begin(), order.begin() + n);
    const std::vector<std::int64_t> others(order.begin() + half, order.end());
    rows = gower.encode(draw(t.train, n, derive(seed, "members")));
    const auto more = gower.encode(t.holdout->take(unseen));
    const auto append = [](auto& to, const auto& from) {
      to.insert(to.end(), from.begin(), from.end());
    };
    append(rows.numbers, more.numbers);
    append(rows.absent, more.absent);
    append(rows.codes, more.codes);
    rows.rows += more.rows;
    reference = gower.encode(t.holdout->take(others));
    members.assign(static_cast<std::size_t>(n), 1);
    members.resize(static_cast<std::size_t>(2 * n), 0);
  }
  static std::vector<std::int64_t> draw_shuffled(std::int64_t n, Seed seed) {
    auto out = draw_rows(n, n, seed);
    Stream(seed, "holdout").shuffle(out);
    return out;
  }
};

/// Two attacks. Calibrated: the distance to the nearest unseen reference row over that to the
/// nearest synthetic row, which is DOMIAS' density ratio with nearest-neighbour densities [1].
/// Plain: the distance to the nearest synthetic row alone.
///
/// [1] van Breugel et al., "Membership inference attacks against synthetic data through overfitting
/// detection", AISTATS 2023.
struct Attacked {
  std::vector<double> scores;  ///< Calibrated.
  std::optional<MembershipResult> calibrated, plain;
};

Attacked attack(Evaluator& e, const Gower& gower, const Candidates& candidates,
                const std::vector<double>& to_reference, const Dataset& release) {
  const std::int64_t most = e.options().dcr_references;
  const auto rows = gower.encode(draw(release, most, derive(e.seed(), "release")));
  auto score = gower.nearest(candidates.rows, rows, 1, {.run = e.options().run}).distance;
  for (double& d : score) d = -d;
  const MembershipOptions options{.level = e.options().level};
  const Seed seed = derive(e.seed(), "membership");
  Attacked out;
  out.plain = membership(score, candidates.members, seed, options);
  constexpr double kNothing = 1e-6;  // a distance that is none
  for (std::size_t i = 0; i < score.size(); ++i)
    score[i] = std::log((to_reference[i] + kNothing) / (kNothing - score[i]));
  out.calibrated = membership(score, candidates.members, seed, options);
  out.scores = std::move(score);
  return out;
}

/// The same attack on the rows that lie farthest from unseen ones.
void add_outliers(Evaluator& e, const Candidates& candidates, const Attacked& own,
                  const Attacked& copy, const std::vector<double>& to_reference) {
  const auto exposed = [&](const Attacked& a) {
    return outlier_exposure(a.scores, candidates.members, to_reference);
  };
  const auto found = exposed(own);
  Metric m = e.start("outlier_exposure");
  m.rows_real = m.rows_holdout = std::min<std::int64_t>(50, std::ssize(candidates.members) / 2);
  m.value = found->value;
  m.interval = found->interval(e.options().level);
  m.holdout = {0.5, "guessing, by definition"};
  m.floor = {exposed(copy)->value, kPublished};
  m.details = {{"all candidates", "AUC", own.calibrated->auc.value, {}}};
  e.finish(std::move(m));
}

/// The claim beside what the attack shows.
void add_claim(Evaluator& e, const Candidates& candidates, const Attacked& own,
               const Attacked& copy) {
  if (!e.evaluation().claim)
    return e.skip("dp_audit", Status::kNotApplicable, "no differential privacy was claimed");
  const DpClaim& claim = *e.evaluation().claim;
  const auto audit = [&](const Attacked& a) {
    return dp_audit(a.scores, candidates.members, claim, derive(e.seed(), "membership"),
                    e.options().level);
  };
  Metric m = e.start("dp_audit");
  m.rows_real = m.rows_holdout = std::ssize(candidates.members) / 2;
  m.value = audit(own)->shown - claim.epsilon;
  m.holdout = {-claim.epsilon, "nothing shown: minus the claim"};
  m.floor = {audit(copy)->shown - claim.epsilon, kPublished};
  m.details = {{"claimed", "epsilon", claim.epsilon, {}},
               {"shown", "epsilon", audit(own)->shown, {}},
               {"at", "delta", claim.delta, {}}};
  e.finish(std::move(m));
}

void add_membership(Evaluator& e) {
  const Tables& t = e.tables();
  const Gower gower(t.train, GowerGap::kMidpoint);
  const Candidates candidates(gower, t, derive(e.seed(), "candidates"));
  const auto to_reference =
      gower.nearest(candidates.rows, candidates.reference, 1, {.run = e.options().run}).distance;
  const Attacked own = attack(e, gower, candidates, to_reference, t.synthetic);
  const Attacked copy = attack(e, gower, candidates, to_reference, t.train);
  const auto add = [&](const char* id, double value, double published, double guessing,
                       std::optional<Interval> interval) {
    Metric m = e.start(id);
    m.rows_real = m.rows_holdout = std::ssize(candidates.members) / 2;
    m.value = value;
    m.interval = std::move(interval);
    m.holdout = {guessing, "guessing, by definition"};
    m.floor = {published, kPublished};
    if (m.id == "mia_auc")
      m.details = {{"distance to unseen rows over that to synthetic rows", "AUC", value, {}},
                   {"distance to synthetic rows", "AUC", own.plain->auc.value, {}}};
    e.finish(std::move(m));
  };
  add("mia_auc", own.calibrated->auc.value, copy.calibrated->auc.value, 0.5,
      own.calibrated->auc.interval(e.options().level));
  const auto& found = own.calibrated->at[1];
  add("mia_tpr", found.rate, copy.calibrated->at[1].rate, found.bound, found.interval);
  add("mia_epsilon", own.calibrated->epsilon, copy.calibrated->epsilon, 0, std::nullopt);
  if (e.wants("outlier_exposure")) add_outliers(e, candidates, own, copy, to_reference);
  if (e.wants("dp_audit")) add_claim(e, candidates, own, copy);
}

using Attack = std::function<AttackRisk(const AttackTables&)>;

/// Files a risk, beside what publishing the training rows would be.
void add_risk(Evaluator& e, const char* id, const Attack& run, std::vector<Detail> details = {}) {
  const Tables& t = e.tables();
  const AttackRisk own = run({t.train, t.synthetic, *t.holdout});
  const AttackRisk published = run({t.train, t.train, *t.holdout});
  Metric m = e.start(id);
  m.rows_real = m.rows_holdout = static_cast<std::int64_t>(own.attacks);
  if (own.attacks < static_cast<double>(kFewestCandidates)) {
    m.status = Status::kUndefined;
    m.reason = fmt::format("only {} attacks could be made", own.attacks);
    return e.finish(std::move(m));
  }
  m.value = own.risk;
  m.interval = own.interval;
  m.holdout = {0.0, "the same attack on unseen rows, which is taken off"};
  m.floor = {published.risk, kPublished};
  const auto rate = [](double hits, double n) { return n > 0 ? hits / n : 0; };
  m.details = std::move(details);
  m.details.push_back({"successes", "share", rate(own.hits, own.attacks),
                       rate(own.control_hits, own.control_attacks)});
  m.details.push_back(
      {"successes by guessing", "share", rate(own.baseline_hits, own.baseline_attacks), {}});
  e.finish(std::move(m));
}

/// Sensitive columns and the target, by name.
std::vector<std::string> secrets_of(const Tables& t) {
  std::vector<std::string> out;
  for (std::int64_t c = 0; c < t.train.schema().size(); ++c) {
    if (t.train.schema()[c].sensitive || c == t.target) out.push_back(t.train.schema()[c].name);
  }
  return out;
}

/// The secret that is inferred most often; as many secrets, as much stricter the interval.
void add_inference(Evaluator& e, AttackOptions options) {
  const Tables& t = e.tables();
  const auto secrets = secrets_of(t);
  if (secrets.empty() || t.names.size() < 2) {
    return e.skip("inference", Status::kNotApplicable,
                  "needs a target or a sensitive column, and one more");
  }
  options.level = 1 - (1 - options.level) / static_cast<double>(secrets.size());
  const auto infer = [&](const AttackTables& tables, const std::string& secret) {
    return inference(tables, secret, {}, derive(derive(e.seed(), "inference"), secret), 0.05,
                     options);
  };
  std::vector<Detail> details;
  for (const auto& secret : secrets)
    details.push_back({secret, "risk", infer({t.train, t.synthetic, *t.holdout}, secret).risk, {}});
  worst_first(details);
  const std::string worst = details.front().name;
  add_risk(
      e, "inference", [&](const AttackTables& tables) { return infer(tables, worst); }, details);
}

void add_attacks(Evaluator& e) {
  const Tables& t = e.tables();
  const AttackOptions options{
      .attacks = e.options().attacks,
      .level = e.options().level,
      .run = {.stop = e.options().run.stop, .threads = e.options().run.threads}};
  const auto columns = std::ssize(t.names);
  const Seed seed = derive(e.seed(), "attacks");
  const auto add = [&](const char* id, const Attack& run) {
    if (e.wants(id)) add_risk(e, id, run);
  };
  add("singling_out", [&](const AttackTables& tables) {
    return singling_out(tables, std::min<std::int64_t>(3, columns), seed, options);
  });
  e.step();
  add("singling_out_univariate",
      [&](const AttackTables& tables) { return singling_out(tables, 1, seed, options); });
  std::array<std::vector<std::string>, 2> parts;
  for (std::size_t c = 0; c < t.names.size(); ++c) parts.at(c % 2).push_back(t.names[c]);
  if (columns < 2) {
    e.skip("linkability", Status::kNotApplicable, "there is one column only");
  } else {
    add("linkability", [&](const AttackTables& tables) {
      return linkability(tables, parts[0], parts[1], 1, seed, options);
    });
  }
  if (e.wants("inference")) add_inference(e, options);
  e.step();
}

}  // namespace

void measure_privacy(Evaluator& e) {
  const Tables& t = e.tables();
  const std::int64_t candidates = t.holdout ? std::min(t.train.rows(), t.holdout->rows() / 2) : 0;
  if (candidates < kFewestCandidates) {
    const Status status = t.holdout ? Status::kUndefined : Status::kNotApplicable;
    const std::string reason = t.holdout ? fmt::format("needs {} training and {} unseen rows",
                                                       kFewestCandidates, 2 * kFewestCandidates)
                                         : kNeedsHoldout;
    for (const char* id : kMembership) e.skip(id, status, reason);
    for (const char* id : kAttacks) e.skip(id, status, reason);
    return e.step(3);
  }
  if (e.wants_any(kMembership)) add_membership(e);
  e.step();
  add_attacks(e);
}

}  // namespace semblance
