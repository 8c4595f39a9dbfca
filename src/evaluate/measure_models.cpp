// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <memory>

#include "evaluate/evaluator.hpp"
#include "evaluate/groups.hpp"

namespace semblance {

/// The classifier two-sample tests of an evaluation; null where one cannot be had.
struct Evaluator::Tests {
  std::unique_ptr<TwoSampleTest> unseen, seen, real, unseen_floor, seen_floor;
};

/// The models that are compared on the same test rows; null where they cannot be had.
struct Evaluator::Models {
  std::unique_ptr<UtilityProblem> problem;
  std::unique_ptr<UtilityModel> synthetic, real, floor;
  std::unique_ptr<UtilityModel> augmented;  ///< Trained on real and synthetic rows.
  // Tested on synthetic rows: on all of them, and on one half by a model of the other.
  std::unique_ptr<UtilityProblem> on_synthetic, on_half;
  std::unique_ptr<UtilityModel> real_on_synthetic, half_on_half;
};

/// One score of those models, on all test rows and on resampled ones.
struct Evaluator::Scored {
  using Score = std::optional<double> (UtilityModel::*)(std::span<const double>) const;
  std::optional<double> synthetic, real, floor;
  std::vector<double> synthetic_again, real_again, floor_again, gap_again;

  Scored(const Models& models, Score score, std::int64_t replicates, Seed seed, Workers& workers) {
    const auto of = [&](const UtilityModel& model, std::span<const double> weights) {
      return (model.*score)(weights);
    };
    synthetic = of(*models.synthetic, {});
    real = of(*models.real, {});
    floor = of(*models.floor, {});
    std::vector<std::array<std::optional<double>, 3>> all(static_cast<std::size_t>(replicates));
    workers.run(replicates, [&](std::int64_t b) {
      const auto weights =
          bootstrap_weights(models.problem->rows(), seed, static_cast<std::uint64_t>(b));
      all[static_cast<std::size_t>(b)] = {of(*models.synthetic, weights), of(*models.real, weights),
                                          of(*models.floor, weights)};
    });
    for (const auto& [s, r, f] : all) {
      if (s) synthetic_again.push_back(*s);
      if (r) real_again.push_back(*r);
      if (f) floor_again.push_back(*f);
      if (s && r) gap_again.push_back(*r - *s);
    }
  }
};

namespace {

const char* score_name(Task task) {
  return task == Task::kRegression ? "R2" : task == Task::kBinary ? "AUC" : "macro-F1";
}

CurvePicture curve(const char* name, const TwoSampleTest& test) {
  CurvePicture out{name, {}, {}};
  for (const auto& point : test.roc()) {
    out.x.push_back(point.false_positives);
    out.y.push_back(point.true_positives);
  }
  return out;
}

}  // namespace

void Evaluator::measure_models() {
  Tasks tasks;
  const Tests tests = plan_tests(tasks);
  const Models models = plan_models(tasks);
  run_tasks(tasks);
  if (wants("c2st_holdout")) add_detection(start("c2st_holdout"), tests.unseen.get(), tests);
  if (wants("c2st_train")) add_detection(start("c2st_train"), tests.seen.get(), tests);
  if (wants(Group::kFairness)) measure_fairness(*this, decisions_of(models));
  if (!wants(Group::kUtility)) return;
  if (models.problem && models.problem->rows() > 0) {
    add_utility(models);
  } else {
    add_no_utility();
  }
}

/// Favourable decisions about the holdout's rows; rows without a known class count as decided
/// against, and are in no group.
Decisions Evaluator::decisions_of(const Models& models) const {
  Decisions out;
  if (!models.problem || models.problem->task == Task::kRegression) {
    out.problem = !judge_.unavailable.empty() ? judge_.unavailable
                  : !tables_.holdout          ? kNeedsHoldout
                                              : "needs a categorical target";
    return out;
  }
  const auto positive = positive_code(tables_, evaluation_.positive);
  const auto& truth = tables_.reference_frame.columns[static_cast<std::size_t>(tables_.target)];
  const auto decide = [&](const UtilityModel& model, std::vector<std::uint8_t>& into,
                          std::vector<double>& chance) {
    std::size_t next = 0;
    for (const auto code : truth.codes) {
      if (models.problem->task == Task::kBinary)
        chance.push_back(code >= 0 ? model.scores().at(next) : 0);
      into.push_back(code >= 0 && model.guesses().at(next++) == positive ? 1 : 0);
    }
  };
  decide(*models.synthetic, out.synthetic, out.synthetic_chance);
  decide(*models.real, out.real, out.real_chance);
  return out;
}

Evaluator::Tests Evaluator::plan_tests(Tasks& tasks) {
  Tests out;
  const bool unseen = wants("c2st_holdout"), seen = wants("c2st_train");
  if (!judge_.unavailable.empty() || (!unseen && !seen)) return out;
  const auto test = [&](const Dataset& a, const Dataset& b, std::int64_t most, const char* stage) {
    auto made = std::make_unique<TwoSampleTest>(judge_, a, b, most, derive(seed_, stage));
    made->add_tasks(tasks);
    return made;
  };
  const auto& t = tables_;
  if (t.holdout && unseen) {
    out.unseen = test(*t.holdout, t.synthetic, options_.c2st_rows, "c2st holdout");
    out.unseen_floor = test(*t.holdout, t.shuffled, options_.floor_rows, "c2st holdout floor");
  }
  if (seen) {
    out.seen = test(t.train, t.synthetic, options_.c2st_rows, "c2st train");
    out.seen_floor = test(t.train, t.shuffled, options_.floor_rows, "c2st train floor");
  }
  out.real = test(t.reference_train, t.reference_rows, options_.c2st_rows, "c2st reference");
  return out;
}

Evaluator::Models Evaluator::plan_models(Tasks& tasks) {
  const auto& t = tables_;
  Models out;
  const bool possible = judge_.unavailable.empty() && t.target >= 0 && t.holdout;
  if (!possible || (!wants(Group::kUtility) && !wants_any(kModelFairness))) return out;
  out.problem =
      std::make_unique<UtilityProblem>(t.train, *t.holdout, t.target, evaluation_.positive);
  const auto model = [&](const Dataset& rows) {
    auto made =
        std::make_unique<UtilityModel>(judge_, *out.problem, rows, derive(seed_, "utility"));
    made->add_task(tasks);
    return made;
  };
  out.synthetic = model(t.synthetic);
  out.real = model(t.train);
  if (!wants(Group::kUtility)) return out;
  out.floor = model(t.shuffled);
  plan_more_models(out, tasks);
  return out;
}

void Evaluator::plan_more_models(Models& out, Tasks& tasks) {
  const auto& t = tables_;
  // The same positive class everywhere, whatever classes the synthetic rows have.
  const std::int32_t code = out.problem->positive;
  const std::string positive = code < 0 ? "" : t.train.schema()[t.target].categories[code];
  const auto problem = [&](const Dataset& test) {
    return std::make_unique<UtilityProblem>(t.train, test, t.target, positive);
  };
  const auto model = [&](const UtilityProblem& asked, const Dataset& rows) {
    auto made = std::make_unique<UtilityModel>(judge_, asked, rows, derive(seed_, "utility"));
    made->add_task(tasks);
    return made;
  };
  if (wants("augmentation_gain"))
    out.augmented = model(*out.problem, Dataset::concat(std::array{t.train, t.synthetic}));
  if (wants("trts")) {
    out.on_synthetic = problem(t.synthetic);
    out.real_on_synthetic = model(*out.on_synthetic, t.train);
  }
  if (!wants("tsts")) return;
  auto order = draw_rows(t.synthetic.rows(), t.synthetic.rows(), seed_);
  Stream(seed_, "halves of synthetic").shuffle(order);
  const auto rows = std::span<const std::int64_t>(order);
  out.on_half = problem(t.synthetic.take(rows.first(rows.size() / 2)));
  out.half_on_half = model(*out.on_half, t.synthetic.take(rows.subspan(rows.size() / 2)));
}

void Evaluator::add_detection(Metric m, const TwoSampleTest* own, const Tests& tests) {
  m.judge = judge_.name;
  if (own == nullptr) {
    const bool judged = judge_.unavailable.empty();
    m.status = judged ? Status::kNotApplicable : Status::kUnavailable;
    m.reason = judged ? kNeedsHoldout : judge_.unavailable;
    return finish(std::move(m));
  }
  const bool unseen = m.id == "c2st_holdout";
  m.value = own->auc().value;
  m.interval = own->auc().interval(options_.level);
  m.rows_synthetic = own->rows();
  (unseen ? m.rows_holdout : m.rows_real) = own->rows();
  m.holdout = {tests.real->auc().value,
               tables_.holdout ? "holdout rows against training rows" : tables_.reference_meaning};
  m.floor = {(unseen ? tests.unseen_floor : tests.seen_floor)->auc().value, kShuffleFloor};
  const auto share = own->importance();
  for (std::size_t c = 0; c < share.size(); ++c)
    m.details.push_back({tables_.names[c], "share of the judge's gain", 100 * share[c], {}});
  worst_first(m.details);
  draw_detection(m, *own, tests);
  finish(std::move(m));
}

void Evaluator::draw_detection(const Metric& m, const TwoSampleTest& own, const Tests& tests) {
  auto& pictures = report_.pictures;
  if (pictures.giveaways.empty()) {
    for (std::size_t i = 0; i < std::min<std::size_t>(m.details.size(), 10); ++i)
      pictures.giveaways.push_back({m.details[i].name, m.details[i].value, {}});
  }
  if (m.id == "c2st_holdout") {
    pictures.roc.push_back(curve("unseen real rows against synthetic", own));
    return;
  }
  pictures.roc.push_back(curve("training rows against synthetic", own));
  pictures.roc.push_back(
      curve(tables_.holdout ? "training against unseen real rows" : "real rows against real rows",
            *tests.real));
  pictures.roc.push_back(curve("shuffled columns (floor)", *tests.seen_floor));
}

void Evaluator::add_utility(const Models& models) {
  const Seed seed = derive(seed_, "utility bootstrap");
  const auto score = [&](Scored::Score how) {
    return Scored(models, how, options_.bootstrap, seed, workers_);
  };
  const auto add = [&](Metric m, const Scored& s) {
    m.judge = judge_.name;
    m.rows_holdout = models.problem->rows();
    m.value = s.synthetic;
    m.interval = percentiles(s.synthetic_again);
    m.holdout = {s.real, "the same model trained on the real training rows"};
    m.floor = {s.floor, "the same model trained on shuffled columns"};
    finish(std::move(m));
  };
  const Scored headline = score(&UtilityModel::headline);
  const Task task = models.problem->task;
  Metric m = start("utility");
  m.title += std::string(", ") + score_name(task);
  add(std::move(m), headline);
  if (task == Task::kBinary && wants("utility_macro_f1"))
    add(start("utility_macro_f1"), score(&UtilityModel::macro_f1));
  if (task != Task::kBinary)
    skip("utility_macro_f1", Status::kNotApplicable, "the target does not have two classes");
  add_utility_gap(headline, models.problem->rows());
  if (models.on_synthetic)
    add_on_synthetic("trts", *models.real_on_synthetic, *models.on_synthetic, headline);
  if (models.on_half) add_on_synthetic("tsts", *models.half_on_half, *models.on_half, headline);
  if (models.augmented) add_augmentation(models, headline);
  draw_utility(headline, score_name(task));
}

void Evaluator::add_utility_gap(const Scored& s, std::int64_t rows) {
  Metric m = start("utility_gap");
  m.judge = judge_.name;
  m.rows_holdout = rows;
  m.holdout = {0.0, "none lost, by definition"};
  m.floor = {std::nullopt, "the model trained on shuffled columns"};
  if (s.synthetic && s.real) m.value = *s.real - *s.synthetic;
  if (s.floor && s.real) m.floor.value = *s.real - *s.floor;
  m.interval = percentiles(s.gap_again);
  finish(std::move(m));
}

void Evaluator::add_on_synthetic(const char* id, const UtilityModel& model,
                                 const UtilityProblem& problem, const Scored& real) {
  Metric m = start(id);
  m.title += std::string(", ") + score_name(problem.task);
  m.judge = judge_.name;
  m.rows_synthetic = problem.rows();
  m.value = model.headline();
  m.holdout = {real.real, "the model of the real training rows, tested on unseen real rows"};
  m.floor = {real.floor, "the model of shuffled columns, tested on unseen real rows"};
  Replicates again(static_cast<std::size_t>(m.value ? options_.bootstrap : 0));
  workers_.run(std::ssize(again), [&](std::int64_t b) {
    again[static_cast<std::size_t>(b)] = model.headline(
        bootstrap_weights(problem.rows(), derive(seed_, id), static_cast<std::uint64_t>(b)));
  });
  m.interval = percentiles(again);
  finish(std::move(m));
}

void Evaluator::add_augmentation(const Models& models, const Scored& s) {
  Metric m = start("augmentation_gain");
  m.judge = judge_.name;
  m.rows_holdout = models.problem->rows();
  const auto gain = [&](std::span<const double> weights) -> std::optional<double> {
    const auto more = models.augmented->headline(weights), real = models.real->headline(weights);
    return more && real ? std::optional(*more - *real) : std::nullopt;
  };
  m.value = gain({});
  m.holdout = {0.0, "the real training rows alone, by definition"};
  m.floor = {std::nullopt, "the model of shuffled columns alone"};
  if (s.floor && s.real) m.floor.value = *s.floor - *s.real;
  Replicates again(static_cast<std::size_t>(options_.bootstrap));
  workers_.run(options_.bootstrap, [&](std::int64_t b) {
    again[static_cast<std::size_t>(b)] = gain(bootstrap_weights(
        models.problem->rows(), derive(seed_, "utility bootstrap"), static_cast<std::uint64_t>(b)));
  });
  m.interval = percentiles(again);
  finish(std::move(m));
}

void Evaluator::draw_utility(const Scored& s, const char* name) {
  report_.pictures.utility_score = name;
  const auto bar = [&](const char* label, const std::optional<double>& value,
                       const std::vector<double>& again) {
    if (!value) return;
    const Interval none{*value, *value, options_.level, ""};
    report_.pictures.utility.push_back({label, *value, percentiles(again).value_or(none)});
  };
  bar("trained on real rows", s.real, s.real_again);
  bar("trained on synthetic rows", s.synthetic, s.synthetic_again);
  bar("trained on shuffled columns", s.floor, s.floor_again);
}

void Evaluator::add_no_utility() {
  const bool judged = judge_.unavailable.empty();
  skip("utility", judged ? Status::kNotApplicable : Status::kUnavailable,
       !judged              ? judge_.unavailable
       : tables_.target < 0 ? "no target column was named"
       : !tables_.holdout   ? kNeedsHoldout
                            : "the holdout has no row with a known target");
}

}  // namespace semblance
