// SPDX-License-Identifier: Apache-2.0
#include "semblance/smote/polynom_fit.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "smote/coordinates.hpp"
#include "smote/entry.hpp"
#include "smote/gram.hpp"
#include "smote/over_sampler_of.hpp"

namespace semblance {
namespace {

double ratio(std::int64_t a, std::int64_t b) {
  return static_cast<double>(a) / static_cast<double>(b);
}

/// The place of a base's row on its line: evenly spaced where rows are dealt, else anywhere.
double place_on_line(const Turn& turn, Stream& stream) {
  return turn.rank < 0 ? stream.uniform() : ratio(turn.rank + 1, turn.count + 1);
}

std::int64_t base_of(const ClassPlan& plan, const Turn& turn) {
  return plan.bases[static_cast<std::size_t>(turn.place)];
}

/// All rows of a class are bases, and get as many rows each.
class EqualShares : public Method {
 public:
  using Method::Method;

  [[nodiscard]] std::vector<std::int64_t> deal(const ClassPlan& plan, std::int64_t n,
                                               Seed seed) const override {
    return largest_remainder(std::vector<double>(plan.bases.size(), 1.0), n, seed);
  }

 protected:
  void take_all(ClassPlan& plan) const {
    const auto members = training().members(plan.label);
    plan.bases.assign(members.begin(), members.end());
  }
};

struct StarPlan final : ClassPlan {
  using ClassPlan::ClassPlan;
  Coordinates rows;
  std::vector<double> mean;
};

class StarMethod final : public EqualShares {
 public:
  using EqualShares::EqualShares;

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions&) const override {
    auto plan = std::make_unique<StarPlan>(label);
    take_all(*plan);
    plan->rows = Coordinates(training(), plan->bases);
    const SpaceRows whole = training().space.gather(plan->bases);  // gaps stand at the mean
    const auto numbers = whole.view().numbers;
    plan->mean.assign(numbers.row(0), numbers.row(0) + whole.numeric);
    for (std::int64_t i = 0; i < whole.rows; ++i) {  // equal rows have them as their mean, exactly
      add_step({numbers.row(0), plan->mean.size()}, {numbers.row(i), plan->mean.size()},
               1 / static_cast<double>(whole.rows), plan->mean);
    }
    return plan;
  }

  [[nodiscard]] Step step(const ClassPlan& plan, const Turn& turn, Stream& stream) const override {
    return {base_of(plan, turn), place_on_line(turn, stream)};
  }

  [[nodiscard]] bool displaces() const override { return true; }

  void displace(const Drawn& row, Stream&, std::span<double> out) const override {
    const auto& plan = static_cast<const StarPlan&>(*row.plan);
    add_step(plan.rows.of(row.place), plan.mean, row.parents.u, out);
  }
};

/// The last row of a class has no next one, and is no base; but for a class of one row.
class BusMethod final : public EqualShares {
 public:
  using EqualShares::EqualShares;

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions&) const override {
    auto plan = std::make_unique<ClassPlan>(label);
    take_all(*plan);
    if (plan->bases.size() == 1) return plan;
    plan->partners = {1, {plan->bases.begin() + 1, plan->bases.end()}};
    plan->bases.pop_back();
    plan->voters = {1, plan->bases};
    return plan;
  }

  [[nodiscard]] Step step(const ClassPlan& plan, const Turn& turn, Stream& stream) const override {
    const auto next = plan.partners.of(turn.place);
    return {next.empty() ? base_of(plan, turn) : next[0], place_on_line(turn, stream)};
  }
};

/// The rows of a class in a random circle: each is joined with those after it by up to half of
/// the circle, so that every pair is one row's.
struct MeshPlan final : ClassPlan {
  using ClassPlan::ClassPlan;
  std::vector<std::int64_t> circle;  ///< Places of the bases.
  std::vector<std::int64_t> seat;    ///< Of each base in the circle.

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(bases.size()); }
  /// How many pairs are a base's.
  [[nodiscard]] std::int64_t pairs(std::int64_t place) const {
    const bool across = size() % 2 == 0 && 2 * seat[static_cast<std::size_t>(place)] < size();
    return (size() - 1) / 2 + (across ? 1 : 0);
  }
  /// The row that is `away` seats, 0 or more, from a base.
  [[nodiscard]] std::int64_t row(std::int64_t place, std::int64_t away) const {
    const std::int64_t at = (seat[static_cast<std::size_t>(place)] + away) % size();
    return bases[static_cast<std::size_t>(circle[static_cast<std::size_t>(at)])];
  }
};

