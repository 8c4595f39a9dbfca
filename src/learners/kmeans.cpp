// SPDX-License-Identifier: Apache-2.0
#include "semblance/learners/kmeans.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "detail/check.hpp"
#include "learners/kmeans_start.hpp"
#include "learners/row_blocks.hpp"
#include "neighbours/squared.hpp"

namespace semblance {
namespace {

/// Bounds are rounded sums: only a gap above this share of them decides.
constexpr double kSlack = 1 + 1e-9;
constexpr std::int64_t kFewClusters = 32;  ///< A scan beats the search engine up to about here.
constexpr std::int64_t kFreshSums = 16;    ///< Rounds after which sums are taken anew: they drift.

/// One start: centroids, the nearest of each row, and bounds on the distances to it and the others.
class Lloyd {
 public:
  Lloyd(const MatrixView<double>& rows, std::vector<double> centroids, Workers& workers,
        const RunOptions& run)
      : rows_(rows),
        workers_(workers),
        run_(run),
        clusters_(std::ssize(centroids) / rows.dim),
        centroids_(std::move(centroids)),
        label_(static_cast<std::size_t>(rows.rows), -1),
        size_(static_cast<std::size_t>(clusters_), 0),
        sums_(centroids_.size(), 0.0),
        upper_(static_cast<std::size_t>(rows.rows), 0),
        lower_(static_cast<std::size_t>(rows.rows), 0) {
    search(own_rows(rows.rows));
  }

  /// Moves the centroids to the means of their rows, then the rows to their nearest centroid.
  /// \return The summed squared step of the centroids.
  double round() {
    const std::vector<double> steps = move_centroids();
    const double largest = *std::max_element(steps.begin(), steps.end());
    for_row_blocks(workers_, rows_.rows, [&](std::int64_t, std::int64_t from, std::int64_t to) {
      for (auto i = static_cast<std::size_t>(from); i < static_cast<std::size_t>(to); ++i) {
        upper_[i] += steps[static_cast<std::size_t>(label_[i])];
        lower_[i] -= largest;
      }
    });
    if (largest > 0) search(undecided());
    return std::inner_product(steps.begin(), steps.end(), steps.begin(), 0.0);
  }

  /// Every row's nearest centroid, and the sum of squared distances.
  KMeans finish() && {
    search(own_rows(rows_.rows));
    const double inertia = std::inner_product(upper_.begin(), upper_.end(), upper_.begin(), 0.0);
    return {std::move(centroids_), std::move(label_), inertia};
  }

 private:
  [[nodiscard]] NeighbourOptions options() const {
    return {.run = {.stop = run_.stop, .threads = workers_.threads()}};
  }
  [[nodiscard]] MatrixView<double> centroid_view() const {
    return {centroids_, clusters_, rows_.dim};
  }

  /// Rows that may have another nearest centroid than they had.
  [[nodiscard]] std::vector<std::int64_t> undecided() {
    std::vector<double> half(static_cast<std::size_t>(clusters_), 0);  // to the nearest other
    if (clusters_ > 1) half = nearest_others(centroid_view(), 1, options()).distance;
    std::vector<std::vector<std::int64_t>> found(static_cast<std::size_t>(row_blocks(rows_.rows)));
    for_row_blocks(workers_, rows_.rows,
                   [&](std::int64_t block, std::int64_t from, std::int64_t to) {
                     for (std::int64_t i = from; i < to; ++i) {
                       if (!decided(i, half)) found[static_cast<std::size_t>(block)].push_back(i);
                     }
                   });
    std::vector<std::int64_t> out;
    for (const auto& part : found) out.insert(out.end(), part.begin(), part.end());
    return out;
  }

  [[nodiscard]] bool decided(std::int64_t row, const std::vector<double>& half) {
    const auto i = static_cast<std::size_t>(row);
    const auto c = static_cast<std::size_t>(label_[i]);
    const double bound = std::max(lower_[i], half[c] / 2);
    if (upper_[i] * kSlack < bound) return true;
    upper_[i] = std::sqrt(
        squared_distance(rows_.row(row), centroids_.data() + label_[i] * rows_.dim, rows_.dim));
    return upper_[i] * kSlack < bound;
  }

