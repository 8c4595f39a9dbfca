// SPDX-License-Identifier: Apache-2.0
// Rows as points: how far the synthetic sample is from the real one as a whole.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "detail/check.hpp"
#include "evaluate/embedding.hpp"
#include "evaluate/half_samples.hpp"
#include "semblance/evaluate/detection.hpp"
#include "semblance/evaluate/feature_distance.hpp"
#include "semblance/evaluate/hypothesis.hpp"
#include "semblance/evaluate/marginal.hpp"
#include "semblance/evaluate/structure.hpp"
#include "semblance/learners/kmeans.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kMostRows = 1000;  // of each table: all pairs are looked at
constexpr std::int64_t kFewestRows = 20;
constexpr std::int64_t kClusters = 20;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Shares of clusters of the real rows among the others.
struct Modes {
  double least = 0;  ///< Smallest share over that among the real rows.
  double p_value = 1;
};

/// Everything that is measured of one sample against real rows.
struct Scores {
  Mmd mmd;
  double energy = 0;
  PermutationTest test;
  Frechet frechet;
  std::optional<double> frechet_infinity;
  KernelDistance kernel;
  SlicedWasserstein sliced;
  NearestNeighbourTest neighbours;
  Pmse pmse;
  double specks = 0, log_cluster = 0, copula = 0;
  std::optional<PcaDifference> pca;
  Modes modes;
};

/// One metric: a number of those scores.
struct Measure {
  const char* id;
  std::optional<double> (*of)(const Scores&);
  double least = 0, most = kInfinity;  ///< What the number can be.
  Growth growth = Growth::kDistance;
  std::optional<double> even = {};  ///< Of equal samples, where there is a kink.
  /// The number behind the interval, where it is another one; it is moved by their difference.
  std::optional<double> (*resampled)(const Scores&) = nullptr;
};

constexpr std::optional<double> some(double value) { return value; }

constexpr std::array kMeasures = {
    // The biased estimate is the square of a distance; the unbiased one is below 0 at equal tables.
    Measure{"mmd", [](const Scores& s) { return some(s.mmd.unbiased); }, 0, kInfinity,
            Growth::kSquare, 0, [](const Scores& s) { return some(s.mmd.biased); }},
    Measure{"energy", [](const Scores& s) { return some(s.energy); }, 0, kInfinity, Growth::kSquare,
            0},
    Measure{"frechet", [](const Scores& s) { return some(s.frechet.distance); }, 0, kInfinity,
            Growth::kSquare, 0},
    Measure{"kid", [](const Scores& s) { return some(s.kernel.mean); }, -kInfinity},
    Measure{"sliced_w", [](const Scores& s) { return some(s.sliced.w1); }, 0, kInfinity,
            Growth::kDistance, 0},
    Measure{"c2st_knn", [](const Scores& s) { return some(s.neighbours.accuracy); }, 0, 1},
    Measure{"pmse", [](const Scores& s) { return some(s.pmse.ratio.value_or(1)); }, 0, kInfinity,
            Growth::kTest},
    Measure{"specks", [](const Scores& s) { return some(s.specks); }, 0, 1, Growth::kDistance, 0},
    Measure{"log_cluster", [](const Scores& s) { return some(s.log_cluster); }, -kInfinity,
            kInfinity, Growth::kRatio},
    Measure{"pca_diff",
            [](const Scores& s) { return s.pca ? some(s.pca->eigenvalues) : std::nullopt; }, 0, 1},
    Measure{"copula_hellinger", [](const Scores& s) { return some(s.copula); }, 0, 1},
    Measure{"mode_drop", [](const Scores& s) { return some(s.modes.least); }, 0, kInfinity,
            Growth::kExtreme}};

