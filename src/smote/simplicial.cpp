// SPDX-License-Identifier: Apache-2.0
#include "semblance/smote/simplicial.hpp"

#include <algorithm>
#include <cmath>

#include "smote/cliques.hpp"
#include "smote/coordinates.hpp"
#include "smote/entry.hpp"
#include "smote/over_sampler_of.hpp"

namespace semblance {
namespace {

using Places = std::vector<std::int64_t>;  ///< Of bases, ascending.

struct SimplicialPlan final : ClassPlan {
  using ClassPlan::ClassPlan;
  Coordinates rows;
  std::vector<Places> cliques;
  std::vector<std::vector<std::size_t>> of;  ///< The cliques of each base.
};

/// n over k, as a real number.
double choose(std::size_t n, std::size_t k) {
  double out = 1;
  for (std::size_t i = 1; i <= k; ++i) {
    out *= static_cast<double>(n - k + i) / static_cast<double>(i);
  }
  return out;
}

/// One of `weights` by its size; the first where all are 0.
std::size_t pick(const std::vector<double>& weights, Stream& stream) {
  double total = 0;
  for (const double weight : weights) total += weight;
  double at = stream.uniform() * total;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (at < weights[i]) return i;
    at -= weights[i];
  }
  return 0;
}

class SimplicialMethod final : public Method {
 public:
  SimplicialMethod(const Training& training, std::int64_t dimension)
      : Method(training), dimension_(static_cast<std::size_t>(dimension)) {}

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions& run) const override {
    auto plan = std::make_unique<SimplicialPlan>(label);
    join_class(*plan, run);
    plan->rows = Coordinates(training(), plan->bases);
    Places lists;
    for (const std::int64_t row : plan->partners.rows) lists.push_back(plan->place(row));
    const auto n = plan->bases.size();
    plan->cliques = maximal_cliques(symmetric_graph(lists, static_cast<std::int64_t>(n)), run.stop);
    plan->of.resize(n);
    plan->weights.assign(n, 0.0);
    for (std::size_t c = 0; c < plan->cliques.size(); ++c) {
      for (const std::int64_t place : plan->cliques[c]) {
        plan->of[static_cast<std::size_t>(place)].push_back(c);
        plan->weights[static_cast<std::size_t>(place)] += share(plan->cliques[c]);
      }
    }
    return plan;
  }

  [[nodiscard]] Step step(const ClassPlan& plan, const Turn& turn, Stream& stream) const override {
    const auto& own = static_cast<const SimplicialPlan&>(plan);
    const auto& cliques = own.of[static_cast<std::size_t>(turn.place)];
    std::vector<double> weights;
    for (const std::size_t c : cliques) weights.push_back(share(own.cliques[c]));
    const Places& clique = own.cliques[cliques[pick(weights, stream)]];
    if (clique.size() == 1) return {plan.bases[static_cast<std::size_t>(turn.place)], 0};
    const auto at = std::lower_bound(clique.begin(), clique.end(), turn.place) - clique.begin();
    const auto other = static_cast<std::int64_t>(stream.below(clique.size() - 1));
    const std::int64_t place = clique[static_cast<std::size_t>(other < at ? other : other + 1)];
    const double p = static_cast<double>(others(clique));
    const double u = 1 - std::pow(1 - stream.uniform(), 1 / p);  // Beta(1, p), as in Dirichlet
    return {plan.bases[static_cast<std::size_t>(place)], u};
  }

  [[nodiscard]] bool displaces() const override { return true; }

  void displace(const Drawn& row, Stream& stream, std::span<double> out) const override {
    const auto& plan = static_cast<const SimplicialPlan&>(*row.plan);
    const std::int64_t first = plan.place(row.parents.neighbour);
    plan.rows.add(row.place, first, row.parents.u, out);
    const Places rest = companions(plan, row.place, first, row.parents.u, stream);
    std::vector<double> sizes;
    double sum = -std::log1p(-stream.uniform());  // the base's
    for (std::size_t i = 0; i < rest.size(); ++i) {
      sizes.push_back(-std::log1p(-stream.uniform()));
      sum += sizes.back();
    }
    for (std::size_t i = 0; i < rest.size(); ++i) {
      plan.rows.add(row.place, rest[i], (1 - row.parents.u) * sizes[i] / sum, out);
    }
  }

 private:
  /// How many rows of a clique a base of it is joined with.
  [[nodiscard]] std::size_t others(const Places& clique) const {
    return std::min(clique.size() - 1, dimension_);
  }

  /// How often a clique has a certain base, where it counts once for each of its largest faces.
  [[nodiscard]] double share(const Places& clique) const {
    return choose(clique.size(), others(clique) + 1) / static_cast<double>(clique.size());
  }

  /// The other rows of the simplex that has this base and, with weight u, this neighbour: drawn as
  /// `step` would have, given what it drew.
  [[nodiscard]] Places companions(const SimplicialPlan& plan, std::int64_t base, std::int64_t first,
                                  double u, Stream& stream) const {
    Places out;
    std::vector<std::size_t> cliques;
    std::vector<double> weights;
    for (const std::size_t c : plan.of[static_cast<std::size_t>(base)]) {
      const Places& clique = plan.cliques[c];
      if (first == base || !std::binary_search(clique.begin(), clique.end(), first)) continue;
      const auto p = static_cast<double>(others(clique));
      cliques.push_back(c);
      weights.push_back(share(clique) / static_cast<double>(clique.size() - 1) * p *
                        std::pow(1 - u, p - 1));
    }
    if (cliques.empty()) return out;
    const Places& clique = plan.cliques[cliques[pick(weights, stream)]];
    std::copy_if(clique.begin(), clique.end(), std::back_inserter(out),
                 [&](std::int64_t place) { return place != base && place != first; });
    if (out.size() >= others(clique)) {
      stream.shuffle(out);
      out.resize(others(clique) - 1);
    }
    return out;
  }

  std::size_t dimension_;
};

}  // namespace

template <class Visitor>
static void visit(SimplicialConfig& c, Visitor&& v) {
  v("k", c.k, "Neighbours that a row is joined with, >= 1");
  v("dimension", c.dimension, "Of the simplices at most, >= 1: they have one row more");
  v("standardize", c.standardize, kStandardizeHelp);
  v("small_class", c.small_class, kSmallClassHelp);
}

static MethodOptions options_of(const SimplicialConfig& c) {
  return {"simplicial", c.k, c.standardize, c.small_class};
}

static std::unique_ptr<const Method> make_method(const SimplicialConfig& c,
                                                 const Training& training) {
  return std::make_unique<SimplicialMethod>(training, c.dimension);
}

void SimplicialConfig::validate() const {
  require(k >= 1, "SimplicialConfig.k must be >= 1, got {}", k);
  require(dimension >= 1, "SimplicialConfig.dimension must be >= 1, got {}", dimension);
}

RegistryEntry simplicial_entry() {
  return over_sampler_entry<SimplicialConfig>(
      "New rows inside simplices of near rows, not just between two.", "SimplicialConfig");
}

template class OverSamplerOf<SimplicialConfig>;

}  // namespace semblance
