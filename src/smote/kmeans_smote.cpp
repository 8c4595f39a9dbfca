// SPDX-License-Identifier: Apache-2.0
#include "smote/kmeans_smote.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

#include "semblance/learners/kmeans.hpp"
#include "smote/entry.hpp"
#include "smote/over_sampler_of.hpp"

namespace semblance {
namespace {

constexpr std::size_t kMostPaired = 4'096;  ///< Rows whose distances are all computed.

/// The mean distance of two different rows.
double mean_distance(const Training& training, const std::vector<std::int64_t>& rows) {
  std::vector<std::int64_t> some = rows;
  if (some.size() > kMostPaired) {
    Stream stream(training.seed, "mean distance");
    stream.shuffle(some);
    some.resize(kMostPaired);
  }
  const SpaceRows points = training.space.gather(some);
  const auto view = points.view().numbers;
  double sum = 0;
  for (std::int64_t i = 0; i < points.rows; ++i) {
    for (std::int64_t j = 0; j < i; ++j) {
      double squares = 0;
      for (std::int64_t c = 0; c < points.numeric; ++c) {
        const double d = view.row(i)[c] - view.row(j)[c];
        squares += d * d;
      }
      sum += std::sqrt(squares);
    }
  }
  const auto n = static_cast<double>(points.rows);
  return sum / (n * (n - 1) / 2);
}

/// log(md^exponent / n); minus infinity for rows that are all the same.
double log_sparsity(const KMeansSmoteConfig& config, const Training& training,
                    const std::vector<std::int64_t>& rows) {
  const auto n = static_cast<double>(rows.size());
  const double automatic = 0.16 * std::pow(std::log(n) / std::log(1.6), 1.8);
  const double exponent = config.exponent < 0 ? automatic : config.exponent;
  return exponent * std::log(mean_distance(training, rows)) - std::log(n);
}

/// The weights of clusters from the logarithms of their sparsity; equal where all are points.
void weigh(std::vector<StrongCluster>& clusters, const std::vector<double>& logs) {
  const double most = *std::max_element(logs.begin(), logs.end());
  const bool points = most == -std::numeric_limits<double>::infinity();
  double sum = 0;
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    clusters[i].weight = points ? 1 : std::exp(logs[i] - most);
    sum += clusters[i].weight;
  }
  for (StrongCluster& cluster : clusters) cluster.weight /= sum;
}

struct KMeansPlan final : ClassPlan {
  using ClassPlan::ClassPlan;
  std::vector<double> shares;        ///< Of each cluster.
  std::vector<std::size_t> cluster;  ///< Of each base, among those that take part.
};

class KMeansMethod final : public Method {
 public:
  KMeansMethod(const KMeansSmoteConfig& config, const Training& training)
      : Method(training), config_(config) {}

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions& run) const override {
    auto plan = std::make_unique<KMeansPlan>(label);
    const auto clusters = training().usable_k(label) < config_.k
                              ? std::vector<StrongCluster>()
                              : strong_clusters(config_, training(), label, assignment(run));
    if (clusters.empty()) {
      training().warn(label, "is strong in no cluster; it is drawn as by smote");
      join_class(*plan, run);
    } else {
      join_clusters(*plan, clusters, run);
    }
    return plan;
  }

  /// By largest remainder over the clusters, then evenly inside each.
  [[nodiscard]] std::vector<std::int64_t> deal(const ClassPlan& base_plan, std::int64_t n,
                                               Seed seed) const override {
    const auto& plan = static_cast<const KMeansPlan&>(base_plan);
    if (plan.shares.empty()) return {};
    const auto counts = largest_remainder(plan.shares, n, seed);
    std::vector<std::int64_t> out(plan.bases.size());
    for (std::size_t f = 0; f < counts.size(); ++f) {
      std::vector<double> inside;
      for (const std::size_t cluster : plan.cluster) inside.push_back(cluster == f ? 1 : 0);
      const auto part = largest_remainder(inside, counts[f], derive(seed, f));
      for (std::size_t i = 0; i < out.size(); ++i) out[i] += part[i];
    }
    return out;
  }

 private:
  [[nodiscard]] const std::vector<std::int64_t>& assignment(const RunOptions& run) const {
    std::call_once(once_, [&] {
      const std::int64_t n = training().data.rows();
      assignment_.assign(static_cast<std::size_t>(n), 0);
      if (training().space.numeric() == 0) return;
      const SpaceRows rows = training().space.gather(own_rows(n));
      assignment_ = kmeans(rows.view().numbers, {.clusters = std::min(config_.clusters, n)},
                           derive(training().seed, "clusters"), run)
                        .assignment;
    });
    return assignment_;
  }

