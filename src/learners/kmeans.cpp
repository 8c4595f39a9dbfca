// SPDX-License-Identifier: Apache-2.0
#include "semblance/learners/kmeans.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "detail/check.hpp"
#include "learners/kmeans_start.hpp"
#include "learners/row_blocks.hpp"
#include "neighbours/squared.hpp"

namespace semblance {
namespace {

/// Bounds are rounded sums: only a gap above this share of them decides.
constexpr double kSlack = 1 + 1e-9;

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
    const auto found = nearest(rows_, centroid_view(), 1, options());
    const double inertia = std::inner_product(found.distance.begin(), found.distance.end(),
                                              found.distance.begin(), 0.0);
    return {std::move(centroids_), found.index, inertia};
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

  /// The nearest centroid of these rows and the bounds that follow.
  void search(const std::vector<std::int64_t>& which) {
    if (which.empty()) return;
    std::vector<double> copy;
    MatrixView<double> queries = rows_;
    if (std::ssize(which) < rows_.rows) queries = gather(which, copy);
    const std::int64_t k = std::min<std::int64_t>(2, clusters_);
    const auto found = nearest(queries, centroid_view(), k, options());
    for (std::size_t q = 0; q < which.size(); ++q) {
      const auto i = static_cast<std::size_t>(which[q]);
      const auto at = q * static_cast<std::size_t>(k);
      label_[i] = found.index[at];
      upper_[i] = found.distance[at];
      lower_[i] = k == 2 ? found.distance[at + 1] : std::numeric_limits<double>::infinity();
    }
  }

  MatrixView<double> gather(const std::vector<std::int64_t>& which,
                            std::vector<double>& copy) const {
    copy.reserve(which.size() * static_cast<std::size_t>(rows_.dim));
    for (const auto i : which) copy.insert(copy.end(), rows_.row(i), rows_.row(i) + rows_.dim);
    return {copy, std::ssize(which), rows_.dim};
  }

  /// The centroids become the means of their rows. \return How far each moved.
  std::vector<double> move_centroids() {
    const std::vector<std::int64_t> first = group();
    std::vector<double> steps(static_cast<std::size_t>(clusters_));
    workers_.run(clusters_, [&](std::int64_t c) {
      const auto at = static_cast<std::size_t>(c);
      const std::vector<double> mean =
          mean_of(std::span(grouped_).subspan(static_cast<std::size_t>(first[at]),
                                              static_cast<std::size_t>(first[at + 1] - first[at])));
      double* own = centroids_.data() + c * rows_.dim;
      steps[at] = std::sqrt(squared_distance(own, mean.data(), rows_.dim));
      std::copy(mean.begin(), mean.end(), own);
    });
    return steps;
  }

  /// Sorts the rows by cluster, into grouped_. \return Where each cluster begins, and the end.
  std::vector<std::int64_t> group() {
    std::vector<std::int64_t> first(static_cast<std::size_t>(clusters_) + 1, 0);
    for (const auto c : label_) ++first[static_cast<std::size_t>(c) + 1];
    for (std::int64_t c = 0; c < clusters_; ++c) {
      if (first[static_cast<std::size_t>(c) + 1] == 0) reseed(c, first);
    }
    std::partial_sum(first.begin(), first.end(), first.begin());
    auto next = first;
    grouped_.resize(label_.size());
    for (std::size_t i = 0; i < label_.size(); ++i) {
      auto& place = next[static_cast<std::size_t>(label_[i])];
      grouped_[static_cast<std::size_t>(place++)] = static_cast<std::int64_t>(i);
    }
    return first;
  }

  /// Gives the empty cluster the row farthest from its centroid, of a cluster that has others.
  /// `size` holds the rows of cluster c at c + 1.
  void reseed(std::int64_t cluster, std::vector<std::int64_t>& size) {
    std::int64_t row = -1;
    double most = -1;
    for (std::int64_t i = 0; i < rows_.rows; ++i) {
      const std::int64_t own = label_[static_cast<std::size_t>(i)];
      if (size[static_cast<std::size_t>(own) + 1] < 2) continue;
      const double gap =
          squared_distance(rows_.row(i), centroids_.data() + own * rows_.dim, rows_.dim);
      if (gap > most) {
        most = gap;
        row = i;
      }
    }
    auto& label = label_[static_cast<std::size_t>(row)];  // n >= clusters: one has two rows
    --size[static_cast<std::size_t>(label) + 1];
    size[static_cast<std::size_t>(cluster) + 1] = 1;
    label = cluster;
    upper_[static_cast<std::size_t>(row)] = std::numeric_limits<double>::infinity();
    lower_[static_cast<std::size_t>(row)] = 0;
  }

  [[nodiscard]] std::vector<double> mean_of(std::span<const std::int64_t> members) const {
    std::vector<double> mean(static_cast<std::size_t>(rows_.dim), 0.0);
    for (const auto i : members) {
      const double* row = rows_.row(i);
      for (std::size_t j = 0; j < mean.size(); ++j) mean[j] += row[j];
    }
    for (double& v : mean) v /= static_cast<double>(members.size());
    return mean;
  }

  const MatrixView<double>& rows_;
  Workers& workers_;
  const RunOptions& run_;
  std::int64_t clusters_;
  std::vector<double> centroids_;
  std::vector<std::int64_t> label_, grouped_;
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
