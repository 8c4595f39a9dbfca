// SPDX-License-Identifier: Apache-2.0
#include "smote/geometric.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "semblance/smote/geometric.hpp"
#include "smote/entry.hpp"
#include "smote/over_sampler_of.hpp"

namespace semblance {
namespace {

const std::vector<std::pair<GeometricSelection, std::string>> kSelections = {
    {GeometricSelection::kMinority, "minority"},
    {GeometricSelection::kMajority, "majority"},
    {GeometricSelection::kCombined, "combined"}};

double dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

struct GeometricPlan final : ClassPlan {
  using ClassPlan::ClassPlan;
  std::vector<double> distances;        ///< [bases, k], of the partners.
  std::vector<std::int64_t> enemies;    ///< The nearest row of another class; empty: there is none.
  std::vector<double> enemy_distances;  ///< One a base.
  std::vector<std::int64_t> points;     ///< Bases, partners and enemies, ascending.
  SpaceRows coordinates;                ///< Of the points.
  std::vector<std::size_t> varying;     ///< The numbers in which the points differ.

  [[nodiscard]] std::span<const double> at(std::int64_t row) const {
    const auto it = std::lower_bound(points.begin(), points.end(), row);
    const auto d = static_cast<std::size_t>(coordinates.numeric);
    return std::span(coordinates.numbers)
        .subspan(static_cast<std::size_t>(it - points.begin()) * d, d);
  }
};

class GeometricMethod final : public Method {
 public:
  GeometricMethod(const GeometricConfig& config, const Training& training)
      : Method(training), config_(config) {}

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions& run) const override {
    auto plan = std::make_unique<GeometricPlan>(label);
    const auto members = training().members(label);
    const auto others = training().others(label);
    plan->bases.assign(members.begin(), members.end());
    const std::int64_t k = training().usable_k(label);
    Neighbours near = training().nearest(members, members, k, run);
    plan->partners = {k, std::move(near.index)};
    plan->distances = std::move(near.distance);
    if (k > 0 && !others.empty() && config_.selection != GeometricSelection::kMinority) {
      Neighbours enemies = training().nearest(members, others, 1, run);
      plan->enemies = std::move(enemies.index);
      plan->enemy_distances = std::move(enemies.distance);
    }
    if (training().votes()) add_voters(*plan);
    keep_points(*plan);
    return plan;
  }

  [[nodiscard]] Step step(const ClassPlan& base_plan, const Turn& turn,
                          Stream& stream) const override {
    const auto& plan = static_cast<const GeometricPlan&>(base_plan);
    const auto place = static_cast<std::size_t>(turn.place);
    if (plan.partners.k == 0) return {plan.bases[place], 0};
    const auto k = static_cast<std::uint64_t>(plan.partners.k);
    const std::size_t pick = place * k + stream.below(k);
    const double u = stream.uniform();
    const bool enemy =
        !plan.enemies.empty() && (config_.selection == GeometricSelection::kMajority ||
                                  plan.enemy_distances[place] < plan.distances[pick]);
    return {enemy ? plan.enemies[place] : plan.partners.rows[pick], u};
  }

  [[nodiscard]] bool displaces() const override { return true; }
  [[nodiscard]] bool crosses_classes() const override {
    return config_.selection != GeometricSelection::kMinority;
  }

  void displace(const Drawn& row, Stream& stream, std::span<double> out) const override {
    const auto& plan = static_cast<const GeometricPlan&>(*row.plan);
    if (row.parents.neighbour == row.parents.base) return;
    const auto from = plan.at(row.parents.base), to = plan.at(row.parents.neighbour);
    std::vector<double> surface, point;
    for (const std::size_t c : plan.varying) {
      surface.push_back(to[c] - from[c]);
      point.push_back(stream.normal());
    }
    move_in_ball(surface, point, row.parents.u, config_.truncation, config_.deformation);
    for (std::size_t j = 0; j < point.size(); ++j) out[plan.varying[j]] = point[j];
  }

