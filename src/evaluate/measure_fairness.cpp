// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "detail/check.hpp"
#include "evaluate/cells.hpp"
#include "evaluate/sensitive.hpp"
#include "semblance/evaluate/marginal.hpp"

namespace semblance {
namespace {

/// Rows with this class; rows without a class are in no group.
Table table_of(const std::vector<Sensitive>& columns, const Frame& frame, std::int64_t target,
               std::int32_t positive) {
  Table out;
  for (const auto& column : columns) out.groups.push_back(column(frame));
  if (positive < 0) return out;
  const auto& classes = frame.columns[static_cast<std::size_t>(target)].codes;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    out.favourable.push_back(classes[i] == positive ? 1 : 0);
    for (auto& groups : out.groups) groups[i] = classes[i] < 0 ? -1 : groups[i];
  }
  return out;
}

std::optional<double> misplaced(const Codes& real, const Codes& other, RowWeights real_weights,
                                RowWeights other_weights) {
  std::vector<double> a, b;
  const auto count = [](const Codes& codes, RowWeights weights, std::vector<double>& into) {
    for (std::size_t i = 0; i < codes.size(); ++i) {
      if (codes[i] < 0) continue;
      const auto at = static_cast<std::size_t>(codes[i]);
      if (at >= into.size()) into.resize(at + 1, 0);
      into[at] += weights.empty() ? 1 : weights[i];
    }
  };
  count(real, real_weights, a);
  count(other, other_weights, b);
  a.resize(std::max(a.size(), b.size()), 0);
  b.resize(a.size(), 0);
  const auto share = tvd(a, b);
  return share ? std::optional(100 * *share) : std::nullopt;
}

void add_representation(Evaluator& e, const Fairness& f) {
  const auto worst = [&](const Table& a, const Table& b, RowWeights x = {}, RowWeights y = {}) {
    return worst_of(f.columns, "TVD", true,
                    [&](std::size_t c) { return misplaced(a.groups[c], b.groups[c], x, y); });
  };
  const Tables& t = e.tables();
  file_worst(
      e, "representation", worst(f.train, f.synthetic),
      {worst(f.reference_train, f.reference).value, t.reference_meaning},
      {worst(f.train, f.random).value, kUniformFloor},
      resampled(
          e, "representation", t.train.rows(), t.synthetic.rows(),
          [&](RowWeights x, RowWeights y) { return worst(f.train, f.synthetic, x, y).value; }, 0));
}

void add_outcomes(Evaluator& e, const Fairness& f) {
  const Tables& t = e.tables();
  const auto gap = [&](const Table& a, RowWeights x = {}) {
    return worst_of(f.columns, "gap", true,
                    [&](std::size_t c) { return parity_difference(a.favourable, a.groups[c], x); });
  };
  const auto impact = [&](const Table& a, RowWeights x = {}) {
    return worst_of(f.columns, "ratio", false,
                    [&](std::size_t c) { return parity_ratio(a.favourable, a.groups[c], x); });
  };
  const auto growth = [&](const Table& a, const Table& b, RowWeights x = {}, RowWeights y = {}) {
    return worst_of(f.columns, "growth of the gap", true, [&](std::size_t c) {
      const auto before = parity_difference(a.favourable, a.groups[c], x);
      const auto after = parity_difference(b.favourable, b.groups[c], y);
      return before && after ? std::optional(*after - *before) : std::nullopt;
    });
  };
  const std::int64_t n = t.train.rows(), m = t.synthetic.rows();
  file_worst(e, "base_rate", gap(f.synthetic), {gap(f.reference).value, t.reference_meaning},
             {std::nullopt, kNoFloor},
             resampled(
                 e, "base rate", 0, m,
                 [&](RowWeights, RowWeights y) { return gap(f.synthetic, y).value; }, 0));
  file_worst(e, "disparate_impact", impact(f.synthetic),
             {impact(f.reference).value, t.reference_meaning}, {std::nullopt, kNoFloor},
             resampled(
                 e, "impact", 0, m,
                 [&](RowWeights, RowWeights y) { return impact(f.synthetic, y).value; }, 1));
  file_worst(
      e, "bias_amplification", growth(f.train, f.synthetic),
      {growth(f.reference_train, f.reference).value, t.reference_meaning}, {std::nullopt, kNoFloor},
      resampled(
          e, "amplification", n, m,
          [&](RowWeights x, RowWeights y) { return growth(f.train, f.synthetic, x, y).value; },
          {}));
}

void add_decisions(Evaluator& e, const Fairness& f, const Decisions& made) {
  if (!made.problem.empty()) {
    for (const char* id : kModelFairness) e.skip(id, Status::kNotApplicable, made.problem);
    return;
  }
  const Table& unseen = f.reference;  // with models there is a holdout
  const auto parity = [&](const Outcomes& guess, std::size_t c, RowWeights w) {
    return parity_difference(guess, unseen.groups[c], w);
  };
  const auto odds = [&](const Outcomes& guess, std::size_t c, RowWeights w) {
    const auto gaps = odds_gaps(unseen.favourable, guess, unseen.groups[c], w);
    return gaps ? std::optional(gaps->difference()) : std::nullopt;
  };
  const auto add = [&](const char* id, auto&& of) {
    const auto worst = [&](const Outcomes& guess, RowWeights w = {}) {
      return worst_of(f.columns, "gap", true, [&](std::size_t c) { return of(guess, c, w); });
    };
    file_worst(e, id, worst(made.synthetic),
               {worst(made.real).value, "the same model trained on the real training rows"},
               {std::nullopt, kNoFloor},
               resampled(
                   e, id, 0, std::ssize(made.real),
                   [&](RowWeights, RowWeights w) { return worst(made.synthetic, w).value; }, {},
                   made.of_parts([&](const Decisions& part, RowWeights w) {
                     return worst(part.synthetic, w).value;
                   })));
  };
  add("dp_gap", parity);
  add("eo_gap", odds);
  add_more_decisions(e, f, made);
  const auto growth = [&](const Decisions& by, RowWeights w) {
    return worst_of(f.columns, "growth of the gap", true, [&](std::size_t c) {
      const auto before = parity(by.real, c, w), after = parity(by.synthetic, c, w);
      return before && after ? std::optional(*after - *before) : std::nullopt;
    });
  };
  // Two halves of the holdout can have gaps of either sign, where a growth turns round: they would
  // have nothing in common.
  std::vector<Twice> parts;
  for (const Decisions& part : made.parts) {
    const auto whole = growth(part, {}).value;
    parts.push_back({whole, whole});
  }
  file_worst(e, "bias_amplification_model", growth(made, {}), {0.0, "none added, by definition"},
             {std::nullopt, kNoFloor},
             resampled(
                 e, "model amplification", 0, std::ssize(made.real),
                 [&](RowWeights, RowWeights w) { return growth(made, w).value; }, {}, parts));
}

}  // namespace

