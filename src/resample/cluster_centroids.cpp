// SPDX-License-Identifier: Apache-2.0
#include "semblance/resample/cluster_centroids.hpp"

#include <algorithm>
#include <limits>
#include <numbers>

#include "resample/centroids.hpp"
#include "resample/entries.hpp"
#include "resample/selector_of.hpp"
#include "semblance/learners/kmeans.hpp"

namespace semblance {
namespace {

constexpr const char* kVotings[] = {"soft", "hard"};

/// Rows in a Euclidean space: numbers, then for each category a column that is 0 or w, such that
/// rows which differ in it are at the squared distance 2 w^2 = (median deviation)^2, as in
/// TableSpace.
struct Coordinates {
  std::vector<double> values;
  std::int64_t rows = 0, dim = 0;
  [[nodiscard]] MatrixView<double> view() const { return {values, rows, dim}; }
};

Coordinates coordinates_of(const SpaceRows& space) {
  const double deviation = space.numeric > 0 ? median_deviation(space) : 1.0;
  std::vector<std::int64_t> first;  // column of the first code
  Coordinates out{{}, space.rows, space.numeric};
  for (std::int64_t j = 0; j < space.categorical; ++j) {
    std::int32_t codes = 0;
    for (std::int64_t i = 0; i < space.rows; ++i) {
      codes = std::max(codes, space.view().codes.row(i)[j] + 1);
    }
    first.push_back(out.dim);
    out.dim += codes;
  }
  out.values.resize(static_cast<std::size_t>(out.rows * out.dim));
  for (std::int64_t i = 0; i < space.rows; ++i) {
    double* row = out.values.data() + i * out.dim;
    std::copy_n(space.view().numbers.row(i), space.numeric, row);
    for (std::int64_t j = 0; j < space.categorical; ++j) {
      row[first[static_cast<std::size_t>(j)] + space.view().codes.row(i)[j]] =
          deviation / std::numbers::sqrt2;
    }
  }
  return out;
}

using Clusters = std::vector<std::vector<std::int64_t>>;

/// The positions of each cluster, none of them empty: one that is gets a row of the largest, since
/// fewer distinct rows than clusters leave some without.
Clusters members_of(const KMeans& found, std::int64_t clusters) {
  Clusters out(static_cast<std::size_t>(clusters));
  for (std::size_t i = 0; i < found.assignment.size(); ++i) {
    out[static_cast<std::size_t>(found.assignment[i])].push_back(static_cast<std::int64_t>(i));
  }
  for (auto& cluster : out) {
    if (!cluster.empty()) continue;
    auto& largest = *std::max_element(
        out.begin(), out.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
    cluster.push_back(largest.back());
    largest.pop_back();
  }
  return out;
}

/// The row of a cluster that is nearest to its centre.
std::int64_t nearest_member(const Coordinates& at, const std::vector<std::int64_t>& cluster) {
  std::vector<double> centre(static_cast<std::size_t>(at.dim));
  for (const std::int64_t i : cluster) {
    for (std::size_t j = 0; j < centre.size(); ++j) {
      centre[j] += at.view().row(i)[j] / static_cast<double>(cluster.size());
    }
  }
  std::int64_t best = -1;
  double least = std::numeric_limits<double>::infinity();
  for (const std::int64_t i : cluster) {
    double square = 0;
    for (std::size_t j = 0; j < centre.size(); ++j) {
      const double d = at.view().row(i)[j] - centre[j];
      square += d * d;
    }
    if (best < 0 || square < least) {
      best = i;
      least = square;
    }
  }
  return best;
}

}  // namespace

template <class Json>
static void to_json(Json& json, ClusterCentroidsConfig::Voting value) {
  write_name(json, value, kVotings);
}
template <class Json>
static void from_json(const Json& json, ClusterCentroidsConfig::Voting& value) {
  read_name(json, value, kVotings);
}

template <class Visitor>
static void visit(ClusterCentroidsConfig& c, Visitor&& v) {
  v("voting", c.voting, "The centroids as new rows (soft), or the rows nearest to them (hard)");
  v("restarts", c.restarts, "Starts of k-means, of which the best is kept, >= 1");
  v("standardize", c.standardize, "Distances on columns of unit variance");
}

void ClusterCentroidsConfig::validate() const {
  require(restarts >= 1, "ClusterCentroidsConfig.restarts must be >= 1, got {}", restarts);
}

static std::string name_of(const ClusterCentroidsConfig&) { return "cluster-centroids"; }

ClusterCentroids::ClusterCentroids(ClusterCentroidsConfig config) : config_(config) {
  config_.validate();
}

std::string ClusterCentroids::do_name() const { return name_of(config_); }

Resampled ClusterCentroids::do_resample(const Dataset& data, Seed seed,
                                        const ResampleOptions& options) const {
  check_classes(data, name());
  const Selection selection(data, seed, options, name());
  const TableSpace space = selection.space(config_.standardize);
  const auto wanted = selection.wanted();
  Resampled out;
  Clusters soft;
  for (std::size_t c = 0; c < wanted.size(); ++c) {
    const auto rows = selection.rows_of(static_cast<std::int32_t>(c));
    if (wanted[c] == static_cast<std::int64_t>(rows.size())) {
      out.kept.insert(out.kept.end(), rows.begin(), rows.end());
      continue;
    }
    const Coordinates at = coordinates_of(space.gather(rows));
    const KMeans found =
        kmeans(at.view(), {.clusters = wanted[c], .restarts = config_.restarts},
               derive(derive(seed, "centroids"), static_cast<std::uint64_t>(c)), options.run);
    for (auto& cluster : members_of(found, wanted[c])) {
      if (config_.voting == ClusterCentroidsConfig::Voting::kHard) {
        out.kept.push_back(rows[static_cast<std::size_t>(nearest_member(at, cluster))]);
        continue;
      }
      for (std::int64_t& i : cluster) i = rows[static_cast<std::size_t>(i)];
      soft.push_back(std::move(cluster));
    }
  }
  out.kept = with_missing(std::move(out.kept), data.column(data.schema().target()));
  const Dataset parts[] = {data.take(out.kept), centroids_of(data, soft)};
  out.rows = Dataset::concat(parts);
  return out;
}

ResamplerEntry cluster_centroids_entry() {
  return entry_of<ClusterCentroids, ClusterCentroidsConfig>(
      ResamplerGroup::kUnderSampling, "The centroids of k-means clusters in place of the rows.",
      "ClusterCentroidsConfig");
}

}  // namespace semblance