/// One coordinate a column: numbers as they are, missing ones at the mean; categories by how common
/// they are among the training rows, missing one of them.
class Ordinals {
 public:
  explicit Ordinals(const Frame& train) {
    for (const auto& column : train.columns) {
      Axis axis;
      double sum = 0, n = 0;
      for (const double v : column.numbers)
        if (!std::isnan(v)) sum += v, n += 1;
      axis.centre = n > 0 ? sum / n : 0;
      std::vector<double> counts;
      for (const auto code : column.codes) {
        const auto at = static_cast<std::size_t>(code + 1);
        if (at >= counts.size()) counts.resize(at + 1, 0);
        counts[at] += 1;
      }
      std::vector<std::size_t> order(counts.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::ranges::sort(order, [&](auto i, auto j) {
        return counts[i] != counts[j] ? counts[i] > counts[j] : i < j;
      });
      axis.place.resize(counts.size());
      for (std::size_t k = 0; k < order.size(); ++k) axis.place[order[k]] = static_cast<double>(k);
      axes_.push_back(std::move(axis));
    }
  }

  [[nodiscard]] Points operator()(const Frame& table) const {
    Points out{{}, table.rows, std::ssize(axes_)};
    for (std::int64_t i = 0; i < table.rows; ++i) {
      const auto row = static_cast<std::size_t>(i);
      for (std::size_t c = 0; c < axes_.size(); ++c) {
        const auto& column = table.columns[c];
        if (column.number) {
          const double v = column.numbers[row];
          out.values.push_back(std::isnan(v) ? axes_[c].centre : v);
        } else {
          const auto code = static_cast<std::size_t>(column.codes[row] + 1);
          const auto& place = axes_[c].place;
          out.values.push_back(code < place.size() ? place[code]
                                                   : static_cast<double>(place.size()));
        }
      }
    }
    return out;
  }

 private:
  struct Axis {
    double centre = 0;
    std::vector<double> place;
  };
  std::vector<Axis> axes_;
};

std::int64_t clusters_for(std::int64_t rows) {
  return std::clamp<std::int64_t>(rows / 20, 2, kClusters);
}

/// Clusters are made of every other real row; the test counts the rest, so that real rows have no
/// advantage there.
Modes modes_of(const Points& real, const Points& other, Seed seed, const RunOptions& run) {
  std::array<std::vector<std::int64_t>, 2> turns;
  for (std::int64_t i = 0; i < real.rows; ++i)
    turns.at(static_cast<std::size_t>(i % 2)).push_back(i);
  const std::array parts = {rows_of(real, turns[0]), rows_of(real, turns[1])};
  const std::int64_t k = std::min(clusters_for(real.rows), parts[0].rows);
  const auto found = kmeans(parts[0].view(), {.clusters = k, .restarts = 1}, seed, run);
  const MatrixView<double> centres{found.centroids, k, real.dim};
  const auto count = [&](const Points& rows) {
    std::vector<double> out(static_cast<std::size_t>(k), 0);
    for (const auto c : nearest(rows.view(), centres, 1, {.run = run}).index)
      out[static_cast<std::size_t>(c)] += 1;
    return out;
  };
  const auto a = count(real), b = count(other);
  Modes out{kInfinity, 1};
  for (std::size_t c = 0; c < a.size(); ++c) {
    if (a[c] == 0) continue;
    const double share = a[c] / static_cast<double>(real.rows);
    out.least = std::min(out.least, b[c] / static_cast<double>(other.rows) / share);
  }
  const auto test = chi_square(count(parts[1]), b);
  if (test) out.p_value = test->p_value;
  return out;
}

/// Measures samples in the geometry of the training rows.
class Probe {
 public:
  explicit Probe(const Evaluator& e)
      : e_(e), embed_(e.tables().train_frame), ordinals_(e.tables().train_frame) {
    constexpr std::size_t kMost = 20;  // columns whose products are looked at
    const auto& columns = e.tables().train_frame.columns;
    for (std::size_t c = 0; c < columns.size() && numbers_.size() < kMost; ++c)
      if (columns[c].number) numbers_.push_back(embed_.coordinate(c));
  }

  [[nodiscard]] Scores operator()(const Comparison& c) const {
    const Frame real_frame(c.real), other_frame(c.other);
    const Points real = points(real_frame), other = points(other_frame);
    const auto a = real.view(), b = other.view();
    Scores out;
    measure_distances(c, a, b, out);
    if (e_.wants("c2st_knn")) out.neighbours = nearest_neighbour_test(a, b, TieRule::kHalf, c.run);
    if (e_.wants_any(std::array{"pmse", "specks"})) measure_propensity(real, other, out);
    if (e_.wants("log_cluster")) out.log_cluster = clusters_of(real, other, c);
    if (e_.wants("pca_diff") && real.dim >= 2) out.pca = pca_difference(a, b);
    if (e_.wants("copula_hellinger"))
      out.copula = copula_hellinger(ordinals_(real_frame).view(), ordinals_(other_frame).view());
    if (e_.wants("mode_drop")) out.modes = modes_of(real, other, c.seed, c.run);
    return out;
  }

