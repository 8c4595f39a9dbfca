// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "evaluate/closeness.hpp"
#include "evaluate/embedding.hpp"
#include "evaluate/evaluator.hpp"
#include "evaluate/half_samples.hpp"
#include "evaluate/sample_report.hpp"
#include "semblance/evaluate/diversity.hpp"
#include "semblance/evaluate/feature_distance.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kHalves = 20;  // subsamples behind an interval
constexpr std::int64_t kLeast = 12;   // rows from which on PRDC says something

/// Features without the columns that are constant in `real`, standardised by it.
class Standard {
 public:
  explicit Standard(const Points& real) : dim_(real.dim) {
    for (std::int64_t c = 0; c < real.dim; ++c) {
      double sum = 0, squares = 0;
      for (std::int64_t i = 0; i < real.rows; ++i) sum += real.view().row(i)[c];
      const double mean = sum / static_cast<double>(real.rows);
      for (std::int64_t i = 0; i < real.rows; ++i)
        squares += (real.view().row(i)[c] - mean) * (real.view().row(i)[c] - mean);
      mean_.push_back(mean);
      const double deviation = std::sqrt(squares / static_cast<double>(real.rows));
      scale_.push_back(deviation > 1e-9 ? 1 / deviation : 0);
    }
  }

  [[nodiscard]] Points operator()(const Points& rows) const {
    Points out = rows;
    for (std::size_t i = 0; i < out.values.size(); ++i) {
      const std::size_t c = i % static_cast<std::size_t>(dim_);
      out.values[i] = (out.values[i] - mean_[c]) * scale_[c];
    }
    return out;
  }

 private:
  std::int64_t dim_;
  std::vector<double> mean_, scale_;
};

/// A distance of two samples of features.
using Distance = std::function<double(const Points&, const Points&)>;

void add_distance(SampleReport& out, const FeatureSets& f, const char* id,
                  const Distance& distance) {
  if (!out.wants(id)) return;
  Metric m = out.start(id);
  m.judge = f.extractor;
  m.value = distance(f.train, f.synthetic);
  m.holdout = {distance(f.reference_train, f.reference), f.reference_meaning};
  m.floor = {distance(f.train, f.floor), f.floor_meaning};
  m.interval = out.bootstrap(id, f.train.rows, f.synthetic.rows, m.value, [&](const Resample& r) {
    return std::optional(distance(rows_of(f.train, r.real), rows_of(f.synthetic, r.synthetic)));
  });
  out.finish(std::move(m));
}

void add_kernel_distance(SampleReport& out, const FeatureSets& f) {
  if (!out.wants("feature_kernel")) return;
  const auto of = [&](const Points& a, const Points& b) {
    return kernel_distance(a.view(), b.view(), derive(out.seed(), "kernel distance"),
                           {.run = out.run_options()});
  };
  const KernelDistance own = of(f.train, f.synthetic);
  Metric m = out.start("feature_kernel");
  m.judge = f.extractor;
  m.value = own.mean;
  const double reach = normal_quantile((1 + out.options().level) / 2) * own.standard_error;
  m.interval = Interval{own.mean - reach, own.mean + reach, out.options().level, "subsets"};
  m.holdout = {of(f.reference_train, f.reference).mean, f.reference_meaning};
  m.floor = {of(f.train, f.floor).mean, f.floor_meaning};
  out.finish(std::move(m));
}

struct BallMeasure {
  const char* id;
  double Prdc::* of;
};
constexpr std::array kBalls = {BallMeasure{"prdc_precision", &Prdc::precision},
                               BallMeasure{"prdc_recall", &Prdc::recall},
                               BallMeasure{"prdc_density", &Prdc::density},
                               BallMeasure{"prdc_coverage", &Prdc::coverage},
                               BallMeasure{"clipped_density", &Prdc::clipped_density},
                               BallMeasure{"clipped_coverage", &Prdc::clipped_coverage}};

