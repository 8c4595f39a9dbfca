// SPDX-License-Identifier: Apache-2.0
#include "semblance/smote/adasyn.hpp"

#include <algorithm>

#include "smote/entry.hpp"
#include "smote/over_sampler_of.hpp"

namespace semblance {
namespace {

/// Bases weigh as much as strangers are near them.
class AdasynMethod final : public Method {
 public:
  using Method::Method;

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions& run) const override {
    auto plan = std::make_unique<ClassPlan>(label);
    join_class(*plan, run);
    const auto strangers = training().strangers(plan->bases, training().options.k, run);
    if (std::any_of(strangers.begin(), strangers.end(), [](std::int64_t n) { return n > 0; })) {
      plan->weights.assign(strangers.begin(), strangers.end());
    } else {
      training().warn(label, "has no row of another class near; all its rows weigh the same");
    }
    return plan;
  }
};

}  // namespace

template <class Visitor>
static void visit(AdasynConfig& c, Visitor&& v) {
  v("k", c.k, "Neighbours: in the table for the weights, in the class to join, >= 1");
  v("standardize", c.standardize, kStandardizeHelp);
  v("small_class", c.small_class, kSmallClassHelp);
}

static MethodOptions options_of(const AdasynConfig& c) {
  return {"adasyn", c.k, c.standardize, c.small_class};
}

static std::unique_ptr<const Method> make_method(const AdasynConfig&, const Training& training) {
  return std::make_unique<AdasynMethod>(training);
}

void AdasynConfig::validate() const { require(k >= 1, "AdasynConfig.k must be >= 1, got {}", k); }

RegistryEntry adasyn_entry() {
  return over_sampler_entry<AdasynConfig>(
      "SMOTE that starts more often where other classes are near.", "AdasynConfig");
}

template class OverSamplerOf<AdasynConfig>;

}  // namespace semblance
