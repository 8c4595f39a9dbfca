// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "detail/check.hpp"
#include "evaluate/cells.hpp"
#include "evaluate/evaluator.hpp"
#include "evaluate/groups.hpp"
#include "semblance/evaluate/fairness.hpp"
#include "semblance/evaluate/marginal.hpp"

namespace semblance {
namespace {

constexpr double kFewestRows = 30;  // training rows below which a group is not compared
constexpr const char* kNoFloor = "none: rows that know nothing treat all alike";

/// A sensitive column as groups: categories, or quarters of a number's training values.
class Sensitive {
 public:
  Sensitive(const Tables& t, std::size_t column) : name(t.names[column]), column_(column) {
    const auto& train = t.train_frame.columns[column];
    if (train.number) {
      std::vector<double> known;
      std::ranges::copy_if(train.numbers, std::back_inserter(known),
                           [](double v) { return !std::isnan(v); });
      std::ranges::sort(known);
      for (const double q : {0.25, 0.5, 0.75})
        if (!known.empty()) edges_.push_back(quantile(known, q));
    }
    std::vector<double> rows;
    for (const auto g : raw(train)) {
      if (g >= std::ssize(rows)) rows.resize(static_cast<std::size_t>(g) + 1, 0);
      if (g >= 0) rows[static_cast<std::size_t>(g)] += 1;
    }
    for (const double n : rows) large_.push_back(n >= kFewestRows);
  }

  /// The group of each row; -1: missing, unknown or too small.
  [[nodiscard]] std::vector<std::int32_t> operator()(const Frame& table) const {
    auto out = raw(table.columns[column_]);
    for (auto& g : out)
      if (g >= std::ssize(large_) || (g >= 0 && !large_[static_cast<std::size_t>(g)])) g = -1;
    return out;
  }

  std::string name;

 private:
  [[nodiscard]] std::vector<std::int32_t> raw(const Frame::Series& column) const {
    if (!column.number) return column.codes;
    std::vector<std::int32_t> out;
    for (const double v : column.numbers) {
      const auto at = std::ranges::lower_bound(edges_, v) - edges_.begin();
      out.push_back(std::isnan(v) ? -1 : static_cast<std::int32_t>(at));
    }
    return out;
  }

