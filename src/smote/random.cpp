// SPDX-License-Identifier: Apache-2.0
// The methods without neighbours: copies, and copies with noise.
#include <cmath>

#include "semblance/smote/random_over_sampler.hpp"
#include "smote/entry.hpp"
#include "smote/over_sampler_of.hpp"
#include "smote/rose.hpp"

namespace semblance {
namespace {

const std::vector<std::pair<RoseBandwidth, std::string>> kBandwidths = {
    {RoseBandwidth::kPaper, "paper"}, {RoseBandwidth::kImblearn, "imblearn"}};

/// Copies of rows.
class CopyMethod : public Method {
 public:
  using Method::Method;

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions& run) const override {
    auto plan = std::make_unique<ClassPlan>(label);
    join_class(*plan, run);
    return plan;
  }

  [[nodiscard]] Step step(const ClassPlan& plan, const Turn& turn, Stream&) const override {
    return {plan.bases[static_cast<std::size_t>(turn.place)], 0};
  }
};

struct RosePlan final : ClassPlan {
  using ClassPlan::ClassPlan;
  std::vector<double> bandwidths;
};

/// Copies of rows with noise.
class RoseMethod final : public CopyMethod {
 public:
  RoseMethod(const RoseConfig& config, const Training& training)
      : CopyMethod(training), config_(config) {}

  [[nodiscard]] std::unique_ptr<ClassPlan> prepare(std::int32_t label,
                                                   const RunOptions& run) const override {
    auto plan = std::make_unique<RosePlan>(label);
    join_class(*plan, run);
    plan->bandwidths = rose_bandwidths(config_, training(), label);
    return plan;
  }

  [[nodiscard]] bool displaces() const override { return true; }

  void displace(const Drawn& row, Stream& stream, std::span<double> out) const override {
    const auto& bandwidths = static_cast<const RosePlan&>(*row.plan).bandwidths;
    for (std::size_t j = 0; j < out.size(); ++j) out[j] = bandwidths[j] * stream.normal();
  }

 private:
  RoseConfig config_;
};

/// The standard deviation of the present numbers of some rows; 0 for fewer than ddof + 1.
double deviation(const Column& column, std::span<const std::int64_t> rows, double ddof) {
  double count = 0, mean = 0, squares = 0;
  for (const std::int64_t row : rows) {
    if (!column.is_valid(row)) continue;
    const double d = column.number(row) - mean;
    mean += d / ++count;
    squares += d * (column.number(row) - mean);
  }
  return count > ddof ? std::sqrt(squares / (count - ddof)) : 0;
}

}  // namespace

std::vector<double> rose_bandwidths(const RoseConfig& config, const Training& training,
                                    std::int32_t label) {
  const bool paper = config.bandwidth == RoseBandwidth::kPaper;
  const auto members = training.members(label);
  const auto columns = training.space.numeric_columns();
  const auto d = static_cast<double>(columns.size());
  const double n =
      paper ? static_cast<double>(members.size()) : static_cast<double>(training.data.rows());
  const double factor = config.shrinkage * std::pow(4 / ((d + 2) * n), 1 / (d + 4));
  std::vector<double> out;
  for (std::size_t j = 0; j < columns.size(); ++j) {
    out.push_back(factor * deviation(training.data.column(columns[j]), members, paper ? 1 : 0) /
                  training.space.deviation(static_cast<std::int64_t>(j)));
  }
  return out;
}

template <class Json>
static void to_json(Json& json, RoseBandwidth value) {
  enum_to_json(json, value, kBandwidths);
}

template <class Json>
static void from_json(const Json& json, RoseBandwidth& value) {
  enum_from_json(json, value, kBandwidths);
}

template <class Visitor>
static void visit(RandomOverConfig&, Visitor&&) {}

template <class Visitor>
static void visit(RoseConfig& c, Visitor&& v) {
  v("shrinkage", c.shrinkage, "Factor of the noise, >= 0; 0: copies");
  v("bandwidth", c.bandwidth, "Which rows set the width: paper (the class's) or imblearn (all)");
}

static MethodOptions options_of(const RandomOverConfig&) { return {.name = "random"}; }
static MethodOptions options_of(const RoseConfig&) { return {.name = "rose"}; }

static std::unique_ptr<const Method> make_method(const RandomOverConfig&,
                                                 const Training& training) {
  return std::make_unique<CopyMethod>(training);
}

static std::unique_ptr<const Method> make_method(const RoseConfig& config,
                                                 const Training& training) {
  return std::make_unique<RoseMethod>(config, training);
}

void RoseConfig::validate() const {
  require(shrinkage >= 0 && std::isfinite(shrinkage), "RoseConfig.shrinkage must be >= 0, got {}",
          shrinkage);
}

RegistryEntry random_entry() {
  return over_sampler_entry<RandomOverConfig>("Copies of rows of the class.", "RandomOverConfig");
}

RegistryEntry rose_entry() {
  return over_sampler_entry<RoseConfig>("Copies of rows of the class with Gaussian noise.",
                                        "RoseConfig");
}

template class OverSamplerOf<RandomOverConfig>;
template class OverSamplerOf<RoseConfig>;

}  // namespace semblance
