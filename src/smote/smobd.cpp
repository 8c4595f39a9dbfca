// SPDX-License-Identifier: Apache-2.0
#include "semblance/smote/smobd.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "smote/coordinates.hpp"
#include "smote/entry.hpp"
#include "smote/optics.hpp"
#include "smote/over_sampler_of.hpp"

namespace semblance {
namespace {

/// One weight a row, as the header's formula says; none where all would be 0.
std::vector<double> densities(const Optics& found, const SmobdConfig& c) {
  const std::size_t n = found.core.size();
  const double far_core = c.noise * finite_mean(found.core);
  const double far_reach = c.noise * finite_mean(found.reach);
  std::vector<bool> noise(n);
  double widest = 0, most = 0;
  for (std::size_t i = 0; i < n; ++i) {
    noise[i] = found.core[i] > far_core && found.reach[i] > far_reach;
    if (noise[i]) continue;
    if (std::isfinite(found.core[i])) widest = std::max(widest, found.core[i]);
    most = std::max(most, found.near[i]);
  }
  std::vector<double> out(n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    if (noise[i]) continue;
    const double core = std::isfinite(found.core[i]) ? found.core[i] : widest;
    out[i] = c.balance * (widest > 0 ? core / widest : 1) + (1 - c.balance) * found.near[i] / most;
  }
  if (std::all_of(out.begin(), out.end(), [](double weight) { return weight == 0; })) out.clear();
  return out;
}

struct SmobdPlan final : ClassPlan {
  using ClassPlan::ClassPlan;
  Coordinates rows;
};

class SmobdMethod final : public Method {
 public:
  SmobdMethod(const Training& training, const SmobdConfig& config)
      : Method(training), config_(config) {}

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions& run) const override {
    auto plan = std::make_unique<SmobdPlan>(label);
    join_class(*plan, run);
    plan->rows = Coordinates(training(), plan->bases);
    if (plan->partners.k == 0) return plan;
    const OpticsOptions options{config_.min_samples, config_.eps, config_.noise};
    plan->weights = densities(
        optics(training().space.gather(plan->bases), options, {.stop = run.stop}), config_);
    if (plan->weights.empty()) {
      training().warn(label, "has nothing but noise; all its rows are bases with equal weight");
    }
    return plan;
  }

  [[nodiscard]] bool displaces() const override { return true; }

  void displace(const Drawn& row, Stream& stream, std::span<double> out) const override {
    const auto& plan = static_cast<const SmobdPlan&>(*row.plan);
    plan.rows.add(row.place, plan.place(row.parents.neighbour), 1, out);
    for (std::size_t j = 0; j < out.size(); ++j) {
      out[j] *= j == 0 ? row.parents.u : stream.uniform();
    }
  }

 private:
  SmobdConfig config_;
};

}  // namespace

template <class Visitor>
static void visit(SmobdConfig& c, Visitor&& v) {
  v("k", c.k, "Neighbours a row may be joined with, >= 1");
  v("min_samples", c.min_samples, "Rows that make a core, the row itself included, >= 1");
  v("eps", c.eps, "Radius of a neighbourhood, >= 0; 0: noise times the mean core distance");
  v("noise", c.noise, "How many means core distance and reachability of noise exceed, > 0");
  v("balance", c.balance, "Weight of the core distance against that of the neighbours, 0 to 1");
  v("standardize", c.standardize, kStandardizeHelp);
  v("small_class", c.small_class, kSmallClassHelp);
}

static MethodOptions options_of(const SmobdConfig& c) {
  return {"smobd", c.k, c.standardize, c.small_class};
}

static std::unique_ptr<const Method> make_method(const SmobdConfig& c, const Training& training) {
  return std::make_unique<SmobdMethod>(training, c);
}

void SmobdConfig::validate() const {
  require(k >= 1, "SmobdConfig.k must be >= 1, got {}", k);
  require(min_samples >= 1, "SmobdConfig.min_samples must be >= 1, got {}", min_samples);
  require(eps >= 0 && std::isfinite(eps), "SmobdConfig.eps must be >= 0, got {}", eps);
  require(noise > 0 && std::isfinite(noise), "SmobdConfig.noise must be > 0, got {}", noise);
  require(balance >= 0 && balance <= 1, "SmobdConfig.balance must be between 0 and 1, got {}",
          balance);
}

RegistryEntry smobd_entry() {
  return over_sampler_entry<SmobdConfig>(
      "SMOTE that draws bases by their density and steps column by column.", "SmobdConfig");
}

template class OverSamplerOf<SmobdConfig>;

}  // namespace semblance
