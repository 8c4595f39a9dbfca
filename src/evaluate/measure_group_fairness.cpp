// SPDX-License-Identifier: Apache-2.0
// The fairness group's further metrics: outcomes, what groups lost, and models' decisions.
#include <algorithm>
#include <array>
#include <cmath>

#include "detail/check.hpp"
#include "evaluate/half_samples.hpp"
#include "evaluate/sensitive.hpp"
#include "semblance/neighbours/gower.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kNearest = 5;
constexpr std::int64_t kMostRows = 5'000;      // whose neighbours are asked
constexpr std::int64_t kMostOfAGroup = 2'000;  // rows of a group whose coverage is measured

void add_differential(Evaluator& e, const Fairness& f) {
  const auto worst = [&](const Table& table, RowWeights w = {}) {
    return worst_of(f.columns, "differential fairness", true, [&](std::size_t c) {
      return differential_fairness(table.favourable, table.groups[c], 1, w);
    });
  };
  file_worst(e, "edf", worst(f.synthetic), {worst(f.reference).value, e.tables().reference_meaning},
             {std::nullopt, kNoFloor},
             resampled(
                 e, "edf", 0, e.tables().synthetic.rows(),
                 [&](RowWeights, RowWeights w) { return worst(f.synthetic, w).value; }, 0));
}

void add_directional(Evaluator& e, const Fairness& f) {
  using Part = double DirectionalAmplification::*;
  const auto worst = [&](const Table& a, const Table& b, Part part, RowWeights x = {},
                         RowWeights y = {}) {
    return worst_of(f.columns, "P(outcome | group)", true, [&](std::size_t c) {
      const auto grew =
          directional_amplification(a.favourable, a.groups[c], b.favourable, b.groups[c], x, y);
      return grew ? std::optional((*grew).*part) : std::nullopt;
    });
  };
  constexpr Part kOutcome = &DirectionalAmplification::group_to_outcome;
  const Tables& t = e.tables();
  Worst own = worst(f.train, f.synthetic, kOutcome);
  for (Detail d :
       worst(f.train, f.synthetic, &DirectionalAmplification::outcome_to_group).details) {
    d.measure = "P(group | outcome)";
    own.details.push_back(std::move(d));
  }
  file_worst(e, "bias_amplification_directional", std::move(own),
             {worst(f.reference_train, f.reference, kOutcome).value, t.reference_meaning},
             {std::nullopt, kNoFloor},
             resampled(e, "directional", t.train.rows(), t.synthetic.rows(),
                       [&](RowWeights x, RowWeights y) {
                         return worst(f.train, f.synthetic, kOutcome, x, y).value;
                       },
                       {}));
}

/// Rows without the outcome, and the outcomes.
struct Treated {
  Dataset rows;
  Outcomes favourable;

  [[nodiscard]] Treated take(std::span<const std::int64_t> some) const {
    Treated out{rows.take(some), {}};
    for (const auto i : some) out.favourable.push_back(favourable[static_cast<std::size_t>(i)]);
    return out;
  }
  [[nodiscard]] Treated some(std::int64_t most, Seed seed) const {
    return take(draw_rows(rows.rows(), std::min(rows.rows(), most), seed));
  }
};

double consistency_of(const Treated& table, const Gower& gower, const RunOptions& run) {
  const auto cells = gower.encode(table.rows);
  const auto self = own_rows(cells.rows);
  return consistency(table.favourable,
                     gower.nearest(cells, cells, kNearest, {.excluded = self, .run = run}));
}

/// Neighbours are among the rows themselves: halves of them tell the spread.
void add_consistency(Evaluator& e, const Fairness& f) {
  const Tables& t = e.tables();
  if (std::min({t.synthetic.rows(), t.reference_rows.rows(), t.random.rows()}) <= kNearest ||
      t.names.size() < 2)
    return e.skip("consistency", Status::kUndefined, "needs a column and six rows");
  std::vector<std::string> others = t.names;
  others.erase(others.begin() + t.target);
  const Gower gower(t.train.select(others), GowerGap::kMidpoint);
  const Seed seed = derive(e.seed(), "consistency");
  const auto some = [&](const Dataset& rows, const Table& table, const char* stage) {
    return Treated{rows.select(others), table.favourable}.some(kMostRows, derive(seed, stage));
  };
  const auto of = [&](const Treated& rows) { return consistency_of(rows, gower, e.options().run); };
  const Treated own = some(t.synthetic, f.synthetic, "own");
  const std::int64_t half = own.rows.rows() / 2;
  std::vector<double> halves(half > kNearest ? half_count(e.options()) : 0);
  e.workers().run(std::ssize(halves), [&](std::int64_t b) {
    const Treated part = own.some(half, derive(seed, static_cast<std::uint64_t>(b)));
    halves[static_cast<std::size_t>(b)] = consistency_of(part, gower, {.threads = 1});
  });
  const double value = of(own);
  file_worst(e, "consistency", {value, {}},
             {of(some(t.reference_rows, f.reference, "real")), t.reference_meaning},
             {of(some(t.random, f.random, "floor")), kUniformFloor},
             half_interval(value, halves, e.options().level, 0, 1));
}

