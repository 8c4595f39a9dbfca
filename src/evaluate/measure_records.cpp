// SPDX-License-Identifier: Apache-2.0
// The copying group's metrics of single records: everything at equal sizes, the holdout beside.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "detail/check.hpp"
#include "evaluate/evaluator.hpp"
#include "evaluate/groups.hpp"
#include "evaluate/half_samples.hpp"
#include "semblance/evaluate/records.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kFewestRows = 20;
constexpr std::array kIds = {"nnaa",         "nnaa_loss",    "identifiability_gap",
                             "authenticity", "hitting_rate", "near_copies",
                             "near_rows"};
constexpr const char* kCopied = "the training rows themselves, published";

/// What one sample is beside another.
struct Scores {
  double accuracy = 0, identified = 0, authentic = 0, hit = 0;
};

/// Samples in the geometry of the training rows. References are searched whole, some rows ask.
class Probe {
 public:
  Probe(const Tables& t, std::int64_t queries, bool hits)
      : gower_(t.train, GowerGap::kMidpoint), queries_(queries), hits_(hits) {}

  [[nodiscard]] Scores compare(const Dataset& real, const Dataset& other, Seed seed,
                               const RunOptions& run) const {
    const Asking a = asking(real, derive(seed, "real")), b = asking(other, derive(seed, "other"));
    RecordDistances d;
    d.real_to_real = others(a, run);
    d.synthetic_to_synthetic = others(b, run);
    d.real_to_synthetic = gower_.nearest(a.cells, b.all, 1, {.run = run}).distance;
    auto near = gower_.nearest(b.cells, a.all, 1, {.run = run});
    d.synthetic_to_real = near.distance;
    d.nearest_real.resize(near.index.size());
    Scores out{nnaa(d, Ties::kHalf).value(), identifiability(d, Ties::kHalf), 0, 0};
    // Around each of those nearest real rows.
    std::iota(d.nearest_real.begin(), d.nearest_real.end(), std::int64_t{0});
    d.real_to_real = others({gower_.encode(real.take(near.index)), near.index, a.all}, run);
    out.authentic = authenticity(d, Ties::kHalf);
    if (hits_) out.hit = hitting_rate(real.take(a.rows), other);
    return out;
  }

 private:
  /// The rows of a table that ask, among all of them.
  struct Asking {
    Gower::Rows cells;
    std::vector<std::int64_t> rows;
    Gower::Rows all;
  };
  [[nodiscard]] Asking asking(const Dataset& table, Seed seed) const {
    auto rows = draw_rows(table.rows(), std::min(queries_, table.rows()), seed);
    Gower::Rows cells = gower_.encode(table.take(rows));
    return {std::move(cells), std::move(rows), gower_.encode(table)};
  }
  [[nodiscard]] std::vector<double> others(const Asking& a, const RunOptions& run) const {
    return gower_.nearest(a.cells, a.all, 1, {.excluded = a.rows, .run = run}).distance;
  }

  Gower gower_;
  std::int64_t queries_;
  bool hits_;
};

/// Equally many rows of every table.
struct Samples {
  Dataset train, own, unseen, real_train, real, shuffled;

  Samples(const Tables& t, std::int64_t n, Seed seed) {
    const auto some = [&](const Dataset& rows, const char* stage) {
      return draw(rows, n, derive(seed, stage));
    };
    train = some(t.train, "train");
    own = some(t.synthetic, "own");
    if (t.holdout) unseen = some(*t.holdout, "unseen");
    real_train = t.holdout ? train : some(t.reference_train, "real train");
    real = t.holdout ? unseen : some(t.reference_rows, "real");
    shuffled = some(t.shuffled, "floor");
  }
};

/// Scores of the samples, of published training rows, and of rows without structure.
struct Results {
  Scores own, unseen, real, floor, copy, copy_unseen;
};

/// A metric of these results; `gap`: of the difference between unseen and training rows.
struct Measure {
  const char* id;
  double Scores::* part;
  bool gap;
  double sign;  ///< Of training minus unseen rows.
};
constexpr std::array kMeasures = {Measure{"nnaa", &Scores::accuracy, false, 1},
                                  Measure{"nnaa_loss", &Scores::accuracy, true, -1},
                                  Measure{"identifiability_gap", &Scores::identified, true, 1},
                                  Measure{"authenticity", &Scores::authentic, false, 1},
                                  Measure{"hitting_rate", &Scores::hit, false, 1}};

double value_of(const Measure& m, const Scores& seen, const Scores& unseen) {
  return m.gap ? m.sign * (seen.*m.part - unseen.*m.part) : seen.*m.part;
}

