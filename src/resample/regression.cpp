// SPDX-License-Identifier: Apache-2.0
#include "semblance/resample/regression.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "detail/check.hpp"
#include "resample/regression_rows.hpp"
#include "resample/selection.hpp"
#include "semblance/core/parallel.hpp"
#include "semblance/neighbours/table_space.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kBaseBlock = 64;  ///< Bases of one parallel task.

/// What both methods do, and where SMOGN differs: perturbation > 0.
struct Method {
  const char* name;
  const SmoteRConfig& config;
  double perturbation = 0;
};

/// The bumps of a table and what becomes of them.
class Plan {
 public:
  Plan(const Dataset& data, const Method& method, Seed seed) : seed_(seed) {
    const auto [rows, values] = present(data, method.name);
    const SmoteRConfig& config = method.config;
    const Relevance relevance =
        config.points.empty() ? Relevance::of_box_plot(values, config.extremes, config.coefficient)
                              : Relevance(config.points);
    auto found = find_bumps(values, relevance, config.threshold);
    require(found.size() > 1,
            "{}: the relevance of all rows is {} the threshold {}; give control points or another "
            "threshold",
            method.name, found[0].relevant ? "at least" : "below", config.threshold);
    std::vector<std::int64_t> sizes;
    for (Bump& bump : found) {
      for (std::int64_t& row : bump.rows) row = rows[static_cast<std::size_t>(row)];
      std::sort(bump.rows.begin(), bump.rows.end());
      sizes.push_back(std::ssize(bump.rows));
      bumps_.push_back(std::move(bump.rows));
    }
    counts_ = bump_counts(sizes, config.sizes);
    for (std::size_t b = 0; b < sizes.size() && !config.undersample; ++b)
      counts_[b].kept = sizes[b];
  }

  [[nodiscard]] const std::vector<std::vector<std::int64_t>>& bumps() const { return bumps_; }