// Within groups.

std::vector<std::int64_t> rows_of(const Codes& groups, std::int32_t group) {
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i < groups.size(); ++i)
    if (groups[i] == group) out.push_back(static_cast<std::int64_t>(i));
  return out;
}

/// One group's rows in a table.
using Rows = std::vector<std::int64_t>;

/// A score of one group's training and other rows; empty where it cannot be had.
using GroupScore = std::function<std::optional<double>(const Dataset& real, const Dataset& other)>;

/// All groups' scores, and the worst one's rows.
struct GroupScores {
  std::optional<double> worst, worst_of_real;
  std::vector<Detail> details;
  Rows real, own;
};

GroupScores score_groups(const Tables& t, const Fairness& f, const GroupScore& score, bool largest,
                         const char* measure) {
  GroupScores out;
  const auto worse = [&](double a, std::optional<double> b) {
    return !b || (largest ? a > *b : a < *b);
  };
  for (std::size_t c = 0; c < f.columns.size(); ++c) {
    for (const auto group : f.columns[c].groups()) {
      const auto some = [&](const Table& table) { return rows_of(table.groups[c], group); };
      Rows real = some(f.train), own = some(f.synthetic);
      const auto value = score(t.train.take(real), t.synthetic.take(own));
      if (!value) continue;
      const auto unseen = score(t.reference_train.take(some(f.reference_train)),
                                t.reference_rows.take(some(f.reference)));
      out.details.push_back({f.columns[c].label(t, group), measure, *value, unseen});
      if (unseen && worse(*unseen, out.worst_of_real)) out.worst_of_real = unseen;
      if (!worse(*value, out.worst)) continue;
      out.worst = value;
      out.real = std::move(real);
      out.own = std::move(own);
    }
  }
  worst_first(out.details);
  if (!largest) std::ranges::reverse(out.details);
  return out;
}

/// Files the worst group's score, with quarter-samples of it.
void add_worst_group(Evaluator& e, const Fairness& f, const char* id, const GroupScore& score,
                     bool largest) {
  const Tables& t = e.tables();
  Metric m = e.start(id);
  GroupScores groups = score_groups(t, f, score, largest, m.unit == "%" ? "error" : "share");
  m.value = groups.worst;
  m.details = std::move(groups.details);
  m.holdout = {groups.worst_of_real, "the worst group of real rows: " + t.reference_meaning};
  m.floor = {std::nullopt, "none"};
  if (!m.value) m.reason = "no sensitive column has a group of 30 training rows";
  const Dataset real = t.train.take(groups.real), own = t.synthetic.take(groups.own);
  Replicates parts(m.value ? half_count(e.options()) : 0);
  e.workers().run(std::ssize(parts), [&](std::int64_t b) {
    const Seed seed = derive(derive(e.seed(), id), static_cast<std::uint64_t>(b));
    const auto part = [&](const Dataset& rows, const char* stage) {
      return draw(rows, part_of(rows.rows(), kQuarterShare), derive(seed, stage));
    };
    parts[static_cast<std::size_t>(b)] = score(part(real, "real"), part(own, "own"));
  });
  m.interval = part_interval(m.value, present(parts), kQuarterShare,
                             {.level = e.options().level, .least = 0});
  e.finish(std::move(m));
}

/// Mean over the columns of 100 KS or 100 TVD of two tables.
std::optional<double> shape_error(const Dataset& real, const Dataset& other) {
  if (real.rows() == 0 || other.rows() == 0) return 100;
  const auto mean = mean_of(compare_columns(Frame(real), Frame(other)), &ColumnDifference::shape);
  return mean ? std::optional(100 * *mean) : std::nullopt;
}

/// Share of the real rows with another row nearer than their fifth real neighbour.
std::optional<double> coverage(const Gower& gower, const Dataset& real, const Dataset& other,
                               Seed seed) {
  const std::int64_t n = std::min(real.rows(), kMostOfAGroup);
  if (n <= kNearest) return std::nullopt;
  if (other.rows() == 0) return 0;
  const auto a = gower.encode(draw(real, n, derive(seed, "real")));
  const auto b = gower.encode(draw(other, n, derive(seed, "other")));
  const auto self = own_rows(n);
  const auto balls = gower.nearest(a, a, kNearest, {.excluded = self, .run = {.threads = 1}});
  const auto near = gower.nearest(a, b, 1, {.run = {.threads = 1}});
  double hits = 0;
  for (std::int64_t i = 0; i < n; ++i)
    hits += near.distances(i)[0] < balls.distances(i).back() ? 1 : 0;
  return hits / static_cast<double>(n);
}

