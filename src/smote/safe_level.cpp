// SPDX-License-Identifier: Apache-2.0
#include "semblance/smote/safe_level.hpp"

#include <algorithm>

#include "smote/entry.hpp"
#include "smote/over_sampler_of.hpp"

namespace semblance {
namespace {

struct SafeLevelPlan final : ClassPlan {
  using ClassPlan::ClassPlan;
  std::vector<std::int64_t> levels;  ///< One a row of the class; empty: as SMOTE.
};

class SafeLevelMethod final : public Method {
 public:
  using Method::Method;

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions& run) const override {
    auto plan = std::make_unique<SafeLevelPlan>(label);
    join_class(*plan, run);
    if (plan->partners.k == 0) return plan;
    const std::int64_t k = std::min(training().options.k, training().data.rows() - 1);
    plan->levels = training().strangers(plan->bases, k, run);
    for (std::int64_t& level : plan->levels) level = k - level;
    for (std::size_t i = 0; i < plan->bases.size(); ++i) {
      plan->weights.push_back(static_cast<double>(admitted(*plan, i)));
    }
    if (std::all_of(plan->weights.begin(), plan->weights.end(), [](double w) { return w == 0; })) {
      training().warn(label, "has no row of its own near any row; it is drawn as by smote");
      plan->weights.clear();
      plan->levels.clear();
    }
    return plan;
  }

  [[nodiscard]] Step step(const ClassPlan& base_plan, const Turn& turn,
                          Stream& stream) const override {
    const auto& plan = static_cast<const SafeLevelPlan&>(base_plan);
    if (plan.levels.empty()) return Method::step(plan, turn, stream);
    const auto place = static_cast<std::size_t>(turn.place);
    auto skip = stream.below(static_cast<std::uint64_t>(plan.weights[place]));
    std::int64_t neighbour = plan.bases[place];
    for (const std::int64_t row : plan.partners.of(turn.place)) {
      if (!admits(plan, place, row) || skip-- > 0) continue;
      neighbour = row;
      break;
    }
    const auto p = static_cast<double>(plan.levels[place]);
    const auto q = static_cast<double>(level(plan, neighbour));
    const double u = stream.uniform();
    if (q == 0) return {neighbour, 0};
    return {neighbour, p >= q ? u * q / p : 1 - p / q + u * p / q};
  }

 private:
  [[nodiscard]] static std::int64_t level(const SafeLevelPlan& plan, std::int64_t row) {
    return plan.levels[static_cast<std::size_t>(plan.place(row))];
  }

  [[nodiscard]] static bool admits(const SafeLevelPlan& plan, std::size_t place,
                                   std::int64_t neighbour) {
    return plan.levels[place] > 0 || level(plan, neighbour) > 0;
  }

  /// How many partners a base may be joined with.
  [[nodiscard]] static std::int64_t admitted(const SafeLevelPlan& plan, std::size_t place) {
    const auto near = plan.partners.of(static_cast<std::int64_t>(place));
    return std::count_if(near.begin(), near.end(),
                         [&](std::int64_t row) { return admits(plan, place, row); });
  }
};

}  // namespace

template <class Visitor>
static void visit(SafeLevelConfig& c, Visitor&& v) {
  v("k", c.k, "Neighbours: in the table for safety, in the class to join, >= 1");
  v("standardize", c.standardize, kStandardizeHelp);
  v("small_class", c.small_class, kSmallClassHelp);
}

static MethodOptions options_of(const SafeLevelConfig& c) {
  return {"safe-level", c.k, c.standardize, c.small_class};
}

static std::unique_ptr<const Method> make_method(const SafeLevelConfig&, const Training& training) {
  return std::make_unique<SafeLevelMethod>(training);
}

void SafeLevelConfig::validate() const {
  require(k >= 1, "SafeLevelConfig.k must be >= 1, got {}", k);
}

RegistryEntry safe_level_entry() {
  return over_sampler_entry<SafeLevelConfig>("SMOTE whose points lie nearer to the safer parent.",
                                             "SafeLevelConfig");
}

template class OverSamplerOf<SafeLevelConfig>;

}  // namespace semblance