  [[nodiscard]] std::int64_t dim() const noexcept { return embed_.dim(); }

 private:
  [[nodiscard]] Points points(const Frame& frame) const {
    std::vector<std::int64_t> all(static_cast<std::size_t>(frame.rows));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    return embed_(frame, all);
  }

  void measure_distances(const Comparison& c, const MatrixView<double>& a,
                         const MatrixView<double>& b, Scores& out) const {
    if (e_.wants("mmd")) out.mmd = mmd(a, b, {.run = c.run});
    if (e_.wants("energy")) out.energy = energy_distance(a, b, c.run);
    if (!c.part && e_.wants_any(std::array{"mmd", "energy"}))
      out.test = permutation_test(a, b, c.seed, 199, {.run = c.run});
    if (e_.wants("frechet")) {
      out.frechet = frechet_distance(a, b);
      if (!c.part) out.frechet_infinity = frechet_infinity(a, b, c.seed);
    }
    if (e_.wants("kid"))
      out.kernel = kernel_distance(
          a, b, c.seed,
          {.subsets = 10, .rows = std::max<std::int64_t>(2, a.rows / 2), .run = c.run});
    // The same directions everywhere: what differs is the rows.
    if (e_.wants("sliced_w"))
      out.sliced = sliced_wasserstein(a, b, derive(e_.seed(), "sliced"), 100, c.run);
  }

  /// In-sample logistic regression on the coordinates and the products of two numbers.
  void measure_propensity(const Points& real, const Points& other, Scores& out) const {
    const auto design = [&](const Points& points) {
      Points made{with_interactions(points.view(), numbers_), points.rows, 0};
      made.dim = std::ssize(made.values) / points.rows;
      return made;
    };
    const Points a = design(real), b = design(other);
    const Propensity fit = fit_propensity(a.view(), b.view());
    out.pmse = pmse(fit.first, fit.second, fit.parameters);
    out.specks = ks(fit.first, fit.second).value_or(0);
  }

  static double clusters_of(const Points& real, const Points& other, const Comparison& c) {
    const Points both = pool(real, other);
    const auto found =
        kmeans(both.view(), {.clusters = clusters_for(both.rows), .restarts = 1}, c.seed, c.run);
    return semblance::log_cluster(found.assignment, real.rows);
  }

