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
#include "evaluate/half_samples.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kFewestRows = 20;
constexpr std::int64_t kVendiRows = 1000;  // its cost is their cube
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
  double apart = 0;
};

/// Which of those scores are wanted.
struct Wanted {
  bool balls, levels, dc, vendi, apart;

  explicit Wanted(const Evaluator& e)
      : balls(e.wants_any(std::array{"prdc_precision", "prdc_recall", "prdc_density",
                                     "prdc_coverage", "clipped_density", "clipped_coverage"})),
        levels(e.wants_any(std::array{"alpha_precision", "beta_recall"})),
        dc(e.wants("dcscore")),
        vendi(e.wants_any(std::array{"vendi", "rke"})),
        apart(e.wants("intdiv")) {}
};

/// One metric: a number of those scores, and what its floor is.
struct Measure {
  const char* id;
  double (*of)(const Scores&);
  bool effective;  ///< An effective number: its floor is one row repeated.
  double least = 0;
  std::optional<double> even = {};  ///< Of equal samples, where there is a kink.
  double share = kHalfShare;        ///< Of the rows in the parts that tell its spread.
};

constexpr std::array kMeasures = {
    Measure{"prdc_precision", [](const Scores& s) { return s.prdc.precision; }, false},
    Measure{"prdc_recall", [](const Scores& s) { return s.prdc.recall; }, false},
    Measure{"prdc_density", [](const Scores& s) { return s.prdc.density; }, false},
    Measure{"prdc_coverage",
            [](const Scores& s) { return s.prdc.coverage; },
            false,
            0,
            {},
            kQuarterShare},
    Measure{"clipped_density", [](const Scores& s) { return s.prdc.clipped_density; }, false},
    Measure{"clipped_coverage", [](const Scores& s) { return s.prdc.clipped_coverage; }, false},
    Measure{"alpha_precision", [](const Scores& s) { return s.alpha; }, false, 0, 1},
    Measure{"beta_recall", [](const Scores& s) { return s.beta; }, false, 0, {}, kQuarterShare},
    Measure{"dcscore", [](const Scores& s) { return s.dc.normalised; }, true, 0},
    Measure{"vendi", [](const Scores& s) { return s.vendi[1]; }, true, 1},
    Measure{"rke", [](const Scores& s) { return s.vendi[2]; }, true, 1},
    Measure{"intdiv", [](const Scores& s) { return s.apart; }, true, 0}};

/// Measures samples in the geometry of the training rows.
class Probe {
  /// similarity(i, j) of two of the rows.
  [[nodiscard]] auto alike(const Gower::Rows& rows) const {
    return [this, &rows](std::int64_t i, std::int64_t j) {
      return 1 - gower_.distance(rows, i, rows, j);
    };
  }

 public:
  Probe(const Dataset& train, const Wanted& wanted)
      : wanted_(wanted), gower_(train, GowerGap::kMidpoint), embed_(Frame(train)) {}

  /// With the ranges of other training rows, at the same temperature: what those rows set is part
  /// of the spread of half-samples.
  [[nodiscard]] Probe rescaled(const Dataset& train) const {
    Probe out(train, wanted_);
    out.tau_ = tau_;
    return out;
  }

  [[nodiscard]] Sample take(const Dataset& rows) const {
    const auto all = draw_rows(rows.rows(), rows.rows(), Seed{0});
    return {gower_.encode(rows), embed_(Frame(rows), all)};
  }

  /// Sets the temperature of DCScore to where these rows score a half.
  void calibrate(const Sample& real) {
    if (!wanted_.dc) return;
    tau_ = calibrated_tau_of(real.rows.rows, alike(real.rows));
  }
  [[nodiscard]] bool calibrated() const noexcept { return tau_.has_value(); }