void add_balls(SampleReport& out, const FeatureSets& f) {
  if (std::ranges::none_of(kBalls, [&](const auto& b) { return out.wants(b.id); })) return;
  if (std::min({f.train.rows, f.synthetic.rows, f.reference.rows}) < kLeast) {
    for (const auto& ball : kBalls)
      out.skip(ball.id, Status::kUndefined, fmt::format("needs {} of each sample", kLeast));
    return;
  }
  const RunOptions single{.stop = out.run_options().stop, .threads = 1};
  const auto of = [&](const Points& a, const Points& b) {
    return prdc(a.view(), b.view(), {.run = single});
  };
  const Prdc own = of(f.train, f.synthetic), real = of(f.reference_train, f.reference),
             floor = of(f.train, f.floor);
  const auto half = [&](const Points& all, const char* stage, std::int64_t i) {
    return part_of(all, 0.5, derive(derive(out.seed(), stage), static_cast<std::uint64_t>(i)));
  };
  std::array<Prdc, kHalves> again;
  const bool halves = f.train.rows >= 2 * kLeast && f.synthetic.rows >= 2 * kLeast;
  out.workers().run(halves ? kHalves : 0, [&](std::int64_t i) {
    again[static_cast<std::size_t>(i)] =
        of(half(f.train, "half of train", i), half(f.synthetic, "half of synthetic", i));
  });
  for (const auto& [id, number] : kBalls) {
    Metric m = out.start(id);
    m.judge = f.extractor;
    m.value = own.*number;
    m.holdout = {real.*number, f.reference_meaning};
    m.floor = {floor.*number, f.floor_meaning};
    std::vector<double> values;
    for (const Prdc& p : again) values.push_back(p.*number);
    if (halves) m.interval = half_interval(m.value, values, out.options().level, 0);
    out.finish(std::move(m));
  }
}

std::vector<double> distances(const Points& queries, const Points& references,
                              const RunOptions& run) {
  return nearest(queries.view(), references.view(), 1, {.run = run}).distance;
}

void add_nearer_share(SampleReport& out, const FeatureSets& f) {
  if (!out.wants("dcr_share")) return;
  if (!f.holdout) return out.skip("dcr_share", Status::kNotApplicable, kNeedsHoldout);
  const auto share = [&](const Points& asked, const Points& train, const Points& holdout) {
    return nearer_to_train(distances(asked, train, out.run_options()),
                           distances(asked, holdout, out.run_options()));
  };
  const NearerShare own = share(f.synthetic, f.train, *f.holdout);
  Metric m = out.start("dcr_share");
  m.judge = f.extractor;
  m.value = 100 * own.hits / own.n;
  m.interval = percent(wilson(own.hits, own.n, out.options().level));
  const std::int64_t half = f.holdout->rows / 2;
  auto order = draw_rows(f.holdout->rows, f.holdout->rows, Seed{0});
  Stream(out.seed(), "halves of the holdout").shuffle(order);
  const std::span<const std::int64_t> all(order);
  const auto size = static_cast<std::size_t>(half);
  const auto train = draw_rows(f.train.rows, half, derive(out.seed(), "as many of train"));
  const NearerShare real = share(rows_of(*f.holdout, all.first(size)), rows_of(f.train, train),
                                 rows_of(*f.holdout, all.subspan(size, size)));
  m.holdout = {100 * real.hits / real.n, "one half of the holdout against the other"};
  const NearerShare floor = share(f.train, f.train, *f.holdout);
  m.floor = {100 * floor.hits / floor.n, "the training sample itself"};
  out.finish(std::move(m));
}

}  // namespace

void measure_features(SampleReport& out, const FeatureSets& raw) {
  const Standard standard(raw.train);
  FeatureSets f = raw;
  for (Points* points : {&f.train, &f.synthetic, &f.reference_train, &f.reference, &f.floor})
    *points = standard(*points);
  if (f.holdout) f.holdout = standard(*f.holdout);
  // The published distances are those of the features as they are.
  add_distance(out, raw, raw.frechet, [](const Points& a, const Points& b) {
    return frechet_distance(a.view(), b.view()).distance;
  });
  add_kernel_distance(out, raw);
  add_distance(out, f, "feature_sliced_w", [&](const Points& a, const Points& b) {
    return sliced_wasserstein(a.view(), b.view(), derive(out.seed(), "directions"), 50,
                              {.threads = 1})
        .w1;
  });
  add_balls(out, f);
  add_nearer_share(out, f);
}

}  // namespace semblance
