// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "detail/check.hpp"
#include "evaluate/balls.hpp"
#include "evaluate/embedding.hpp"
#include "evaluate/evaluator.hpp"
#include "evaluate/groups.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kFewestRows = 20;
constexpr std::int64_t kVendiRows = 1000;  // its cost is their cube
constexpr std::int64_t kHalves = 30;       // subsamples behind an interval
constexpr std::array kOrders = {0.5, 1.0, 2.0, std::numeric_limits<double>::infinity()};

/// Rows ready for all measures.
struct Sample {
  Gower::Rows rows;
  Points points;
};

/// Everything that is measured of one sample against real rows.
struct Scores {
  Prdc prdc;
  double alpha = 0, beta = 0;
  DcScore dc;
  std::array<double, kOrders.size()> vendi{};
};

/// One metric: a number of those scores, and what its floor is.
struct Measure {
  const char* id;
  double (*of)(const Scores&);
  bool effective;  ///< An effective number: its floor is one row repeated.
  double least = 0;
};

constexpr std::array kMeasures = {
    Measure{"prdc_precision", [](const Scores& s) { return s.prdc.precision; }, false},
    Measure{"prdc_recall", [](const Scores& s) { return s.prdc.recall; }, false},
    Measure{"prdc_density", [](const Scores& s) { return s.prdc.density; }, false},
    Measure{"prdc_coverage", [](const Scores& s) { return s.prdc.coverage; }, false},
    Measure{"clipped_density", [](const Scores& s) { return s.prdc.clipped_density; }, false},
    Measure{"clipped_coverage", [](const Scores& s) { return s.prdc.clipped_coverage; }, false},
    Measure{"alpha_precision", [](const Scores& s) { return s.alpha; }, false},
    Measure{"beta_recall", [](const Scores& s) { return s.beta; }, false},
    Measure{"dcscore", [](const Scores& s) { return s.dc.normalised; }, true, 0},
    Measure{"vendi", [](const Scores& s) { return s.vendi[1]; }, true, 1},
    Measure{"rke", [](const Scores& s) { return s.vendi[2]; }, true, 1}};

/// Measures samples in the geometry of the training rows.
class Probe {
 public:
  explicit Probe(const Tables& tables)
      : gower_(tables.train, GowerGap::kMidpoint), embed_(tables.train_frame) {}

  [[nodiscard]] Sample take(const Dataset& rows) const {
    const auto all = draw_rows(rows.rows(), rows.rows(), Seed{0});
    return {gower_.encode(rows), embed_(Frame(rows), all)};
  }

  /// Sets the temperature of DCScore by the median similarity of these rows.
  void calibrate(const Sample& real, Seed seed) {
    Stream draw(seed);
    std::vector<double> some;
    const auto n = static_cast<std::uint64_t>(real.rows.rows);
    for (int k = 0; k < 20'000; ++k) {
      const auto i = static_cast<std::int64_t>(draw.below(n));
      const auto j = static_cast<std::int64_t>(draw.below(n));
      if (i != j) some.push_back(1 - gower_.distance(real.rows, i, real.rows, j));
    }
    similarity_ = std::min(median_of(std::move(some)), 1 - 1e-9);
  }

  [[nodiscard]] Scores compare(const Sample& real, const Sample& other,
                               const RunOptions& run) const {
    Scores out;
    out.prdc = balls(real.rows, other.rows, run);
    const auto levels = alpha_beta(real.points.view(), other.points.view(), 30, run);
    out.alpha = levels.alpha_precision;
    out.beta = levels.beta_recall;
    const auto alike = [&](std::int64_t i, std::int64_t j) {
      return 1 - gower_.distance(other.rows, i, other.rows, j);
    };
    const std::int64_t n = other.rows.rows;
    out.dc = dc_score_of(n, calibrated_tau(similarity_, n), run, alike);
    const std::int64_t m = std::min(n, kVendiRows);
    std::vector<double> kernel;
    for (std::int64_t i = 0; i < m; ++i) {
      for (std::int64_t j = 0; j < m; ++j) kernel.push_back(alike(i, j));
    }
    out.vendi = vendi_orders({kernel, m, m}, kOrders);
    return out;
  }