  /// A row's nearest centroid, its distance and the distance to the next one.
  struct Found {
    std::int64_t label = 0;
    double first = std::numeric_limits<double>::infinity();
    double second = std::numeric_limits<double>::infinity();
  };

  /// The nearest centroid of these rows and the bounds that follow.
  void search(const std::vector<std::int64_t>& which) {
    if (which.empty()) return;
    const auto found = clusters_ <= kFewClusters ? scan(which) : look_up(which);
    for (std::size_t q = 0; q < which.size(); ++q) {
      const auto i = static_cast<std::size_t>(which[q]);
      assign(which[q], found[q].label);
      upper_[i] = found[q].first;
      lower_[i] = found[q].second;
    }
  }

  [[nodiscard]] std::vector<Found> scan(const std::vector<std::int64_t>& which) const {
    std::vector<Found> out(which.size());
    for_row_blocks(
        workers_, std::ssize(which), [&](std::int64_t, std::int64_t from, std::int64_t to) {
          for (auto q = static_cast<std::size_t>(from); q < static_cast<std::size_t>(to); ++q) {
            Found found;
            for (std::int64_t c = 0; c < clusters_; ++c) {
              const double gap = squared_distance(rows_.row(which[q]),
                                                  centroids_.data() + c * rows_.dim, rows_.dim);
              if (gap < found.first) {
                found = {c, gap, found.first};
              } else if (gap < found.second) {
                found.second = gap;
              }
            }
            out[q] = {found.label, std::sqrt(found.first), std::sqrt(found.second)};
          }
        });
    return out;
  }

  [[nodiscard]] std::vector<Found> look_up(const std::vector<std::int64_t>& which) const {
    std::vector<double> copy;
    MatrixView<double> queries = rows_;
    if (std::ssize(which) < rows_.rows) queries = gather(which, copy);
    const auto near = nearest(queries, centroid_view(), 2, options());
    std::vector<Found> out(which.size());
    for (std::size_t q = 0; q < out.size(); ++q)
      out[q] = {near.index[2 * q], near.distance[2 * q], near.distance[2 * q + 1]};
    return out;
  }

  MatrixView<double> gather(const std::vector<std::int64_t>& which,
                            std::vector<double>& copy) const {
    copy.reserve(which.size() * static_cast<std::size_t>(rows_.dim));
    for (const auto i : which) copy.insert(copy.end(), rows_.row(i), rows_.row(i) + rows_.dim);
    return {copy, std::ssize(which), rows_.dim};
  }

  /// The centroids become the means of their rows. \return How far each moved.
  std::vector<double> move_centroids() {
    for (std::int64_t c = 0; c < clusters_; ++c) {
      if (size_[static_cast<std::size_t>(c)] == 0) reseed(c);
    }
    if (rounds_++ % kFreshSums == 0) sum_up();
    std::vector<double> steps(size_.size()), mean(static_cast<std::size_t>(rows_.dim));
    for (std::int64_t c = 0; c < clusters_; ++c) {
      const auto at = static_cast<std::size_t>(c);
      const double* sum = sums_.data() + c * rows_.dim;
      std::transform(sum, sum + rows_.dim, mean.begin(),
                     [&](double v) { return v / static_cast<double>(size_[at]); });
      double* own = centroids_.data() + c * rows_.dim;
      steps[at] = std::sqrt(squared_distance(own, mean.data(), rows_.dim));
      std::copy(mean.begin(), mean.end(), own);
    }
    return steps;
  }

  /// The sums of the clusters' rows, from scratch; between two calls `assign` keeps them.
  void sum_up() {
    std::fill(sums_.begin(), sums_.end(), 0.0);
    for (std::int64_t i = 0; i < rows_.rows; ++i) add(i, label_[static_cast<std::size_t>(i)], 1);
  }

  /// Adds sign times the row to the sum of a cluster.
  void add(std::int64_t row, std::int64_t cluster, double sign) {
    const double* from = rows_.row(row);
    double* sum = sums_.data() + cluster * rows_.dim;
    for (std::int64_t j = 0; j < rows_.dim; ++j) sum[j] += sign * from[j];
  }

  void assign(std::int64_t row, std::int64_t cluster) {
    std::int64_t& label = label_[static_cast<std::size_t>(row)];
    if (label == cluster) return;
    if (label >= 0) {
      --size_[static_cast<std::size_t>(label)];
      add(row, label, -1);
      add(row, cluster, 1);
    }
    ++size_[static_cast<std::size_t>(cluster)];
    label = cluster;
  }