class MeshMethod final : public EqualShares {
 public:
  using EqualShares::EqualShares;

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions&) const override {
    auto plan = std::make_unique<MeshPlan>(label);
    take_all(*plan);
    plan->circle.resize(plan->bases.size());
    plan->seat.resize(plan->bases.size());
    std::iota(plan->circle.begin(), plan->circle.end(), std::int64_t{0});
    Stream stream(training().seed, "mesh", static_cast<std::uint64_t>(label));
    stream.shuffle(plan->circle);
    for (std::size_t i = 0; i < plan->circle.size(); ++i) {
      plan->seat[static_cast<std::size_t>(plan->circle[i])] = static_cast<std::int64_t>(i);
    }
    return plan;
  }

  [[nodiscard]] std::vector<std::int64_t> deal(const ClassPlan& plan, std::int64_t n,
                                               Seed seed) const override {
    const auto& mesh = static_cast<const MeshPlan&>(plan);
    if (mesh.size() == 1) return {n};
    std::vector<double> pairs;
    for (std::int64_t i = 0; i < mesh.size(); ++i) {
      pairs.push_back(static_cast<double>(mesh.pairs(i)));
    }
    return largest_remainder(pairs, n, seed);
  }

  [[nodiscard]] Step step(const ClassPlan& plan, const Turn& turn, Stream& stream) const override {
    const auto& mesh = static_cast<const MeshPlan&>(plan);
    if (mesh.size() == 1) return {base_of(plan, turn), 0};
    if (turn.rank < 0) {
      const auto away = 1 + stream.below(static_cast<std::uint64_t>(mesh.size() - 1));
      return {mesh.row(turn.place, static_cast<std::int64_t>(away)), stream.uniform()};
    }
    const std::int64_t pairs = mesh.pairs(turn.place), pair = turn.rank % pairs;
    const std::int64_t rows = turn.count / pairs + (pair < turn.count % pairs ? 1 : 0);
    return {mesh.row(turn.place, pair + 1), ratio(turn.rank / pairs + 1, rows + 1)};
  }
};

struct PolyPlan final : ClassPlan {
  using ClassPlan::ClassPlan;
  Coordinates rows;
  std::vector<GramFit> curves;  ///< One a numeric column.
};

class PolyMethod final : public EqualShares {
 public:
  PolyMethod(const Training& training, std::int64_t degree)
      : EqualShares(training), degree_(degree) {}

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions&) const override {
    auto plan = std::make_unique<PolyPlan>(label);
    take_all(*plan);
    plan->rows = Coordinates(training(), plan->bases);
    const SpaceRows whole = training().space.gather(plan->bases);
    const auto order = by_mean(whole);
    for (std::int64_t j = 0; j < whole.numeric; ++j) {
      std::vector<double> values;
      for (const std::int64_t i : order) values.push_back(whole.view().numbers.row(i)[j]);
      plan->curves.emplace_back(values, degree_);
    }
    return plan;
  }

  [[nodiscard]] Step step(const ClassPlan& plan, const Turn& turn, Stream&) const override {
    return {base_of(plan, turn), 0};
  }

  [[nodiscard]] bool displaces() const override { return true; }

  void displace(const Drawn& row, Stream& stream, std::span<double> out) const override {
    const auto& plan = static_cast<const PolyPlan&>(*row.plan);
    std::vector<double> point;
    for (const GramFit& curve : plan.curves) {
      point.push_back(curve(stream.uniform() * static_cast<double>(plan.bases.size() - 1)));
    }
    add_step(plan.rows.of(row.place), point, 1, out);
  }

 private:
  /// Places of rows, ordered by the mean of their numbers.
  static std::vector<std::int64_t> by_mean(const SpaceRows& rows) {
    std::vector<std::pair<double, std::int64_t>> sums;
    for (std::int64_t i = 0; i < rows.rows; ++i) {
      const double* row = rows.view().numbers.row(i);
      sums.emplace_back(std::accumulate(row, row + rows.numeric, 0.0), i);
    }
    std::sort(sums.begin(), sums.end());
    std::vector<std::int64_t> out;
    for (const auto& [sum, place] : sums) out.push_back(place);
    return out;
  }

  std::int64_t degree_;
};

const std::vector<std::pair<PolynomKind, std::string>> kKinds = {{PolynomKind::kStar, "star"},
                                                                 {PolynomKind::kBus, "bus"},
                                                                 {PolynomKind::kMesh, "mesh"},
                                                                 {PolynomKind::kPoly, "poly"}};

}  // namespace

template <class Json>
static void to_json(Json& json, PolynomKind value) {
  enum_to_json(json, value, kKinds);
}

template <class Json>
static void from_json(const Json& json, PolynomKind& value) {
  enum_from_json(json, value, kKinds);
}

template <class Visitor>
static void visit(PolynomFitConfig& c, Visitor&& v) {
  v("kind", c.kind, "Where new rows lie: star, bus, mesh or poly");
  v("degree", c.degree, "Degree of the polynomials of poly, 1 to 20");
  v("standardize", c.standardize, "Poly orders rows by their mean over columns of unit variance");
}

static MethodOptions options_of(const PolynomFitConfig& c) {
  return {.name = "polynom-fit", .standardize = c.standardize};
}

static std::unique_ptr<const Method> make_method(const PolynomFitConfig& c,
                                                 const Training& training) {
  switch (c.kind) {
    case PolynomKind::kStar:
      return std::make_unique<StarMethod>(training);
    case PolynomKind::kBus:
      return std::make_unique<BusMethod>(training);
    case PolynomKind::kMesh:
      return std::make_unique<MeshMethod>(training);
    case PolynomKind::kPoly:
      break;
  }
  return std::make_unique<PolyMethod>(training, c.degree);
}

void PolynomFitConfig::validate() const {
  require(degree >= 1 && degree <= 20, "PolynomFitConfig.degree must be between 1 and 20, got {}",
          degree);
}

RegistryEntry polynom_fit_entry() {
  return over_sampler_entry<PolynomFitConfig>(
      "New rows on lines or curves through a class: star, bus, mesh or polynomials.",
      "PolynomFitConfig");
}

template class OverSamplerOf<PolynomFitConfig>;

}  // namespace semblance
