// SPDX-License-Identifier: Apache-2.0
#include "semblance/smote/ccr.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "semblance/core/parallel.hpp"
#include "smote/coordinates.hpp"
#include "smote/entry.hpp"
#include "smote/over_sampler_of.hpp"

namespace semblance {
namespace {

constexpr std::int64_t kBlock = 64;          ///< Balls that a task grows.
constexpr std::int64_t kWorthATeam = 1'000;  ///< Balls that several threads grow.

/// Grows the balls of a class among the rows of the others.
class Balls {
 public:
  Balls(SpaceRows centres, SpaceRows others, double energy)
      : centres_(std::move(centres)),
        others_(std::move(others)),
        mismatch_(others_.numeric > 0 ? median_deviation(others_) : 1),
        energy_(energy) {}

  /// The radius of the ball around a row, by its place in the class.
  [[nodiscard]] double radius(std::int64_t i) const {
    std::vector<double> near;  // a ball never outgrows its energy
    for (std::int64_t j = 0; j < others_.rows; ++j) {
      const double d = distance(i, j);
      if (d < energy_) near.push_back(d);
    }
    std::make_heap(near.begin(), near.end(), std::greater<>());
    double r = 0, left = energy_, price = 1;
    for (; !near.empty(); near.pop_back(), ++price) {
      std::pop_heap(near.begin(), near.end(), std::greater<>());
      const double cost = price * (near.back() - r);
      if (cost > left) break;
      left -= cost;
      r = near.back();
    }
    return r + left / price;
  }

 private:
  /// The L1 distance, or any one from the energy on.
  [[nodiscard]] double distance(std::int64_t i, std::int64_t j) const {
    const MixedView a = centres_.view(), b = others_.view();
    double sum = 0;
    const double *x = a.numbers.row(i), *y = b.numbers.row(j);
    for (std::int64_t c = 0; c < others_.numeric && sum < energy_; ++c)
      sum += std::abs(x[c] - y[c]);
    const std::int32_t *s = a.codes.row(i), *t = b.codes.row(j);
    for (std::int64_t c = 0; c < others_.categorical && sum < energy_; ++c) {
      if (s[c] != t[c]) sum += mismatch_;
    }
    return sum;
  }

  SpaceRows centres_, others_;
  double mismatch_, energy_;
};

struct CcrPlan final : ClassPlan {
  using ClassPlan::ClassPlan;
  std::vector<double> radius;  ///< One a base.
};

/// Whether all values of a column are the same.
bool is_constant(const Column& column) {
  std::optional<double> first;
  for (std::int64_t i = 0; i < column.size(); ++i) {
    if (!column.is_valid(i)) continue;
    if (!first) first = column.number(i);
    if (column.number(i) != *first) return false;
  }
  return true;
}

class CcrMethod final : public Method {
 public:
  CcrMethod(const Training& training, double energy) : Method(training), energy_(energy) {
    for (const std::int64_t c : training.space.numeric_columns()) {
      moves_.push_back(!is_constant(training.data.column(c)));
    }
  }

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions& run) const override {
    auto plan = std::make_unique<CcrPlan>(label);
    const auto members = training().members(label);
    plan->bases.assign(members.begin(), members.end());
    const Balls balls(training().space.gather(members),
                      training().space.gather(training().others(label)), energy_);
    const auto n = static_cast<std::int64_t>(members.size());
    plan->radius.resize(members.size());
    parallel_for(n < kWorthATeam ? 1 : worker_threads(run), (n + kBlock - 1) / kBlock,
                 [&](std::int64_t block) {
                   require<Cancelled>(!run.stop.stop_requested(),
                                      "ccr was cancelled at row {} of {}", block * kBlock, n);
                   const std::int64_t end = std::min(n, (block + 1) * kBlock);
                   for (std::int64_t i = block * kBlock; i < end; ++i) {
                     plan->radius[static_cast<std::size_t>(i)] = balls.radius(i);
                   }
                 });
    for (const double r : plan->radius) plan->weights.push_back(1 / r);
    return plan;
  }

  [[nodiscard]] Step step(const ClassPlan& plan, const Turn& turn, Stream&) const override {
    return {plan.bases[static_cast<std::size_t>(turn.place)], 0};
  }

  [[nodiscard]] bool displaces() const override { return true; }

  // Uniform in the L1 ball: of d + 1 exponential variables over their sum, d with random signs.
  // d counts the columns that vary.
  void displace(const Drawn& row, Stream& stream, std::span<double> out) const override {
    const auto& plan = static_cast<const CcrPlan&>(*row.plan);
    double sum = -std::log1p(-stream.uniform());
    for (std::size_t j = 0; j < out.size(); ++j) {
      if (!moves_[j]) continue;
      const double size = -std::log1p(-stream.uniform());
      sum += size;
      out[j] = stream.below(2) == 0 ? size : -size;
    }
    const double scale = plan.radius[static_cast<std::size_t>(row.place)] / sum;
    for (double& x : out) x *= scale;
  }

 private:
  double energy_;
  std::vector<bool> moves_;  ///< One a numeric column of the space.
};

}  // namespace

template <class Visitor>
static void visit(CcrConfig& c, Visitor&& v) {
  v("energy", c.energy, "What each row spends on its ball, > 0; the radius in free space");
  v("standardize", c.standardize, kStandardizeHelp);
}

static MethodOptions options_of(const CcrConfig& c) {
  return {.name = "ccr", .standardize = c.standardize};
}

static std::unique_ptr<const Method> make_method(const CcrConfig& c, const Training& training) {
  return std::make_unique<CcrMethod>(training, c.energy);
}

void CcrConfig::validate() const {
  require(energy > 0 && std::isfinite(energy), "CcrConfig.energy must be > 0, got {}", energy);
}

RegistryEntry ccr_entry() {
  return over_sampler_entry<CcrConfig>(
      "New rows in balls that are the smaller the more rows of other classes are near.",
      "CcrConfig");
}

template class OverSamplerOf<CcrConfig>;

}  // namespace semblance
