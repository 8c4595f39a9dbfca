// SPDX-License-Identifier: Apache-2.0
#include "smote/optics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "detail/check.hpp"

namespace semblance {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::infinity();

/// The distance of TableSpace for numbers and mixed rows; without numbers, differing categories.
class Metric {
 public:
  explicit Metric(const SpaceRows& rows) : rows_(rows) {
    const double deviation = rows.numeric > 0 ? median_deviation(rows) : 1.0;
    mismatch_.assign(static_cast<std::size_t>(rows.categorical), deviation * deviation);
  }

  [[nodiscard]] double operator()(std::int64_t a, std::int64_t b) const {
    const MixedView view = rows_.view();
    double sum = 0;
    const double *x = view.numbers.row(a), *y = view.numbers.row(b);
    for (std::int64_t j = 0; j < rows_.numeric; ++j) sum += (x[j] - y[j]) * (x[j] - y[j]);
    const std::int32_t *c = view.codes.row(a), *d = view.codes.row(b);
    for (std::int64_t j = 0; j < rows_.categorical; ++j) {
      if (c[j] != d[j]) sum += mismatch_[static_cast<std::size_t>(j)];
    }
    return std::sqrt(sum);
  }

  /// Distances to the k-th nearest other row.
  [[nodiscard]] std::vector<double> kth(std::int64_t k, const RunOptions& run) const {
    std::vector<double> out(static_cast<std::size_t>(rows_.rows), 0.0);
    if (k == 0 || rows_.numeric + rows_.categorical == 0) return out;
    const auto own = own_rows(rows_.rows);
    const NeighbourOptions options{.excluded = own, .run = run};
    const MixedView view = rows_.view();
    const Neighbours found = rows_.categorical == 0
                                 ? nearest(view.numbers, view.numbers, k, options)
                                 : nearest_mixed(view, view, mismatch_, k, options);
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = found.distances(static_cast<std::int64_t>(i)).back();
    }
    return out;
  }

 private:
  const SpaceRows& rows_;
  std::vector<double> mismatch_;
};

}  // namespace

double finite_mean(const std::vector<double>& values) {
  double sum = 0, count = 0;
  for (const double value : values) {
    if (std::isinf(value)) continue;
    sum += value;
    ++count;
  }
  return count > 0 ? sum / count : 0;
}

Optics optics(const SpaceRows& rows, const OpticsOptions& options, const RunOptions& run) {
  const Metric metric(rows);
  const auto n = static_cast<std::size_t>(rows.rows);
  Optics out{metric.kth(std::min(options.min_samples, rows.rows) - 1, run),
             std::vector<double>(n, kUndefined), std::vector<double>(n, 0.0)};
  const double eps = options.eps > 0 ? options.eps : options.spread * finite_mean(out.core);
  for (double& core : out.core) core = core <= eps ? core : kUndefined;
  std::vector<bool> visited(n);
  for (std::size_t step = 0; step < n; ++step) {
    require<Cancelled>(!run.stop.stop_requested(), "optics was cancelled at row {} of {}", step, n);
    std::size_t p = n;  // the first of the most reachable
    for (std::size_t i = 0; i < n; ++i) {
      if (!visited[i] && (p == n || out.reach[i] < out.reach[p])) p = i;
    }
    visited[p] = true;
    for (std::size_t i = 0; i < n; ++i) {
      const double d = metric(static_cast<std::int64_t>(p), static_cast<std::int64_t>(i));
      if (d > eps) continue;
      ++out.near[p];
      if (!visited[i]) out.reach[i] = std::min(out.reach[i], std::max(out.core[p], d));
    }
  }
  return out;
}

}  // namespace semblance