  /// Rows that stay, ascending: with those that have no target.
  [[nodiscard]] std::vector<std::int64_t> kept(const Dataset& data) const {
    const Column& target = data.column(data.schema().target());
    std::vector<std::int64_t> out;
    for (std::int64_t i = 0; i < data.rows(); ++i) {
      if (!target.is_valid(i)) out.push_back(i);
    }
    for (std::size_t b = 0; b < bumps_.size(); ++b) {
      const auto some =
          draw_rows(bumps_[b], counts_[b].kept, Stream(derive(derive(seed_, "keep"), b)));
      out.insert(out.end(), some.begin(), some.end());
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  /// The bases of a bump's new rows, ascending, each as often as rows are made from it.
  [[nodiscard]] std::vector<std::int64_t> bases(std::size_t bump) const {
    const auto& members = bumps_[bump];
    const std::int64_t added = counts_[bump].added;
    auto out = draw_rows(members, added % std::ssize(members),
                         Stream(derive(derive(seed_, "extra"), bump)));
    for (std::int64_t r = 0; r < added / std::ssize(members); ++r)
      out.insert(out.end(), members.begin(), members.end());
    std::sort(out.begin(), out.end());
    return out;
  }

 private:
  /// The rows that have a target, and their targets.
  static std::pair<std::vector<std::int64_t>, std::vector<double>> present(const Dataset& data,
                                                                           const char* name) {
    const Field& field = data.schema()[data.schema().target()];
    const bool number =
        field.kind == Kind::kReal || field.kind == Kind::kInteger || field.kind == Kind::kDatetime;
    require(number, "{}: the target must be real, integer or datetime, '{}' is {}", name,
            field.name, to_string(field.kind));
    require(data.schema().size() > 1, "{}: data must have columns besides the target", name);
    const Column& target = data.column(data.schema().target());
    std::pair<std::vector<std::int64_t>, std::vector<double>> out;
    for (std::int64_t i = 0; i < data.rows(); ++i) {
      if (!target.is_valid(i)) continue;
      out.first.push_back(i);
      out.second.push_back(target.number(i));
      require(std::isfinite(out.second.back()), "{}: targets must be finite, row {} has {}", name,
              i, out.second.back());
    }
    require(!out.first.empty(), "{}: every target is missing", name);
    return out;
  }

  Seed seed_;
  std::vector<std::vector<std::int64_t>> bumps_;  ///< Rows, ascending.
  std::vector<BumpCounts> counts_;
};

/// The distances by which TableSpace ranks some rows of a table.
class Distances {
 public:
  Distances(const TableSpace& space, std::span<const std::int64_t> rows)
      : rows_(space.gather(rows)),
        mismatch_(rows_.numeric > 0 ? std::pow(median_deviation(rows_), 2) : 1) {}

  [[nodiscard]] double operator()(std::int64_t a, std::int64_t b) const {
    const MixedView view = rows_.view();
    double sum = 0;
    for (std::int64_t j = 0; j < rows_.numeric; ++j) {
      const double d = view.numbers.row(a)[j] - view.numbers.row(b)[j];
      sum += d * d;
    }
    for (std::int64_t j = 0; j < rows_.categorical; ++j)
      sum += view.codes.row(a)[j] == view.codes.row(b)[j] ? 0 : mismatch_;
    return std::sqrt(sum);
  }

 private:
  SpaceRows rows_;
  double mismatch_;
};

/// The median; changes the order of the values.
double median_of(std::vector<double>& values) {
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

/// Half the median of each base's distances to all rows of its bump, itself included.
std::vector<double> half_medians(const TableSpace& space, std::span<const std::int64_t> bump,
                                 std::span<const std::int64_t> bases, const RunOptions& run) {
  const Distances distance(space, bump);
  std::vector<double> out(bases.size());
  const std::int64_t blocks = (std::ssize(bases) + kBaseBlock - 1) / kBaseBlock;
  parallel_for(worker_threads(run), blocks, [&](std::int64_t block) {
    require<Cancelled>(!run.stop.stop_requested(), "smogn was cancelled at block {} of {}", block,
                       blocks);
    std::vector<double> all(bump.size());
    const auto end = std::min<std::int64_t>(std::ssize(bases), (block + 1) * kBaseBlock);
    for (auto i = static_cast<std::size_t>(block * kBaseBlock); std::cmp_less(i, end); ++i) {
      const auto base = std::lower_bound(bump.begin(), bump.end(), bases[i]) - bump.begin();
      for (std::size_t j = 0; j < all.size(); ++j)
        all[j] = distance(base, static_cast<std::int64_t>(j));
      out[i] = median_of(all) / 2;
    }
  });
  return out;
}

/// The new rows of one bump; the first of them is row `first` of all.
void plan_rows(const TableSpace& space, const Plan& plan, std::size_t bump, const Method& method,
               Seed seed, const RunOptions& run, std::vector<NewRow>& out) {
  const auto bases = plan.bases(bump);
  const auto& members = plan.bumps()[bump];
  std::vector<std::int64_t> distinct = bases;
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  const std::int64_t k = std::min<std::int64_t>(method.config.k, std::ssize(members) - 1);
  Neighbours near;
  if (k > 0 && !bases.empty()) near = space.nearest(distinct, members, k, run);
  std::vector<double> reach;
  if (method.perturbation > 0) reach = half_medians(space, members, distinct, run);
  std::size_t place = 0;
  for (const std::int64_t base : bases) {
    if (distinct[place] != base) ++place;
    NewRow row{.parents = {base, base, 0}, .bump = bump};
    Stream draw(seed, "parents", out.size());
    if (k > 0) {
      const auto pick = static_cast<std::size_t>(draw.below(static_cast<std::uint64_t>(k)));
      const auto q = static_cast<std::int64_t>(place);
      const bool far = !reach.empty() && !(near.distances(q)[pick] < reach[place]);
      if (far) row.noise = std::min(reach[place], method.perturbation);
      if (!far) row.parents = {base, near.indices(q)[pick], draw.uniform()};
    }
    out.push_back(row);
  }
}

Resampled resample_by(const Method& method, const Dataset& data, Seed seed,
                      const ResampleOptions& options) {
  require(options.strategy.index() == ResampleOptions{}.strategy.index(),
          "{}: the relevance decides how many rows are made; leave strategy at its default",
          method.name);
  const Plan plan(data, method, seed);
  const TableSpace space(
      data, {.label = data.schema().target(), .standardize = method.config.standardize});
  std::vector<NewRow> made;
  for (std::size_t b = 0; b < plan.bumps().size(); ++b)
    plan_rows(space, plan, b, method, seed, options.run, made);
  const RegressionRows maker(data, plan.bumps(), seed);
  Resampled out{.rows = {}, .kept = plan.kept(data), .provenance = {}};
  for (const NewRow& row : made) out.provenance.push_back(row.parents);
  const Dataset parts[] = {data.take(out.kept), maker.make(made, worker_threads(options.run))};
  out.rows = Dataset::concat(parts);
  return out;
}

}  // namespace

void SmoteRConfig::validate() const {
  require(k >= 1, "SmoteRConfig.k must be >= 1, got {}", k);
  require(threshold > 0 && threshold <= 1, "SmoteRConfig.threshold must be in (0, 1], got {}",
          threshold);
  require(coefficient > 0 && std::isfinite(coefficient),
          "SmoteRConfig.coefficient must be finite and > 0, got {}", coefficient);
  if (!points.empty()) (void)Relevance(points);
}

void SmognConfig::validate() const {
  smoter.validate();
  require(perturbation > 0 && std::isfinite(perturbation),
          "SmognConfig.perturbation must be finite and > 0, got {}", perturbation);
}

SmoteR::SmoteR(SmoteRConfig config) : config_(std::move(config)) { config_.validate(); }

Resampled SmoteR::do_resample(const Dataset& data, Seed seed,
                              const ResampleOptions& options) const {
  return resample_by({.name = "smoter", .config = config_}, data, seed, options);
}

Smogn::Smogn(SmognConfig config) : config_(std::move(config)) { config_.validate(); }

Resampled Smogn::do_resample(const Dataset& data, Seed seed, const ResampleOptions& options) const {
  return resample_by(
      {.name = "smogn", .config = config_.smoter, .perturbation = config_.perturbation}, data, seed,
      options);
}

}  // namespace semblance
