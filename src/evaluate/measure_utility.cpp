// SPDX-License-Identifier: Apache-2.0
// Usefulness: models trained on synthetic and on real rows, asked about the same test rows.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>

#include "detail/check.hpp"
#include "evaluate/coefficients.hpp"
#include "evaluate/evaluator.hpp"
#include "evaluate/groups.hpp"
#include "evaluate/panel.hpp"
#include "semblance/evaluate/association.hpp"

namespace semblance {
namespace {

using Score = std::optional<double> (Answers::*)(std::span<const double>) const;
using Weights = std::span<const double>;

const char* score_name(Task task) {
  return task == Task::kRegression ? "R2" : task == Task::kBinary ? "AUC" : "macro-F1";
}

/// Mean over a judge's seeds; empty if any has no score.
std::optional<double> mean(const Panel::Asked& asked, Score score, Weights weights = {}) {
  double sum = 0;
  for (const Answers* answers : asked) {
    const auto value = (answers->*score)(weights);
    if (!value) return std::nullopt;
    sum += *value;
  }
  return asked.empty() ? std::nullopt : std::optional(sum / static_cast<double>(asked.size()));
}

std::optional<double> difference(const std::optional<double>& a, const std::optional<double>& b) {
  return a && b ? std::optional(*a - *b) : std::nullopt;
}

/// Standard deviation of the present values; empty for fewer than 2.
std::optional<double> deviation(const Replicates& values) {
  double n = 0, sum = 0, squares = 0;
  for (const auto& v : values)
    if (v) n += 1, sum += *v;
  if (n < 2) return std::nullopt;
  for (const auto& v : values)
    if (v) squares += (*v - sum / n) * (*v - sum / n);
  return std::sqrt(squares / (n - 1));
}

/// How a number comes from one judge's models; `one` asks a single seed, -1 the mean of all.
using Measure = std::function<std::optional<double>(const Panel&, Weights, std::int64_t one)>;

/// The answers of one seed, or of all.
Panel::Asked pick(const Panel::Asked& asked, std::int64_t one) {
  return one < 0 || asked.empty() ? asked : Panel::Asked{asked.at(static_cast<std::size_t>(one))};
}

/// What most metrics of the group share: the value of the first judge, an interval over the test
/// rows, every judge and seed among the details, the spread over the seeds.
class Filing {
 public:
  Filing(Evaluator& e, const Usefulness& u) : e_(e), u_(u) {}

  /// \param test    The rows that are resampled.
  /// \param other   The same of real rows, for the details.
  /// \param stage   Of the bootstrap: metrics that share it are paired.
  /// \param most    What the number can be.
  void add(Metric m, const UtilityProblem& test, const Measure& own, const Measure& other,
           const char* stage, double most = std::numeric_limits<double>::infinity()) {
    if (!e_.wants(m.id)) return;
    const Panel& first = u_.panels[0];
    m.judge = first.judge->name;
    m.value = own(first, {}, -1);
    Replicates again(static_cast<std::size_t>(m.value ? e_.options().bootstrap : 0));
    e_.workers().run(std::ssize(again), [&](std::int64_t b) {
      const auto weights =
          bootstrap_weights(test.rows(), derive(e_.seed(), stage), static_cast<std::uint64_t>(b));
      again[static_cast<std::size_t>(b)] = own(first, weights, -1);
    });
    const auto halves = half_weights(test.rows(), derive(e_.seed(), stage));
    std::vector<Twice> parts;
    for (const Panel& part : u_.parts)
      parts.push_back({own(part, halves[0], -1), own(part, halves[1], -1)});
    m.interval = e_.spread(m.value, again, parts, most);
    m.seed_deviation = over_seeds(first, own);
    add_details(m, own, other);
    e_.finish(std::move(m));
  }

 private:
  static std::optional<double> over_seeds(const Panel& panel, const Measure& own) {
    Replicates values;
    for (std::int64_t s = 0; s < std::ssize(panel.synthetic); ++s)
      values.push_back(own(panel, {}, s));
    return deviation(values);
  }

