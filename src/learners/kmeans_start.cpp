// SPDX-License-Identifier: Apache-2.0
#include "learners/kmeans_start.hpp"
#include "learners/row_blocks.hpp"
#include "neighbours/squared.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace semblance {
namespace {

/// The squared distance of every row to the nearest centroid so far, and its sums by block.
class Start {
 public:
  Start(const MatrixView<double>& rows, Workers& workers)
      : rows_(rows),
        workers_(workers),
        gap_(static_cast<std::size_t>(rows.rows), std::numeric_limits<double>::infinity()),
        owner_(static_cast<std::size_t>(rows.rows), 0),
        sums_(static_cast<std::size_t>(row_blocks(rows.rows))) {}

  void add(std::int64_t row) {
    const double* next = rows_.row(row);
    const auto between = gaps_to(next);
    const auto label = static_cast<std::int64_t>(between.size());
    centroids_.insert(centroids_.end(), next, next + rows_.dim);
    for_row_blocks(workers_, rows_.rows,
                   [&](std::int64_t block, std::int64_t from, std::int64_t to) {
                     double sum = 0;
                     for (std::int64_t i = from; i < to; ++i)
                       sum += update(i, next, label, between);
                     sums_[static_cast<std::size_t>(block)] = sum;
                   });
  }

  /// A row drawn by squared distance; any row where all distances are 0.
  [[nodiscard]] std::int64_t draw(Stream& stream) const {
    const double total = std::accumulate(sums_.begin(), sums_.end(), 0.0);
    if (!(total > 0)) return static_cast<std::int64_t>(stream.below(gap_.size()));
    double left = stream.uniform() * total;
    std::size_t block = 0;
    while (block + 1 < sums_.size() && left >= sums_[block]) left -= sums_[block++];
    const auto from = static_cast<std::int64_t>(block) * kRowBlock;
    std::int64_t last = -1;
    for (std::int64_t i = from; i < std::min(rows_.rows, from + kRowBlock); ++i) {
      const double gap = gap_[static_cast<std::size_t>(i)];
      if (gap > 0) last = i;
      if (left < gap) return i;
      left -= gap;
    }
    return last >= 0 ? last : farthest();  // rounding used up the block
  }

  [[nodiscard]] std::vector<double> centroids() && { return std::move(centroids_); }

 private:
  /// A quarter of the squared distance of each centroid to `next`: a row nearer to its own than
  /// that cannot be nearer to `next`.
  [[nodiscard]] std::vector<double> gaps_to(const double* next) const {
    std::vector<double> out(centroids_.size() / static_cast<std::size_t>(rows_.dim));
    for (std::size_t c = 0; c < out.size(); ++c) {
      const double* own = centroids_.data() + static_cast<std::int64_t>(c) * rows_.dim;
      out[c] = squared_distance(own, next, rows_.dim) / 4;
    }
    return out;
  }

  double update(std::int64_t i, const double* next, std::int64_t label,
                const std::vector<double>& between) {
    double& gap = gap_[static_cast<std::size_t>(i)];
    std::int64_t& owner = owner_[static_cast<std::size_t>(i)];
    if (label > 0 && gap <= between[static_cast<std::size_t>(owner)]) return gap;
    const double candidate = squared_distance(rows_.row(i), next, rows_.dim);
    if (candidate < gap) {
      gap = candidate;
      owner = label;
    }
    return gap;
  }

  [[nodiscard]] std::int64_t farthest() const {
    return std::max_element(gap_.begin(), gap_.end()) - gap_.begin();
  }

  const MatrixView<double>& rows_;
  Workers& workers_;
  std::vector<double> gap_;
  std::vector<std::int64_t> owner_;
  std::vector<double> sums_, centroids_;
};

}  // namespace

std::vector<double> kmeans_start(const MatrixView<double>& rows, std::int64_t clusters, Seed seed,
                                 Workers& workers) {
  Stream stream(seed, "kmeans++");
  Start start(rows, workers);
  start.add(static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(rows.rows))));
  for (std::int64_t c = 1; c < clusters; ++c) start.add(start.draw(stream));
  return std::move(start).centroids();
}

}  // namespace semblance
