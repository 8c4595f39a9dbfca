// SPDX-License-Identifier: Apache-2.0
#include "semblance/smote/mgs.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "smote/coordinates.hpp"
#include "smote/entry.hpp"
#include "smote/over_sampler_of.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kFewest = 5;  ///< Neighbours where the number follows the columns.

struct MgsPlan final : ClassPlan {
  using ClassPlan::ClassPlan;
  Coordinates rows;
};

class MgsMethod final : public Method {
 public:
  MgsMethod(const Training& training, const MgsConfig& config)
      : Method(training), config_(config) {}

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions& run) const override {
    auto plan = std::make_unique<MgsPlan>(label);
    const auto members = training().members(label);
    plan->bases.assign(members.begin(), members.end());
    const auto others = static_cast<std::int64_t>(members.size()) - 1;
    const std::int64_t k =
        config_.k > 0 ? config_.k : std::max(kFewest, training().space.numeric() + 1);
    plan->partners.k = training().usable_k(label) == 0 ? 0 : std::min(k, others);
    plan->partners.rows = training().nearest(members, members, plan->partners.k, run).index;
    plan->rows = Coordinates(training(), members);
    return plan;
  }

  // The weights of the k + 1 rows are exchangeable: that of any neighbour is N(1/(k+1),
  // lambda k / (k+1)^2).
  [[nodiscard]] Step step(const ClassPlan& plan, const Turn& turn, Stream& stream) const override {
    const auto near = plan.partners.of(turn.place);
    if (near.empty()) return {plan.bases[static_cast<std::size_t>(turn.place)], 0};
    const auto k = static_cast<double>(near.size());
    const std::int64_t neighbour = near[stream.below(near.size())];
    return {neighbour, (1 + std::sqrt(config_.lambda * k) * stream.normal()) / (k + 1)};
  }

  [[nodiscard]] bool displaces() const override { return true; }

  // Given one weight u, the k others share 1 - u: equally, plus independent normal numbers less
  // their mean.
  void displace(const Drawn& row, Stream& stream, std::span<double> out) const override {
    const auto& plan = static_cast<const MgsPlan&>(*row.plan);
    const std::int64_t first = plan.place(row.parents.neighbour);
    plan.rows.add(row.place, first, row.parents.u, out);
    const auto near = plan.partners.of(row.place);
    if (std::find(near.begin(), near.end(), row.parents.neighbour) == near.end()) return;
    const auto k = static_cast<double>(near.size());
    std::vector<double> noise(near.size());  // the neighbour's is the base's, which moves nothing
    double mean = 0;
    for (double& z : noise) mean += (z = stream.normal()) / k;
    const double scale = std::sqrt(config_.lambda / (k + 1));
    for (std::size_t i = 0; i < near.size(); ++i) {
      if (near[i] == row.parents.neighbour) continue;
      plan.rows.add(row.place, plan.place(near[i]),
                    (1 - row.parents.u) / k + scale * (noise[i] - mean), out);
    }
  }

  [[nodiscard]] Range steps() const override {
    return {std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max()};
  }

 private:
  MgsConfig config_;
};

}  // namespace

template <class Visitor>
static void visit(MgsConfig& c, Visitor&& v) {
  v("k", c.k, "Neighbours of a base, >= 1; 0: numeric columns + 1, at least 5");
  v("lambda", c.lambda, "Scale of the covariance, > 0");
  v("standardize", c.standardize, kStandardizeHelp);
  v("small_class", c.small_class, kSmallClassHelp);
}

static MethodOptions options_of(const MgsConfig& c) {
  return {"mgs", c.k > 0 ? c.k : kFewest, c.standardize, c.small_class};
}

static std::unique_ptr<const Method> make_method(const MgsConfig& c, const Training& training) {
  return std::make_unique<MgsMethod>(training, c);
}

void MgsConfig::validate() const {
  require(k >= 0, "MgsConfig.k must be >= 0, got {}", k);
  require(lambda > 0 && std::isfinite(lambda), "MgsConfig.lambda must be > 0, got {}", lambda);
}

RegistryEntry mgs_entry() {
  return over_sampler_entry<MgsConfig>(
      "New rows from the Gaussian distribution of a row and its neighbours.", "MgsConfig");
}

template class OverSamplerOf<MgsConfig>;

}  // namespace semblance
