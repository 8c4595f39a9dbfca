// SPDX-License-Identifier: Apache-2.0
// Attribute inference by a model: is a judge that learned the synthetic rows better on the rows
// that the generator learned than on unseen ones?
#include <algorithm>
#include <array>

#include "detail/check.hpp"
#include "evaluate/evaluator.hpp"
#include "evaluate/groups.hpp"
#include "evaluate/panel.hpp"

namespace semblance {
namespace {

constexpr const char* kId = "attribute_model_gap";

/// The secret of training and unseen rows, and who is which.
struct Problem {
  UtilityProblem test;
  std::vector<double> seen, unseen;  ///< Weights of the test rows.

  Problem(const Tables& t, std::int64_t secret, Seed seed) : Problem(t, secret, sides(t, seed)) {}

  [[nodiscard]] std::optional<double> gap(const UtilityModel& model,
                                          std::span<const double> weights = {}) const {
    const auto of = [&](std::vector<double> side) {
      for (std::size_t i = 0; i < weights.size(); ++i) side[i] *= weights[i];
      return model.answers(0).headline(side);
    };
    const auto here = of(seen), there = of(unseen);
    return here && there ? std::optional(*here - *there) : std::nullopt;
  }

 private:
  static constexpr std::int64_t kMostRows = 20'000;  // of either kind

  static std::array<Dataset, 2> sides(const Tables& t, Seed seed) {
    const std::int64_t n = std::min({t.train.rows(), t.holdout->rows(), kMostRows});
    return {draw(t.train, n, derive(seed, "seen")), draw(*t.holdout, n, derive(seed, "unseen"))};
  }
  Problem(const Tables& t, std::int64_t secret, const std::array<Dataset, 2>& sides)
      : test(t.train, Dataset::concat(sides), secret, "") {
    for (std::size_t s = 0; s < 2; ++s) {
      const Column& answers = sides.at(s).column(secret);
      for (std::int64_t i = 0; i < answers.size(); ++i) {
        if (!answers.is_valid(i)) continue;
        seen.push_back(s == 0 ? 1 : 0);
        unseen.push_back(s == 0 ? 0 : 1);
      }
    }
  }
};

/// One secret's problem with the models of synthetic and of training rows.
struct Attacked {
  std::string name;
  std::unique_ptr<Problem> problem;
  std::unique_ptr<UtilityModel> own, published;
};

std::vector<Attacked> plan(Evaluator& e, Tasks& tasks) {
  const Tables& t = e.tables();
  std::vector<Attacked> out;
  for (std::size_t c = 0; c < t.names.size(); ++c) {
    const auto column = static_cast<std::int64_t>(c);
    if (!t.train.schema()[column].sensitive && column != t.target) continue;
    const Seed seed = derive(derive(e.seed(), kId), t.names[c]);
    Attacked now{t.names[c], std::make_unique<Problem>(t, column, seed), nullptr, nullptr};
    const auto model = [&](const Dataset& rows) {
      const std::array<const UtilityProblem*, 1> asked = {&now.problem->test};
      auto made = std::make_unique<UtilityModel>(e.judge(), rows, seed, asked);
      made->add_task(tasks);
      return made;
    };
    now.own = model(t.synthetic);
    now.published = model(t.train);
    out.push_back(std::move(now));
  }
  return out;
}

}  // namespace

void measure_attribute_gap(Evaluator& e) {
  if (!e.wants(kId)) return;
  const Tables& t = e.tables();
  if (!t.holdout) return e.skip(kId, Status::kNotApplicable, kNeedsHoldout);
  if (!e.judge().unavailable.empty())
    return e.skip(kId, Status::kUnavailable, e.judge().unavailable);
  Tasks tasks;
  const auto secrets = plan(e, tasks);
  if (secrets.empty() || t.names.size() < 2)
    return e.skip(kId, Status::kNotApplicable,
                  "needs a target or a sensitive column, and one more");
  e.workers().run(std::ssize(tasks), [&](std::int64_t i) { tasks[static_cast<std::size_t>(i)](); });
  Metric m = e.start(kId);
  m.judge = e.judge().name;
  m.holdout = {0.0, "none: a model of rows that know neither is as good on both, by definition"};
  const Attacked* worst = nullptr;
  for (const Attacked& a : secrets) {
    const auto gap = a.problem->gap(*a.own);
    if (!gap) continue;
    m.details.push_back({a.name, "gap", *gap, {}});
    if (!m.value || *gap > *m.value) m.value = gap, worst = &a;
  }
  worst_first(m.details);
  if (worst != nullptr) {
    m.floor = {worst->problem->gap(*worst->published), "a model of the training rows themselves"};
    Replicates again(static_cast<std::size_t>(e.options().bootstrap));
    e.workers().run(std::ssize(again), [&](std::int64_t b) {
      again[static_cast<std::size_t>(b)] = worst->problem->gap(
          *worst->own, bootstrap_weights(worst->problem->test.rows(), derive(e.seed(), kId),
                                         static_cast<std::uint64_t>(b)));
    });
    m.interval = e.percentiles(again);
  }
  e.finish(std::move(m));
}

}  // namespace semblance