  void join_clusters(KMeansPlan& plan, const std::vector<StrongCluster>& clusters,
                     const RunOptions& run) const {
    for (const StrongCluster& each : clusters) {
      plan.bases.insert(plan.bases.end(), each.rows.begin(), each.rows.end());
      plan.shares.push_back(each.weight);
    }
    std::sort(plan.bases.begin(), plan.bases.end());
    const auto k = static_cast<std::size_t>(config_.k);
    plan.weights.resize(plan.bases.size());
    plan.cluster.resize(plan.bases.size());
    plan.partners = {config_.k, std::vector<std::int64_t>(plan.bases.size() * k)};
    for (std::size_t f = 0; f < clusters.size(); ++f) {
      const auto& rows = clusters[f].rows;
      const auto near = training().nearest(rows, rows, config_.k, run);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto place = static_cast<std::size_t>(plan.place(rows[i]));
        plan.weights[place] = clusters[f].weight / static_cast<double>(rows.size());
        plan.cluster[place] = f;
        std::copy_n(near.index.data() + i * k, k, plan.partners.rows.data() + place * k);
      }
    }
  }

  KMeansSmoteConfig config_;
  mutable std::once_flag once_;
  mutable std::vector<std::int64_t> assignment_;
};

}  // namespace

double cluster_threshold(const KMeansSmoteConfig& config, const Training& training,
                         std::int32_t label) {
  if (config.threshold >= 0) return config.threshold;
  const Classes& classes = training.classes;
  std::int64_t largest = 0, sum = 0;
  for (std::int32_t c = 0; c < classes.count(); ++c) largest = std::max(largest, classes.size(c));
  for (std::int32_t c = 0; c < classes.count(); ++c) {
    sum += classes.size(c) == 0 ? 0 : largest - classes.size(c);
  }
  const std::int64_t own = largest - classes.size(label);
  return sum == 0 ? 0 : static_cast<double>(own) / static_cast<double>(sum) / 2;
}

std::vector<StrongCluster> strong_clusters(const KMeansSmoteConfig& config,
                                           const Training& training, std::int32_t label,
                                           std::span<const std::int64_t> assignment) {
  if (training.space.numeric() == 0) return {};
  const auto last = *std::max_element(assignment.begin(), assignment.end());
  std::vector<StrongCluster> all(static_cast<std::size_t>(last + 1));
  std::vector<std::int64_t> sizes(all.size());
  for (const std::int64_t cluster : assignment) ++sizes[static_cast<std::size_t>(cluster)];
  for (const std::int64_t row : training.members(label)) {
    all[static_cast<std::size_t>(assignment[static_cast<std::size_t>(row)])].rows.push_back(row);
  }
  const double threshold = cluster_threshold(config, training, label);
  std::vector<StrongCluster> out;
  std::vector<double> logs;
  for (std::size_t f = 0; f < all.size(); ++f) {
    const auto n = static_cast<std::int64_t>(all[f].rows.size());
    if (n < config.k + 1) continue;
    if (static_cast<double>(n) < threshold * static_cast<double>(sizes[f])) continue;
    logs.push_back(log_sparsity(config, training, all[f].rows));
    out.push_back(std::move(all[f]));
    out.back().cluster = static_cast<std::int64_t>(f);
  }
  if (!out.empty()) weigh(out, logs);
  return out;
}

template <class Visitor>
static void visit(KMeansSmoteConfig& c, Visitor&& v) {
  v("k", c.k, "Neighbours a row may be joined with, >= 1");
  v("clusters", c.clusters, "Of the whole table, >= 1; at most its rows are used");
  v("threshold", c.threshold, "Least share of the class in a cluster, in [0, 1]; -1: automatic");
  v("exponent", c.exponent, "Of the mean distance in the weights, >= 0; -1: automatic");
  v("standardize", c.standardize, kStandardizeHelp);
  v("small_class", c.small_class, kSmallClassHelp);
}

static MethodOptions options_of(const KMeansSmoteConfig& c) {
  return {"kmeans-smote", c.k, c.standardize, c.small_class};
}

static std::unique_ptr<const Method> make_method(const KMeansSmoteConfig& config,
                                                 const Training& training) {
  return std::make_unique<KMeansMethod>(config, training);
}

void KMeansSmoteConfig::validate() const {
  require(k >= 1, "KMeansSmoteConfig.k must be >= 1, got {}", k);
  require(clusters >= 1, "KMeansSmoteConfig.clusters must be >= 1, got {}", clusters);
  require(threshold == -1 || (threshold >= 0 && threshold <= 1),
          "KMeansSmoteConfig.threshold must be in [0, 1], or -1, got {}", threshold);
  require(exponent == -1 || (exponent >= 0 && std::isfinite(exponent)),
          "KMeansSmoteConfig.exponent must be >= 0, or -1, got {}", exponent);
}

RegistryEntry kmeans_smote_entry() {
  return over_sampler_entry<KMeansSmoteConfig>(
      "SMOTE inside the clusters where the class is strong, more in sparse ones.",
      "KMeansSmoteConfig");
}

template class OverSamplerOf<KMeansSmoteConfig>;

}  // namespace semblance