void file(Evaluator& e, const Measure& measure, const Results& r,
          const std::vector<std::pair<Scores, Scores>>& parts, std::int64_t n) {
  const Tables& t = e.tables();
  if (measure.gap && !t.holdout) return e.skip(measure.id, Status::kNotApplicable, kNeedsHoldout);
  Metric m = e.start(measure.id);
  m.rows_real = m.rows_synthetic = n;
  m.rows_holdout = t.holdout ? n : 0;
  m.value = value_of(measure, r.own, r.unseen);
  if (measure.gap) {
    m.holdout = {0.0, "none: rows that know neither are as near to both, by definition"};
    m.floor = {value_of(measure, r.copy, r.copy_unseen), kCopied};
    m.details = {{"training rows", "share", r.own.*measure.part, {}},
                 {"unseen rows", "share", r.unseen.*measure.part, {}}};
  } else {
    m.holdout = {r.real.*measure.part, t.reference_meaning};
    m.floor = {r.floor.*measure.part, kShuffleFloor};
    m.details = {{kCopied, "share", r.copy.*measure.part, {}}};
  }
  std::vector<double> again;
  for (const auto& [seen, unseen] : parts) again.push_back(value_of(measure, seen, unseen));
  const bool share = !measure.gap;
  if (m.id == "hitting_rate") {  // parts have fewer hits, and too small a spread
    const auto asked = static_cast<double>(std::min(n, e.options().dcr_queries));
    m.interval = wilson(*m.value * asked, asked, e.options().level);
    return e.finish(std::move(m));
  }
  m.interval = part_interval(m.value, again, kQuarterShare,
                             {.level = e.options().level, .least = share ? 0.0 : -1.0, .most = 1});
  e.finish(std::move(m));
}

/// NNAA and its kin.
void add_neighbourhoods(Evaluator& e) {
  const Tables& t = e.tables();
  const std::int64_t n = std::min({t.train.rows(), t.synthetic.rows(), t.reference_train.rows(),
                                   t.reference_rows.rows(), e.options().dcr_references});
  const Seed seed = derive(e.seed(), "records");
  const RunOptions run{.stop = e.options().run.stop, .threads = e.options().run.threads};
  const Samples s(t, n, seed);
  const Probe probe(t, e.options().dcr_queries, e.wants("hitting_rate"));
  const auto compare = [&](const Dataset& a, const Dataset& b) {
    return probe.compare(a, b, seed, run);
  };
  Results r{compare(s.train, s.own),       {},
            compare(s.real_train, s.real), compare(s.train, s.shuffled),
            compare(s.train, s.train),     {}};
  if (t.holdout) {
    r.unseen = compare(s.unseen, s.own);
    r.copy_unseen = compare(s.unseen, s.train);
  }
  const Probe quick(t, part_of(e.options().dcr_queries, kQuarterShare), e.wants("hitting_rate"));
  std::vector<std::pair<Scores, Scores>> parts(half_count(e.options()));
  e.workers().run(std::ssize(parts), [&](std::int64_t b) {
    const Seed seed_of = derive(seed, static_cast<std::uint64_t>(b));
    const auto part = [&](const Dataset& rows, const char* stage) {
      return draw(rows, part_of(rows.rows(), kQuarterShare), derive(seed_of, stage));
    };
    const Dataset own = part(s.own, "own");
    auto& [seen, unseen] = parts[static_cast<std::size_t>(b)];
    seen = quick.compare(part(s.train, "train"), own, seed_of, {.threads = 1});
    if (t.holdout) unseen = quick.compare(part(s.unseen, "unseen"), own, seed_of, {.threads = 1});
  });
  for (const Measure& measure : kMeasures)
    if (e.wants(measure.id)) file(e, measure, r, parts, n);
}

/// The interval of a share that has a second, independent error of this variance: both arms grow in
/// quadrature [1].
///
/// [1] Zou, Donner, "Construction of confidence limits about effect measures: a general approach",
/// Statistics in Medicine 27, 2008.
Interval widened(Interval share, double value, double variance) {
  const double reach = normal_quantile((1 + share.level) / 2) * std::sqrt(variance);
  share.lo = std::max(0.0, value - std::hypot(value - share.lo, reach));
  share.hi = std::min(1.0, value + std::hypot(share.hi - value, reach));
  share.method = "Wilson, widened";
  return share;
}

/// A share of rows with its Wilson interval, beside that of real rows and of the floor.
///
/// \param more  Variance of what the share is measured by.
void add_share(Evaluator& e, const char* id, const std::array<std::vector<bool>, 3>& hits,
               std::vector<Detail> details, double more = 0) {
  const auto share = [](const std::vector<bool>& of) {
    return static_cast<double>(std::ranges::count(of, true)) / static_cast<double>(of.size());
  };
  Metric m = e.start(id);
  m.value = share(hits[0]);
  m.rows_synthetic = std::ssize(hits[0]);
  const auto n = static_cast<double>(hits[0].size());
  m.interval = wilson(*m.value * n, n, e.options().level);
  if (more > 0) m.interval = widened(*m.interval, *m.value, more);
  m.holdout = {share(hits[1]), e.tables().reference_meaning};
  m.floor = {share(hits[2]), kShuffleFloor};
  m.details = std::move(details);
  e.finish(std::move(m));
}

