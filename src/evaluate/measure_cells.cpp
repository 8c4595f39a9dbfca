// SPDX-License-Identifier: Apache-2.0
// Cells of one, two and three columns together: how many rows are in the wrong one, and which are
// filled at all. Numbers are in the bins of the pair measures.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>

#include "detail/check.hpp"
#include "evaluate/evaluator.hpp"
#include "evaluate/joint_codes.hpp"
#include "semblance/evaluate/coverage.hpp"
#include "semblance/evaluate/marginal.hpp"

namespace semblance {
namespace {

constexpr std::size_t kMostSubsets = 100;

using Columns = std::vector<std::size_t>;

/// Subsets of k of n columns: all of them, or `kMostSubsets` random ones.
std::vector<Columns> subsets_of(std::size_t n, std::size_t k, Seed seed) {
  if (n < k) return {};
  double all = 1;
  for (std::size_t i = 0; i < k; ++i)
    all *= static_cast<double>(n - i) / static_cast<double>(i + 1);
  std::set<Columns> out;
  Stream draw(seed);
  const bool some = all > static_cast<double>(kMostSubsets);
  Columns next(k);
  std::iota(next.begin(), next.end(), std::size_t{0});
  while (out.size() < kMostSubsets && static_cast<double>(out.size()) < std::round(all)) {
    if (some) {
      Columns order(n);
      std::iota(order.begin(), order.end(), std::size_t{0});
      draw.shuffle(order);
      next.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(k));
      std::ranges::sort(next);
      out.insert(next);
      continue;
    }
    out.insert(next);
    std::size_t at = k;  // the next combination in order
    while (at > 0 && next[at - 1] == n - k + at - 1) --at;
    if (at == 0) break;
    ++next[at - 1];
    for (; at < k; ++at) next[at] = next[at - 1] + 1;
  }
  return {out.begin(), out.end()};
}

/// Two tables' rows as cells of each subset.
std::vector<JointCodes> joined(const CodedTable& a, const CodedTable& b,
                               const std::vector<Columns>& subsets) {
  std::vector<JointCodes> out;
  for (const Columns& subset : subsets) {
    std::vector<CodeSpan> x, y;
    for (const auto c : subset) x.emplace_back(a.codes[c]), y.emplace_back(b.codes[c]);
    out.push_back(join_codes(x, y));
  }
  return out;
}

/// Counts of both tables' cells.
struct Counts {
  std::vector<double> a, b;