  std::size_t column_;
  std::vector<double> edges_;
  std::vector<bool> large_;
};

using Outcomes = std::vector<std::uint8_t>;
using Codes = std::vector<std::int32_t>;

/// A table as groups of each sensitive column, and favourable outcomes.
struct Table {
  std::vector<Codes> groups;
  Outcomes favourable;
};

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

/// The extreme over the columns that have a value, and which.
struct Worst {
  std::optional<double> value;
  std::vector<Detail> details;
};

template <class Of>
Worst worst_of(const std::vector<Sensitive>& columns, const char* measure, bool largest, Of of) {
  Worst out;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const std::optional<double> value = of(c);
    if (!value) continue;
    out.details.push_back({columns[c].name, measure, *value, {}});
    if (!out.value || (largest ? *value > *out.value : *value < *out.value)) out.value = value;
  }
  return out;
}

/// Everything behind the group's numbers.
struct Fairness {
  std::vector<Sensitive> columns;
  Table train, synthetic, reference_train, reference, random;
};

/// value -+ z standard deviations of the replicates.
std::optional<Interval> spread(const std::optional<double>& value, const Replicates& replicates,
                               double level) {
  double n = 0, sum = 0, squares = 0;
  for (const auto& r : replicates)
    if (r) n += 1, sum += *r;
  if (!value || n < 20) return std::nullopt;
  for (const auto& r : replicates)
    if (r) squares += (*r - sum / n) * (*r - sum / n);
  const double reach = normal_quantile((1 + level) / 2) * std::sqrt(squares / (n - 1));
  return Interval{*value - reach, *value + reach, level, "bootstrap standard error"};
}

/// A statistic of (training, other) row weights, resampled.
template <class Statistic>
std::optional<Interval> resampled(Evaluator& e, const char* stage, std::int64_t n, std::int64_t m,
                                  Statistic statistic) {
  Replicates again(static_cast<std::size_t>(e.options().bootstrap));
  const Seed seed = derive(derive(e.seed(), "fairness"), stage);
  e.workers().run(e.options().bootstrap, [&](std::int64_t b) {
    const auto r = static_cast<std::uint64_t>(b);
    again[static_cast<std::size_t>(b)] = statistic(bootstrap_weights(n, derive(seed, "first"), r),
                                                   bootstrap_weights(m, derive(seed, "second"), r));
  });
  return spread(statistic(RowWeights{}, RowWeights{}), again, e.options().level);
}

void file(Evaluator& e, const char* id, Worst own, Reference holdout, Reference floor,
          std::optional<Interval> interval) {
  Metric m = e.start(id);
  m.value = own.value;
  m.details = std::move(own.details);
  worst_first(m.details);
  m.holdout = std::move(holdout);
  m.floor = std::move(floor);
  m.interval = std::move(interval);
  if (m.interval && m.direction == Direction::kLower)
    m.interval->lo = std::max(m.interval->lo, 0.0);
  if (!m.value) m.reason = "no sensitive column has two groups of 30 training rows with an outcome";
  e.finish(std::move(m));
}

void add_representation(Evaluator& e, const Fairness& f) {
  const auto worst = [&](const Table& a, const Table& b, RowWeights x = {}, RowWeights y = {}) {
    return worst_of(f.columns, "TVD", true,
                    [&](std::size_t c) { return misplaced(a.groups[c], b.groups[c], x, y); });
  };
  const Tables& t = e.tables();
  file(e, "representation", worst(f.train, f.synthetic),
       {worst(f.reference_train, f.reference).value, t.reference_meaning},
       {worst(f.train, f.random).value, kUniformFloor},
       resampled(
           e, "representation", t.train.rows(), t.synthetic.rows(),
           [&](RowWeights x, RowWeights y) { return worst(f.train, f.synthetic, x, y).value; }));
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
  file(e, "base_rate", gap(f.synthetic), {gap(f.reference).value, t.reference_meaning},
       {std::nullopt, kNoFloor}, resampled(e, "base rate", 0, m, [&](RowWeights, RowWeights y) {
         return gap(f.synthetic, y).value;
       }));
  file(e, "disparate_impact", impact(f.synthetic), {impact(f.reference).value, t.reference_meaning},
       {std::nullopt, kNoFloor}, resampled(e, "impact", 0, m, [&](RowWeights, RowWeights y) {
         return impact(f.synthetic, y).value;
       }));
  file(e, "bias_amplification", growth(f.train, f.synthetic),
       {growth(f.reference_train, f.reference).value, t.reference_meaning},
       {std::nullopt, kNoFloor},
       resampled(e, "amplification", n, m, [&](RowWeights x, RowWeights y) {
         return growth(f.train, f.synthetic, x, y).value;
       }));
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
    file(e, id, worst(made.synthetic),
         {worst(made.real).value, "the same model trained on the real training rows"},
         {std::nullopt, kNoFloor},
         resampled(e, id, 0, std::ssize(made.real),
                   [&](RowWeights, RowWeights w) { return worst(made.synthetic, w).value; }));
  };
  add("dp_gap", parity);
  add("eo_gap", odds);
  const auto growth = [&](RowWeights w) {
    return worst_of(f.columns, "growth of the gap", true, [&](std::size_t c) {
      const auto before = parity(made.real, c, w), after = parity(made.synthetic, c, w);
      return before && after ? std::optional(*after - *before) : std::nullopt;
    });
  };
  file(e, "bias_amplification_model", growth({}), {0.0, "none added, by definition"},
       {std::nullopt, kNoFloor},
       resampled(e, "model amplification", 0, std::ssize(made.real),
                 [&](RowWeights, RowWeights w) { return growth(w).value; }));
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
  if (positive >= 0) {
    add_outcomes(e, f);
    return add_decisions(e, f, made);
  }
  for (const char* id : {"base_rate", "disparate_impact", "bias_amplification"})
    e.skip(id, Status::kNotApplicable, "needs a categorical target");
  for (const char* id : kModelFairness)
    e.skip(id, Status::kNotApplicable, "needs a categorical target");
}

}  // namespace semblance
