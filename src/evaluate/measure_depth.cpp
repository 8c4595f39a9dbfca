// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "detail/check.hpp"
#include "evaluate/embedding.hpp"
#include "evaluate/evaluator.hpp"
#include "evaluate/half_samples.hpp"
#include "semblance/evaluate/depth.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kMostRows = 1000;  // of each table: spatial depth looks at all pairs
constexpr std::int64_t kFewestRows = 20;

using Depth = std::vector<double> (*)(const MatrixView<double>&, const MatrixView<double>&);

/// Depths of pooled points in both samples.
struct Depths {
  std::vector<double> real, other;

  Depths(const Points& a, const Points& b, Depth depth) {
    const Points both = pool(a, b);
    real = depth(both.view(), a.view());
    other = depth(both.view(), b.view());
  }
  [[nodiscard]] std::optional<double> part(double DdPlot::* number) const {
    const auto plot = dd_plot(real, other);
    return plot ? std::optional((*plot).*number) : std::nullopt;
  }
};

/// Depths of quarters of both samples, drawn without replacement.
std::vector<Depths> quarters_of(Evaluator& e, const Points& real, const Points& other, Depth depth,
                                Seed seed) {
  std::vector<std::optional<Depths>> found(half_count(e.options()));
  e.workers().run(std::ssize(found), [&](std::int64_t b) {
    const Seed stage = derive(seed, static_cast<std::uint64_t>(b));
    found[static_cast<std::size_t>(b)].emplace(part_of(real, kQuarterShare, derive(stage, "train")),
                                               part_of(other, kQuarterShare, derive(stage, "own")),
                                               depth);
  });
  std::vector<Depths> out;
  for (auto& h : found) out.push_back(std::move(*h));
  return out;
}

/// 1 - R2 is the square of a distance.
std::optional<Interval> r2_interval(std::optional<double> value, std::vector<double> parts,
                                    double level) {
  if (value) value = 1 - *value;
  for (double& part : parts) part = 1 - part;
  auto out = part_interval(value, parts, kQuarterShare,
                           {.level = level, .growth = Growth::kSquare, .least = 0});
  if (out) *out = Interval{1 - out->hi, 1 - out->lo, level, out->method};
  return out;
}

/// One metric: a number of a depth-depth plot.
struct Measure {
  const char* id;
  bool spatial;
  double DdPlot::* number;
};

constexpr std::array kMeasures = {Measure{"ddplot_r2", true, &DdPlot::r2_identity},
                                  Measure{"ddplot_slope", true, &DdPlot::slope},
                                  Measure{"ddplot_intercept", true, &DdPlot::intercept},
                                  Measure{"ddplot_r2_ols", true, &DdPlot::r2_ols},
                                  Measure{"ddplot_mahalanobis", false, &DdPlot::r2_identity}};

}  // namespace

/// The plots of the synthetic rows, of real ones and of the floor, and of quarters: points of
/// one sample have a common centre, so resampling them alone would say too little.
struct Evaluator::DepthPlots {
  Depths own, real, floor;
  std::vector<Depths> quarters;
  const char* floor_meaning;
};

void Evaluator::measure_depth() {
  if (!wants_any(kMeasures)) return step();
  const auto& t = tables_;
  const std::int64_t n = std::min({t.train.rows(), t.synthetic.rows(), t.reference_train.rows(),
                                   t.reference_rows.rows(), kMostRows});
  if (n < kFewestRows) {
    for (const Measure& measure : kMeasures)
      skip(measure.id, Status::kUndefined,
           fmt::format("needs {} rows of each table, got {}", kFewestRows, n));
    return step();
  }
  const Embedding embed(t.train_frame);
  const Seed seed = derive(seed_, "depth");
  const auto points = [&](const Frame& table, const char* stage) {
    return embed(table, draw_rows(table.rows, n, derive(seed, stage)));
  };
  const Points train = points(t.train_frame, "train"), own = points(t.synthetic_frame, "own");
  const Points real_train = points(t.reference_train_frame, "train");
  const Points real = points(t.reference_frame, "real");
  for (const bool spatial : {true, false}) {
    const bool wanted = std::ranges::any_of(
        kMeasures, [&](const Measure& m) { return m.spatial == spatial && wants(m.id); });
    if (!wanted) continue;
    // Spatial depth hardly sees correlations, Mahalanobis depth little else: each has its own
    // floor.
    const Points floor = points(spatial ? t.random_frame : t.shuffled_frame, "floor");
    const Depth depth = spatial ? spatial_depth : mahalanobis_depth;
    std::array<std::optional<Depths>, 3> all;
    workers_.run(3, [&](std::int64_t k) {
      const Points& other = k == 0 ? own : k == 1 ? real : floor;
      all[static_cast<std::size_t>(k)].emplace(k == 1 ? real_train : train, other, depth);
    });
    const DepthPlots plots{*all[0], *all[1], *all[2], quarters_of(*this, train, own, depth, seed),
                           spatial ? kUniformFloor : kShuffleFloor};
    for (const Measure& measure : kMeasures) {
      if (measure.spatial == spatial && wants(measure.id))
        add_depth_metric(measure.id, measure.number, plots, n);
    }
  }
  step();
}

void Evaluator::add_depth_metric(const char* id, double DdPlot::* number, const DepthPlots& plots,
                                 std::int64_t rows) {
  Metric m = start(id);
  m.rows_real = m.rows_synthetic = rows;
  m.rows_holdout = std::min(m.rows_holdout, rows);
  m.value = plots.own.part(number);
  m.holdout = {plots.real.part(number), tables_.reference_meaning};
  m.floor = {plots.floor.part(number), plots.floor_meaning};
  std::vector<double> parts;
  for (const Depths& quarter : plots.quarters)
    if (const auto value = quarter.part(number)) parts.push_back(*value);
  m.interval = number == &DdPlot::slope || number == &DdPlot::intercept
                   ? part_interval(m.value, parts, kQuarterShare, {.level = options_.level})
                   : r2_interval(m.value, std::move(parts), options_.level);
  finish(std::move(m));
}

}  // namespace semblance