/// Rows that differ from a training row in one cell at most.
void add_near_copies(Evaluator& e) {
  const Tables& t = e.tables();
  const Seed seed = derive(e.seed(), "near copies");
  const std::int64_t n = std::min(t.reference_train.rows(), e.options().dcr_references);
  const Dataset train = draw(t.reference_train, n, derive(seed, "train"));
  const auto cells = [&](const Dataset& rows, const char* stage) {
    return differing_cells(draw(rows, e.options().dcr_queries, derive(seed, stage)), train,
                           e.options().run);
  };
  const std::array apart = {cells(t.synthetic, "own"), cells(t.reference_rows, "real"),
                            cells(t.shuffled, "floor")};
  std::array<std::vector<bool>, 3> hits;
  std::vector<Detail> details;
  for (const std::int64_t most : {0, 1, 2, 3}) {
    std::array<double, 3> share{};
    for (std::size_t i = 0; i < apart.size(); ++i) {
      for (const auto d : apart.at(i)) {
        share.at(i) += d <= most ? 1.0 / static_cast<double>(apart.at(i).size()) : 0;
        if (most == 1) hits.at(i).push_back(d <= most);
      }
    }
    details.push_back({fmt::format("at most {} cells", most), "share", share[0], share[1]});
  }
  add_share(e, "near_copies", hits, std::move(details));
}

/// Variance of the share of `own` below the 5 % quantile of `real` (ascending) that comes from
/// `real`, bootstrapped.
double variance_by_limit(Evaluator& e, std::vector<double> own, const std::vector<double>& real) {
  if (e.options().bootstrap == 0) return 0;
  std::ranges::sort(own);
  std::vector<double> again(static_cast<std::size_t>(e.options().bootstrap));
  const Seed seed = derive(e.seed(), "near rows limit");
  e.workers().run(std::ssize(again), [&](std::int64_t b) {
    Stream draw(seed, static_cast<std::uint64_t>(b));
    std::vector<double> drawn;
    for (const auto i : with_replacement(std::ssize(real), std::ssize(real), draw))
      drawn.push_back(real[static_cast<std::size_t>(i)]);
    std::ranges::sort(drawn);
    const auto below = std::ranges::lower_bound(own, quantile(drawn, 0.05)) - own.begin();
    again[static_cast<std::size_t>(b)] =
        static_cast<double>(below) / static_cast<double>(own.size());
  });
  return variance_of(again).value;
}

/// Rows nearer to a training row than 1 in 20 unseen rows is.
void add_near_rows(Evaluator& e) {
  const Tables& t = e.tables();
  const Seed seed = derive(e.seed(), "near rows");
  const Gower gower(t.train, GowerGap::kMidpoint);
  const std::int64_t n = std::min(t.reference_train.rows(), e.options().dcr_references);
  const auto train = gower.encode(draw(t.reference_train, n, derive(seed, "train")));
  const auto distances = [&](const Dataset& rows, const char* stage) {
    const auto asked = gower.encode(draw(rows, e.options().dcr_queries, derive(seed, stage)));
    return gower.nearest(asked, train, 1, {.run = e.options().run}).distance;
  };
  const std::array all = {distances(t.synthetic, "own"), distances(t.reference_rows, "real"),
                          distances(t.shuffled, "floor")};
  auto real = all[1];
  std::ranges::sort(real);
  const double limit = quantile(real, 0.05);
  std::array<std::vector<bool>, 3> hits;
  for (std::size_t i = 0; i < all.size(); ++i)
    for (const double d : all.at(i)) hits.at(i).push_back(d < limit);
  add_share(e, "near_rows", hits, {{"nearer than", "Gower distance", limit, {}}},
            variance_by_limit(e, all[0], real));
}

}  // namespace

void measure_records(Evaluator& e) {
  const Tables& t = e.tables();
  if (!e.wants_any(kIds)) return e.step();
  const std::int64_t fewest = std::min(
      {t.train.rows(), t.synthetic.rows(), t.reference_train.rows(), t.reference_rows.rows()});
  if (fewest < kFewestRows) {
    for (const char* id : kIds)
      e.skip(id, Status::kUndefined,
             fmt::format("needs {} rows of each table, got {}", kFewestRows, fewest));
    return e.step();
  }
  if (e.wants_any(kMeasures)) add_neighbourhoods(e);
  if (e.wants("near_copies")) add_near_copies(e);
  if (e.wants("near_rows")) add_near_rows(e);
  e.step();
}

}  // namespace semblance
