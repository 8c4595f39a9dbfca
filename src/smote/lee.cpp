// SPDX-License-Identifier: Apache-2.0
#include "semblance/smote/lee.hpp"

#include <algorithm>
#include <limits>

#include "smote/entry.hpp"
#include "smote/over_sampler_of.hpp"

namespace semblance {
namespace {

constexpr int kPatience = 5;        ///< Refusals until the share grows.
constexpr double kRelax = 0.1;      ///< How much it grows.
constexpr double kRounding = 1e-9;  ///< Shares are sums of decimals.

/// SMOTE whose rows are drawn again where they fall among other classes.
class LeeMethod final : public Method {
 public:
  LeeMethod(const Training& training, const LeeConfig& config)
      : Method(training), config_(config) {}

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions& run) const override {
    auto plan = std::make_unique<ClassPlan>(label);
    join_class(*plan, run);
    return plan;
  }

  [[nodiscard]] int attempts() const override { return static_cast<int>(config_.attempts); }

  [[nodiscard]] std::vector<double> flaws(const Dataset& candidates, std::span<const Drawn> rows,
                                          const RunOptions& run) const override {
    std::vector<double> out(rows.size());
    const TableSpace& space = training().space;
    const auto all = own_rows(space.rows());
    const std::int64_t m = std::min(config_.m, space.rows());
    if (space.numeric() + space.categorical() == 0) return out;
    const Neighbours near = space.nearest(candidates, all, m, {.stop = run.stop});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto judges = near.indices(static_cast<std::int64_t>(i));
      const auto strangers = std::count_if(judges.begin(), judges.end(), [&](std::int64_t row) {
        return training().label(row) != rows[i].plan->label;
      });
      out[i] = static_cast<double>(strangers) / static_cast<double>(m);
    }
    return out;
  }

  [[nodiscard]] bool accepts(double flaw, int attempt) const override {
    return flaw < config_.share + kRelax * (attempt / kPatience) - kRounding;
  }

 private:
  LeeConfig config_;
};

}  // namespace

template <class Visitor>
static void visit(LeeConfig& c, Visitor&& v) {
  v("k", c.k, "Neighbours a row may be joined with, >= 1");
  v("m", c.m, "Training rows that judge a candidate, >= 1");
  v("share", c.share, "Of them, of other classes, that refuses it, in (0, 1]");
  v("attempts", c.attempts, "Candidates a row has, 1 to 1000");
  v("standardize", c.standardize, kStandardizeHelp);
  v("small_class", c.small_class, kSmallClassHelp);
}

static MethodOptions options_of(const LeeConfig& c) {
  return {"lee", c.k, c.standardize, c.small_class};
}

static std::unique_ptr<const Method> make_method(const LeeConfig& c, const Training& training) {
  return std::make_unique<LeeMethod>(training, c);
}

void LeeConfig::validate() const {
  require(k >= 1, "LeeConfig.k must be >= 1, got {}", k);
  require(m >= 1, "LeeConfig.m must be >= 1, got {}", m);
  require(share > 0 && share <= 1, "LeeConfig.share must be in (0, 1], got {}", share);
  require(attempts >= 1 && attempts <= 1000,
          "LeeConfig.attempts must be between 1 and 1000, got {}", attempts);
}

RegistryEntry lee_entry() {
  return over_sampler_entry<LeeConfig>(
      "SMOTE that draws a row again where it falls among other classes.", "LeeConfig");
}

template class OverSamplerOf<LeeConfig>;

}  // namespace semblance