  const Evaluator& e_;
  Embedding embed_;
  Ordinals ordinals_;
  std::vector<std::int64_t> numbers_;  // their coordinates
};

/// The ratio varies by chance at least as much as for equal tables.
void widen(Interval& interval, double ratio, const Pmse& found) {
  if (found.null <= 0) return;
  const double reach = normal_quantile((1 + interval.level) / 2) * found.deviation / found.null;
  interval.lo = std::max(0.0, std::min(interval.lo, ratio - reach));
  interval.hi = std::max(interval.hi, ratio + reach);
}

/// The further numbers of a metric.
std::vector<Detail> details_of(std::string_view id, const Scores& own, const Scores& real) {
  const auto each = [&](const char* name, const char* measure, auto&& of) {
    return Detail{name, measure, of(own), of(real)};
  };
  if (id == "mmd")
    return {each("biased", "MMD2", [](const Scores& s) { return s.mmd.biased; }),
            each("kernel", "gamma", [](const Scores& s) { return s.mmd.gamma; })};
  if (id == "frechet") {
    std::vector<Detail> out = {
        each("means", "term", [](const Scores& s) { return s.frechet.mean_term; }),
        each("covariances", "term", [](const Scores& s) { return s.frechet.covariance_term; })};
    if (own.frechet_infinity)
      out.push_back(
          {"infinitely many rows", "extrapolated", *own.frechet_infinity, real.frechet_infinity});
    return out;
  }
  if (id == "kid")
    return {each("over subsets", "standard error",
                 [](const Scores& s) { return s.kernel.standard_error; })};
  if (id == "sliced_w")
    return {each("root mean square", "W2", [](const Scores& s) { return s.sliced.w2; }),
            each("worst direction", "W1", [](const Scores& s) { return s.sliced.max; })};
  if (id == "c2st_knn")
    return {each("real rows", "share", [](const Scores& s) { return s.neighbours.first; }),
            each("synthetic rows", "share", [](const Scores& s) { return s.neighbours.second; })};
  if (id == "pmse")
    return {each("pMSE", "mean squared error", [](const Scores& s) { return s.pmse.value; }),
            each("under equal distributions", "mean", [](const Scores& s) { return s.pmse.null; }),
            each("standardised", "z", [](const Scores& s) { return s.pmse.z.value_or(0); })};
  if (id == "pca_diff" && own.pca && real.pca)
    return {
        each("first axis", "angle / right angle", [](const Scores& s) { return s.pca->angle; })};
  return {};
}

std::optional<double> p_value_of(std::string_view id, const Scores& s) {
  if (id == "mmd") return s.test.mmd;
  if (id == "energy") return s.test.energy;
  return id == "mode_drop" ? std::optional(s.modes.p_value) : std::nullopt;
}

/// From the spread over parts of `share` of the rows.
std::optional<Interval> interval_of(const Measure& measure, const Compared<Scores>& found,
                                    double level, double share) {
  const auto of = measure.resampled != nullptr ? measure.resampled : measure.of;
  const auto value = of(found.own);
  std::vector<double> parts;
  for (const Scores& s : found.parts[0])
    if (const auto of_part = of(s)) parts.push_back(*of_part);
  auto out = spread_interval(value, parts,
                             {.level = level,
                              .growth = measure.growth,
                              .factor = share / (1 - share),
                              .even = measure.even,
                              .least = measure.least,
                              .most = measure.most},
                             "subsamples");
  if (out && measure.resampled != nullptr) {
    const double off = *measure.of(found.own) - *value;
    out->lo += off;
    out->hi += off;
  }
  if (std::string_view(measure.id) == "pmse" && out) widen(*out, *value, found.own.pmse);
  return out;
}

}  // namespace

void measure_samples(Evaluator& e) {
  if (!e.wants_any(kMeasures)) return e.step(4);
  const Tables& t = e.tables();
  const std::int64_t n = std::min({t.train.rows(), t.synthetic.rows(), t.reference_train.rows(),
                                   t.reference_rows.rows(), kMostRows});
  // At equal populations distances are at a kink: small parts do not exaggerate their spread.
  const std::int64_t part = std::min(n / 2, std::max<std::int64_t>(n / 8, 2 * kFewestRows));
  const double share = static_cast<double>(part) / static_cast<double>(n);
  const Probe probe(e);
  const auto problem = [&](std::string_view id) -> std::string {
    if (n < kFewestRows) return fmt::format("needs {} rows of each table, got {}", kFewestRows, n);
    return id == "pca_diff" && probe.dim() < 2 ? "there is one coordinate only" : "";
  };
  std::optional<Compared<Scores>> found;
  if (n >= kFewestRows)
    found = compare_samples(e, derive(e.seed(), "samples"), n, {part}, t.shuffled, probe);
  for (const Measure& measure : kMeasures) {
    const std::string why = problem(measure.id);
    if (!why.empty()) {
      e.skip(measure.id, Status::kUndefined, why);
      continue;
    }
    Metric m = e.start(measure.id);
    m.rows_real = m.rows_synthetic = n;
    m.rows_holdout = std::min(m.rows_holdout, n);
    m.value = measure.of(found->own);
    m.holdout = {measure.of(found->real), t.reference_meaning};
    m.floor = {measure.of(found->floor), kShuffleFloor};
    m.interval = interval_of(measure, *found, e.options().level, share);
    m.details = details_of(measure.id, found->own, found->real);
    m.p_value = p_value_of(measure.id, found->own);
    e.finish(std::move(m));
  }
}

}  // namespace semblance