// Decisions of models.

/// A gap between groups of decisions with some chances.
using Gap = std::function<std::optional<double>(
    const Outcomes& guess, const std::vector<double>& chance, std::size_t c, RowWeights weights)>;

void add_gap(Evaluator& e, const Fairness& f, const Decisions& made, const char* id,
             const Gap& gap) {
  const auto worst = [&](const Outcomes& guess, const std::vector<double>& chance,
                         RowWeights w = {}) {
    return worst_of(f.columns, "gap", true,
                    [&](std::size_t c) { return gap(guess, chance, c, w); });
  };
  file_worst(e, id, worst(made.synthetic, made.synthetic_chance),
             {worst(made.real, made.real_chance).value,
              "the same model trained on the real training rows"},
             {std::nullopt, kNoFloor},
             resampled(
                 e, id, 0, std::ssize(made.real),
                 [&](RowWeights, RowWeights w) {
                   return worst(made.synthetic, made.synthetic_chance, w).value;
                 },
                 {}, made.of_parts([&](const Decisions& part, RowWeights w) {
                   return worst(part.synthetic, part.synthetic_chance, w).value;
                 })));
}

/// Inequality of benefits among the holdout's rows with a known class.
void add_entropy(Evaluator& e, const Fairness& f, const Decisions& made, const char* id,
                 double order) {
  const Tables& t = e.tables();
  const auto& classes = t.reference_frame.columns[static_cast<std::size_t>(t.target)].codes;
  const auto index = [&](const Outcomes& guess, std::vector<double> weights) {
    for (std::size_t i = 0; i < weights.size(); ++i)
      if (classes[i] < 0) weights[i] = 0;
    return generalised_entropy(f.reference.favourable, guess, order, weights);
  };
  const std::vector<double> all(classes.size(), 1);
  file_worst(e, id, {index(made.synthetic, all), {}},
             {index(made.real, all), "the same model trained on the real training rows"},
             {std::nullopt, "none"},
             resampled(
                 e, id, 0, std::ssize(made.real),
                 [&](RowWeights, RowWeights w) {
                   return index(made.synthetic, w.empty() ? all : std::vector(w.begin(), w.end()));
                 },
                 {}, made.of_parts([&](const Decisions& part, RowWeights w) {
                   return index(part.synthetic, std::vector(w.begin(), w.end()));
                 })));
}

}  // namespace

void add_more_outcomes(Evaluator& e, const Fairness& f) {
  if (e.wants("edf")) add_differential(e, f);
  if (e.wants("bias_amplification_directional")) add_directional(e, f);
  if (e.wants("consistency")) add_consistency(e, f);
}

void add_within_groups(Evaluator& e, const Fairness& f) {
  if (e.wants("per_group_fidelity")) add_worst_group(e, f, "per_group_fidelity", shape_error, true);
  if (!e.wants("per_group_coverage")) return;
  const Gower gower(e.tables().train, GowerGap::kMidpoint);
  const Seed seed = derive(e.seed(), "group coverage");
  add_worst_group(
      e, f, "per_group_coverage",
      [&](const Dataset& real, const Dataset& other) { return coverage(gower, real, other, seed); },
      false);
}

void add_more_decisions(Evaluator& e, const Fairness& f, const Decisions& made) {
  const Table& unseen = f.reference;
  const auto add = [&](const char* id, const Gap& gap) {
    if (e.wants(id)) add_gap(e, f, made, id, gap);
  };
  add("eopp_gap", [&](const auto& guess, const auto&, std::size_t c, RowWeights w) {
    const auto gaps = odds_gaps(unseen.favourable, guess, unseen.groups[c], w);
    return gaps ? std::optional(gaps->true_positive) : std::nullopt;
  });
  add("avg_odds", [&](const auto& guess, const auto&, std::size_t c, RowWeights w) {
    return average_odds_gap(unseen.favourable, guess, unseen.groups[c], w);
  });
  add("predictive_parity", [&](const auto& guess, const auto&, std::size_t c, RowWeights w) {
    return predictive_parity_gap(unseen.favourable, guess, unseen.groups[c], w);
  });
  if (made.synthetic_chance.empty()) {
    if (e.wants("calibration_group"))
      e.skip("calibration_group", Status::kNotApplicable, "needs a target of two classes");
  } else {
    add("calibration_group", [&](const auto&, const auto& chance, std::size_t c, RowWeights w) {
      return calibration_gap(chance, unseen.favourable, unseen.groups[c], w);
    });
  }
  if (e.wants("gei")) add_entropy(e, f, made, "gei", 2);
  if (e.wants("theil")) add_entropy(e, f, made, "theil", 1);
}

}  // namespace semblance