 private:
  /// The partners, and in combined selection the enemy.
  void add_voters(GeometricPlan& plan) const {
    if (plan.enemies.empty() || config_.selection != GeometricSelection::kCombined) return;
    plan.voters.k = plan.partners.k + 1;
    for (std::size_t i = 0; i < plan.bases.size(); ++i) {
      const auto near = plan.partners.of(static_cast<std::int64_t>(i));
      plan.voters.rows.insert(plan.voters.rows.end(), near.begin(), near.end());
      plan.voters.rows.push_back(plan.enemies[i]);
    }
  }

  void keep_points(GeometricPlan& plan) const {
    plan.points = plan.bases;
    plan.points.insert(plan.points.end(), plan.enemies.begin(), plan.enemies.end());
    std::sort(plan.points.begin(), plan.points.end());
    plan.points.erase(std::unique(plan.points.begin(), plan.points.end()), plan.points.end());
    plan.coordinates = training().space.gather(plan.points);
    const auto first = plan.at(plan.points[0]);
    for (std::size_t c = 0; c < first.size(); ++c) {
      const bool same = std::all_of(plan.points.begin(), plan.points.end(),
                                    [&](std::int64_t row) { return plan.at(row)[c] == first[c]; });
      if (!same) plan.varying.push_back(c);
    }
  }

  GeometricConfig config_;
};

}  // namespace

void move_in_ball(std::span<const double> surface, std::span<double> direction, double u,
                  double truncation, double deformation) {
  const double radius = std::sqrt(dot(surface, surface));
  const double length = std::sqrt(dot(direction, direction));
  if (radius == 0 || length == 0) {
    std::fill(direction.begin(), direction.end(), 0.0);
    return;
  }
  const double grow = std::pow(u, 1 / static_cast<double>(direction.size())) / length;
  for (double& e : direction) e *= grow;
  double along = dot(direction, surface) / radius;
  const bool cut =
      (truncation > 0 && along < truncation - 1) || (truncation < 0 && along > truncation + 1);
  for (std::size_t j = 0; j < direction.size(); ++j) {
    const double v = surface[j] / radius, across = direction[j] - along * v;
    const double kept = (cut ? -along : along) * v;
    direction[j] = radius * (kept + (1 - deformation) * across);
  }
}

template <class Json>
static void to_json(Json& json, GeometricSelection value) {
  enum_to_json(json, value, kSelections);
}

template <class Json>
static void from_json(const Json& json, GeometricSelection& value) {
  enum_from_json(json, value, kSelections);
}

template <class Visitor>
static void visit(GeometricConfig& c, Visitor&& v) {
  v("k", c.k, "Neighbours in the class, >= 1");
  v("selection", c.selection, "Which row the ball reaches to: minority, majority or combined");
  v("truncation", c.truncation, "Part of the far (> 0) or near (< 0) side that is cut, in [-1, 1]");
  v("deformation", c.deformation, "From a ball (0) to a line (1), in [0, 1]");
  v("standardize", c.standardize, kStandardizeHelp);
  v("small_class", c.small_class, kSmallClassHelp);
}

static MethodOptions options_of(const GeometricConfig& c) {
  return {"geometric", c.k, c.standardize, c.small_class};
}

static std::unique_ptr<const Method> make_method(const GeometricConfig& config,
                                                 const Training& training) {
  return std::make_unique<GeometricMethod>(config, training);
}

void GeometricConfig::validate() const {
  require(k >= 1, "GeometricConfig.k must be >= 1, got {}", k);
  require(truncation >= -1 && truncation <= 1,
          "GeometricConfig.truncation must be in [-1, 1], got {}", truncation);
  require(deformation >= 0 && deformation <= 1,
          "GeometricConfig.deformation must be in [0, 1], got {}", deformation);
}

RegistryEntry geometric_entry() {
  return over_sampler_entry<GeometricConfig>(
      "Rows in a ball around a row of the class, up to its neighbours.", "GeometricConfig");
}

template class OverSamplerOf<GeometricConfig>;

}  // namespace semblance