  explicit Counts(const JointCodes& codes) : a(static_cast<std::size_t>(codes.cells), 0), b(a) {
    for (const auto c : codes.a) a[static_cast<std::size_t>(c)] += 1;
    for (const auto c : codes.b) b[static_cast<std::size_t>(c)] += 1;
  }
  Counts(const JointCodes& codes, const Resample& rows)
      : a(static_cast<std::size_t>(codes.cells), 0), b(a) {
    for (const auto i : rows.real)
      a[static_cast<std::size_t>(codes.a[static_cast<std::size_t>(i)])] += 1;
    for (const auto i : rows.synthetic)
      b[static_cast<std::size_t>(codes.b[static_cast<std::size_t>(i)])] += 1;
  }
};

/// 100 TVD.
std::optional<double> misplaced(const Counts& counts) {
  const auto share = tvd(counts.a, counts.b);
  return share ? std::optional(100 * *share) : std::nullopt;
}

/// Cells that the first table fills and the second fills too, %.
std::optional<double> covered(const Counts& counts) {
  double known = 0, hit = 0;
  for (std::size_t i = 0; i < counts.a.size(); ++i) {
    known += counts.a[i] > 0 ? 1 : 0;
    hit += counts.a[i] > 0 && counts.b[i] > 0 ? 1 : 0;
  }
  return known > 0 ? std::optional(100 * hit / known) : std::nullopt;
}

std::optional<double> entropy_ratio(const Counts& counts) {
  const auto real = entropy(counts.a), other = entropy(counts.b);
  if (!real || !other || *real <= 0) return std::nullopt;
  return *other / *real;
}

/// What one row, repeated, gets instead of that many cells.
std::optional<double> covered_by_one(const Counts& counts) {
  const auto known = std::ranges::count_if(counts.a, [](double c) { return c > 0; });
  return known > 0 ? std::optional(100 / static_cast<double>(known)) : std::nullopt;
}
std::optional<double> none(const Counts&) { return 0.0; }

/// One metric: a number of each subset of k columns, its mean over them.
struct Measure {
  const char* id;
  std::size_t columns;
  std::optional<double> (*of)(const Counts&);
  std::optional<double> (*floor)(const Counts&);  ///< Null: the same of shuffled columns.
  const char* name;
};

constexpr std::array kMeasures = {
    Measure{"kway_marginals", 3, misplaced, nullptr, "TVD"},
    Measure{"coverage_1way", 1, covered, covered_by_one, "cells filled"},
    Measure{"coverage_2way", 2, covered, covered_by_one, "cells filled"},
    Measure{"coverage_3way", 3, covered, covered_by_one, "cells filled"},
    Measure{"entropy_ratio", 1, entropy_ratio, none, "ratio"}};

/// Mean over the subsets that have a value.
template <class Of>
std::optional<double> mean_over(const std::vector<JointCodes>& all, Of of) {
  double sum = 0, n = 0;
  for (const JointCodes& codes : all) {
    const std::optional<double> value = of(codes);
    if (value) sum += *value, n += 1;
  }
  return n > 0 ? std::optional(sum / n) : std::nullopt;
}

/// All tables in shared bins, real and synthetic ones of one size.
struct Coded {
  CodedTable train, own, reference_train, reference, shuffled;
  std::int64_t rows = 0;  ///< Of `own` and `reference`.
};

std::string name_of(const Columns& subset, const std::vector<std::string>& names) {
  std::string out;
  for (const auto c : subset) out += (out.empty() ? "" : " | ") + names[c];
  return out;
}

void add(Evaluator& e, const Measure& measure, const Coded& coded) {
  const Tables& t = e.tables();
  const auto subsets = subsets_of(t.names.size(), measure.columns, derive(e.seed(), "subsets"));
  if (subsets.empty()) {
    return e.skip(measure.id, Status::kNotApplicable,
                  fmt::format("needs {} columns, got {}", measure.columns, t.names.size()));
  }
  const auto of = [&](const JointCodes& codes) { return measure.of(Counts(codes)); };
  const auto own = joined(coded.train, coded.own, subsets);
  const auto real = joined(coded.reference_train, coded.reference, subsets);
  Metric m = e.start(measure.id);
  m.rows_synthetic = coded.rows;
  m.value = mean_over(own, of);
  m.holdout = {mean_over(real, of), t.reference_meaning};
  if (measure.floor == nullptr) {
    m.floor = {mean_over(joined(coded.train, coded.shuffled, subsets), of), kShuffleFloor};
  } else {
    m.floor = {mean_over(own, [&](const JointCodes& c) { return measure.floor(Counts(c)); }),
               "one row repeated, by definition"};
  }
  for (std::size_t k = 0; k < subsets.size(); ++k) {
    const auto value = of(own[k]);
    if (value)
      m.details.push_back({name_of(subsets[k], t.names), measure.name, *value, of(real[k])});
  }
  worst_first(m.details, m.direction);
  const double cells = 2 * static_cast<double>(subsets.size());
  BootstrapPlan plan = e.bootstrap_plan(measure.id, cells);
  plan = BootstrapPlan(std::ssize(own[0].a), std::ssize(own[0].b), plan.synthetic_m,
                       e.options().level, plan.seed);
  Replicates again(static_cast<std::size_t>(e.options().bootstrap));
  e.workers().run(e.options().bootstrap, [&](std::int64_t b) {
    const Resample rows = plan.rows(b);
    again[static_cast<std::size_t>(b)] =
        mean_over(own, [&](const JointCodes& codes) { return measure.of(Counts(codes, rows)); });
  });
  m.interval = plan.interval(m.value, again, {.even = m.ideal, .least = 0});
  e.finish(std::move(m));
}

/// Categories of fewer than 1 in 100 training rows that occur among as many other rows.
void add_rare(Evaluator& e, const Coded& coded) {
  const Tables& t = e.tables();
  Metric m = e.start("rare_coverage");
  m.rows_synthetic = coded.rows;
  double rare = 0, hit = 0, known = 0, kept = 0;
  for (std::size_t c = 0; c < t.names.size(); ++c) {
    if (t.number(c)) continue;
    const auto count = [&](const CodedTable& a, const CodedTable& b, double& all, double& found) {
      const CodeSpan x(a.codes[c]), y(b.codes[c]);
      const Counts counts(join_codes(std::array{x}, std::array{y}));
      const double most = std::ceil(static_cast<double>(x.size()) / 100) - 1;
      for (std::size_t i = 0; i < counts.a.size(); ++i) {
        if (counts.a[i] <= 0 || counts.a[i] > most) continue;
        all += 1;
        found += counts.b[i] > 0 ? 1 : 0;
      }
    };
    double all = 0, found = 0;
    count(coded.train, coded.own, all, found);
    if (all > 0) m.details.push_back({t.names[c], "rare categories kept", 100 * found / all, {}});
    rare += all, hit += found;
    count(coded.reference_train, coded.reference, known, kept);
  }
  if (rare == 0) {
    return e.skip("rare_coverage", Status::kNotApplicable,
                  "no category has fewer than 1 in 100 training rows");
  }
  m.value = 100 * hit / rare;
  m.interval = percent(wilson(hit, rare, e.options().level));
  if (known > 0) m.holdout.value = 100 * kept / known;
  m.holdout.meaning = t.reference_meaning;
  m.floor = {0.0, "one row repeated, by definition"};
  worst_first(m.details, m.direction);
  e.finish(std::move(m));
}

/// Rows that repeat an earlier one, among equally many synthetic and real rows.
void add_duplicates(Evaluator& e, std::int64_t n) {
  const Tables& t = e.tables();
  const auto repeated = [&](const Dataset& rows, const char* stage) {
    const Dataset some = draw(rows, n, derive(derive(e.seed(), "duplicates"), stage));
    return static_cast<double>(n) - count_distinct(some);
  };
  Metric m = e.start("duplicates");
  m.rows_synthetic = n;
  const double hits = repeated(t.synthetic, "synthetic"), rows = static_cast<double>(n);
  m.value = 100 * hits / rows;
  m.interval = percent(wilson(hits, rows, e.options().level));
  m.holdout = {100 * repeated(t.reference_rows, "real") / rows, "as many real rows"};
  m.floor = {100 * (rows - 1) / rows, "one row repeated, by definition"};
  e.finish(std::move(m));
}

}  // namespace

void measure_cells(Evaluator& e) {
  const Tables& t = e.tables();
  const std::int64_t n = std::min(t.synthetic.rows(), t.reference_rows.rows());
  if (e.wants("duplicates")) add_duplicates(e, n);
  if (!e.wants_any(kMeasures) && !e.wants("rare_coverage")) return e.step();
  const SharedBins bins(t.train_frame), reference_bins(t.reference_train_frame);
  const auto some = [&](const Dataset& rows, const char* stage) {
    return Frame(draw(rows, n, derive(derive(e.seed(), "cells"), stage)));
  };
  const Coded coded{bins.code(t.train_frame),
                    bins.code(some(t.synthetic, "synthetic")),
                    reference_bins.code(t.reference_train_frame),
                    reference_bins.code(some(t.reference_rows, "real")),
                    bins.code(t.shuffled_frame),
                    n};
  for (const Measure& measure : kMeasures)
    if (e.wants(measure.id)) add(e, measure, coded);
  if (e.wants("rare_coverage")) add_rare(e, coded);
  e.step();
}

}  // namespace semblance
