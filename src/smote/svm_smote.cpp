// SPDX-License-Identifier: Apache-2.0
#include "semblance/smote/svm_smote.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "semblance/learners/kernel_svm.hpp"
#include "smote/entry.hpp"
#include "smote/over_sampler_of.hpp"

namespace semblance {
namespace {

struct SvmPlan final : ClassPlan {
  using ClassPlan::ClassPlan;
  std::vector<bool> safe;  ///< One a base.
};

/// Beta(10, 10), as the share of one of two sums of ten exponentials.
double beta_10_10(Stream& stream) {
  double a = 0, b = 0;
  for (int i = 0; i < 10; ++i) {
    a -= std::log1p(-stream.uniform());
    b -= std::log1p(-stream.uniform());
  }
  return a + b > 0 ? a / (a + b) : 0.5;
}

class SvmMethod final : public Method {
 public:
  SvmMethod(const SvmSmoteConfig& config, const Training& training)
      : Method(training), config_(config) {}

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions& run) const override {
    auto plan = std::make_unique<SvmPlan>(label);
    choose(*plan, run);
    const std::int64_t k = training().usable_k(label);
    plan->partners = {k, training().nearest(plan->bases, training().members(label), k, run).index};
    const auto safe = std::count(plan->safe.begin(), plan->safe.end(), true);
    const auto danger = static_cast<std::ptrdiff_t>(plan->safe.size()) - safe;
    for (const bool is_safe : plan->safe) {
      if (safe > 0 && danger > 0) {
        plan->weights.push_back(1 / static_cast<double>(is_safe ? safe : danger));
      }
    }
    return plan;
  }

  [[nodiscard]] std::vector<std::int64_t> deal(const ClassPlan& base_plan, std::int64_t n,
                                               Seed seed) const override {
    const auto& plan = static_cast<const SvmPlan&>(base_plan);
    if (plan.weights.empty()) return {};
    Stream stream(seed, "danger or safe");
    const auto danger =
        std::min(n, static_cast<std::int64_t>(beta_10_10(stream) * static_cast<double>(n + 1)));
    std::vector<std::int64_t> out(plan.bases.size());
    for (const bool which : {false, true}) {
      std::vector<double> equal;
      for (const bool safe : plan.safe) equal.push_back(safe == which ? 1 : 0);
      const auto part = largest_remainder(equal, which ? n - danger : danger, seed);
      for (std::size_t i = 0; i < out.size(); ++i) out[i] += part[i];
    }
    return out;
  }

  [[nodiscard]] Step step(const ClassPlan& base_plan, const Turn& turn,
                          Stream& stream) const override {
    const auto& plan = static_cast<const SvmPlan&>(base_plan);
    Step out = Method::step(plan, turn, stream);
    if (plan.safe[static_cast<std::size_t>(turn.place)]) out.u *= -config_.out_step;
    return out;
  }

  [[nodiscard]] Range steps() const override { return {-config_.out_step, 1}; }

 private:
  /// Bases: the support rows of the class that are no noise, and which of them are safe.
  void choose(SvmPlan& plan, const RunOptions& run) const {
    const auto support = support_of(plan.label, run);
    const std::int64_t m = std::min(config_.m, training().data.rows() - 1);
    const auto strangers = training().strangers(support, m, run);
    for (std::size_t i = 0; i < support.size(); ++i) {
      if (strangers[i] == m) continue;
      plan.bases.push_back(support[i]);
      plan.safe.push_back(2 * strangers[i] < m);
    }
    if (!plan.bases.empty()) return;
    training().warn(plan.label, "has no support vector but noise; all its rows are bases");
    const auto members = training().members(plan.label);
    plan.bases.assign(members.begin(), members.end());
    plan.safe.assign(members.size(), false);
  }

  [[nodiscard]] std::vector<std::int64_t> support_of(std::int32_t label,
                                                     const RunOptions& run) const {
    std::call_once(once_, [&] { support_ = fit(run); });
    std::vector<std::int64_t> out;
    for (const std::int64_t row : support_) {
      if (training().label(row) == label) out.push_back(row);
    }
    return out;
  }

  [[nodiscard]] std::vector<std::int64_t> fit(const RunOptions& run) const {
    const auto labels = training().classes.labels();
    const auto other = std::find_if(labels.begin(), labels.end(),
                                    [&](std::int32_t label) { return label != labels[0]; });
    if (other == labels.end() || training().space.numeric() == 0) return {};
    const SpaceRows rows = training().space.gather(own_rows(training().data.rows()));
    KernelSvm machine({.c = config_.c, .gamma = config_.gamma});
    machine.fit(rows.view().numbers, labels, run);
    return machine.support();
  }

  SvmSmoteConfig config_;
  mutable std::once_flag once_;
  mutable std::vector<std::int64_t> support_;  ///< Of all classes, ascending.
};

}  // namespace

template <class Visitor>
static void visit(SvmSmoteConfig& c, Visitor&& v) {
  v("k", c.k, "Neighbours a row may be joined with, >= 1");
  v("m", c.m, "Neighbours in the whole table that tell danger, >= 1");
  v("out_step", c.out_step, "Farthest step away from a neighbour, >= 0");
  v("c", c.c, "Price of a violation of the machine, > 0");
  v("gamma", c.gamma, "Of its Gaussian kernel, >= 0; 0: 1 / (d Var), over all entries");
  v("standardize", c.standardize, kStandardizeHelp);
  v("small_class", c.small_class, kSmallClassHelp);
}

static MethodOptions options_of(const SvmSmoteConfig& c) {
  return {"svm-smote", c.k, c.standardize, c.small_class};
}

static std::unique_ptr<const Method> make_method(const SvmSmoteConfig& config,
                                                 const Training& training) {
  return std::make_unique<SvmMethod>(config, training);
}

void SvmSmoteConfig::validate() const {
  require(k >= 1, "SvmSmoteConfig.k must be >= 1, got {}", k);
  require(m >= 1, "SvmSmoteConfig.m must be >= 1, got {}", m);
  require(out_step >= 0 && std::isfinite(out_step), "SvmSmoteConfig.out_step must be >= 0, got {}",
          out_step);
  require(c > 0 && std::isfinite(c), "SvmSmoteConfig.c must be > 0, got {}", c);
  require(gamma >= 0 && std::isfinite(gamma), "SvmSmoteConfig.gamma must be >= 0, got {}", gamma);
}

RegistryEntry svm_smote_entry() {
  return over_sampler_entry<SvmSmoteConfig>(
      "SMOTE from the support vectors of the class, and away from them.", "SvmSmoteConfig");
}

template class OverSamplerOf<SvmSmoteConfig>;

}  // namespace semblance
