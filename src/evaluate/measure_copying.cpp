// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "evaluate/closeness.hpp"
#include "evaluate/evaluator.hpp"

namespace semblance {
namespace {

constexpr const char* kShuffleFloor = "training columns shuffled independently";

std::vector<double> sorted(std::vector<double> values) {
  std::ranges::sort(values);
  return values;
}

std::optional<double> quantile_of(const std::vector<double>& values, double q) {
  if (values.empty()) return std::nullopt;
  return quantile(sorted(values), q);
}

/// The empirical distribution function of distances at 200 equally spaced ranks.
CurvePicture distribution(const char* name, const std::vector<double>& values) {
  constexpr std::size_t kPoints = 200;
  CurvePicture out{name, {}, {}};
  const auto ascending = sorted(values);
  for (std::size_t k = 0; k <= kPoints && !ascending.empty(); ++k) {
    const double q = static_cast<double>(k) / kPoints;
    out.x.push_back(quantile(ascending, q));
    out.y.push_back(q);
  }
  return out;
}

void scale(Interval& interval, double factor) {
  interval.lo *= factor;
  interval.hi *= factor;
}

}  // namespace

void Evaluator::measure_copying() {
  const Closeness closeness(tables_, options_, derive(seed_, "closeness"));
  step();
  add_nearest(closeness);
  add_copies();
  step();
}

void Evaluator::add_nearest(const Closeness& closeness) {
  const auto& t = tables_;
  const Seed seed = derive(seed_, "queries");
  const Distances own = closeness.measure(t.synthetic, derive(seed, "synthetic"));
  step();
  const Distances real = closeness.measure(t.reference_rows, derive(seed, "real"));
  const Distances floor = closeness.measure(t.shuffled, derive(seed, "floor"));
  step();

  Metric share = start("dcr_share");
  if (t.holdout) {
    const auto nearer = nearer_to_train(own.to_train, own.to_holdout);
    const auto reference = closeness.reference_share();
    share.value = 100 * nearer.hits / nearer.n;
    share.interval = wilson(nearer.hits, nearer.n, options_.level);
    scale(*share.interval, 100);
    share.holdout = {reference ? std::optional(100 * reference->hits / reference->n) : std::nullopt,
                     "one half of the holdout against the other"};
    const auto far = nearer_to_train(floor.to_train, floor.to_holdout);
    share.floor = {100 * far.hits / far.n, kShuffleFloor};
    share.rows_real = share.rows_holdout = closeness.references();
  } else {
    share.status = Status::kNotApplicable;
    share.reason = "needs a holdout: real rows that the generator has not seen";
  }
  share.rows_synthetic = std::ssize(own.to_train);
  finish(std::move(share));

  const auto add = [&](const char* id, double q, auto pick) {
    Metric m = start(id);
    m.rows_real = closeness.references();
    m.rows_synthetic = std::ssize(own.to_train);
    m.value = quantile_of(pick(own), q);
    m.holdout = {quantile_of(pick(real), q), t.reference_meaning};
    m.floor = {quantile_of(pick(floor), q), kShuffleFloor};
    std::vector<double> again(static_cast<std::size_t>(m.value ? options_.bootstrap : 0));
    workers_.run(std::ssize(again), [&](std::int64_t b) {
      Stream draw(derive(seed_, id), static_cast<std::uint64_t>(b));
      const auto& values = pick(own);
      std::vector<double> drawn;
      for (std::size_t i = 0; i < values.size(); ++i)
        drawn.push_back(values[draw.below(values.size())]);
      again[static_cast<std::size_t>(b)] = *quantile_of(drawn, q);
    });
    m.interval = percentiles(again);
    finish(std::move(m));
  };
  add("dcr_p5", 0.05, [](const Distances& d) -> const auto& { return d.to_train; });
  add("nndr", 0.5, [](const Distances& d) -> const auto& { return d.ratio; });

  auto& curves = report_.pictures.distances;
  curves.push_back(distribution("synthetic to training rows", own.to_train));
  if (t.holdout) curves.push_back(distribution("synthetic to unseen rows", own.to_holdout));
  curves.push_back(
      distribution(t.holdout ? "unseen to training rows" : "real to real rows", real.to_train));
}

void Evaluator::add_copies() {
  const auto& t = tables_;
  const double own = count_copies(t.train, t.synthetic);
  const double real = count_copies(t.reference_train, t.reference_rows);
  const double floor = count_copies(t.train, t.shuffled);
  const auto share = [](double hits, const Dataset& rows) {
    return 100 * hits / static_cast<double>(rows.rows());
  };
  Metric m = start("copies");
  m.value = share(own, t.synthetic);
  m.interval = wilson(own, static_cast<double>(t.synthetic.rows()), options_.level);
  scale(*m.interval, 100);
  m.holdout = {share(real, t.reference_rows), t.reference_meaning};
  m.floor = {share(floor, t.shuffled), kShuffleFloor};
  finish(std::move(m));
}

}  // namespace semblance