  [[nodiscard]] Scores compare(const Sample& real, const Sample& other,
                               const RunOptions& run) const {
    Scores out;
    if (wanted_.balls) out.prdc = balls(real.rows, other.rows, run);
    if (wanted_.levels) {
      const auto levels = alpha_beta(real.points.view(), other.points.view(), 30, run);
      out.alpha = levels.alpha_precision;
      out.beta = levels.beta_recall;
    }
    const std::int64_t n = other.rows.rows;
    if (tau_) out.dc = dc_score_of(n, *tau_, run, alike(other.rows));
    if (wanted_.vendi) out.vendi = vendi_of(std::min(n, kVendiRows), alike(other.rows));
    if (wanted_.apart) out.apart = mean_distance(std::min(n, kVendiRows), alike(other.rows));
    return out;
  }

 private:
  template <class Alike>
  static std::array<double, kOrders.size()> vendi_of(std::int64_t n, const Alike& alike) {
    std::vector<double> kernel;
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j < n; ++j) kernel.push_back(alike(i, j));
    }
    return vendi_orders({kernel, n, n}, kOrders);
  }

  /// Mean over different rows.
  template <class Alike>
  static double mean_distance(std::int64_t n, const Alike& alike) {
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j < i; ++j) sum += 1 - alike(i, j);
    }
    return 2 * sum / static_cast<double>(n * (n - 1));
  }

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

  Wanted wanted_;
  Gower gower_;
  Embedding embed_;
  std::optional<double> tau_;
};

/// The scores of all samples, and of half-samples for the intervals.
struct Results {
  Compared<Scores> scores;
  bool calibrated = true;  ///< DCScore has a temperature.
};

Results measure(Evaluator& e, std::int64_t n) {
  const Seed seed = derive(e.seed(), "diversity");
  Probe probe(e.tables().train, Wanted(e));
  probe.calibrate(probe.take(draw(e.tables().train, n, derive(seed, "train"))));
  const std::vector<std::int64_t> sizes = {part_of(n, kHalfShare), part_of(n, kQuarterShare)};
  auto scores = compare_samples(e, seed, n, sizes, e.tables().random, [&](const Comparison& c) {
    if (!c.part) return probe.compare(probe.take(c.real), probe.take(c.other), c.run);
    const Probe own = probe.rescaled(c.real);
    return own.compare(own.take(c.real), own.take(c.other), c.run);
  });
  return {std::move(scores), probe.calibrated()};
}

}  // namespace

void measure_diversity(Evaluator& e) {
  if (!e.wants_any(kMeasures)) return e.step(4);
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
  const auto& scores = results.scores;
  for (const Measure& measure : kMeasures) {
    if (std::string_view(measure.id) == "dcscore" && !results.calibrated) {
      e.skip(measure.id, Status::kUndefined, "all training rows are alike");
      continue;
    }
    Metric m = e.start(measure.id);
    m.rows_real = m.rows_synthetic = n;
    m.rows_holdout = std::min(m.rows_holdout, n);
    m.value = measure.of(scores.own);
    std::vector<double> parts;
    for (const Scores& s : scores.parts[measure.share == kHalfShare ? 0 : 1])
      parts.push_back(measure.of(s));
    const double most = m.direction == Direction::kHigher ? 1.0 : HUGE_VAL;  // shares
    m.interval =
        part_interval(m.value, parts, measure.share,
                      {.level = e.options().level, .even = measure.even, .least = 0, .most = most});
    m.holdout = {measure.of(scores.real), t.reference_meaning};
    m.floor = {measure.effective ? measure.least : measure.of(scores.floor),
               measure.effective ? "one row repeated, by definition" : kUniformFloor};
    for (std::size_t q = 0; m.id == "vendi" && q < kOrders.size(); ++q)
      m.details.push_back({fmt::format("order {}", kOrders.at(q)), "Vendi", scores.own.vendi.at(q),
                           scores.real.vendi.at(q)});
    e.finish(std::move(m));
  }
}

}  // namespace semblance