  void add_details(Metric& m, const Measure& own, const Measure& other) const {
    const auto seeds = std::ssize(u_.panels[0].synthetic);
    if (seeds == 1 && u_.panels.size() == 1) return;
    for (const Panel& panel : u_.panels) {
      for (std::int64_t s = 0; s < seeds; ++s) {
        const auto value = own(panel, {}, s);
        const auto name =
            seeds == 1 ? panel.judge->name : fmt::format("{}, seed {}", panel.judge->name, s + 1);
        if (value) m.details.push_back({name, "judge", *value, other(panel, {}, s)});
      }
    }
  }

  Evaluator& e_;
  const Usefulness& u_;
};

/// A measure from one list of answers.
Measure of(Panel::Asked Panel::* list, Score score) {
  return [list, score](const Panel& panel, Weights weights, std::int64_t one) {
    return mean(pick(panel.*list, one), score, weights);
  };
}

/// One list's score minus another's.
Measure gap(Panel::Asked Panel::* list, Panel::Asked Panel::* less, Score score) {
  return [=](const Panel& panel, Weights weights, std::int64_t one) {
    return difference(mean(pick(panel.*list, one), score, weights),
                      mean(pick(panel.*less, one), score, weights));
  };
}

Measure nothing() {
  return [](const Panel&, Weights, std::int64_t) { return std::optional<double>(0); };
}

constexpr const char* kUnseenStage = "utility bootstrap";

void add_scores(Evaluator& e, const Usefulness& u, Filing& filing) {
  const Panel& first = u.panels[0];
  const Score headline = &Answers::headline;
  const auto real = mean(first.real, headline), floor = mean(first.floor, headline);
  const auto start = [&](const char* id, Reference holdout, Reference low) {
    Metric m = e.start(id);
    m.rows_holdout = u.unseen.rows();
    m.holdout = std::move(holdout);
    m.floor = std::move(low);
    return m;
  };
  const char* name = score_name(u.unseen.task);
  const auto score = [&](const char* id, Score how) {
    return start(id, {mean(first.real, how), "the same model trained on the real training rows"},
                 {mean(first.floor, how), "the same model trained on shuffled columns"});
  };
  Metric m = score("utility", headline);
  m.title += std::string(", ") + name;
  filing.add(std::move(m), u.unseen, of(&Panel::synthetic, headline), of(&Panel::real, headline),
             kUnseenStage, 1);
  if (u.unseen.task == Task::kBinary) {
    const Score f1 = &Answers::macro_f1;
    filing.add(score("utility_macro_f1", f1), u.unseen, of(&Panel::synthetic, f1),
               of(&Panel::real, f1), kUnseenStage, 1);
  } else {
    e.skip("utility_macro_f1", Status::kNotApplicable, "the target does not have two classes");
  }
  filing.add(start("utility_gap", {0.0, "none lost, by definition"},
                   {difference(real, floor), "the model trained on shuffled columns"}),
             u.unseen, gap(&Panel::real, &Panel::synthetic, headline), nothing(), kUnseenStage);
  const auto on_synthetic = [&](const char* id, Panel::Asked Panel::* list,
                                const UtilityProblem& test) {
    Metric on = start(id, {real, "the model of the real training rows, tested on unseen real rows"},
                      {floor, "the model of shuffled columns, tested on unseen real rows"});
    on.title += std::string(", ") + name;
    on.rows_synthetic = test.rows();
    filing.add(std::move(on), test, of(list, headline), of(&Panel::real, headline), id, 1);
  };
  on_synthetic("trts", &Panel::trts, u.synthetic);
  on_synthetic("tsts", &Panel::tsts, u.half);
  filing.add(start("augmentation_gain", {0.0, "the real training rows alone, by definition"},
                   {difference(floor, real), "the model of shuffled columns alone"}),
             u.unseen, gap(&Panel::augmented, &Panel::real, headline), nothing(), kUnseenStage);
}

void add_calibration(Evaluator& e, const Usefulness& u, Filing& filing) {
  if (u.unseen.task == Task::kRegression)
    return e.skip("calibration_gap", Status::kNotApplicable, "needs a categorical target");
  const Score error = &Answers::calibration_error;
  const Panel& first = u.panels[0];
  Metric m = e.start("calibration_gap");
  m.rows_holdout = u.unseen.rows();
  m.holdout = {0.0, "none added, by definition"};
  m.floor = {difference(mean(first.floor, error), mean(first.real, error)),
             "the model trained on shuffled columns"};
  filing.add(std::move(m), u.unseen, gap(&Panel::synthetic, &Panel::real, error), nothing(),
             kUnseenStage);
}

/// Kendall's tau of the judges' scores when taught by synthetic and by real rows.
std::optional<double> rank_agreement(const Usefulness& u, Weights weights) {
  std::vector<double> synthetic, real;
  for (const Panel& panel : u.panels) {
    const auto a = mean(panel.synthetic, &Answers::headline, weights);
    const auto b = mean(panel.real, &Answers::headline, weights);
    if (!a || !b) return std::nullopt;
    synthetic.push_back(*a);
    real.push_back(*b);
  }
  return kendall(synthetic, real);
}

void add_rank_agreement(Evaluator& e, const Usefulness& u) {
  if (!e.wants("model_rank_agreement")) return;
  if (u.panels.size() < 2)
    return e.skip("model_rank_agreement", Status::kNotApplicable, "needs two judges or more");
  Metric m = e.start("model_rank_agreement");
  m.judge = fmt::format("{} judges", u.panels.size());
  m.rows_holdout = u.unseen.rows();
  m.value = rank_agreement(u, {});
  m.holdout = {1.0, "full agreement, by definition"};
  m.floor = {0.0, "an order by chance"};
  Replicates again(static_cast<std::size_t>(m.value ? e.options().bootstrap : 0));
  e.workers().run(std::ssize(again), [&](std::int64_t b) {
    again[static_cast<std::size_t>(b)] =
        rank_agreement(u, bootstrap_weights(u.unseen.rows(), derive(e.seed(), kUnseenStage),
                                            static_cast<std::uint64_t>(b)));
  });
  m.interval = e.percentiles(again);
  for (const Panel& panel : u.panels) {
    const auto value = mean(panel.synthetic, &Answers::headline);
    if (value)
      m.details.push_back({panel.judge->name, score_name(u.unseen.task), *value,
                           mean(panel.real, &Answers::headline)});
  }
  e.finish(std::move(m));
}

/// Sum over features of the smaller share.
std::optional<double> overlap(const UtilityModel* a, const UtilityModel* b) {
  if (a == nullptr || b == nullptr || a->importance().empty() || b->importance().empty())
    return std::nullopt;
  double sum = 0;
  for (std::size_t c = 0; c < a->importance().size(); ++c)
    sum += std::min(a->importance()[c], b->importance().at(c));
  return sum;
}

void add_importance(Evaluator& e, const Usefulness& u) {
  const Panel& first = u.panels[0];
  Metric m = e.start("feature_importance_overlap");
  m.judge = first.judge->name;
  m.value = overlap(first.of_synthetic, first.of_real);
  if (!m.value) m.reason = "a model has nothing to learn";
  m.holdout = {overlap(first.of_holdout, first.of_real), "a model of the holdout"};
  m.floor = {overlap(first.of_floor, first.of_real), "a model of shuffled columns"};
  const auto& columns = u.unseen.x.sources;
  for (std::size_t c = 0; m.value && c < columns.size(); ++c) {
    m.details.push_back({e.tables().names[static_cast<std::size_t>(columns[c])],
                         "share of importance, %", 100 * first.of_synthetic->importance()[c],
                         100 * first.of_real->importance()[c]});
  }
  worst_first(m.details);
  e.finish(std::move(m));
}

/// Rows with a known target; a class among many counts as `code` against the others.
RegressionRows regression_rows(const Dataset& table, std::int64_t target, std::int32_t code) {
  const Column& column = table.column(target);
  std::vector<std::int64_t> rows;
  RegressionRows out;
  for (std::int64_t i = 0; i < table.rows(); ++i) {
    if (!column.is_valid(i)) continue;
    rows.push_back(i);
    out.y.push_back(code < 0 ? column.number(i) : column.number(i) == code ? 1 : 0);
  }
  out.x = features(table, target).take(rows);
  return out;
}

/// The positive class; of more than two, the most common one among the training rows.
std::int32_t modelled_class(const Tables& t, const UtilityProblem& unseen) {
  if (unseen.task != Task::kMulticlass) return unseen.positive;
  const auto& codes = t.train_frame.columns[static_cast<std::size_t>(t.target)].codes;
  std::vector<std::int64_t> rows;
  for (const auto code : codes) {
    if (code < 0) continue;
    if (code >= std::ssize(rows)) rows.resize(static_cast<std::size_t>(code) + 1, 0);
    ++rows[static_cast<std::size_t>(code)];
  }
  return static_cast<std::int32_t>(std::ranges::max_element(rows) - rows.begin());
}

void add_coefficients(Evaluator& e, const Usefulness& u) {
  if (!e.wants("coef_overlap")) return;
  const Tables& t = e.tables();
  const bool logistic = u.unseen.task != Task::kRegression;
  const std::int32_t code = logistic ? modelled_class(t, u.unseen) : -1;
  const auto rows = [&](const Dataset& table) { return regression_rows(table, t.target, code); };
  const CoefficientModel model(rows(t.train), logistic);
  const std::array tables = {&t.train, &t.synthetic, &*t.holdout, &t.shuffled};
  std::array<std::vector<Coefficient>, tables.size()> fits;
  e.workers().run(std::ssize(fits), [&](std::int64_t i) {
    fits[static_cast<std::size_t>(i)] = model.fit(rows(*tables[static_cast<std::size_t>(i)]));
  });
  const auto& [real, synthetic, holdout, floor] = fits;
  const double level = e.options().level;
  Metric m = e.start("coef_overlap");
  m.judge = logistic ? "logistic regression, ridge 1" : "linear regression, ridge 1";
  m.value = mean_overlap(synthetic, real, level);
  if (!m.value) m.reason = "no column but the target varies";
  m.holdout = {mean_overlap(holdout, real, level), "a model of the holdout"};
  m.floor = {mean_overlap(floor, real, level), "a model of shuffled columns"};
  for (std::size_t i = 0; m.value && i < real.size(); ++i) {
    const auto column = static_cast<std::size_t>(u.unseen.x.sources[real[i].feature]);
    m.details.push_back({t.names[column], "a coefficient; real: of the training rows",
                         synthetic[i].value, real[i].value});
  }
  std::ranges::sort(m.details, [](const Detail& x, const Detail& y) {
    const double by_x = std::abs(x.value - *x.holdout), by_y = std::abs(y.value - *y.holdout);
    return by_x != by_y ? by_x > by_y : x.name < y.name;
  });
  e.finish(std::move(m));
}

/// One line a judge: its score when taught by synthetic and by real rows.
void draw_judges(Evaluator& e, const Usefulness& u) {
  auto& pictures = e.report().pictures;
  pictures.utility_score = score_name(u.unseen.task);
  const Score headline = &Answers::headline;
  const auto bar = [&](const std::string& name, const Panel::Asked& asked) {
    BarPicture out{name, mean(asked, headline).value_or(0), {}};
    Replicates again(static_cast<std::size_t>(e.options().bootstrap));
    e.workers().run(std::ssize(again), [&](std::int64_t b) {
      again[static_cast<std::size_t>(b)] =
          mean(asked, headline,
               bootstrap_weights(u.unseen.rows(), derive(e.seed(), kUnseenStage),
                                 static_cast<std::uint64_t>(b)));
    });
    out.interval =
        e.percentiles(again).value_or(Interval{out.value, out.value, e.options().level, ""});
    return out;
  };
  const Panel& first = u.panels[0];
  if (mean(first.real, headline))
    pictures.utility.push_back(bar("trained on real rows", first.real));
  if (mean(first.synthetic, headline))
    pictures.utility.push_back(bar("trained on synthetic rows", first.synthetic));
  if (mean(first.floor, headline))
    pictures.utility.push_back(bar("trained on shuffled columns", first.floor));
  for (const Panel& panel : u.panels) {
    if (!mean(panel.synthetic, headline) || !mean(panel.real, headline)) continue;
    pictures.judges.push_back(
        {panel.judge->name, bar("synthetic", panel.synthetic), bar("real", panel.real)});
  }
}

}  // namespace

void measure_usefulness(Evaluator& e, const Usefulness& u) {
  Filing filing(e, u);
  add_scores(e, u, filing);
  add_calibration(e, u, filing);
  add_rank_agreement(e, u);
  add_importance(e, u);
  add_coefficients(e, u);
  draw_judges(e, u);
}

}  // namespace semblance