  /// Gives the empty cluster the row farthest from its centroid, of a cluster that has others.
  void reseed(std::int64_t cluster) {
    std::int64_t row = -1;
    double most = -1;
    for (std::int64_t i = 0; i < rows_.rows; ++i) {
      const std::int64_t own = label_[static_cast<std::size_t>(i)];
      if (size_[static_cast<std::size_t>(own)] < 2) continue;
      const double gap =
          squared_distance(rows_.row(i), centroids_.data() + own * rows_.dim, rows_.dim);
      if (gap > most) {
        most = gap;
        row = i;
      }
    }
    assign(row, cluster);  // n >= clusters: where one is empty, one has two rows
    upper_[static_cast<std::size_t>(row)] = std::numeric_limits<double>::infinity();
    lower_[static_cast<std::size_t>(row)] = 0;
  }

  const MatrixView<double>& rows_;
  Workers& workers_;
  const RunOptions& run_;
  std::int64_t clusters_;
  std::vector<double> centroids_;
  std::vector<std::int64_t> label_, size_;  ///< Cluster of each row, rows of each cluster.
  std::vector<double> sums_;                ///< [clusters, dim] of the rows.
  std::int64_t rounds_ = 0;
  std::vector<double> upper_;  ///< Not below the distance to the row's centroid.
  std::vector<double> lower_;  ///< Not above the distance to any other.
};

/// The mean over the columns of their population variance.
double mean_variance(const MatrixView<double>& rows) {
  double total = 0;
  const auto n = static_cast<double>(rows.rows);
  for (std::int64_t j = 0; j < rows.dim; ++j) {
    double mean = 0, squares = 0;
    for (std::int64_t i = 0; i < rows.rows; ++i) mean += rows.row(i)[j] / n;
    for (std::int64_t i = 0; i < rows.rows; ++i)
      squares += (rows.row(i)[j] - mean) * (rows.row(i)[j] - mean);
    total += squares / n;
  }
  return total / static_cast<double>(rows.dim);
}

KMeans one_start(const MatrixView<double>& rows, const KMeansConfig& config, double enough,
                 Seed seed, Workers& workers, const RunOptions& run) {
  Lloyd lloyd(rows, kmeans_start(rows, config.clusters, seed, workers), workers, run);
  std::int64_t done = 0;
  bool converged = false;
  while (done < config.iterations && !converged) {
    require<Cancelled>(!run.stop.stop_requested(), "kmeans was cancelled at round {} of {}", done,
                       config.iterations);
    converged = lloyd.round() <= enough;
    ++done;
  }
  KMeans out = std::move(lloyd).finish();
  out.iterations = done;
  out.converged = converged;
  return out;
}

}  // namespace

void KMeansConfig::validate() const {
  require(clusters >= 1, "KMeansConfig.clusters must be >= 1, got {}", clusters);
  require(restarts >= 1, "KMeansConfig.restarts must be >= 1, got {}", restarts);
  require(iterations >= 1, "KMeansConfig.iterations must be >= 1, got {}", iterations);
  require(tolerance >= 0 && std::isfinite(tolerance),
          "KMeansConfig.tolerance must be finite and >= 0, got {}", tolerance);
}

KMeans kmeans(const MatrixView<double>& rows, const KMeansConfig& config, Seed seed,
              const RunOptions& run) {
  config.validate();
  require(rows.dim >= 1, "kmeans: the rows must have columns, got {}", rows.dim);
  require(rows.rows >= config.clusters, "kmeans: {} clusters need as many rows, got {}",
          config.clusters, rows.rows);
  for (const double v : rows.values)
    require(std::isfinite(v), "kmeans: rows must be finite, got {}", v);
  Workers workers(worker_threads(run));
  const double enough = config.tolerance * mean_variance(rows);
  KMeans best;
  for (std::int64_t r = 0; r < config.restarts; ++r) {
    const Seed own = derive(derive(seed, "kmeans"), static_cast<std::uint64_t>(r));
    KMeans next = one_start(rows, config, enough, own, workers, run);
    if (r == 0 || next.inertia < best.inertia) best = std::move(next);
  }
  return best;
}

}  // namespace semblance
