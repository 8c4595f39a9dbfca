// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <memory>

#include "evaluate/evaluator.hpp"

namespace semblance {
namespace {

constexpr const char* kShuffleFloor = "training columns shuffled independently";
constexpr const char* kNeedsHoldout = "needs a holdout: real rows that the generator has not seen";

Metric not_applicable(Metric m, std::string reason) {
  m.status = Status::kNotApplicable;
  m.reason = std::move(reason);
  return m;
}

const char* score_name(Task task) {
  return task == Task::kRegression ? "R2" : task == Task::kBinary ? "AUC" : "macro-F1";
}

/// A score of the models trained on synthetic rows, on real rows and on the floor, in all
/// replicates.
struct Replicates {
  std::vector<double> own, real, floor, gap;
};

template <class Score>
Replicates resample(std::int64_t rows, std::int64_t count, Seed seed, Workers& workers,
                    const UtilityModel& own, const UtilityModel& real, const UtilityModel& floor,
                    Score score) {
  std::vector<std::array<std::optional<double>, 3>> all(static_cast<std::size_t>(count));
  workers.run(count, [&](std::int64_t b) {
    const auto weights = bootstrap_weights(rows, seed, static_cast<std::uint64_t>(b));
    all[static_cast<std::size_t>(b)] = {score(own, weights), score(real, weights),
                                        score(floor, weights)};
  });
  Replicates out;
  for (const auto& [s, r, f] : all) {
    if (s) out.own.push_back(*s);
    if (r) out.real.push_back(*r);
    if (f) out.floor.push_back(*f);
    if (s && r) out.gap.push_back(*r - *s);
  }
  return out;
}

}  // namespace

void Evaluator::measure_models() {
  const auto& t = tables_;
  Tasks tasks;
  const auto test = [&](const Dataset& a, const Dataset& b, std::int64_t most, const char* stage) {
    auto out = std::make_unique<TwoSampleTest>(judge_, a, b, most, derive(seed_, stage));
    out->add_tasks(tasks);
    return out;
  };
  std::unique_ptr<TwoSampleTest> unseen, seen, real, unseen_floor, seen_floor;
  const bool can = judge_.unavailable.empty();
  if (can && wants(Group::kDetection)) {
    if (t.holdout) {
      unseen = test(*t.holdout, t.synthetic, options_.c2st_rows, "c2st holdout");
      unseen_floor = test(*t.holdout, t.shuffled, options_.floor_rows, "c2st holdout floor");
    }
    seen = test(t.train, t.synthetic, options_.c2st_rows, "c2st train");
    seen_floor = test(t.train, t.shuffled, options_.floor_rows, "c2st train floor");
    real = test(t.reference_train, t.reference_rows, options_.c2st_rows, "c2st reference");
  }
  std::optional<UtilityProblem> problem;
  std::unique_ptr<UtilityModel> on_synthetic, on_real, on_floor;
  if (can && wants(Group::kUtility) && t.target >= 0 && t.holdout) {
    problem.emplace(t.train, *t.holdout, t.target, evaluation_.positive);
    const auto model = [&](const Dataset& rows) {
      auto out = std::make_unique<UtilityModel>(judge_, *problem, rows, derive(seed_, "utility"));
      out->add_task(tasks);
      return out;
    };
    on_synthetic = model(t.synthetic);
    on_real = model(t.train);
    on_floor = model(t.shuffled);
  }
  run_tasks(tasks);

  if (wants(Group::kDetection)) {
    add_detection(start("c2st_holdout"), unseen.get(), real.get(), unseen_floor.get());
    add_detection(start("c2st_train"), seen.get(), real.get(), seen_floor.get());
  }
  if (!wants(Group::kUtility)) return;
  if (problem && problem->rows() > 0)
    return add_utility(*problem, *on_synthetic, *on_real, *on_floor);
  Metric m = start("utility");
  m.judge = judge_.name;
  if (!can) {
    m.status = Status::kUnavailable;
    m.reason = judge_.unavailable;
  } else {
    m = not_applicable(std::move(m), t.target < 0 ? "no target column was named"
                                     : !t.holdout ? kNeedsHoldout
                                                  : "the holdout has no row with a known target");
  }
  finish(std::move(m));
}

void Evaluator::add_detection(Metric m, const TwoSampleTest* own, const TwoSampleTest* real,
                              const TwoSampleTest* floor) {
  m.judge = judge_.name;
  if (!judge_.unavailable.empty()) {
    m.status = Status::kUnavailable;
    m.reason = judge_.unavailable;
    return finish(std::move(m));
  }
  if (own == nullptr) return finish(not_applicable(std::move(m), kNeedsHoldout));
  const AucEstimate estimate = own->auc();
  m.value = estimate.value;
  m.interval = estimate.interval(options_.level);
  m.rows_synthetic = own->rows();
  (m.id == "c2st_holdout" ? m.rows_holdout : m.rows_real) = own->rows();
  m.holdout = {real->auc().value,
               tables_.holdout ? "holdout rows against training rows" : tables_.reference_meaning};
  m.floor = {floor->auc().value, kShuffleFloor};
  const auto share = own->importance();
  const auto sources = features(tables_.train.slice(0, 0)).sources;
  for (std::size_t c = 0; c < share.size(); ++c)
    m.details.push_back({tables_.names[static_cast<std::size_t>(sources[c])],
                         "share of the splits' gain", 100 * share[c], std::nullopt});
  worst_first(m.details);

  auto& pictures = report_.pictures;
  const auto curve = [&](const char* name, const TwoSampleTest& test) {
    CurvePicture out{name, {}, {}};
    for (const auto& point : test.roc()) {
      out.x.push_back(point.false_positives);
      out.y.push_back(point.true_positives);
    }
    pictures.roc.push_back(std::move(out));
  };
  const bool unseen = m.id == "c2st_holdout";
  curve(unseen ? "unseen real rows against synthetic" : "training rows against synthetic", *own);
  if (pictures.giveaways.empty()) {
    for (std::size_t i = 0; i < std::min<std::size_t>(m.details.size(), 10); ++i)
      pictures.giveaways.push_back({m.details[i].name, m.details[i].value, {}});
  }
  if (!unseen) {
    curve(tables_.holdout ? "training against unseen real rows" : "real rows against real rows",
          *real);
    curve("shuffled columns (floor)", *floor);
  }
  finish(std::move(m));
}

void Evaluator::add_utility(const UtilityProblem& problem, const UtilityModel& own,
                            const UtilityModel& real, const UtilityModel& floor) {
  const Seed seed = derive(seed_, "utility bootstrap");
  const auto add = [&](const char* id, const char* score_label, auto score) {
    Metric m = start(id);
    m.judge = judge_.name;
    m.title += m.id == "utility" ? std::string(", ") + score_label : "";
    m.rows_holdout = problem.rows();
    const std::vector<double> all;
    m.value = score(own, all);
    m.holdout = {score(real, all), "the same model trained on the real training rows"};
    m.floor = {score(floor, all), "the same model trained on shuffled columns"};
    const auto again =
        resample(problem.rows(), options_.bootstrap, seed, workers_, own, real, floor, score);
    m.interval = percentiles(again.own);
    const auto bar = [&](const char* name, const std::optional<double>& value,
                         const std::vector<double>& replicates) {
      if (!value || m.id != "utility") return;
      const Interval none{*value, *value, options_.level, ""};
      report_.pictures.utility.push_back({name, *value, percentiles(replicates).value_or(none)});
    };
    bar("trained on real rows", m.holdout.value, again.real);
    bar("trained on synthetic rows", m.value, again.own);
    bar("trained on shuffled columns", m.floor.value, again.floor);
    const auto lost =
        m.value && m.holdout.value ? std::optional(*m.holdout.value - *m.value) : std::nullopt;
    finish(std::move(m));
    return std::pair{lost, percentiles(again.gap)};
  };
  const auto headline = [](const UtilityModel& model, const std::vector<double>& w) {
    return model.headline(w);
  };
  const auto f1 = [](const UtilityModel& model, const std::vector<double>& w) {
    return model.macro_f1(w);
  };
  report_.pictures.utility_score = score_name(problem.task);
  const auto [lost, interval] = add("utility", score_name(problem.task), headline);
  if (problem.task == Task::kBinary) add("utility_macro_f1", "", f1);
  Metric gap = start("utility_gap");
  gap.judge = judge_.name;
  gap.rows_holdout = problem.rows();
  gap.value = lost;
  gap.interval = interval;
  gap.holdout = {lost ? std::optional(0.0) : std::nullopt, "none lost, by definition"};
  if (floor.headline() && real.headline())
    gap.floor = {*real.headline() - *floor.headline(),
                 "the same model trained on shuffled columns"};
  finish(std::move(gap));
}

}  // namespace semblance