void measure_fairness(Evaluator& e, const Decisions& made) {
  const Tables& t = e.tables();
  Fairness f;
  for (std::size_t c = 0; c < t.names.size(); ++c) {
    const auto column = static_cast<std::int64_t>(c);
    if (t.train.schema()[column].sensitive && column != t.target) f.columns.emplace_back(t, c);
  }
  if (f.columns.empty()) {
    return e.skip("representation", Status::kNotApplicable, "no column is marked sensitive");
  }
  const bool classes = t.target >= 0 && !t.number(static_cast<std::size_t>(t.target));
  const std::int32_t positive = classes ? positive_code(t, e.evaluation().positive) : -1;
  const auto table = [&](const Frame& frame) {
    return table_of(f.columns, frame, t.target, positive);
  };
  f.train = table(t.train_frame);
  f.synthetic = table(t.synthetic_frame);
  f.reference_train = table(t.reference_train_frame);
  f.reference = table(t.reference_frame);
  f.random = table(t.random_frame);
  add_representation(e, f);
  add_within_groups(e, f);
  if (positive >= 0) {
    add_outcomes(e, f);
    add_more_outcomes(e, f);
    return add_decisions(e, f, made);
  }
  for (const char* id : {"base_rate", "disparate_impact", "bias_amplification"})
    e.skip(id, Status::kNotApplicable, "needs a categorical target");
  for (const char* id : kModelFairness)
    e.skip(id, Status::kNotApplicable, "needs a categorical target");
}

}  // namespace semblance
