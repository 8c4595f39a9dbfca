// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <memory>

#include "evaluate/evaluator.hpp"
#include "evaluate/groups.hpp"
#include "evaluate/panel.hpp"

namespace semblance {

/// The classifier two-sample tests of an evaluation; null where one cannot be had.
struct Evaluator::Tests {
  std::unique_ptr<TwoSampleTest> unseen, seen, real, unseen_floor, seen_floor;
};

namespace {

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
  const auto asked = plan_usefulness(tasks);
  run_tasks(tasks);
  if (wants("c2st_holdout")) add_detection(start("c2st_holdout"), tests.unseen.get(), tests);
  if (wants("c2st_train")) add_detection(start("c2st_train"), tests.seen.get(), tests);
  if (wants(Group::kFairness)) measure_fairness(*this, decisions_of(asked.get()));
  if (!wants(Group::kUtility)) return;
  if (asked && asked->unseen.rows() > 0) {
    measure_usefulness(*this, *asked);
  } else {
    add_no_utility();
  }
}

/// Favourable decisions about the holdout's rows; rows without a known class count as decided
/// against, and are in no group.
Decisions Evaluator::decisions_of(const Usefulness* asked) const {
  Decisions out;
  if (asked == nullptr || asked->unseen.task == Task::kRegression) {
    out.problem = !judge().unavailable.empty() ? judge().unavailable
                  : !tables_.holdout           ? kNeedsHoldout
                                               : "needs a categorical target";
    return out;
  }
  const auto positive = positive_code(tables_, evaluation_.positive);
  const auto& truth = tables_.reference_frame.columns[static_cast<std::size_t>(tables_.target)];
  const auto decide = [&](const Answers& answers, std::vector<std::uint8_t>& into,
                          std::vector<double>& chance) {
    std::size_t next = 0;
    for (const auto code : truth.codes) {
      if (asked->unseen.task == Task::kBinary)
        chance.push_back(code >= 0 ? answers.scores().at(next) : 0);
      into.push_back(code >= 0 && answers.guesses().at(next++) == positive ? 1 : 0);
    }
  };
  const auto decisions = [&](const Panel& panel, Decisions& into) {
    decide(*panel.synthetic[0], into.synthetic, into.synthetic_chance);
    decide(*panel.real[0], into.real, into.real_chance);
  };
  decisions(asked->panels[0], out);
  for (const Panel& part : asked->parts) decisions(part, out.parts.emplace_back());
  return out;
}

Evaluator::Tests Evaluator::plan_tests(Tasks& tasks) {
  Tests out;
  const bool unseen = wants("c2st_holdout"), seen = wants("c2st_train");
  if (!judge().unavailable.empty() || (!unseen && !seen)) return out;
  const auto test = [&](const Dataset& a, const Dataset& b, std::int64_t most, const char* stage) {
    auto made = std::make_unique<TwoSampleTest>(judge(), a, b, most, derive(seed_, stage));
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

/// The models of every judge and seed, or null where none can be had.
std::unique_ptr<Usefulness> Evaluator::plan_usefulness(Tasks& tasks) {
  const auto& t = tables_;
  const bool possible = judge().unavailable.empty() && t.target >= 0 && t.holdout;
  if (!possible || (!wants(Group::kUtility) && !wants_any(kModelFairness))) return nullptr;
  const UtilityProblem unseen(t.train, *t.holdout, t.target, evaluation_.positive);
  // The same positive class everywhere, whatever classes the synthetic rows have.
  const std::string positive =
      unseen.positive < 0 ? "" : t.train.schema()[t.target].categories[unseen.positive];
  const auto problem = [&](const Dataset& test) {
    return UtilityProblem(t.train, test, t.target, positive);
  };
  const auto halves = disjoint_parts(t.synthetic.rows(), 2, derive(seed_, "halves of synthetic"));
  auto out = std::make_unique<Usefulness>(
      Usefulness{unseen, problem(t.synthetic), problem(t.synthetic.take(halves[1])), {}});
  const Lessons lessons{t.train, t.synthetic, t.synthetic.take(halves[0])};
  const bool all = wants(Group::kUtility);
  for (const JudgeChoice& judge : judges_) {
    if (judge.unavailable.empty()) out->panels.emplace_back(&judge);
    if (!all) break;
  }
  for (Panel& panel : out->panels) {
    for (std::int64_t s = 0; s < (all ? options_.judge_seeds : 1); ++s)
      plan_panel(panel, s, *out, lessons, tasks);
  }
  if (options_.bootstrap == 0) return out;
  for (const Lessons& part : lessons.parts(Usefulness::kParts, derive(seed_, "parts")))
    plan_panel(out->parts.emplace_back(out->panels[0].judge), 0, *out, part, tasks);
  return out;
}

/// The models of one judge's s-th seed.
void Evaluator::plan_panel(Panel& panel, std::int64_t s, const Usefulness& asked,
                           const Lessons& lessons, Tasks& tasks) {
  const Seed stage = derive(seed_, "utility");
  const Seed seed = s == 0 ? stage : derive(stage, static_cast<std::uint64_t>(s));
  const auto model = [&](const Dataset& rows,
                         std::initializer_list<const UtilityProblem*> problems) {
    panel.models.push_back(std::make_unique<UtilityModel>(
        *panel.judge, rows, seed, std::span(problems.begin(), problems.size())));
    panel.models.back()->add_task(tasks);
    return panel.models.back().get();
  };
  const bool all = wants(Group::kUtility), first = s == 0 && &panel == asked.panels.data();
  const UtilityModel* real = all ? model(lessons.train, {&asked.unseen, &asked.synthetic})
                                 : model(lessons.train, {&asked.unseen});
  const UtilityModel* synthetic = model(lessons.synthetic, {&asked.unseen});
  panel.real.push_back(&real->answers(0));
  panel.synthetic.push_back(&synthetic->answers(0));
  if (!all) return;
  panel.trts.push_back(&real->answers(1));
  panel.tsts.push_back(&model(lessons.half, {&asked.half})->answers(0));
  const Dataset both = Dataset::concat(std::array{lessons.train, lessons.synthetic});
  panel.augmented.push_back(&model(both, {&asked.unseen})->answers(0));
  if (!first) return;
  panel.of_real = real;
  panel.of_synthetic = synthetic;
  panel.of_floor = model(tables_.shuffled, {&asked.unseen});
  panel.of_holdout = model(*tables_.holdout, {&asked.unseen});
  panel.floor.push_back(&panel.of_floor->answers(0));
}

void Evaluator::add_detection(Metric m, const TwoSampleTest* own, const Tests& tests) {
  m.judge = judge().name;
  if (own == nullptr) {
    const bool judged = judge().unavailable.empty();
    m.status = judged ? Status::kNotApplicable : Status::kUnavailable;
    m.reason = judged ? kNeedsHoldout : judge().unavailable;
    return finish(std::move(m));
  }
  const bool unseen = m.id == "c2st_holdout";
  m.value = own->auc().value;
  m.interval = own->interval(options_.level);
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

void Evaluator::add_no_utility() {
  const bool judged = judge().unavailable.empty();
  skip("utility", judged ? Status::kNotApplicable : Status::kUnavailable,
       !judged              ? judge().unavailable
       : tables_.target < 0 ? "no target column was named"
       : !tables_.holdout   ? kNeedsHoldout
                            : "the holdout has no row with a known target");
}

}  // namespace semblance