 private:
  [[nodiscard]] Prdc balls(const Gower::Rows& real, const Gower::Rows& other,
                           const RunOptions& run) const {
    const BallOptions options{.run = run};
    const auto others = [&](const Gower::Rows& rows) {
      const auto own = own_rows(rows.rows);
      return gower_.nearest(rows, rows, options.k, {.excluded = own, .run = run});
    };
    const auto between = [this](const Gower::Rows& a, const Gower::Rows& b) {
      return [this, &a, &b](std::int64_t i, std::int64_t j) { return gower_.distance(a, i, b, j); };
    };
    return prdc_of(others(real), others(other), options, between(real, real), between(other, other),
                   between(real, other));
  }

  Gower gower_;
  Embedding embed_;
  double similarity_ = 0;
};

/// The scores of all samples, and of half-samples for the intervals.
struct Results {
  Scores own, real, floor;
  std::vector<Scores> halves;
};

Results measure(Evaluator& e, std::int64_t n) {
  const Tables& t = e.tables();
  const Seed seed = derive(e.seed(), "diversity");
  const RunOptions run{.stop = e.options().run.stop, .threads = e.options().run.threads};
  const auto some = [&](const Dataset& rows, const char* stage) {
    return draw(rows, n, derive(seed, stage));
  };
  Probe probe(t);
  const Dataset train = some(t.train, "train"), own = some(t.synthetic, "own");
  const Sample real = probe.take(train);
  probe.calibrate(real, derive(seed, "pairs"));
  Results out;
  out.own = probe.compare(real, probe.take(own), run);
  e.step();
  out.real = probe.compare(probe.take(some(t.reference_train, "train")),
                           probe.take(some(t.reference_rows, "real")), run);
  e.step();
  out.floor = probe.compare(real, probe.take(some(t.random, "floor")), run);
  e.step();
  out.halves.resize(static_cast<std::size_t>(std::min(e.options().bootstrap, kHalves)));
  e.workers().run(std::ssize(out.halves), [&](std::int64_t b) {
    const Seed half = derive(seed, static_cast<std::uint64_t>(b));
    out.halves[static_cast<std::size_t>(b)] =
        probe.compare(probe.take(draw(train, n / 2, derive(half, "train"))),
                      probe.take(draw(own, n / 2, derive(half, "own"))), {.threads = 1});
  });
  e.step();
  return out;
}

/// value -+ z standard deviations over half-samples drawn without replacement: resampling with
/// replacement would put rows at distance 0.
std::optional<Interval> interval_of(const Measure& measure, const Results& results, double level) {
  const auto n = static_cast<double>(results.halves.size());
  if (n < 2) return std::nullopt;
  double sum = 0, squares = 0;
  for (const Scores& s : results.halves) sum += measure.of(s);
  for (const Scores& s : results.halves) squares += std::pow(measure.of(s) - sum / n, 2);
  const double reach = normal_quantile((1 + level) / 2) * std::sqrt(squares / (n - 1));
  const double value = measure.of(results.own);
  return Interval{std::max(0.0, value - reach), value + reach, level, "half-samples"};
}

}  // namespace

void measure_diversity(Evaluator& e) {
  const Tables& t = e.tables();
  const std::int64_t n = std::min({t.train.rows(), t.synthetic.rows(), t.reference_train.rows(),
                                   t.reference_rows.rows(), e.options().diversity_rows});
  if (n < kFewestRows) {
    for (const Measure& measure : kMeasures)
      e.skip(measure.id, Status::kUndefined,
             fmt::format("needs {} rows of each table, got {}", kFewestRows, n));
    return e.step(4);
  }
  const Results results = measure(e, n);
  for (const Measure& measure : kMeasures) {
    Metric m = e.start(measure.id);
    m.rows_real = m.rows_synthetic = n;
    m.rows_holdout = std::min(m.rows_holdout, n);
    m.value = measure.of(results.own);
    m.interval = interval_of(measure, results, e.options().level);
    if (m.interval && m.direction == Direction::kHigher)  // shares
      m.interval->hi = std::min(m.interval->hi, 1.0);
    m.holdout = {measure.of(results.real), t.reference_meaning};
    m.floor = {measure.effective ? measure.least : measure.of(results.floor),
               measure.effective ? "one row repeated, by definition" : kUniformFloor};
    for (std::size_t q = 0; m.id == "vendi" && q < kOrders.size(); ++q)
      m.details.push_back({fmt::format("order {}", kOrders.at(q)), "Vendi", results.own.vendi.at(q),
                           results.real.vendi.at(q)});
    e.finish(std::move(m));
  }
}

}  // namespace semblance
