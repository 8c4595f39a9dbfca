// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>

#include "evaluate/closeness.hpp"
#include "evaluate/evaluator.hpp"

namespace semblance {

/// The same measure of synthetic rows, real rows and the floor.
struct Evaluator::ThreeSamples {
  const std::vector<double>&own, &real, &floor;
  std::vector<Twice> parts;  ///< Of the synthetic rows, to disjoint parts of the training rows.
};

namespace {

constexpr std::int64_t kParts = 4;              // of the training rows
constexpr std::int64_t kFewestReferences = 20;  // from which on they say something
constexpr std::array kNearest = {"dcr_share", "dcr_p5", "nndr"};

std::vector<double> sorted(std::vector<double> values) {
  std::ranges::sort(values);
  return values;
}

std::optional<double> quantile_of(std::vector<double> values, double q) {
  if (values.empty()) return std::nullopt;
  return quantile(sorted(std::move(values)), q);
}

/// From the synthetic rows to disjoint parts of so many training rows; none without intervals.
std::vector<Distances> parts_of(Evaluator& e, std::int64_t references) {
  if (e.options().bootstrap == 0 || references < kFewestReferences) return {};
  const Tables& t = e.tables();
  const Seed seed = derive(e.seed(), "closeness parts");
  const Gower gower(t.train, GowerGap::kMidpoint);
  const Dataset train = draw(t.reference_train, references, derive(seed, "train"));
  const auto asked =
      gower.encode(draw(t.synthetic, e.options().dcr_queries, derive(seed, "queries")));
  std::vector<Distances> out;
  for (const auto& part : disjoint_parts(train.rows(), kParts, seed)) {
    const auto near =
        gower.nearest(asked, gower.encode(train.take(part)), 2, {.run = e.options().run});
    Distances& now = out.emplace_back();
    for (std::int64_t i = 0; i < asked.rows; ++i) {
      const auto d = near.distances(i);
      now.to_train.push_back(d[0]);
      now.ratio.push_back(d[1] > 0 ? d[0] / d[1] : 1);
    }
  }
  return out;
}

/// Among fewer rows the nearest is farther by a power of their number: parts have another level.
std::vector<Twice> scaled_to(const std::optional<double>& value, std::vector<Twice> parts) {
  double mean = 0;
  for (const Twice& part : parts) mean += *part[0] / static_cast<double>(parts.size());
  for (Twice& part : parts)
    for (auto& number : part)
      if (value && mean > 0) *number *= *value / mean;
  return parts;
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

}  // namespace

void Evaluator::measure_copying() {
  if (wants_any(kNearest)) {
    const Closeness closeness(tables_, options_, derive(seed_, "closeness"));
    step();
    add_nearest(closeness);
  }
  if (wants("ims")) add_copies();
  step();
}

void Evaluator::add_nearest(const Closeness& closeness) {
  const Seed seed = derive(seed_, "queries");
  const Distances own = closeness.measure(tables_.synthetic, derive(seed, "synthetic"));
  step();
  const Distances real = closeness.measure(tables_.reference_rows, derive(seed, "real"));
  const Distances floor = closeness.measure(tables_.shuffled, derive(seed, "floor"));
  step();
  add_nearer_share(closeness, own, floor);
  const std::vector<Distances> parts = parts_of(*this, closeness.references());
  const auto number = [&](const char* id, double q, std::vector<double> Distances::* list) {
    ThreeSamples samples{own.*list, real.*list, floor.*list, {}};
    for (const Distances& part : parts) {
      const auto of_part = quantile_of(part.*list, q);
      samples.parts.push_back({of_part, of_part});
    }
    add_distance_quantile(id, q, samples, closeness);
  };
  number("dcr_p5", 0.05, &Distances::to_train);
  number("nndr", 0.5, &Distances::ratio);

  auto& curves = report_.pictures.distances;
  const bool holdout = tables_.holdout.has_value();
  curves.push_back(distribution("synthetic to training rows", own.to_train));
  if (holdout) curves.push_back(distribution("synthetic to unseen rows", own.to_holdout));
  curves.push_back(
      distribution(holdout ? "unseen to training rows" : "real to real rows", real.to_train));
}

void Evaluator::add_nearer_share(const Closeness& closeness, const Distances& own,
                                 const Distances& floor) {
  Metric m = start("dcr_share");
  m.rows_synthetic = std::ssize(own.to_train);
  m.rows_real = m.rows_holdout = closeness.references();
  if (tables_.holdout) {
    const auto nearer = nearer_to_train(own.to_train, own.to_holdout);
    const auto real = closeness.reference_share();
    const auto far = nearer_to_train(floor.to_train, floor.to_holdout);
    m.value = 100 * nearer.hits / nearer.n;
    m.interval = percent(wilson(nearer.hits, nearer.n, options_.level));
    m.holdout = {real ? std::optional(100 * real->hits / real->n) : std::nullopt,
                 "one half of the holdout against the other"};
    m.floor = {100 * far.hits / far.n, kShuffleFloor};
  } else {
    m.status = Status::kNotApplicable;
    m.reason = kNeedsHoldout;
  }
  finish(std::move(m));
}

void Evaluator::add_distance_quantile(const char* id, double q, const ThreeSamples& samples,
                                      const Closeness& closeness) {
  Metric m = start(id);
  m.rows_real = closeness.references();
  m.rows_synthetic = std::ssize(samples.own);
  m.value = quantile_of(samples.own, q);
  m.holdout = {quantile_of(samples.real, q), tables_.reference_meaning};
  m.floor = {quantile_of(samples.floor, q), kShuffleFloor};
  Replicates again(static_cast<std::size_t>(m.value ? options_.bootstrap : 0));
  workers_.run(std::ssize(again), [&](std::int64_t b) {
    Stream draw(derive(seed_, id), static_cast<std::uint64_t>(b));
    std::vector<double> drawn;
    for (const auto i : with_replacement(std::ssize(samples.own), std::ssize(samples.own), draw))
      drawn.push_back(samples.own[static_cast<std::size_t>(i)]);
    again[static_cast<std::size_t>(b)] = *quantile_of(std::move(drawn), q);
  });
  m.interval = spread(m.value, again, scaled_to(m.value, samples.parts));
  if (m.interval) m.interval->lo = std::max(m.interval->lo, 0.0);
  finish(std::move(m));
}

void Evaluator::add_copies() {
  const auto& t = tables_;
  const double own = count_copies(t.train, t.synthetic);
  const double real = count_copies(t.reference_train, t.reference_rows);
  const double floor = count_copies(t.train, t.shuffled);
  const auto share = [](double hits, const Dataset& rows) {
    return hits / static_cast<double>(rows.rows());
  };
  Metric m = start("ims");
  m.value = share(own, t.synthetic);
  m.interval = wilson(own, static_cast<double>(t.synthetic.rows()), options_.level);
  m.holdout = {share(real, t.reference_rows), t.reference_meaning};
  m.floor = {share(floor, t.shuffled), kShuffleFloor};
  finish(std::move(m));
}

}  // namespace semblance
