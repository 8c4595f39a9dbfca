// SPDX-License-Identifier: Apache-2.0
#include "semblance/smote/prowsyn.hpp"

#include <algorithm>
#include <cmath>

#include "smote/entry.hpp"
#include "smote/over_sampler_of.hpp"

namespace semblance {
namespace {

using Rows = std::vector<std::int64_t>;

struct ProWSynPlan final : ClassPlan {
  using ClassPlan::ClassPlan;
  std::vector<Rows> levels;         ///< None where rows are copied.
  std::vector<std::size_t> level;   ///< Of each base.
  std::vector<std::uint64_t> rank;  ///< Of each base in its level.
};

class ProWSynMethod final : public Method {
 public:
  ProWSynMethod(const Training& training, const ProWSynConfig& config)
      : Method(training), config_(config) {}

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions& run) const override {
    auto plan = std::make_unique<ProWSynPlan>(label);
    const auto members = training().members(label);
    plan->bases.assign(members.begin(), members.end());
    const std::int64_t k = training().usable_k(label);
    if (k == 0) return plan;
    if (training().votes()) plan->voters = {k, training().nearest(members, members, k, run).index};
    plan->levels = levels(label, run);
    weigh(*plan);
    return plan;
  }

  [[nodiscard]] Step step(const ClassPlan& plan, const Turn& turn, Stream& stream) const override {
    const auto& own = static_cast<const ProWSynPlan&>(plan);
    const auto place = static_cast<std::size_t>(turn.place);
    const Rows* mates = own.levels.empty() ? nullptr : &own.levels[own.level[place]];
    if (mates == nullptr || mates->size() == 1) return {plan.bases[place], stream.uniform()};
    const std::uint64_t other = stream.below(mates->size() - 1);
    return {(*mates)[other < own.rank[place] ? other : other + 1], stream.uniform()};
  }

 private:
  /// The rows of a class by their proximity to the others, none of the levels empty.
  [[nodiscard]] std::vector<Rows> levels(std::int32_t label, const RunOptions& run) const {
    const auto members = training().members(label);
    const Rows others = training().others(label);
    Rows left(members.begin(), members.end());
    std::vector<Rows> out;
    while (static_cast<std::int64_t>(out.size()) + 1 < config_.levels && !left.empty()) {
      const auto k = std::min(config_.k, static_cast<std::int64_t>(left.size()));
      Rows near = training().nearest(others, left, k, run).index;
      std::sort(near.begin(), near.end());
      near.erase(std::unique(near.begin(), near.end()), near.end());
      if (near.empty()) break;
      Rows rest;
      std::set_difference(left.begin(), left.end(), near.begin(), near.end(),
                          std::back_inserter(rest));
      out.push_back(std::move(near));
      left = std::move(rest);
    }
    if (!left.empty()) out.push_back(std::move(left));
    return out;
  }

  void weigh(ProWSynPlan& plan) const {
    plan.weights.resize(plan.bases.size());
    plan.level.resize(plan.bases.size());
    plan.rank.resize(plan.bases.size());
    for (std::size_t l = 0; l < plan.levels.size(); ++l) {
      const Rows& rows = plan.levels[l];
      for (std::size_t r = 0; r < rows.size(); ++r) {
        const auto place = static_cast<std::size_t>(plan.place(rows[r]));
        plan.weights[place] =
            std::exp(-config_.theta * static_cast<double>(l)) / static_cast<double>(rows.size());
        plan.level[place] = l;
        plan.rank[place] = r;
      }
    }
  }

  ProWSynConfig config_;
};

}  // namespace

template <class Visitor>
static void visit(ProWSynConfig& c, Visitor&& v) {
  v("k", c.k, "Rows of the class that each row of another class marks, >= 1");
  v("levels", c.levels, "Levels of proximity, >= 1");
  v("theta", c.theta, "Level l weighs exp(-theta (l - 1)), >= 0");
  v("standardize", c.standardize, kStandardizeHelp);
  v("small_class", c.small_class, kSmallClassHelp);
}

static MethodOptions options_of(const ProWSynConfig& c) {
  return {"prowsyn", c.k, c.standardize, c.small_class};
}

static std::unique_ptr<const Method> make_method(const ProWSynConfig& c, const Training& training) {
  return std::make_unique<ProWSynMethod>(training, c);
}

void ProWSynConfig::validate() const {
  require(k >= 1, "ProWSynConfig.k must be >= 1, got {}", k);
  require(levels >= 1, "ProWSynConfig.levels must be >= 1, got {}", levels);
  require(theta >= 0 && std::isfinite(theta), "ProWSynConfig.theta must be >= 0, got {}", theta);
}

RegistryEntry prowsyn_entry() {
  return over_sampler_entry<ProWSynConfig>(
      "SMOTE with more rows where other classes are near, by levels of proximity.",
      "ProWSynConfig");
}

template class OverSamplerOf<ProWSynConfig>;

}  // namespace semblance
