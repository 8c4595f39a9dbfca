// SPDX-License-Identifier: Apache-2.0
#include "semblance/smote/borderline.hpp"

#include <algorithm>

#include "smote/entry.hpp"
#include "smote/over_sampler_of.hpp"

namespace semblance {
namespace {

const std::vector<std::pair<BorderlineStep, std::string>> kSteps = {
    {BorderlineStep::kPaper, "paper"}, {BorderlineStep::kImblearn, "imblearn"}};

/// Bases are rows in danger.
class BorderlineMethod final : public Method {
 public:
  BorderlineMethod(const BorderlineConfig& config, const Training& training)
      : Method(training), config_(config) {}

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions& run) const override {
    auto plan = std::make_unique<ClassPlan>(label);
    plan->bases = in_danger(label, run);
    const std::int64_t k = training().usable_k(label);
    const auto members = training().members(label);
    if (config_.kind == 1 || k == 0) {
      plan->partners = {k, training().nearest(plan->bases, members, k, run).index};
      return plan;
    }
    const auto all = own_rows(training().data.rows());
    const std::int64_t near = std::min(config_.k, training().data.rows() - 1);
    plan->partners = {near, training().nearest(plan->bases, all, near, run).index};
    if (training().votes()) {
      plan->voters = {k, training().nearest(plan->bases, members, k, run).index};
    }
    return plan;
  }

  [[nodiscard]] Step step(const ClassPlan& plan, const Turn& turn, Stream& stream) const override {
    Step out = Method::step(plan, turn, stream);
    if (training().label(out.neighbour) == plan.label) return out;
    out.u *= config_.step == BorderlineStep::kPaper ? 0.5 : 0.5 * stream.uniform();
    return out;
  }

  [[nodiscard]] bool crosses_classes() const override { return config_.kind == 2; }

 private:
  [[nodiscard]] std::vector<std::int64_t> in_danger(std::int32_t label,
                                                    const RunOptions& run) const {
    const auto members = training().members(label);
    const auto strangers = training().strangers(members, config_.m, run);
    const std::int64_t m = std::min(config_.m, training().data.rows() - 1);
    std::vector<std::int64_t> out;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (2 * strangers[i] >= m && strangers[i] < m) out.push_back(members[i]);
    }
    if (!out.empty()) return out;
    training().warn(label, "has no row in danger; all its rows are bases");
    return {members.begin(), members.end()};
  }

  BorderlineConfig config_;
};

}  // namespace

template <class Json>
static void to_json(Json& json, BorderlineStep value) {
  enum_to_json(json, value, kSteps);
}

template <class Json>
static void from_json(const Json& json, BorderlineStep& value) {
  enum_from_json(json, value, kSteps);
}

// The kind is the generator's name.
template <class Visitor>
static void visit(BorderlineConfig& c, Visitor&& v) {
  v("k", c.k, "Neighbours a row may be joined with, >= 1");
  v("m", c.m, "Neighbours in the whole table that tell danger, >= 1");
  v("standardize", c.standardize, kStandardizeHelp);
  v("small_class", c.small_class, kSmallClassHelp);
  if (c.kind == 2) v("step", c.step, "Towards other classes: paper U(0, 1/2), or imblearn");
}

static MethodOptions options_of(const BorderlineConfig& c) {
  return {c.kind == 1 ? "borderline-1" : "borderline-2", c.k, c.standardize, c.small_class};
}

static std::unique_ptr<const Method> make_method(const BorderlineConfig& config,
                                                 const Training& training) {
  return std::make_unique<BorderlineMethod>(config, training);
}

void BorderlineConfig::validate() const {
  require(kind == 1 || kind == 2, "BorderlineConfig.kind must be 1 or 2, got {}", kind);
  require(k >= 1, "BorderlineConfig.k must be >= 1, got {}", k);
  require(m >= 1, "BorderlineConfig.m must be >= 1, got {}", m);
}

RegistryEntry borderline_1_entry() {
  return over_sampler_entry<BorderlineConfig>("SMOTE from the rows at the border of the class.",
                                              "BorderlineConfig");
}

RegistryEntry borderline_2_entry() {
  return over_sampler_entry<BorderlineConfig>(
      "SMOTE from the rows at the border, towards rows of other classes too.", "BorderlineConfig",
      {.kind = 2});
}

template class OverSamplerOf<BorderlineConfig>;

}  // namespace semblance
